"""Features of a household, by hand numbers (money in 分)."""

from __future__ import annotations

from math import nan, sqrt

import numpy as np
import pytest

from features import household as h
from features.arrays import Floats, Rows


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def same(seen: Floats, *expected: float) -> bool:
    return np.allclose(seen, expected, rtol=1e-15, atol=0, equal_nan=True)


def day(text: str) -> float:
    return float(np.datetime64(text, "D").astype(np.int64))


YEAR = [f"2025-{month:02}-01" for month in range(1, 13)]
DATES = col(day("2024-12-15"), *map(day, YEAR), day("2026-01-05"))
AMOUNTS = col(9999, *([100] * 6 + [300] * 6), 9999)
ONE = Rows(np.array([0, 14]), np.array([True]))
AS_OF = col(day("2025-12-31"))


def test_income_is_that_of_twelve_full_months() -> None:
    assert same(h.income_mean_12m(AMOUNTS, DATES, ONE, AS_OF), 200)
    assert same(h.income_sd_12m(AMOUNTS, DATES, ONE, AS_OF), 100)
    assert same(h.income_cv_12m(col(100), col(200)), 0.5)


def test_a_month_that_is_not_over_does_not_count() -> None:
    assert same(h.income_mean_12m(AMOUNTS, DATES, ONE, AS_OF - 1), (9999 + 6 * 100 + 5 * 300) / 12)


def test_income_without_a_mean_has_no_variation() -> None:
    assert same(h.income_cv_12m(col(0, nan, 5), col(0, 5, -1)), nan, nan, nan)


def test_undeclared_income_is_missing_and_none_is_zero() -> None:
    for declared, expected in ((False, nan), (True, 0.0)):
        empty = Rows(np.array([0, 0]), np.array([declared]))
        assert same(h.income_mean_12m(col(), col(), empty, AS_OF), expected)
        assert same(h.income_source_count(col(), col(), empty, AS_OF), expected)


def test_sources_of_income_are_counted_once() -> None:
    kinds = col(7, *([1, 2, 1] * 4), 8)
    assert same(h.income_source_count(kinds, DATES, ONE, AS_OF), 2)
    kinds[5] = nan
    assert same(h.income_source_count(kinds, DATES, ONE, AS_OF), nan)


def test_lean_months_are_those_below_a_twelfth_of_the_debt_service() -> None:
    assert same(h.seasonality_gap_months(AMOUNTS, DATES, ONE, AS_OF, col(1200)), 0)
    assert same(h.seasonality_gap_months(AMOUNTS, DATES, ONE, AS_OF, col(1201)), 6)
    assert same(h.seasonality_gap_months(AMOUNTS, DATES, ONE, AS_OF, col(nan)), nan)


@pytest.mark.parametrize(
    "ratio", [h.total_debt_to_income, h.guarantees_given_to_income, h.enforcement_amount_to_income]
)
def test_ratios_to_income_need_an_income(ratio: np.ufunc) -> None:
    over, income = col(50, 0, 50, nan, 50), col(200, 200, 0, 200, nan)
    assert same(ratio(over, income), 0.25, 0, nan, nan, nan)


def test_subsidies_leave_out_what_nature_pays() -> None:
    seen = h.subsidy_share_of_income(col(30, 30, nan), col(10, nan, 1), col(100, 100, 100))
    assert same(seen, 0.2, nan, nan)


def test_utilisation_needs_a_line() -> None:
    assert same(h.credit_utilisation(col(30, 0, 5), col(40, 0, nan)), 0.75, nan, nan)


def test_a_home_without_dependants_is_finite() -> None:
    assert same(h.labour_to_dependant_ratio(col(2, 2, nan), col(0, 3, 1)), 2, 0.5, nan)


def test_titled_areas_add_up() -> None:
    assert same(h.land_forest_area_titled(col(100.5, nan), col(20, 1)), 120.5, nan)


def test_no_ecological_credit_is_zero_and_never_missing() -> None:
    score, scale = col(80, 0, 0, nan, 80), col(100, 100, 0, 100, nan)
    assert same(h.eco_credit_pct(score, scale), 0.8, 0, 0, 0, 0)
    assert same(h.carbon_label_rank(col(3, 0, nan)), 3, 0, 0)


def test_sd_is_the_populations() -> None:
    dates, rows = col(day("2025-12-01")), Rows(np.array([0, 1]), np.array([True]))
    assert same(h.income_sd_12m(col(12), dates, rows, AS_OF), sqrt((11**2 + 11) / 12))
