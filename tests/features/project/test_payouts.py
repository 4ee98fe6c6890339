"""Payouts to households, late and still to come, by hand numbers (money in 分)."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.arrays import Floats, Rows
from features.project import payouts


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, expected, equal_nan=True)


def days(*texts: str | None) -> Floats:
    dates = np.array([text or "NaT" for text in texts], dtype="datetime64[D]")
    return np.where(np.isnat(dates), nan, dates.astype(np.int64).astype(np.float64))


def of(count: int, declared: bool = True) -> Rows:
    return Rows(np.array([0, count]), np.array([declared]))


TODAY = days("2026-03-31")


def late(
    due_on: Floats,
    due: Floats,
    paid_on: Floats,
    paid: Floats,
    declared: bool = True,
    reading: Floats = TODAY,
) -> Floats:
    rows = of(len(due), declared)
    return payouts.payout_days_late(
        due_on, due, paid_on, paid, rows, reading, payout_window_months=col(24)
    )


def one(due_on: str, paid_on: str | None, paid: float = 0.0) -> float:
    return float(late(days(due_on), col(10), days(paid_on), col(paid))[0])


def test_a_payout_is_late_to_its_payment_in_full_or_to_the_reading() -> None:
    assert one("2026-01-01", "2026-01-16", 10) == 15
    assert one("2026-01-01", "2026-01-01", 10) == 0
    assert one("2026-01-01", "2025-12-20", 10) == 0
    assert one("2026-03-01", None) == 30
    assert one("2026-03-01", "2026-03-02", 9) == 30
    assert one("2026-03-01", "2026-04-02", 10) == 30


def test_the_worst_counts_and_what_is_still_to_come_is_not_late() -> None:
    due_on = days("2026-01-01", "2025-06-01", "2026-06-01")
    paid_on = days("2026-01-05", "2025-06-21", None)
    assert same(late(due_on, col(10, 10, 10), paid_on, col(10, 10, 0)), 20)


def test_an_old_payout_counts_only_while_it_is_owed() -> None:
    assert one("2024-03-30", "2024-06-30", 10) == 0
    assert one("2024-03-31", "2024-06-30", 10) == 91
    assert one("2024-03-30", None) == 731


def test_payouts_that_are_not_known() -> None:
    assert same(late(days(None), col(10), days(None), col(0)), nan)
    assert same(late(days("2026-01-01"), col(nan), days("2026-01-05"), col(10)), nan)
    assert same(late(col(), col(), col(), col()), 0)
    assert same(late(col(), col(), col(), col(), declared=False), nan)


def test_what_falls_due_is_that_of_the_12_months_after_the_reading() -> None:
    on = days("2026-03-31", "2026-04-01", "2027-03-31", "2027-04-01")
    assert same(payouts.payouts_due_12m(on, col(1, 20, 300, 4000), of(4), TODAY), 320)
    assert same(payouts.payouts_due_12m(on, col(1, nan, 300, 4000), of(4), TODAY), nan)
    assert same(payouts.payouts_due_12m(on, col(nan, 20, 300, nan), of(4), TODAY), 320)
    assert same(payouts.payouts_due_12m(col(), col(), of(0), TODAY), 0)
    assert same(payouts.payouts_due_12m(col(), col(), of(0, declared=False), TODAY), nan)


def test_cash_to_pay_out_of_is_operating_cash_and_reserve() -> None:
    assert same(payouts.payout_cash_cover(col(100, -100, nan), col(30, 30, 30)), 130, -70, nan)


def unfunded(
    today: str,
    reserve: float,
    festival: str | None = "2026-02-17",
    due_on: str = "2026-02-10",
    paid_on: str | None = None,
    paid: float = 0.0,
    declared: bool = True,
) -> float:
    count = 1 if declared else 0
    seen = payouts.festival_unfunded(
        days(due_on)[:count],
        col(100)[:count],
        days(paid_on)[:count],
        col(paid)[:count],
        of(count, declared),
        col(reserve),
        days(festival),
        days(today),
        festival_reserve_days=col(30),
    )
    return float(seen[0])


@pytest.mark.parametrize(
    ("today", "flag"),
    [("2026-01-17", 0), ("2026-01-18", 1), ("2026-02-17", 1), ("2026-02-18", 0)],
)
def test_the_festival_is_looked_at_for_30_days_before_it(today: str, flag: float) -> None:
    assert unfunded(today, 99) == flag


def test_the_reserve_must_meet_what_is_owed_by_the_festival() -> None:
    day = "2026-02-01"
    assert unfunded(day, 100) == 0
    assert unfunded(day, 99, due_on="2026-02-17") == 1
    assert unfunded(day, 0, due_on="2026-02-18") == 0
    assert unfunded(day, 0, due_on="2023-02-18") == 1
    assert unfunded(day, 0, paid_on="2026-01-20", paid=100) == 0
    assert unfunded(day, 30, paid_on="2026-01-20", paid=60) == 1
    assert unfunded(day, 0, paid_on="2026-02-02", paid=100) == 1


def test_the_festival_or_payouts_that_are_not_known() -> None:
    assert np.isnan(unfunded("2026-02-01", 99, festival=None))
    assert np.isnan(unfunded("2026-02-01", 99, declared=False))
    assert unfunded("2026-06-01", 99, declared=False) == 0


@given(st.integers(-365, 365))
def test_at_a_reading_a_payout_is_late_or_still_to_come(due: int) -> None:
    due_on = TODAY + due
    delay = late(due_on, col(10), col(nan), col(0))
    to_come = payouts.payouts_due_12m(due_on, col(10), of(1), TODAY)
    assert same(delay, max(-due, 0))
    assert same(to_come, 10 if due > 0 else 0)


OFFSETS = st.integers(-800, 60)


@given(OFFSETS, st.none() | OFFSETS, st.integers(0, 200), st.integers(0, 12))
def test_paying_later_or_less_is_never_less_late(
    due: int, paid: int | None, later: int, amount: int
) -> None:
    due_on = TODAY + due
    paid_on = col(nan) if paid is None else TODAY + paid
    before = late(due_on, col(10), paid_on, col(amount))
    assert late(due_on, col(10), paid_on + later, col(amount)) >= before
    assert late(due_on, col(10), paid_on, col(max(amount - 3, 0))) >= before
    assert late(due_on, col(10), col(nan), col(0)) >= before


@given(OFFSETS, st.none() | OFFSETS, st.integers(0, 200))
def test_a_later_reading_of_the_same_debt_is_never_less_late(
    due: int, paid: int | None, later: int
) -> None:
    due_on = TODAY + due
    paid_on = col(nan) if paid is None else TODAY + paid
    before = late(due_on, col(10), paid_on, col(9))
    assert late(due_on, col(10), paid_on, col(9), reading=TODAY + later) >= before
