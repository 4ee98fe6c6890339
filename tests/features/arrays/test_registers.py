"""Words for registers: what holds on a day, what pairs, what follows, on rows counted by hand."""

from __future__ import annotations

from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.arrays import (
    Floats,
    Rows,
    any_row,
    any_within,
    in_force,
    latest_years,
    names_another,
    pairs_across,
    value_on,
)


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def rows(*counts: int) -> Rows:
    """Return the rows of subjects with so many each, -1 = undeclared."""
    there = np.maximum(counts, 0)
    return Rows(np.concatenate([[0], np.cumsum(there)]), np.array(counts) >= 0)


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, expected, equal_nan=True)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(10, 20, 1), (15, 20, 1), (16, 20, 0), (10, 15, 0), (10, nan, 1), (nan, 20, nan)],
)
def test_an_entry_holds_from_its_first_day_until_its_last(
    start: float, end: float, expected: float
) -> None:
    assert same(in_force(col(15), col(start), col(end)), expected)


def test_any_row_is_certain_before_it_is_unknown() -> None:
    flags = col(0, 1, nan, 0, nan, 0, 0)
    assert same(any_row(flags, rows(3, 2, 2, 0, -1)), 1, nan, 0, 0, nan)


def test_a_date_lies_in_a_period_of_another_child() -> None:
    starts, ends = col(10, 30), col(20, 40)
    for day, expected in ((10, 1), (20, 1), (25, 0), (30, 1), (41, 0), (inf, 0), (nan, nan)):
        seen = any_within(col(day), rows(1), col(1, 1), starts, ends, rows(2))
        assert same(seen, expected), day


def test_a_period_that_does_not_count_holds_nothing() -> None:
    for chosen, expected in ((0, 0), (nan, nan)):
        seen = any_within(col(15), rows(1), col(chosen), col(10), col(20), rows(1))
        assert same(seen, expected)
    sure = any_within(col(nan, 15), rows(2), col(1), col(10), col(20), rows(1))
    assert same(sure, 1)


def test_a_period_over_nothing_is_empty_and_over_an_undeclared_child_unknown() -> None:
    def seen(dates: int, periods: int) -> Floats:
        n, m = max(dates, 0), max(periods, 0)
        one = np.full(m, 1.0)
        return any_within(np.full(n, 1.0), rows(dates), one, one, one, rows(periods))

    assert same(seen(0, 1), 0)
    assert same(seen(1, 0), 0)
    assert same(seen(-1, 1), nan)
    assert same(seen(1, -1), nan)


def test_the_latest_row_up_to_a_day_speaks() -> None:
    values, dates = col(1, 2, 3, 4), col(30, 10, 20, 20)
    for day, expected in ((9, nan), (10, 2), (20, 4), (29, 4), (99, 1), (nan, nan)):
        assert same(value_on(values, dates, rows(4), col(day)), expected), day
    assert same(value_on(col(), col(), rows(0, -1), col(9, 9)), nan, nan)


A, B = 1.0, 2.0


@pytest.mark.parametrize(
    ("programmes", "parcels", "invoices", "pairs"),
    [
        ((A, B), (7, 7), (nan, nan), 1),
        ((A, B), (7, 8), (5, 5), 1),
        ((A, B), (7, 7), (5, 5), 1),
        ((A, A), (7, 7), (5, 5), 0),
        ((A, B), (nan, nan), (nan, nan), 0),
        ((A, B, B), (7, 7, 7), (1, 2, 3), 2),
        ((A, B, 3), (7, 7, 7), (1, 2, 3), 3),
        ((A, nan), (7, 7), (1, 2), nan),
        ((A, nan), (7, 8), (1, 2), 0),
    ],
)
def test_pairs_of_two_programmes_that_share_a_mark(
    programmes: tuple[float, ...],
    parcels: tuple[float, ...],
    invoices: tuple[float, ...],
    pairs: float,
) -> None:
    size = len(programmes)
    seen = pairs_across(col(*programmes), col(*parcels), col(*invoices), rows(size, 0, -1))
    assert same(seen, pairs, 0, nan)


def years(
    since: float, listed: dict[float, float], due: float = 2024, last: float = 2025
) -> float:
    seen = latest_years(
        col(*listed.values()),
        col(*listed),
        rows(len(listed)),
        col(due),
        col(last),
        col(since),
        2.0,
    )
    return float(seen[0])


def test_the_latest_two_years_are_summed() -> None:
    assert years(2010, {2022: 1, 2023: 20, 2024: 300}) == 320
    assert years(2010, {2025: 4000, 2022: 1, 2023: 20, 2024: 300}) == 4300
    assert years(2010, {2026: 5, 2023: 20, 2024: 300}) == 320


def test_a_year_that_must_be_there_and_is_not_is_missing() -> None:
    assert np.isnan(years(2010, {2022: 1, 2023: 20}))
    assert np.isnan(years(2010, {2024: 300}))
    assert np.isnan(years(2010, {2023: nan, 2024: 300}))
    assert np.isnan(years(2010, {2023: 20, 2024: 300, nan: 1}))


def test_a_young_firm_may_lack_the_years_before_its_first_full_one() -> None:
    assert years(2024, {2024: 300}) == 300
    assert np.isnan(years(2024, {2023: 20}))
    assert years(2024, {2023: 20, 2024: 300}) == 320
    assert years(2026, {}) == 0
    assert years(2025, {2025: 7}) == 7


def test_a_stranger_is_neither_the_firm_nor_its_parent() -> None:
    own, parent = col(1), col(2)
    for first, second, expected in (
        (1, 9, 1),
        (9, 1, 1),
        (8, 9, 1),
        (1, 1, 0),
        (1, 2, 0),
        (2, 1, 0),
        (2, 9, 1),
        (1, nan, nan),
        (9, nan, 1),
    ):
        assert same(names_another(col(first), col(second), own, parent, rows(1)), expected)
    assert same(names_another(col(1, 1), col(1, 9), own, col(nan), rows(2)), 0, 1)
    assert same(names_another(col(1), col(9), col(nan), parent, rows(1)), nan)


@given(
    st.lists(st.tuples(*[st.one_of(st.just(nan), st.integers(0, 3).map(float))] * 3), max_size=7)
)
def test_pairs_do_not_depend_on_the_order_of_rows(
    listed: list[tuple[float, float, float]],
) -> None:
    def pairs(found: list[tuple[float, float, float]]) -> Floats:
        table = np.array(found, dtype=np.float64).reshape(-1, 3)
        programme, parcel, invoice = (np.ascontiguousarray(column) for column in table.T)
        return pairs_across(programme, parcel, invoice, rows(len(found)))

    assert same(pairs(listed), *pairs(listed[::-1]))
