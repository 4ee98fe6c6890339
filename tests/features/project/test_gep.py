"""GEP before and after a project, by hand numbers (money in 分)."""

from __future__ import annotations

from math import nan

import numpy as np

from features.arrays import Floats
from features.project import gep


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, expected, equal_nan=True)


YES = col(1)


def test_the_gain_is_after_and_offset_less_before() -> None:
    assert same(gep.gep_gain_point(col(1005), col(20), col(1000), YES), 25)
    assert same(gep.gep_gain_point(col(900), col(20), col(1000), YES), -80)
    assert same(gep.gep_reg_gain_point(col(690), col(4), col(700), YES), -6)


def test_the_upper_bound_adds_the_band_and_needs_one() -> None:
    assert same(gep.gep_gain_upper(col(-5, -5), col(10, nan)), 5, nan)
    assert same(gep.gep_reg_gain_upper(col(-15, -5), col(10, nan)), -5, nan)


def test_figures_compare_only_weather_normalised_and_at_constant_prices() -> None:
    comparable = gep.gep_comparable(col(1, 0, nan, 1), col(2020, 2020, 2020, nan))
    assert same(comparable, 1, 0, nan, 0)
    after, offset, before = col(*[1005] * 4), col(*[0] * 4), col(*[1000] * 4)
    assert same(gep.gep_gain_point(after, offset, before, comparable), 5, nan, nan, nan)
    assert same(gep.gep_reg_gain_point(after, offset, before, comparable), 5, nan, nan, nan)


def test_a_gain_without_one_part_is_missing() -> None:
    for absent in range(3):
        after, offset, before = (col(nan if place == absent else 1) for place in range(3))
        assert same(gep.gep_gain_point(after, offset, before, YES), nan)
        assert same(gep.gep_reg_gain_point(after, offset, before, YES), nan)
