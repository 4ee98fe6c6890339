"""When debt falls due and what lies idle beside it, by hand (money in 分)."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest
from hypothesis import given as holds_for
from hypothesis import strategies as st

from features.arrays import Floats, Rows
from features.cooperative import maturity


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def days(*texts: str) -> Floats:
    return np.array(texts, dtype="datetime64[D]").astype(np.int64).astype(np.float64)


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, expected, equal_nan=True)


@pytest.mark.parametrize(
    ("short", "cash", "gap"), [(100, 30, 70), (100, 100, 0), (30, 100, 0), (0, -5, 5)]
)
def test_the_gap_is_short_debt_beyond_the_cash(short: float, cash: float, gap: float) -> None:
    assert same(maturity.short_debt_gap(col(short), col(cash)), gap)
    assert same(maturity.short_debt_gap(col(nan), col(cash)), nan)
    assert same(maturity.short_debt_gap(col(short), col(nan)), nan)


@pytest.mark.parametrize(
    ("cash", "debt", "service", "idle"),
    [(100, 80, 30, 50), (60, 80, 30, 30), (60, 80, 60, 0), (60, 80, 70, 0), (100, 0, 0, 0)],
)
def test_idle_cash_could_repay_debt(cash: float, debt: float, service: float, idle: float) -> None:
    given = (col(cash), col(debt), col(service))
    assert same(maturity.idle_cash_with_debt(*given), idle)
    for place in range(3):
        lost = [col(nan) if k == place else value for k, value in enumerate(given)]
        assert same(maturity.idle_cash_with_debt(*lost), nan)


def peak(months: Floats, amounts: Floats, declared: bool = True) -> Floats:
    rows = Rows(np.array([0, len(months)]), np.array([declared]))
    return maturity.debt_due_peak_month(months, amounts, rows, peak_window_months=col(12))


def test_the_peak_is_the_worst_of_the_next_twelve_months() -> None:
    assert same(peak(col(1, 12, 13), col(5, 9, 70)), 9)
    assert same(peak(col(13, 36), col(5, 9)), 0)
    assert same(peak(col(), col()), 0)
    assert same(peak(col(), col(), declared=False), nan)
    assert same(peak(col(1, 2), col(5, nan)), nan)
    assert same(peak(col(1, 13), col(5, nan)), 5)


def test_average_debt_is_over_five_quarter_ends_that_end_with_the_reading() -> None:
    ends = days("2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31")
    rows = Rows(np.array([0, 4]), np.array([True]))
    seen = maturity.debt_avg_12m(
        col(50),
        days("2026-03-31"),
        days("2015-01-01"),
        col(10, 20, 30, 40),
        ends,
        rows,
        debt_avg_quarters=col(5),
    )
    assert same(seen, 30)


MONEY = st.integers(0, 10**15)


@holds_for(MONEY, MONEY, MONEY, MONEY, st.integers(1, 10**9))
def test_worse_inputs_never_lessen_a_side(
    short: int, cash: int, debt: int, service: int, more: int
) -> None:
    gap = maturity.short_debt_gap(col(short), col(cash))[0]
    assert maturity.short_debt_gap(col(short + more), col(cash))[0] >= gap
    assert maturity.short_debt_gap(col(short), col(cash - more))[0] >= gap
    idle = maturity.idle_cash_with_debt(col(cash), col(debt), col(service))[0]
    assert maturity.idle_cash_with_debt(col(cash), col(debt + more), col(service))[0] >= idle
