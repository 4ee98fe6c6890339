"""Features of a loan, by hand numbers."""

from __future__ import annotations

from math import nan

import numpy as np

from features import loan
from features.arrays import Floats


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, expected, equal_nan=True)


def test_a_loan_is_open_until_the_day_it_is_closed() -> None:
    assert same(loan.is_open(col(101, 100, 99, nan), col(100, 100, 100, 100)), 1, 0, 0, 1)


def test_what_secures_a_closed_loan_is_free() -> None:
    assert same(loan.secured_and_open(col(1, 0, 1, nan, nan), col(1, 1, 0, 0, 1)), 1, 0, 0, 0, nan)


def test_a_deferral_stops_the_days_past_due_and_closing_ends_them() -> None:
    assert same(loan.dpd_counts(col(nan, 7, nan, 7), col(1, 1, 0, 0)), 1, 0, 0, 0)


def test_what_the_request_says_holds_for_its_loan() -> None:
    flags = col(0, 1, nan)
    assert same(loan.collective_security_for_others(flags), 0, 1, nan)
    assert same(loan.collective_undecided(flags), 0, 1, nan)
    assert same(loan.lgfv_guarantee_route(flags), 0, 1, nan)
