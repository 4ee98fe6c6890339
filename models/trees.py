"""A binary tree as plain arrays: the one form in which any family of trees reaches the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.errors import BadInput
from features.frame import Floats

Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Tree:
    """A tree of m inner nodes and m + 1 leaves; node 0 is the root.

    A child >= 0 is an inner node, a child < 0 is leaf `~child`; a tree of no inner node is the
    constant `value[0]`. A value x <= threshold goes left, a larger one right; NaN goes where
    `default_left` of that node says (LightGBM's missing_type NaN). Infinity is a value like any
    other, so a split at +inf parts NaN from everything else.

    Attributes
    ----------
    feature
        (m,) column of the matrix that each node reads.
    threshold
        (m,) the largest value that goes left.
    default_left
        (m,) whether NaN goes left.
    left, right
        (m,) children.
    value
        (m + 1,) value of each leaf, in log-odds or whatever the ensemble adds up.

    Raises
    ------
    BadInput
        Where the arrays do not form one tree of finite leaf values.
    """

    feature: Ints
    threshold: Floats
    default_left: Flags
    left: Ints
    right: Ints
    value: Floats

    def __post_init__(self) -> None:
        nodes = len(self.feature)
        columns = (self.threshold, self.default_left, self.left, self.right)
        if any(len(column) != nodes for column in columns) or len(self.value) != nodes + 1:
            raise BadInput("a tree has one entry per node and one leaf more", field="tree")
        children = np.sort(np.concatenate([self.left, self.right]))
        expected = np.sort(np.concatenate([np.arange(-nodes - 1, 0), np.arange(1, nodes)]))
        place = np.arange(nodes)
        backwards = ((self.left >= 0) & (self.left <= place)) | (
            (self.right >= 0) & (self.right <= place)
        )
        if nodes and (not np.array_equal(children, expected) or backwards.any()):
            raise BadInput("each node but the root is the child of one before it", field="tree")
        if not np.isfinite(self.value).all() or np.isnan(self.threshold).any():
            raise BadInput("leaf values are finite and thresholds numbers", field="tree")

    @property
    def leaves(self) -> int:
        """Number of leaves."""
        return len(self.value)

    def leaf_of(self, values: Floats) -> NDArray[np.int64]:
        """Return the leaf index that each row of an (n, f) matrix falls into.

        Examples
        --------
        >>> tree = steps(0, bounds=[1.0, 2.0], values=[0.1, 0.2, 0.3], missing=0.9)
        >>> tree.leaf_of(np.array([[1.0], [1.5], [9.0], [np.nan]])).tolist()
        [0, 1, 2, 3]
        """
        place = np.full(len(values), 0 if len(self.feature) else -1, dtype=np.int64)
        walking = np.flatnonzero(place >= 0)
        while walking.size:
            node = place[walking]
            seen = values[walking, self.feature[node]]
            goes_left = np.where(
                np.isnan(seen), self.default_left[node], seen <= self.threshold[node]
            )
            place[walking] = np.where(goes_left, self.left[node], self.right[node])
            walking = walking[place[walking] >= 0]
        return ~place

    def predict(self, values: Floats) -> Floats:
        """Return the leaf value of each row of an (n, f) matrix."""
        return self.value[self.leaf_of(values)]


def steps(feature: int, bounds: Sequence[float], values: Sequence[float], missing: float) -> Tree:
    """Return a piecewise-constant term of one feature as a tree: a row of a scorecard.

    Parameters
    ----------
    feature
        Column of the matrix.
    bounds
        k ascending upper bounds, each inside its bin: bin j holds bounds[j-1] < x <= bounds[j].
    values
        k + 1 bin values, the last for x above every bound.
    missing
        Value of a missing x, a bin of its own.

    Raises
    ------
    BadInput
        Where the bounds do not ascend or the counts do not match.

    Examples
    --------
    >>> steps(0, [1.0], [5.0, 7.0], missing=0.0).predict(np.array([[1.0], [1.1], [np.nan]]))
    array([5., 7., 0.])
    """
    inner = np.asarray(bounds, dtype=np.float64)
    if len(values) != len(inner) + 1 or (np.diff(inner) <= 0).any():
        raise BadInput("bounds ascend and there is one value more than bounds", field="bins")
    nodes = len(inner) + 1
    above, absent = ~(nodes - 1), ~nodes
    return Tree(
        feature=np.full(nodes, feature, dtype=np.int32),
        threshold=np.concatenate([[np.inf], inner]),
        default_left=np.zeros(nodes, dtype=np.bool_),
        left=np.array([1, *(~j for j in range(nodes - 1))] if len(inner) else [above], np.int32),
        right=np.array([absent, *range(2, nodes), above][:nodes], np.int32),
        value=np.array([*values, missing], dtype=np.float64),
    )
