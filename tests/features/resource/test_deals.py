"""Deals of collective assets, by hand numbers (money in 分)."""

from __future__ import annotations

from math import inf, nan

import numpy as np

from features.arrays import Floats, Rows
from features.resource import deals as d


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, expected, equal_nan=True)


TWO = Rows(np.array([0, 2]), np.array([True]))
NONE = Rows(np.array([0, 0]), np.array([True]))
UNDECLARED = Rows(np.array([0, 0]), np.array([False]))


def off(prices: Floats, is_open: Floats, limit: float = 500) -> Floats:
    return d.deal_off_exchange(prices, is_open, TWO, col(limit))


def test_a_private_deal_at_the_countys_amount_is_off_exchange() -> None:
    assert same(off(col(499, 900), col(0, 1)), 0)
    assert same(off(col(500, 900), col(0, 1)), 1)


def test_open_deals_need_no_limit_and_private_ones_do() -> None:
    assert same(off(col(499, 900), col(1, 1), limit=nan), 0)
    assert same(off(col(499, 900), col(0, 1), limit=nan), nan)
    assert same(off(col(499, 900), col(nan, 1)), 0)
    assert same(off(col(500, 900), col(nan, 1)), nan)


def test_no_deal_is_lawful_and_undeclared_ones_are_unknown() -> None:
    assert same(d.deal_off_exchange(col(), col(), NONE, col(nan)), 0)
    assert same(d.deal_off_exchange(col(), col(), UNDECLARED, col(500)), nan)
    empty = (col(), col(), col(), col())
    assert same(d.deal_price(*empty, NONE), inf)
    assert same(d.deal_floor_price(*empty, UNDECLARED), nan)


def sides(papers: Floats) -> tuple[float, float]:
    told = (col(90, 700), col(100, 800), col(nan, 750), papers, TWO)
    return float(d.deal_price(*told)[0]), float(d.deal_floor_price(*told)[0])


def test_the_worst_deal_stands_against_its_own_floor() -> None:
    assert sides(col(nan, nan)) == (700, 800)


def test_a_decision_of_the_members_makes_its_price_the_floor() -> None:
    assert sides(col(nan, 7)) == (90, 100)
    assert sides(col(7, 7)) == (700, 700)
