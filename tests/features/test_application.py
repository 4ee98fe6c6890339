"""Features of an application, by hand numbers (money in 分)."""

from __future__ import annotations

from collections.abc import Callable
from math import nan

import numpy as np
import pytest

from features import application as p
from features.arrays import Floats, Rows


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def same(seen: Floats, *expected: float) -> bool:
    return np.allclose(seen, expected, rtol=1e-15, atol=0, equal_nan=True)


TWO = Rows(np.array([0, 2]), np.array([True]))
NONE = Rows(np.array([0, 0]), np.array([True]))
UNDECLARED = Rows(np.array([0, 0]), np.array([False]))


def test_a_year_of_the_loan_is_all_of_a_short_one() -> None:
    assert same(p.principal_due_12m(col(90000, 90000, 90000), col(6, 12, 36)), 90000, 90000, 30000)
    assert same(p.principal_due_12m(col(100, nan, 100), col(18, 12, nan)), 67, nan, nan)


def test_debt_service_counts_the_loan_asked_for() -> None:
    service = p.debt_service_with_loan_12m(col(10000, nan), col(30000, 1))
    assert same(service, 40000, nan)
    assert same(p.debt_service_to_income(service, col(160000, 160000)), 0.25, nan)
    assert same(p.debt_service_to_income(col(1, 1), col(0, nan)), nan, nan)
    assert same(p.op_cash_dscr(col(60000, -40000, nan), col(40000, 40000, 1)), 1.5, -1, nan)


def test_ratios_to_the_loan_need_what_they_divide_by() -> None:
    assert same(p.deposits_avg_3m_to_loan(col(30, nan), col(100, 100)), 0.3, nan)
    assert same(p.loan_to_income(col(100, 100, 100), col(50, 0, nan)), 2, nan, nan)
    assert same(p.ltv_at_origination(col(40, 40, 40), col(100, 0, nan)), 0.4, nan, nan)


def test_a_green_purpose_is_a_code_that_is_given() -> None:
    assert same(p.purpose_green_match(col(0, 5, nan)), 1, 1, 0)


def test_title_is_weighed_by_value() -> None:
    assert same(p.title_confirmed_share(col(60, 20), col(1, 0), TWO), 0.75)
    assert same(p.title_confirmed_share(col(60, nan), col(1, 0), TWO), nan)
    assert same(p.title_confirmed_share(col(60, 20), col(1, nan), TWO), nan)
    assert same(p.title_confirmed_share(col(0, 0), col(1, 1), TWO), nan)


def test_the_right_that_ends_first_counts() -> None:
    assert same(p.right_remaining_minus_term_m(col(100, 60), TWO, col(24)), 36)
    assert same(p.right_remaining_minus_term_m(col(100, 12), TWO, col(24)), -12)


def test_the_least_insured_resource_counts() -> None:
    assert same(p.insurance_cover_to_balance(col(50, 80), TWO, col(100)), 0.5)
    assert same(p.insurance_cover_to_balance(col(50, nan), TWO, col(100)), nan)


@pytest.mark.parametrize(
    "worst",
    [
        p.valuation_age_months,
        p.valuation_spread,
        p.liquidity_class_rank,
        p.price_volatility_24m,
        p.idle_months,
        p.single_item_share_of_pool,
    ],
)
def test_the_greatest_counts_where_more_is_worse(worst: Callable[[Floats, Rows], Floats]) -> None:
    assert same(worst(col(3, 4), TWO), 4)
    assert same(worst(col(3, nan), TWO), nan)


def test_the_least_counts_where_less_is_worse() -> None:
    assert same(p.coop_rent_paid_on_time_share(col(0.9, 1), TWO), 0.9)
    assert same(p.coop_rent_paid_on_time_share(col(nan, 1), TWO), nan)


@pytest.mark.parametrize("rows", [NONE, UNDECLARED])
def test_nobody_gains_by_naming_no_resource(rows: Rows) -> None:
    empty, one = col(), col(1)
    seen = [
        p.title_confirmed_share(empty, empty, rows),
        p.right_remaining_minus_term_m(empty, rows, one),
        p.insurance_cover_to_balance(empty, rows, one),
        p.coop_rent_paid_on_time_share(empty, rows),
        p.liquidity_class_rank(empty, rows),
        p.price_volatility_24m(empty, rows),
        p.redline_overlap_share(empty, empty, rows),
    ]
    assert np.isnan(np.concatenate(seen)).all()


def test_payouts_of_all_resources_stand_against_income() -> None:
    assert same(p.payout_to_borrower_income(col(10, 30), TWO, col(160)), 0.25)
    assert same(p.payout_to_borrower_income(col(10, nan), TWO, col(160)), nan)
    assert same(p.payout_to_borrower_income(col(10, 30), TWO, col(0)), nan)


def test_forbidden_land_is_a_share_of_all_land() -> None:
    assert same(p.redline_overlap_share(col(0, 50), col(100, 400), TWO), 0.1)
    assert same(p.redline_overlap_share(col(0, 0), col(100, 400), TWO), 0)
    assert same(p.redline_overlap_share(col(nan, 0), col(100, 400), TWO), nan)


def test_a_collective_may_not_secure_anybody_elses_debt() -> None:
    giver, secured = col(1, 1, 0, 1, nan, nan, nan), col(1, 1, 1, 0, 0, 1, 1)
    collective = col(0, 1, 0, 0, 0, 0, 1)
    seen = p.collective_security_for_others(giver, secured, collective)
    assert same(seen, 1, 0, 0, 1, 0, nan, 0)
    assert same(p.collective_security_for_others(col(1), col(1), col(nan)), nan)


def test_a_collective_decides_before_it_borrows_at_its_limit() -> None:
    collective, asked = col(1, 1, 1, 1, 0, nan), col(499, 500, 500, 500, 900, 900)
    limit, paper = col(500, 500, 500, nan, nan, 500), col(nan, nan, 7, nan, nan, nan)
    assert same(p.collective_undecided(collective, asked, limit, paper), 0, 1, 0, nan, 0, nan)
    assert same(p.collective_undecided(col(1), col(500), col(nan), col(7)), 0)


def test_a_platform_takes_no_public_guarantee() -> None:
    household, platform = col(1, 0, 0, 0, 0, nan), col(nan, 1, 1, 1, nan, 1)
    nongdan, public = col(1, 1, 0, 0, 1, 1), col(0, 0, 1, 0, 0, 0)
    assert same(p.lgfv_guarantee_route(household, platform, nongdan, public), 0, 1, 1, 0, nan, nan)
    assert same(p.lgfv_guarantee_route(col(0), col(nan), col(0), col(0)), 0)
