"""Folds that keep the share of bads and never part a group."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from features.errors import BadInput

Rows = NDArray[np.int64]
Fold = tuple[Rows, Rows]

FEWEST = 2


def folds_of(
    bad: NDArray[np.bool_],
    count: int,
    *,
    groups: NDArray[np.int64] | None = None,
    repeats: int = 1,
    seed: int = 0,
) -> list[Fold]:
    """Return `repeats` times `count` folds (training rows, held-out rows), stratified by outcome.

    A class of too few rows, or groups, for `count` folds gets fewer, at least two; each row is
    held out once per repeat.

    Raises
    ------
    BadInput
        Where a class has fewer than two rows, or stands in fewer than two groups.
    """
    possible = min(count, rarest_class(bad, groups))
    if possible < FEWEST:
        what = "rows" if groups is None else "groups"
        raise BadInput(f"needs at least two {what} of each class", field="target")
    folds: list[Fold] = []
    for repeat in range(repeats):
        if groups is None:
            split = StratifiedKFold(possible, shuffle=True, random_state=seed + repeat)
            folds += [(train, held) for train, held in split.split(bad, bad)]
        else:
            dealt = _deal(bad, groups, possible, seed + repeat)[groups]
            folds += [
                (np.flatnonzero(dealt != k), np.flatnonzero(dealt == k)) for k in range(possible)
            ]
    return folds


def rarest_class(bad: NDArray[np.bool_], groups: NDArray[np.int64] | None = None) -> int:
    """Return how many rows, or groups, the rarer class stands in."""
    if groups is None:
        return int(min(bad.sum(), (~bad).sum()))
    return min(len(np.unique(groups[bad])), len(np.unique(groups[~bad])))


def _deal(bad: NDArray[np.bool_], groups: Rows, count: int, seed: int) -> Rows:
    """Return the fold of each group: shuffled, then dealt out by bads and size like cards."""
    size = np.bincount(groups)
    bads = np.bincount(groups, weights=bad)
    shuffled = np.random.default_rng(seed).permutation(len(size))
    order = shuffled[np.lexsort((-size[shuffled], -bads[shuffled]))]
    fold = np.empty(len(size), dtype=np.int64)
    fold[order] = np.arange(len(size)) % count
    return fold
