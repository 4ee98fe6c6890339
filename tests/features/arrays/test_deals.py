"""The worst deal by price over floor, exactly."""

from __future__ import annotations

from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest
from hypothesis import example
from hypothesis import given as holds_for
from hypothesis import strategies as st

from features.arrays import Floats, Rows, floor_of_worst, floor_prices, price_of_worst
from features.arrays.deals import is_smaller


def numbers(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def worst(*deals: tuple[float, float]) -> tuple[float, float]:
    prices, floors = (numbers(*side) for side in zip(*deals, strict=True))
    rows = Rows(np.array([0, len(deals)]), np.array([True]))
    return (
        float(price_of_worst(prices, floors, rows)[0]),
        float(floor_of_worst(prices, floors, rows)[0]),
    )


def test_both_sides_are_those_of_one_deal() -> None:
    assert worst((90, 100), (70, 80), (500, 400)) == (70, 80)
    assert worst((500, 400), (600, 400)) == (500, 400)


def test_of_equal_deals_the_larger_speaks_in_any_order() -> None:
    assert worst((80, 100), (160, 200)) == worst((160, 200), (80, 100)) == (160, 200)


def test_a_deal_without_a_floor_is_never_the_worst_of_several() -> None:
    assert worst((0, 0), (500, 400)) == worst((500, 400), (0, 0)) == (500, 400)
    assert worst((3, 0), (7, 0)) == worst((7, 0), (3, 0)) == (7, 0)


@pytest.mark.parametrize("other", [(nan, 100.0), (100.0, nan)])
def test_a_deal_that_is_not_known_makes_the_worst_unknown(other: tuple[float, float]) -> None:
    assert np.isnan(worst((1, 100), other)).all()
    assert np.isnan(worst(other, (1, 100))).all()


def test_over_no_deal_both_sides_are_infinite_and_over_undeclared_missing() -> None:
    rows = Rows(np.array([0, 0, 0]), np.array([True, False]))
    for side in (price_of_worst, floor_of_worst):
        assert np.array_equal(side(numbers(), numbers(), rows), [inf, nan], equal_nan=True)


def test_a_floor_is_the_greater_of_two_and_one_is_enough() -> None:
    prices, papers = numbers(50, 50, 50, 50, 50), numbers(nan, nan, nan, nan, 3)
    appraised, reserve = numbers(60, 60, nan, nan, 60), numbers(70, nan, 70, nan, 70)
    floors = floor_prices(prices, appraised, reserve, papers)
    assert np.array_equal(floors, [70, 60, 70, nan, 50], equal_nan=True)
    assert floor_prices(numbers(5), numbers(0), numbers(nan), numbers(nan)).tolist() == [0]


FEN = st.integers(0, 9 * 10**15)
FLOOR = st.integers(1, 9 * 10**15)


@holds_for(FEN, FLOOR, FEN, FLOOR)
@example(9 * 10**15 - 1, 9 * 10**15, 9 * 10**15 - 2, 9 * 10**15 - 1)
@example(1, 3, 3 * 10**14 + 1, 9 * 10**14 + 3)
@example(0, 5, 0, 7)
def test_quotients_are_compared_exactly(top: int, bottom: int, other: int, base: int) -> None:
    assert is_smaller(float(top), float(bottom), float(other), float(base)) == (
        Fraction(top, bottom) < Fraction(other, base)
    )


@holds_for(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=6))
def test_no_deal_stands_lower_than_the_worst(deals: list[tuple[int, int]]) -> None:
    price, floor = worst(*((float(p), float(f)) for p, f in deals))
    assert (price, floor) in deals
    with_floor = [Fraction(p, f) for p, f in deals if f > 0]
    if with_floor:
        assert Fraction(int(price), int(floor)) == min(with_floor)
    assert worst(*((float(p), float(f)) for p, f in reversed(deals))) == (price, floor)
