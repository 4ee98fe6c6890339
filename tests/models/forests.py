"""Builders of small ensembles, and the slow definitions they are checked against."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import numpy as np

from features.frame import Floats
from models.trees import Tree


def random_tree(rng: np.random.Generator, width: int, depth: int, signs: Sequence[int]) -> Tree:
    """Return a full tree of random splits, monotone in each feature whose sign is not 0.

    Every node splits the range of values its leaves may take around a middle value, as LightGBM's
    constraint does; a signed node sends the low side where its sign says.
    """
    feature: list[int] = []
    threshold: list[float] = []
    default_left: list[bool] = []
    left: list[int] = []
    right: list[int] = []
    value: list[float] = []

    def grow(level: int, low: float, high: float) -> int:
        if level == 0:
            value.append(float(rng.uniform(low, high)))
            return -len(value)
        node = len(feature)
        column = int(rng.integers(width))
        feature.append(column)
        threshold.append(float(rng.integers(-2, 3)) / 2)
        default_left.append(bool(rng.integers(2)))
        left.append(0)
        right.append(0)
        middle = float(rng.uniform(low, high))
        bounds = {1: ((low, middle), (middle, high)), -1: ((middle, high), (low, middle))}
        below, above = bounds.get(signs[column], ((low, high), (low, high)))
        left[node] = grow(level - 1, *below)
        right[node] = grow(level - 1, *above)
        return node

    grow(depth, -0.5, 0.5)
    return Tree(
        np.array(feature, dtype=np.int32),
        np.array(threshold),
        np.array(default_left, dtype=np.bool_),
        np.array(left, dtype=np.int32),
        np.array(right, dtype=np.int32),
        np.array(value),
    )


def random_forest(
    seed: int, *, trees: int = 12, width: int = 4, depth: int = 3, signs: Sequence[int] = (0,) * 9
) -> list[Tree]:
    """Return a seeded list of random trees."""
    rng = np.random.default_rng(seed)
    return [random_tree(rng, width, depth, signs) for _ in range(trees)]


def random_rows(seed: int, n: int, width: int, missing: float = 0.2) -> Floats:
    """Return an (n, width) matrix on the grid of the random thresholds, NaN included."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(-3, 4, (n, width)) / 2
    rows[rng.random((n, width)) < missing] = np.nan
    return rows


def forest_score(trees: Sequence[Tree], rows: Floats) -> Floats:
    """Return the (n,) sum of leaf values."""
    total: Floats = np.sum([tree.predict(rows) for tree in trees], axis=0)
    return total


def shapley_by_permutation(trees: Sequence[Tree], row: Floats, reference: Floats) -> Floats:
    """Return Shapley values by their definition: the mean over all orders of joining.

    A feature that has joined has the row's value, one that has not has the reference row's.
    """
    total = np.zeros(len(row))
    orders = list(permutations(range(len(row))))
    for order in orders:
        mixed = reference.copy()
        before = forest_score(trees, mixed).mean()
        for column in order:
            mixed[:, column] = row[column]
            after = forest_score(trees, mixed).mean()
            total[column] += after - before
            before = after
    return total / len(orders)
