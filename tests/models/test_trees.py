"""A tree: where values and missing values go, and what is no tree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from features.errors import BadInput
from models.trees import Tree, steps


def stump(threshold: float = 1.0, *, default_left: bool = False) -> Tree:
    return Tree(
        feature=np.array([0], dtype=np.int32),
        threshold=np.array([threshold]),
        default_left=np.array([default_left]),
        left=np.array([-1], dtype=np.int32),
        right=np.array([-2], dtype=np.int32),
        value=np.array([10.0, 20.0]),
    )


def rows(*values: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array(values).reshape(-1, 1)


def test_a_value_on_the_threshold_goes_left() -> None:
    seen = rows(1.0, np.nextafter(1.0, 2.0), -np.inf, np.inf)
    assert stump().predict(seen).tolist() == [10.0, 20.0, 10.0, 20.0]


@pytest.mark.parametrize(("default_left", "value"), [(True, 10.0), (False, 20.0)])
def test_a_missing_value_goes_where_the_node_says(default_left: bool, value: float) -> None:
    assert stump(default_left=default_left).predict(rows(np.nan)).tolist() == [value]


def test_a_tree_of_one_leaf_is_a_constant() -> None:
    none = np.zeros(0, dtype=np.int32)
    constant = Tree(none, np.zeros(0), np.zeros(0, dtype=np.bool_), none, none, np.array([7.0]))
    assert constant.predict(rows(1.0, np.nan)).tolist() == [7.0, 7.0]


@pytest.mark.parametrize("bins", [1, 2, 3, 5])
def test_bins_of_a_scorecard_hold_their_upper_bound(bins: int) -> None:
    bounds = [float(bound) for bound in range(1, bins)]
    tree = steps(0, bounds, [float(value) for value in range(bins)], missing=-1.0)
    at_bounds = rows(*bounds, np.inf, np.nan)
    assert tree.predict(at_bounds).tolist() == [*range(bins - 1), bins - 1, -1]


@pytest.mark.parametrize(
    ("bounds", "values"), [([2.0, 1.0], [1.0, 2.0, 3.0]), ([1.0, 1.0], [1.0] * 3), ([1.0], [1.0])]
)
def test_bins_out_of_order_are_refused(bounds: list[float], values: list[float]) -> None:
    with pytest.raises(BadInput, match="bounds ascend"):
        steps(0, bounds, values, missing=0.0)


def test_arrays_that_form_no_tree_are_refused() -> None:
    tree = stump()
    loop = np.array([0], dtype=np.int32)
    twice = np.array([-1], dtype=np.int32)
    with pytest.raises(BadInput, match="child of one before it"):
        replace(tree, left=loop)
    with pytest.raises(BadInput, match="child of one before it"):
        replace(tree, right=twice)
    with pytest.raises(BadInput, match="one leaf more"):
        replace(tree, value=np.array([1.0]))
    with pytest.raises(BadInput, match="finite"):
        replace(tree, value=np.array([1.0, np.nan]))
    with pytest.raises(BadInput, match="finite"):
        replace(tree, threshold=np.array([np.nan]))


def test_a_circle_apart_from_the_root_is_refused() -> None:
    with pytest.raises(BadInput, match="child of one before it"):
        Tree(
            feature=np.zeros(3, dtype=np.int32),
            threshold=np.zeros(3),
            default_left=np.zeros(3, dtype=np.bool_),
            left=np.array([-1, 2, 1], dtype=np.int32),
            right=np.array([-2, -3, -4], dtype=np.int32),
            value=np.zeros(4),
        )
