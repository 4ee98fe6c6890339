"""Folds that keep the share of bads and never part a group."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

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

    A class or set of groups too small for `count` folds gets fewer, at least two; each row is held
    out once per repeat.

    Raises
    ------
    BadInput
        Where a class has fewer than two rows or there are fewer than two groups.
    """
    rarest = int(min(bad.sum(), (~bad).sum()))
    if rarest < FEWEST:
        raise BadInput("needs at least two rows of each class", field="target", value=str(rarest))
    possible = min(count, rarest)
    if groups is not None:
        distinct = len(np.unique(groups))
        if distinct < FEWEST:
            raise BadInput("needs at least two groups", field="group", value=str(distinct))
        possible = min(possible, distinct)
    splitter = StratifiedKFold if groups is None else StratifiedGroupKFold
    folds: list[Fold] = []
    for repeat in range(repeats):
        split = splitter(possible, shuffle=True, random_state=seed + repeat)
        folds += [(train, held) for train, held in split.split(bad, bad, groups)]
    return folds
