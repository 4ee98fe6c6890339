"""GEP ledger and loans by product of a county, by hand numbers (money in 分)."""

from __future__ import annotations

from collections.abc import Callable
from math import nan

import numpy as np
import pytest

from features import county
from features.arrays import Floats, Rows


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, expected, equal_nan=True)


def days(*texts: str | None) -> Floats:
    dates = np.array([text or "NaT" for text in texts], dtype="datetime64[D]")
    return np.where(np.isnat(dates), nan, dates.astype(np.int64).astype(np.float64))


def of(count: int, declared: bool = True) -> Rows:
    return Rows(np.array([0, count]), np.array([declared]))


AS_OF = days("2026-03-31")


def taken_due(approved: Floats, due: Floats, taken: Floats, amounts: Floats) -> Floats:
    return county.gep_taken_due(
        taken, amounts, approved, due, of(len(amounts)), AS_OF, offset_due_months=col(24)
    )


def test_what_was_taken_is_due_on_its_day_and_after_24_months_at_the_latest() -> None:
    approved = days("2025-01-01", "2025-01-01", "2024-03-31", "2024-04-01", "2024-03-31")
    due = days("2026-03-31", "2026-04-01", None, None, "2030-01-01")
    amounts = col(1, 20, 300, 4000, 50000)
    assert same(taken_due(approved, due, col(1, 1, 1, 1, 1), amounts), 50301)
    assert same(taken_due(approved, due, col(1, 1, 0, 1, 0), amounts), 1)


def test_taken_in_12_months_counts_from_approval() -> None:
    approved = days("2025-03-31", "2025-04-01", "2026-03-31", "2026-04-01")
    amounts = col(1, 20, 300, 4000)
    assert same(county.gep_taken_12m(col(1, 1, 1, 1), amounts, approved, of(4), AS_OF), 320)
    assert same(county.gep_taken_12m(col(1, 0, 1, 1), amounts, approved, of(4), AS_OF), 300)


def test_restored_counts_once_it_is_accepted() -> None:
    accepted, amounts = days("2020-01-01", "2026-03-31", "2026-04-01", None), col(1, 20, 300, 4000)
    seen = county.gep_restored_accepted(col(1, 1, 1, 1), amounts, accepted, of(4), AS_OF)
    assert same(seen, 21)
    seen = county.gep_restored_accepted(col(0, 1, 1, 1), amounts, accepted, of(4), AS_OF)
    assert same(seen, 20)


@pytest.mark.parametrize(
    ("approved", "accepted", "funded", "counted"),
    [
        ("2024-01-01", "2025-04-01", 0, 7),
        ("2024-01-01", "2025-03-31", 0, 0),
        ("2025-04-01", None, 1, 7),
        ("2025-03-31", None, 1, 0),
        ("2025-04-01", None, 0, 0),
        ("2025-04-01", None, nan, 0),
        ("2025-05-01", "2026-01-01", 1, 7),
        ("2025-04-01", "2026-04-01", 0, 0),
    ],
)
def test_restored_in_12_months_is_accepted_or_funded(
    approved: str, accepted: str | None, funded: float, counted: float
) -> None:
    seen = county.gep_restored_12m(
        col(1), col(7), days(approved), days(accepted), col(funded), of(1), AS_OF
    )
    assert same(seen, counted)
    taken = county.gep_restored_12m(
        col(0), col(7), days(approved), days(accepted), col(funded), of(1), AS_OF
    )
    assert same(taken, 0)


def test_a_ledger_that_is_empty_is_zero_and_one_undeclared_unknown() -> None:
    none = col()
    for declared, expected in ((True, 0), (False, nan)):
        rows = of(0, declared)
        due = county.gep_taken_due(none, none, none, none, rows, AS_OF, offset_due_months=col(24))
        assert same(due, expected)
        assert same(county.gep_taken_12m(none, none, none, rows, AS_OF), expected)
        assert same(county.gep_restored_accepted(none, none, none, rows, AS_OF), expected)
        assert same(county.gep_restored_12m(none, none, none, none, none, rows, AS_OF), expected)
    assert same(taken_due(days("2025-01-01"), days("2026-01-01"), col(1), col(nan)), nan)
    assert same(taken_due(days("2025-01-01"), days("2026-01-01"), col(nan), col(5)), nan)


BALANCES: list[Callable[[Floats, Floats, Rows], Floats]] = [
    county.loan_balance_credit,
    county.npl_balance_credit,
    county.overdue_90_balance_credit,
    county.loan_balance_deposit,
    county.npl_balance_deposit,
    county.overdue_90_balance_deposit,
    county.loan_balance_carbon,
    county.npl_balance_carbon,
    county.overdue_90_balance_carbon,
]


@pytest.mark.parametrize("balance", BALANCES)
def test_a_balance_is_that_of_its_product(
    balance: Callable[[Floats, Floats, Rows], Floats],
) -> None:
    assert same(balance(col(0, 1, 0), col(1, 20, 300), of(3)), 20)
    assert same(balance(col(0, 0), col(1, 20), of(2)), 0)
    assert same(balance(col(0, 1), col(nan, 20), of(2)), 20)
    assert same(balance(col(0, 1), col(1, nan), of(2)), nan)
    assert same(balance(col(), col(), of(0, declared=False)), nan)


@pytest.mark.parametrize("lends", [county.lends_credit, county.lends_deposit, county.lends_carbon])
def test_a_county_lends_where_a_balance_stands(lends: Callable[[Floats], Floats]) -> None:
    assert same(lends(col(0, 1, nan)), 0, 1, nan)
