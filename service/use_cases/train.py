"""Train a product's model on a book: champion and challenger, measured out of time, registered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.special import expit, logit

from features.book import Book
from features.errors import BadInput
from features.frame import Floats
from features.graph import plan_digest
from features.point_in_time import evaluate
from models import shelf
from models.calibration import shift_to_rate
from models.grown import grown_model
from models.interval import jackknife_spread
from models.metrics import Metrics, report
from models.record import Evidence, ModelOfRecord
from models.registry import Origin, Registration, register
from models.scorecard import WoeScorecard
from models.shelf import Alias
from models.train.champion import Champion, fit_champion
from models.train.parameters import PRODUCT
from risk.default import Definition, label
from risk.files import EffectivePolicy, Policy, Product
from service.use_cases.assessing.facts import EPOCH
from service.use_cases.assessing.scoring import card_of, probabilities, rewards_of, sign_of

SIMULATED = "simulate"
LATEST_SHARE = 0.25
REFERENCE_ROWS = 10_000


@dataclass(frozen=True)
class Sample:
    """Applications of one product whose loans have ended one way or the other.

    Attributes
    ----------
    values
        (n, f) features, NaN = missing, ordered by day.
    bad
        (n,) default inside the window.
    population
        (m, f) features of every application of the product, with an outcome or without.
    censored
        Share of granted loans that say nothing: their window is not over, or was cut.
    """

    values: Floats
    bad: NDArray[np.bool_]
    population: Floats
    censored: float
    synthetic: bool


@dataclass(frozen=True)
class Trained:
    """A registered model and what it is worth out of time, beside the card and the challenger.

    Attributes
    ----------
    beats_card
        Whether its log-loss out of time is below the expert card's.
    is_champion
        Whether it scores from now on; a better one that does not waits for another's approval.
    train, test
        (rows, defaults) of the earlier and of the later part that it was measured on.
    metrics
        "champion", "challenger", "expert" and "expert_shifted" (the card moved to the earlier
        part's default rate: stage 1 of domain 10.4) to their figures on the later part.
    """

    product: str
    registration: Registration
    beats_card: bool
    is_champion: bool
    evidence: Evidence
    train: tuple[int, int]
    test: tuple[int, int]
    censored: float
    metrics: Mapping[str, Metrics]

    def document(self) -> dict[str, object]:
        """Return the figures as JSON numbers."""
        return {
            "product": self.product,
            "model": {"name": self.registration.name, "version": self.registration.version},
            "number": self.registration.number,
            "beats_card": self.beats_card,
            "champion": self.is_champion,
            "trained_on": self.evidence.trained_on,
            "defaults": self.evidence.defaults,
            "train": {"rows": self.train[0], "bads": self.train[1]},
            "test": {"rows": self.test[0], "bads": self.test[1]},
            "censored": self.censored,
            "metrics": {who: found.as_dict() for who, found in self.metrics.items()},
        }


def train(
    product: str,
    book: Book,
    policy: Policy,
    home: Path,
    as_of: date,
    *,
    seed: int = 0,
    by: str | None = None,
) -> Trained:
    """Fit, measure, compile, check and register a model; the registered one sees every row.

    It is better where its log-loss out of time is below the expert card's, as it is and moved to
    the rate that was seen. The figures are those of the same procedure on the earlier three
    quarters, measured on the latest quarter of the applications.

    A better one trained on simulated data becomes the champion at once, as it decides nothing
    outside a demonstration. Any other becomes it when somebody else than `by`, who trains it,
    approves it (`models.registry.promote`).

    Raises
    ------
    BadInput
        Where the product is unknown, or the book has too few defaults to leave the expert card.
    """
    effective = policy.effective(as_of)
    offered = effective.products.get(product)
    if offered is None:
        known = ", ".join(sorted(effective.products))
        raise BadInput(
            f"没有此产品 · unknown product; known: {known}", field="PRODUCT", value=product
        )
    sample = sample_of(offered, book, policy, effective, as_of)
    cut = len(sample.bad) - int(len(sample.bad) * LATEST_SHARE)
    earlier, later = slice(0, cut), slice(cut, None)
    defaults = int(sample.bad.sum())
    if not effective.may_try_trees(defaults) or not sample.bad[later].any():
        raise BadInput(
            "违约数不足，暂用专家卡 · too few defaults: the expert card stays",
            where=product,
            field="defaults",
            value=str(defaults),
        )
    signs = [sign_of(offered, name) for name in offered.features]
    measured = _fit(offered, sample.values[earlier], sample.bad[earlier], signs, seed)
    woe = WoeScorecard(signs=signs).fit(sample.values[earlier], sample.bad[earlier])
    card = card_of(effective, offered)
    by_card = probabilities(card, sample.values, offered)
    rate = float(sample.bad[earlier].mean())
    later_pds = {
        "champion": measured.predict(sample.values[later]),
        "challenger": woe.predict_proba(sample.values[later])[:, 1],
        "expert": by_card[later],
        "expert_shifted": shifted(by_card[later], by_card[earlier], rate),
    }
    metrics = {who: report(sample.bad[later], pds) for who, pds in later_pds.items()}
    champion = _fit(offered, sample.values, sample.bad, signs, seed)
    model, origin = record_of(offered, champion, sample, signs)
    figures = {
        f"{who}_{name}": value
        for who, found in metrics.items()
        for name, value in found.as_dict().items()
    }
    cards = (metrics["expert"], metrics["expert_shifted"])
    wins = metrics["champion"].log_loss < min(card.log_loss for card in cards)
    waits = shelf.waits_for_approval(home, product, model.evidence.trained_on)
    alias: Alias = "champion" if wins and not waits else "challenger"
    registration = register(home, model, origin, alias=alias, metrics=figures, by=by)
    return Trained(
        product,
        registration,
        wins,
        alias == "champion",
        model.evidence,
        (cut, int(sample.bad[earlier].sum())),
        (len(sample.bad) - cut, int(sample.bad[later].sum())),
        sample.censored,
        metrics,
    )


def sample_of(
    product: Product, book: Book, policy: Policy, effective: EffectivePolicy, as_of: date
) -> Sample:
    """Return the labelled applications of a product, the earliest first.

    A default in a window that is not over is left out like the good loans beside it (10.13): the
    bad ones alone would be too many.
    """
    gates = (f"product__{product.id}", f"segment__{product.segment}")
    frame = evaluate(
        book,
        "application",
        [*product.features, *gates],
        at=None,
        parameters=policy.parameters(),
    )
    ours = np.all([frame.columns[gate] == 1 for gate in gates], axis=0)
    definition = Definition.of(effective.default_definition)
    labels = label(book.tables["loan"], definition, known_until=as_of)
    over = labels.last_day <= (as_of - EPOCH).days
    outcomes = np.where(over, labels.label, np.nan).tolist()
    granted = dict(zip(labels.application_id, outcomes, strict=True))
    bad = np.array([granted.get(key, np.nan) for key in frame.keys])
    was_granted = ours & np.array([key in granted for key in frame.keys])
    order = np.argsort(frame.as_of, kind="stable")
    known = order[(ours & ~np.isnan(bad))[order]]
    values = frame.matrix(list(product.features))
    censored = 1 - len(known) / max(int(was_granted.sum()), 1)
    return Sample(values[known], bad[known] == 1, values[ours], censored, is_simulated(book))


def shifted(pd: Floats, seen: Floats, rate: float) -> Floats:
    """Return PDs moved in log-odds by what brings the mean of the seen ones to a rate."""
    moved = logit(pd) + shift_to_rate(logit(seen), rate)
    out: Floats = expit(moved)
    return out


def is_simulated(book: Book) -> bool:
    """Return whether any household of the book came from the simulator."""
    sources = book.tables["household"]["source"]
    return bool(pc.any(pc.equal(sources, SIMULATED)).as_py())


def record_of(
    product: Product, champion: Champion, sample: Sample, signs: list[int]
) -> tuple[ModelOfRecord, Origin]:
    """Return the champion as a model of record, and what it is checked against."""
    reference = sample.population
    if len(reference) > REFERENCE_ROWS:
        picked = np.linspace(0, len(reference) - 1, REFERENCE_ROWS).astype(np.int64)
        reference = reference[picked]
    calibration = champion.calibration
    model = grown_model(
        name=product.id,
        product=product.id,
        trees=champion.trees(),
        names=list(product.features),
        signs=signs,
        rewards=rewards_of(product),
        missing_seen=np.isnan(sample.values).sum(axis=0).tolist(),
        reference=reference,
        spread=jackknife_spread(champion.bag_scores(reference), 1 / PRODUCT.folds),
        calibration=(float(calibration.intercept_), float(calibration.coef_[0])),
        posterior=calibration.covariance_,
        evidence=Evidence(
            "model",
            int(sample.bad.sum()),
            "synthetic" if sample.synthetic else "observed",
            plan_digest(),
        ),
    )
    native = {
        f"{family}-{place}.txt": text.encode()
        for family, texts in champion.native().items()
        for place, text in enumerate(texts)
    }
    origin = Origin(
        trees=champion.trees(),
        reference=reference,
        score=lambda values: champion.bag_scores(values).mean(axis=0),
        native=native,
    )
    return model, origin


def _fit(
    product: Product, values: Floats, bad: NDArray[np.bool_], signs: list[int], seed: int
) -> Champion:
    return fit_champion(
        values,
        list(product.features),
        bad,
        parameters=PRODUCT,
        signs=signs,
        seed=seed,
    )
