"""What a resource secures, by hand numbers (money in 分)."""

from __future__ import annotations

from math import inf, nan

import numpy as np

from features.arrays import Floats, Rows
from features.resource import security as s


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, expected, equal_nan=True)


def days(*texts: str) -> Floats:
    return np.array(texts, dtype="datetime64[D]").astype(np.int64).astype(np.float64)


TWO = Rows(np.array([0, 2]), np.array([True]))
NONE = Rows(np.array([0, 0]), np.array([True]))
UNDECLARED = Rows(np.array([0, 0]), np.array([False]))


def test_a_resource_secures_an_open_secured_loan() -> None:
    assert same(s.secures_a_loan(col(0, 1), TWO), 1)
    assert same(s.secures_a_loan(col(0, 0), TWO), 0)
    assert same(s.secures_a_loan(col(0, nan), TWO), nan)
    assert same(s.secures_a_loan(col(), NONE), 0)
    assert same(s.secures_a_loan(col(), UNDECLARED), nan)


def test_what_can_be_insured_must_be_while_it_is_pledged() -> None:
    due = s.insurance_due(col(1, 1, 0, nan, nan), col(1, 0, 1, 0, 1))
    assert same(due, 1, 0, 0, 0, nan)


def balance(own: float, balances: Floats, worth: Floats, live: Floats) -> Floats:
    return s.secured_balance(col(own), balances, worth, live, TWO)


def test_a_resource_answers_for_its_part_of_what_secures_the_loan() -> None:
    assert same(balance(200, col(300, 90), col(600, 200), col(1, 1)), 190)
    assert same(balance(200, col(300, 90), col(600, 200), col(1, 0)), 100)
    assert same(balance(200, col(300, 90), col(nan, 100), col(1, 1)), 390)
    assert same(balance(1, col(100, 0), col(3, 1), col(1, 1)), 33)


def test_a_balance_or_value_that_is_not_known_counts_where_the_loan_is_open() -> None:
    assert same(balance(200, col(nan, 90), col(600, 200), col(1, 1)), nan)
    assert same(balance(200, col(nan, 90), col(600, 200), col(0, 1)), 90)
    assert same(balance(nan, col(300, 90), col(600, 200), col(1, 1)), nan)
    assert same(balance(200, col(300, 90), col(0, 200), col(1, 1)), nan)
    assert same(s.secured_balance(col(9), col(), col(), col(), NONE), 0)


def lease(expiry: str, maturities: Floats, live: Floats) -> Floats:
    return s.lease_months_after_loan(days(expiry), maturities, live, TWO)


def test_the_loan_that_matures_last_leaves_the_fewest_months() -> None:
    maturities = days("2027-03-31", "2028-03-31")
    assert same(lease("2029-03-31", maturities, col(1, 1)), 12)
    assert same(lease("2029-03-30", maturities, col(1, 1)), 11)
    assert same(lease("2029-03-31", maturities, col(1, 0)), 24)
    assert same(lease("2028-02-29", maturities, col(1, 1)), -2)


def test_over_no_open_loan_there_is_no_lease_to_measure() -> None:
    maturities = days("2027-03-31", "2028-03-31")
    assert same(lease("2029-03-31", maturities, col(0, 0)), inf)
    assert same(s.lease_months_after_loan(days("2029-03-31"), col(), col(), NONE), inf)
    assert same(lease("2029-03-31", col(nan, maturities[1]), col(1, 1)), nan)
    assert same(lease("2029-03-31", maturities, col(nan, 1)), nan)
