"""Score a book: one row per application of a product, the same to the last digit as one alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from features.book import Book
from features.errors import BadInput
from features.frame import Frame
from features.reached import Reach
from models.record import ModelOfRecord, Scored
from risk.decision_book import Decided, Rows, decide_book
from risk.files import EffectivePolicy, Policy
from risk.outcome import Outcome
from risk.propagation import REQUEST
from risk.propagation_book import StoppedRows, Touching, of_rows, stops_of_rows
from service.use_cases.assessing.conclude import required_features
from service.use_cases.assessing.consents import of_other_purpose
from service.use_cases.assessing.facts import EPOCH
from service.use_cases.assessing.scoring import model_for
from service.use_cases.assessing.touching import CONSENT, touching, wanted_of
from service.use_cases.judging.red_lines import part_of

MICRO = 1_000_000
OUTCOMES = np.array([outcome.word for outcome in Outcome])


@dataclass(frozen=True)
class Part:
    """Rows of a frame that one effective policy judges."""

    policy: EffectivePolicy
    rows: NDArray[np.int64]


def score_book(
    product: str, book: Book, policy: Policy, home: Path, *, demo: bool = False
) -> pa.Table:
    """Return one row per application of a product, each judged at its own as_of (design 9, 11.6).

    Raises
    ------
    BadInput
        Where the product is unknown or the book has no application for it.
    """
    if product not in policy.products:
        known = ", ".join(sorted(policy.products))
        raise BadInput(
            f"没有此产品 · unknown product; known: {known}", field="PRODUCT", value=product
        )
    frame, counties, touched = _asked(product, book, policy)
    other_purpose = of_other_purpose(book, product)
    parts = [
        _scored_part(product, part, frame, touched, home, other_purpose, demo=demo)
        if product in part.policy.products
        else _unoffered_part(part, frame)
        for part in _parts(frame, counties, policy)
    ]
    if not len(frame):
        raise BadInput("没有该产品的申请 · no application for this product", value=product)
    table = pa.concat_tables([rows for _, rows in parts], promote_options="default")
    order = np.argsort(np.concatenate([part for part, _ in parts]), kind="stable")
    return table.take(pa.array(order))


def write_scores(table: pa.Table, path: Path) -> None:
    """Write scores as Parquet."""
    pq.write_table(table, path)


def _asked(
    product: str, book: Book, policy: Policy
) -> tuple[Frame, list[str | None], dict[str, Touching]]:
    """Return the applications for a product, with every column that its decision reads.

    Beside them the counties of their borrowers, and the subjects that touch them.
    """
    latest = max(book.tables["application"]["as_of"].to_pylist())
    effective = policy.effective(latest)
    offered = effective.products.get(product)
    if offered is None:
        raise BadInput("此日未提供 · not offered that day", value=f"{product} {latest}")
    reach = Reach(book, REQUEST, policy.parameters())
    frame = reach.own(wanted_of(offered, effective), np.arange(len(reach.day)))
    ours = np.flatnonzero(frame.columns[f"product__{product}"] == 1)
    chosen = part_of(frame, ours)
    touched = touching(reach, ours, effective, offered)
    return chosen, _counties(book, chosen), touched


def _counties(book: Book, frame: Frame) -> list[str | None]:
    """Return the county of each application's borrower."""
    application, household = book.tables["application"], book.tables.get("household")
    if household is None:
        return [None] * len(frame)
    homes = dict(
        zip(
            household["household_id"].to_pylist(),
            household["county_code"].to_pylist(),
            strict=True,
        )
    )
    borrower = dict(
        zip(
            application["application_id"].to_pylist(),
            application["household_id"].to_pylist(),
            strict=True,
        )
    )
    return [homes.get(borrower[key]) for key in frame.keys]


def _parts(frame: Frame, counties: list[str | None], policy: Policy) -> Iterator[Part]:
    """Yield the rows by the policy in force on their day in their county."""
    rows: dict[str, list[int]] = {}
    found: dict[str, EffectivePolicy] = {}
    for i, (day, county) in enumerate(zip(frame.as_of.tolist(), counties, strict=True)):
        effective = policy.effective(date.fromordinal(EPOCH.toordinal() + day), county)
        found[effective.sha256] = effective
        rows.setdefault(effective.sha256, []).append(i)
    for digest, places in rows.items():
        yield Part(found[digest], np.array(places, dtype=np.int64))


def _scored_part(
    product: str,
    part: Part,
    frame: Frame,
    touched: Mapping[str, Touching],
    home: Path,
    other_purpose: Collection[str],
    *,
    demo: bool,
) -> tuple[NDArray[np.int64], pa.Table]:
    """Return the rows' places and their scores."""
    offered = part.policy.products[product]
    model = model_for(home, part.policy, offered)
    asked = part_of(frame, part.rows)
    keys, values, day = asked.keys, asked.columns, asked.as_of.astype(np.float64)
    scored = model.score(asked.matrix(model.names))
    evidence = model.evidence
    ours = {touch: of_rows(about, part.rows, len(frame)) for touch, about in touched.items()}
    places = np.arange(len(keys))
    ours[REQUEST] = Touching(asked, places, places)
    stopped = stops_of_rows(part.policy, offered, ours, values, len(keys))
    rows = Rows(
        scored=scored,
        names=model.names,
        values=values,
        required=required_features(offered),
        consent=_consents(values[CONSENT] > day, keys, other_purpose)
        | (values[f"segment__{offered.segment}"] == 0),
        in_segment=values[f"segment__{offered.segment}"] == 1,
        by_person=evidence.kind == "expert" or (evidence.trained_on == "synthetic" and not demo),
        stopped=stopped.outcome,
    )
    decided = decide_book(rows, part.policy, offered)
    return part.rows, _table(keys, rows, decided, stopped, model, part.policy)


def _consents(
    holds: NDArray[np.bool_], keys: Sequence[str], other_purpose: Collection[str]
) -> NDArray[np.bool_]:
    """Return whether each borrower's consent holds, and for this product."""
    if not other_purpose:
        return holds
    covers: NDArray[np.bool_] = np.array([key not in other_purpose for key in keys])
    return holds & covers


def _unoffered_part(part: Part, frame: Frame) -> tuple[NDArray[np.int64], pa.Table]:
    """Return rows of days on which the product was not offered: a person looks at them."""
    keys = [frame.keys[i] for i in part.rows.tolist()]
    table = pa.table(
        {
            "application_id": pa.array(keys),
            "outcome": pa.repeat(Outcome.REFER.word, len(keys)),
            "policy": pa.repeat(f"sha256:{part.policy.sha256}", len(keys)),
        }
    )
    return part.rows, table


def _table(
    keys: Sequence[str],
    rows: Rows,
    decided: Decided,
    stopped: StoppedRows,
    model: ModelOfRecord,
    policy: EffectivePolicy,
) -> pa.Table:
    """Return scores with the columns of design 9; without consent or model there are no points."""
    scored: Scored = rows.scored
    blank = ~(rows.consent & rows.in_segment)
    n = len(keys)

    def probability(micro: NDArray[np.int64]) -> pa.Array:
        return pa.array(micro / MICRO, pa.float64(), mask=blank)

    def whole(points: NDArray[np.int64]) -> pa.Array:
        return pa.array(points, pa.int64(), mask=blank)

    columns = {
        "application_id": pa.array(keys),
        "pd": probability(scored.pd_micro),
        "pd_low": probability(scored.pd_low_micro),
        "pd_high": probability(scored.pd_high_micro),
        "points": whole(scored.points),
        "grade": pa.array(_grades(scored.pd_micro, policy), mask=blank),
        "base_points": whole(np.full(n, scored.base_points)),
    }
    columns |= {
        f"points_{name}": whole(scored.feature_points[:, i]) for i, name in enumerate(model.names)
    }
    columns |= {
        f"reason_{slot + 1}": pa.array(
            decided.reasons[:, slot], mask=decided.reasons[:, slot] == ""
        )
        for slot in range(decided.reasons.shape[1])
    }
    stops = pa.array(stopped.words(), pa.string(), mask=~rows.consent)
    return pa.table(
        columns
        | {
            "outcome": pa.array(OUTCOMES[decided.outcome]),
            "stops": stops,
            "model_version": pa.repeat(f"sha256:{model.version}", n),
            "policy": pa.repeat(f"sha256:{policy.sha256}", n),
        }
    )


def _grades(pd_micro: NDArray[np.int64], policy: EffectivePolicy) -> NDArray[np.str_]:
    """Return the grade of each PD in millionths, its bound included."""
    names = np.array([name for name, _ in policy.grades])
    bounds = [int(bound * MICRO) for _, bound in policy.grades if bound is not None]
    return names[np.searchsorted(bounds, pd_micro, side="left")]
