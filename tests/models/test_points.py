"""Points: the line, the sum law, and what a feature that does nothing gets."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from features.errors import BadInput
from models.kernel import Int64s
from models.points import DESIGN_POINTS, PointsLine, PointsScale

SCALE = 20
REACH = 2**30
UNIT = 2**SCALE


def line(intercept: float = -0.3, slope: float = 1.2) -> PointsLine:
    return PointsLine.through(DESIGN_POINTS, intercept, slope, scale=SCALE, reach=REACH)


some_units = st.one_of(st.integers(-3 * UNIT, 3 * UNIT), st.integers(-40, 40), st.just(0))
contributions = st.integers(1, 12).flatmap(lambda f: arrays(np.int64, (4, f), elements=some_units))


def effects(row: Int64s, of: PointsLine) -> list[Fraction]:
    """Return each feature's exact u = -slope * c, in points."""
    return [-Fraction(of.slope) * int(c) / UNIT for c in row]


def test_600_points_are_odds_of_30_and_40_double_them() -> None:
    plain = line(intercept=0.0, slope=1.0)
    at_30, at_60 = (int(-math.log(odds) * UNIT) for odds in (30, 60))
    assert (plain.points(at_30), plain.points(at_60)) == (600, 640)


@given(st.integers(-REACH, REACH), st.floats(-8, 2), st.floats(0.05, 3))
def test_points_are_the_formula_half_up(score: int, intercept: float, slope: float) -> None:
    log_odds = intercept + slope * score / UNIT
    points = 600 + 40 / math.log(2) * (-log_odds - math.log(30))
    whole = line(intercept, slope).points(score)
    assert abs(whole - points) <= 0.5 + 1e-4 * (1 + abs(score) / UNIT)


@given(contributions, st.integers(-5 * UNIT, 5 * UNIT))
def test_feature_points_sum_exactly_to_the_points(values: Int64s, base: int) -> None:
    of = line()
    points, shares = of.shared(base, values)
    assert points.tolist() == [of.points(base + int(row.sum())) for row in values]
    assert (shares.sum(axis=1) == points - of.points(base)).all()


@given(contributions, st.integers(-5 * UNIT, 5 * UNIT))
def test_feature_points_are_within_one_of_what_is_due(values: Int64s, base: int) -> None:
    of = line()
    _, shares = of.shared(base, values)
    for row, points in zip(values, shares.tolist(), strict=True):
        for due, share in zip(effects(row, of), points, strict=True):
            assert abs(share - due) < Fraction(1001, 1000)


@given(contributions, st.integers(-5 * UNIT, 5 * UNIT))
def test_a_feature_that_only_helps_never_costs_a_point(values: Int64s, base: int) -> None:
    values[:, 0] = -np.abs(values[:, 0])
    _, shares = line().shared(base, values)
    assert (shares[:, 0] >= 0).all()


def test_a_contribution_of_nothing_gets_no_point() -> None:
    _, shares = line().shared(UNIT // 3, np.array([[0, UNIT // 7, 0, -UNIT // 5]]))
    assert shares[0, [0, 2]].tolist() == [0, 0]


def test_noise_below_a_thousandth_of_a_point_is_nothing() -> None:
    noise = int(0.0009 * UNIT / float(line().slope))
    _, shares = line().shared(0, np.array([[noise, UNIT], [-noise, UNIT]]))
    assert shares[:, 0].tolist() == [0, 0]


def test_a_point_tipped_by_noise_alone_goes_to_who_caused_it() -> None:
    of = PointsLine(Decimal("600.499500"), Decimal("1.000000"), SCALE)
    helps = -int(0.0007 * UNIT)
    points, shares = of.shared(0, np.array([[0, helps, 0], [0, 0, 0]]))
    assert points.tolist() == [601, 600]
    assert shares.tolist() == [[0, 1, 0], [0, 0, 0]]
    of = PointsLine(Decimal("600.500100"), Decimal("1.000000"), SCALE)
    points, shares = of.shared(0, np.array([[helps, -helps, -helps]]))
    assert points.tolist() == [600]
    assert shares.tolist() == [[0, -1, 0]]


def test_ties_go_in_feature_order() -> None:
    of = PointsLine(Decimal("600.000"), Decimal("1.000"), SCALE)
    _, shares = of.shared(0, np.array([[-UNIT // 2, -UNIT // 2, -UNIT // 2]]))
    assert shares.tolist() == [[1, 1, 0]]


def test_half_a_point_is_rounded_up_on_both_sides_of_zero() -> None:
    of = PointsLine(Decimal("0.000"), Decimal("1.000"), SCALE)
    assert [of.points(-UNIT // 2), of.points(UNIT // 2)] == [1, 0]
    assert [of.points(-3 * UNIT // 2), of.points(3 * UNIT // 2)] == [2, -1]


@given(st.integers(-REACH, REACH), st.integers(0, UNIT))
def test_points_never_rise_where_the_score_does(score: int, step: int) -> None:
    assert line().points(score + step) <= line().points(score)


@pytest.mark.parametrize("slope", [0.0, -1.0, math.nan])
def test_a_slope_that_is_not_positive_is_refused(slope: float) -> None:
    with pytest.raises(BadInput, match="higher PD"):
        line(slope=slope)


def test_a_line_takes_the_places_that_64_bits_allow() -> None:
    reaches = (2**20, 2**34, 2**44)
    grains = [
        PointsLine.through(DESIGN_POINTS, 0.0, 1.0, scale=SCALE, reach=reach).grain
        for reach in reaches
    ]
    assert grains == [10**9, 10**6, 10**3]
    with pytest.raises(BadInput, match="64 bits"):
        PointsLine.through(DESIGN_POINTS, 0.0, 1.0, scale=SCALE, reach=2**50)


def test_another_scale_moves_all_points() -> None:
    other = PointsScale(Decimal(500), Decimal(20), Decimal(20))
    of = PointsLine.through(other, 0.0, 1.0, scale=SCALE, reach=REACH)
    assert of.points(int(-math.log(20) * UNIT)) == 500
    assert of.points(int(-math.log(40) * UNIT)) == 520
