"""Bags of monotone LightGBM trees, grown fold by fold: the only module that imports lightgbm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from features.frame import Floats
from models.metrics import refitted_log_loss
from models.train.splits import Fold
from models.trees import Tree

Params = Mapping[str, float | int | bool]

FIRST_CHECK = 25
CHECK_GROWTH = 1.25
PATIENCE = 3
DEFAULT_LEFT = 2
MISSING_NAN = 2
ALWAYS: Mapping[str, object] = {
    "objective": "binary",
    "verbosity": -1,
    "force_row_wise": True,
    "deterministic": True,
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

    def scores(self, values: Floats) -> Floats:
        """Return the (bags, n) log-odds of each booster for an (n, f) matrix."""
        return np.array(
            [b.predict(values, raw_score=True, num_iteration=self.rounds) for b in self.boosters]
        )

    def trees(self, scale: float = 1.0) -> list[Tree]:
        """Return all trees, leaf values times `scale` / bags: their sum is the bags' average."""
        share = scale / len(self.boosters)
        return [t for b in self.boosters for t in trees_of(b, self.rounds, share)]

    def contributions(self, values: Floats) -> Floats:
        """Return (n, f) path-dependent contributions to the bags' average log-odds.

        LightGBM's own, for comparing models; decisions carry the exact ones of `models.table`.
        """
        parts = [
            b.predict(values, pred_contrib=True, num_iteration=self.rounds)[:, :-1]
            for b in self.boosters
        ]
        return np.mean(parts, axis=0)

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
    three checks in a row bring nothing: raw log-loss would stop rare-event models far too early,
    when they are over-confident and still learning to rank.

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
    seed, threads
        With both fixed, the same bytes each time.
    """
    settings = {**ALWAYS, **params, "seed": seed, "num_threads": threads}
    if signs is not None and any(signs):
        settings["monotone_constraints"] = list(signs)
    data = lgb.Dataset(values, bad.astype(np.float64), params=settings, free_raw_data=False)
    data.construct()
    bags = [lgb.Booster({**settings, "seed": seed + k}, data.subset(sorted(train)))
            for k, (train, _) in enumerate(folds)]  # fmt: skip
    held_out = np.bincount(np.concatenate([rows for _, rows in folds]), minlength=len(bad))
    total, best, best_total, grown, idle = np.zeros(len(bad)), np.inf, np.zeros(len(bad)), 0, 0
    best_rounds = 0
    for check in _checks(rounds):
        for bag, (_, rows) in zip(bags, folds, strict=True):
            for _ in range(check - grown):
                bag.update()
            total[rows] += bag.predict(values[rows], raw_score=True, start_iteration=grown)
        grown = check
        loss = refitted_log_loss(bad, total / held_out)
        if loss < best:
            best, best_total, best_rounds, idle = loss, total / held_out, check, 0
        else:
            idle += 1
        if idle == PATIENCE:
            break
    return Bags(tuple(bags), best_rounds, best_total, best)


def _checks(rounds: int) -> Iterator[int]:
    check = float(FIRST_CHECK)
    while check < rounds:
        yield int(check)
        check *= CHECK_GROWTH
    yield rounds


def trees_of(booster: lgb.Booster, rounds: int, scale: float = 1.0) -> list[Tree]:
    """Return the first `rounds` trees of a booster as plain trees, leaf values times `scale`.

    Read from LightGBM's own text. Where it saw no missing value it takes NaN for 0.0, and so do
    the trees.
    """
    text = booster.model_to_string(num_iteration=rounds)
    blocks = text.split("end of trees")[0].split("\nTree=")[1:]
    return [_tree(block, scale) for block in blocks]


def _tree(text: str, scale: float) -> Tree:
    block = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    value = np.array(block["leaf_value"].split(), dtype=np.float64) * scale
    nodes = len(value) - 1
    if nodes == 0:
        none = np.zeros(0, dtype=np.int32)
        return Tree(none, np.zeros(0), np.zeros(0, dtype=bool), none, none, value)
    kind = np.array(block["decision_type"].split(), dtype=np.int32)
    threshold = np.array(block["threshold"].split(), dtype=np.float64)
    sees_missing = (kind >> 2) & 3 == MISSING_NAN
    return Tree(
        feature=np.array(block["split_feature"].split(), dtype=np.int32),
        threshold=threshold,
        default_left=np.where(sees_missing, (kind & DEFAULT_LEFT) > 0, threshold >= 0),
        left=np.array(block["left_child"].split(), dtype=np.int32),
        right=np.array(block["right_child"].split(), dtype=np.int32),
        value=value,
    )
