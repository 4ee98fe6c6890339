"""Bags of monotone LightGBM trees, grown fold by fold: the only module that imports lightgbm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Self

import lightgbm as lgb
import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from features.frame import Floats
from models.metrics import refitted_log_loss
from models.train.native import trees_in
from models.train.splits import Fold, Rows, folds_of
from models.trees import Tree

Params = Mapping[str, float | int | bool]

FIRST_CHECK = 20
CHECK_GROWTH = 1.25
PATIENCE = 3
WORTH_GROWING = 1e-3
LARGEST_MIN_LEAF = 20
LEAVES_AT_LEAST = 20
CLASSES = 2
DEFAULT: Params = {"max_depth": 6, "num_leaves": 31, "learning_rate": 0.06}
ALWAYS: Mapping[str, object] = {
    "objective": "binary",
    "verbosity": -1,
    "force_row_wise": True,
    "deterministic": True,
    "num_threads": 1,
    "feature_pre_filter": False,
}


@dataclass(frozen=True)
class Bags:
    """Boosters of one family, one per fold, and what each row's strangers say of it.

    Attributes
    ----------
    boosters
        One LightGBM booster per fold, all of `rounds` trees, all on the same bin edges.
    rounds
        Trees per booster.
    out_of_fold
        (n,) log-odds of each training row by the boosters that did not see it, averaged.
    loss
        Log-loss of `out_of_fold` after calibration.
    """

    boosters: tuple[lgb.Booster, ...]
    rounds: int
    out_of_fold: Floats
    loss: float

    @classmethod
    def from_native(cls, texts: Sequence[str]) -> Self:
        """Return bags of boosters that `native` wrote, without their out-of-fold log-odds."""
        boosters = tuple(lgb.Booster(model_str=text) for text in texts)
        return cls(boosters, boosters[0].num_trees(), np.zeros(0), float("nan"))

    def scores(self, values: Floats) -> Floats:
        """Return the (bags, n) log-odds of each booster for an (n, f) matrix."""
        return np.array([_raw(b, values, 0, self.rounds) for b in self.boosters])

    def trees(self, scale: float = 1.0) -> list[Tree]:
        """Return all trees, leaf values times `scale` / bags: their sum is the bags' average."""
        share = scale / len(self.boosters)
        return [t for b in self.boosters for t in trees_of(b, self.rounds, share)]

    def contributions(self, values: Floats) -> Floats:
        """Return (n, f) path-dependent contributions to the bags' average log-odds.

        LightGBM's own, for comparing models; decisions carry the exact ones of `models.table`.
        """
        parts = [
            np.asarray(b.predict(values, 0, self.rounds, pred_contrib=True, num_threads=1))
            for b in self.boosters
        ]
        mean: Floats = np.mean(parts, axis=0)[:, :-1]
        return mean

    def native(self) -> tuple[str, ...]:
        """Return LightGBM's own text of each booster."""
        return tuple(b.model_to_string(num_iteration=self.rounds) for b in self.boosters)


def grow(
    values: Floats,
    bad: NDArray[np.bool_],
    folds: Sequence[Fold],
    params: Params,
    *,
    signs: Sequence[int] | None = None,
    rounds: int = 3000,
    seed: int = 0,
    threads: int = 1,
) -> Bags:
    """Return the bags of one family, as long as their strangers' calibrated log-loss falls.

    All boosters grow in lockstep from one binned data set. At rounds spaced by a quarter the
    out-of-fold log-odds of all folds together are calibrated and scored, and growth ends when
    three checks together bring less than a thousandth of what there is to explain: raw log-loss
    would stop rare-event models far too early, when they are over-confident and still learning to
    rank.

    Parameters
    ----------
    values, bad
        (n, f) features, NaN = missing, and (n,) outcomes.
    folds
        (training rows, held-out rows) of each bag; every row is held out equally often.
    params
        LightGBM's parameters of the family.
    signs
        +1 where the PD may only rise with the feature, -1 only fall, 0 either; per column.
    rounds
        The most trees a bag may have.
    seed
        With it fixed, the same bytes each time.
    threads
        Bags grown at the same time, each on one thread: LightGBM's own threads wait for each other
        at every split, which costs most where the machine is busy.
    """
    smallest_leaf = max(1, min(LARGEST_MIN_LEAF, len(bad) // LEAVES_AT_LEAST))
    settings = {"min_child_samples": smallest_leaf, **ALWAYS, **params}
    if signs is not None and any(signs):
        settings["monotone_constraints"] = list(signs)
    data = lgb.Dataset(values, bad.astype(np.float64), params=settings, free_raw_data=False)
    data.construct()
    boosters = [
        lgb.Booster({**settings, "seed": seed + k}, data.subset(sorted(train)))
        for k, (train, _) in enumerate(folds)
    ]
    held_out = np.bincount(np.concatenate([rows for _, rows in folds]), minlength=len(bad))
    enough = WORTH_GROWING * refitted_log_loss(bad, np.zeros(len(bad)))
    total, grown = np.zeros(len(bad)), 0
    losses: list[float] = []
    checked: list[tuple[int, Floats]] = []
    with ThreadPoolExecutor(threads, initializer=_settle_thread) as pool:
        for check in _checks(rounds):
            grow_to = partial(_grow_to, values=values, start=grown, end=check)
            parts = pool.map(grow_to, boosters, (rows for _, rows in folds))
            for (_, rows), part in zip(folds, parts, strict=True):
                total[rows] += part
            grown = check
            checked.append((check, total / held_out))
            losses.append(refitted_log_loss(bad, total / held_out))
            earlier = losses[:-PATIENCE]
            if earlier and min(earlier) - min(losses[-PATIENCE:]) < enough:
                break
    best = int(np.argmin(losses))
    return Bags(tuple(boosters), *checked[best], losses[best])


def _settle_thread() -> None:
    """Make LightGBM quiet and single on this thread: it keeps both settings per thread."""
    lgb.Dataset(np.zeros((2, 1)), params=dict(ALWAYS)).construct()


def _grow_to(booster: lgb.Booster, rows: Rows, values: Floats, start: int, end: int) -> Floats:
    """Grow a booster from `start` to `end` trees; return what those add to its held-out rows."""
    for _ in range(end - start):
        booster.update()
    return _raw(booster, values[rows], start, end)


def _raw(booster: lgb.Booster, values: Floats, start: int, end: int) -> Floats:
    return np.asarray(
        booster.predict(values, start, end - start, raw_score=True, num_threads=1, verbosity=-1)
    )


def _checks(rounds: int) -> Iterator[int]:
    check = float(FIRST_CHECK)
    while check < rounds:
        yield int(check)
        check *= CHECK_GROWTH
    yield rounds


def trees_of(booster: lgb.Booster, rounds: int, scale: float = 1.0) -> list[Tree]:
    """Return the first `rounds` trees of a booster as plain trees, leaf values times `scale`."""
    return trees_in(booster.model_to_string(num_iteration=rounds), scale)


class MonotoneBoosting(ClassifierMixin, BaseEstimator):
    """One family of bagged boosted trees as a scikit-learn classifier.

    Parameters
    ----------
    params
        LightGBM's parameters; None: trees of depth 6.
    signs
        +1 where the PD may only rise with the feature, -1 only fall, 0 either, per column.
    folds
        Number of bags; each leaves one fold out, which says when to stop.
    rounds
        Most trees per bag.
    random_state
        Seed; with it fixed, the same bytes each time.
    n_jobs
        Bags grown at the same time.

    Attributes
    ----------
    bags_
        The boosters and the out-of-fold log-odds.
    """

    def __init__(
        self,
        *,
        params: Params | None = None,
        signs: Sequence[int] | None = None,
        folds: int = 5,
        rounds: int = 1000,
        random_state: int = 0,
        n_jobs: int = 1,
    ) -> None:
        self.params = params
        self.signs = signs
        self.folds = folds
        self.rounds = rounds
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit to an (n, f) matrix, NaN = missing, and (n,) outcomes of two classes."""
        values, outcomes = validate_data(
            self, X, y, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=2
        )
        check_classification_targets(outcomes)
        self.classes_ = np.unique(outcomes)
        if len(self.classes_) != CLASSES:
            raise ValueError(
                f"Only binary classification is supported: {len(self.classes_)} class"
            )
        bad = outcomes == self.classes_[1]
        self.bags_ = grow(
            values,
            bad,
            folds_of(bad, self.folds, seed=self.random_state),
            DEFAULT if self.params is None else self.params,
            signs=self.signs,
            rounds=self.rounds,
            seed=self.random_state,
            threads=self.n_jobs,
        )
        return self

    def decision_function(self, X: ArrayLike) -> Floats:
        """Return the (n,) log-odds of the second class, averaged over bags."""
        check_is_fitted(self)
        values = validate_data(
            self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False
        )
        log_odds: Floats = self.bags_.scores(values).mean(axis=0)
        return log_odds

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Return the (n, 2) probabilities of both classes, not calibrated."""
        bad = 1 / (1 + np.exp(-self.decision_function(X)))
        return np.column_stack([1 - bad, bad])

    def predict(self, X: ArrayLike) -> NDArray[np.generic]:
        """Return the likelier class of each row."""
        is_bad = self.decision_function(X) > 0
        likelier: NDArray[np.generic] = self.classes_[is_bad.astype(int)]
        return likelier

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        return tags
