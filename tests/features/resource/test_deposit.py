"""Features of a resource, by hand numbers (money in 分)."""

from __future__ import annotations

from math import nan

import numpy as np

from features.arrays import Floats, Rows
from features.resource import deposit as r


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def same(seen: Floats, *expected: float) -> bool:
    return np.allclose(seen, expected, rtol=1e-15, atol=0, equal_nan=True)


def days(*texts: str) -> Floats:
    return np.array(texts, dtype="datetime64[D]").astype(np.int64).astype(np.float64)


TODAY = days("2026-03-31")


def test_months_of_right_are_counted_from_the_judged_day() -> None:
    assert same(r.right_remaining_m(days("2027-04-01"), TODAY), 12)
    assert same(r.right_remaining_m(days("2026-02-01"), TODAY), -2)


def test_class_a_is_rank_one_and_d_four() -> None:
    assert same(r.liquidity_class_rank(col(3, 2, 1, 0, nan)), 1, 2, 3, 4, nan)


def test_prices_are_those_of_24_months() -> None:
    dates = days("2024-03-30", "2024-03-31", "2025-03-31", "2026-03-30", "2026-03-31")
    rows = Rows(np.array([0, 5]), np.array([True]))
    steady = r.price_volatility_24m(col(9999, 100, 100, 100, 9999), dates, rows, TODAY)
    assert same(steady, 0)
    few = Rows(np.array([0, 2]), np.array([True]))
    assert same(r.price_volatility_24m(col(100, 200), dates[1:3], few, TODAY), nan)


def idle(handed: Floats, sensed: Floats, unchanged: float, bamboo: float = 0.0) -> Floats:
    none = col(0)
    return r.idle_months(handed, sensed, col(unchanged), col(bamboo), none, none, none, TODAY)


def test_idle_since_handover_or_the_last_change_that_was_seen() -> None:
    assert same(idle(days("2025-09-30"), col(nan), nan), 6)
    assert same(idle(days("2025-09-30"), days("2026-01-31"), 0), 2)
    assert same(idle(days("2025-09-30"), days("2026-01-31"), 1), 6)
    assert same(idle(days("2025-09-30"), days("2024-01-31"), 0), 6)


def test_bamboo_is_never_idle_and_what_was_not_handed_over_is_missing() -> None:
    assert same(idle(col(nan), col(nan), nan, bamboo=1), 0)
    assert same(idle(col(nan), col(nan), nan), nan)


OVERLAPS = Rows(np.array([0, 4, 4]), np.array([True, True]))


def redline(areas: Floats) -> Floats:
    core, line = col(1, 0, 0, 0), col(0, 1, 1, 0)
    permit, activity = col(5, 5, nan, nan), col(6, 6, 6, nan)
    return r.redline_area(areas, core, line, permit, activity, OVERLAPS)


def test_the_core_is_never_lawful_and_the_line_only_with_its_paper() -> None:
    assert same(redline(col(1, 10, 100, 1000)), 101, 0)
    assert same(redline(col(1, 10, 100, nan)), nan, 0)


def test_one_resource_is_a_share_of_its_pool() -> None:
    assert same(r.single_item_share_of_pool(col(20, 20, 20), col(80, nan, 0)), 0.25, nan, nan)


def test_the_cooperatives_rent_is_the_resources() -> None:
    assert same(r.coop_rent_paid_on_time_share(col(0.9, nan)), 0.9, nan)
