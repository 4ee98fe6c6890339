"""What the words of features mean, by hand numbers."""

from __future__ import annotations

from datetime import date, timedelta
from math import inf, isnan, log, nan, sqrt

import numpy as np
import pytest
from hypothesis import given as holds_for
from hypothesis import strategies as st

from features import arrays as a
from features.arrays import Floats, Rows

EPOCH = date(1970, 1, 1)


def numbers(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def days(*dates: date) -> Floats:
    return numbers(*((d - EPOCH).days for d in dates))


def children(*counts: int | None) -> Rows:
    """Return rows with that many children each; None is undeclared."""
    offsets = np.cumsum([0, *(count or 0 for count in counts)])
    return Rows(offsets, np.array([count is not None for count in counts]))


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, numbers(*expected), equal_nan=True)


# ------------------------------------------------------------------ numbers


def test_only_what_is_above_zero_divides() -> None:
    assert same(a.where_positive(numbers(2, 0, -1, nan)), 2, nan, nan, nan)


def test_missing_can_be_zero_or_a_flag() -> None:
    assert same(a.zero_if_missing(numbers(2, nan)), 2, 0)
    assert same(a.given(numbers(0, nan)), 1, 0)


def test_flags_are_three_valued() -> None:
    x, y = numbers(0, 0, 0, 1, 1, nan), numbers(0, 1, nan, 1, nan, nan)
    assert same(a.both(x, y), 0, 0, 0, 1, nan, nan)
    assert same(a.either(x, y), 0, 1, nan, 1, 1, nan)
    assert same(a.both(y, x), 0, 0, 0, 1, nan, nan)
    assert same(a.either(y, x), 0, 1, nan, 1, 1, nan)
    assert same(a.negate(numbers(0, 1, nan)), 1, 0, nan)


def test_comparisons_of_a_missing_side_are_missing() -> None:
    assert same(a.is_negative(numbers(-1, 0, nan)), 1, 0, nan)
    assert same(a.no_later(numbers(1, 2, 3, nan), numbers(2, 2, 2, 2)), 1, 1, 0, nan)
    assert same(a.within(numbers(1, 2, 3, nan), 1.0, 3.0), 1, 1, 0, nan)
    assert same(a.least(numbers(1, 5, nan), 3.0), 1, 3, nan)
    assert same(a.most(numbers(1, 5, nan), 3.0), 3, 5, nan)
    assert same(a.choose(numbers(1, 0, nan), 7.0, 9.0), 7, 9, nan)


def test_a_share_of_money_is_whole_and_half_even() -> None:
    assert same(a.prorated(numbers(5, 15, 25, 26), 1.0, 10.0), 0, 2, 2, 3)
    assert same(a.prorated(numbers(100), 36.0, 12.0), 100)
    assert same(
        a.prorated(numbers(nan, 100, 100), numbers(1, nan, 1), numbers(2, 2, 0)), nan, nan, nan
    )


@holds_for(st.integers(0, 9 * 10**15), st.integers(1, 600))
def test_a_share_of_money_is_exact_up_to_the_largest_amount(fen: int, term: int) -> None:
    exact = fen if term <= 12 else round_half_even(fen * 12, term)
    assert a.prorated(numbers(fen), 12.0, numbers(term))[0] == exact


def round_half_even(over: int, under: int) -> int:
    quotient, left = divmod(over, under)
    return quotient + (2 * left > under or (2 * left == under and quotient % 2 == 1))


# ------------------------------------------------------------------ the calendar


@holds_for(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_years_are_those_of_the_calendar(day: date) -> None:
    assert a.year_of(days(day))[0] == day.year


@holds_for(st.dates(date(1930, 1, 1), date(2199, 12, 31)), st.integers(0, 60))
def test_months_before_is_the_same_day_or_the_months_last(day: date, months: int) -> None:
    number = 12 * day.year + day.month - 1 - months
    start = date(number // 12, number % 12 + 1, 1)
    end = date((number + 1) // 12, (number + 1) % 12 + 1, 1) - timedelta(1)
    expected = min(start.replace(day=1) + timedelta(day.day - 1), end)
    assert a.months_before(days(day), float(months))[0] == days(expected)[0]


def test_months_between_are_whole_and_rounded_down() -> None:
    start = days(date(2025, 1, 31), date(2025, 1, 31), date(2025, 3, 15), date(2025, 3, 15))
    end = days(date(2025, 2, 28), date(2026, 1, 31), date(2025, 3, 10), date(2025, 3, 15))
    assert same(a.months_between(start, end), 0, 12, -1, 0)
    assert isnan(a.months_between(numbers(nan), end[:1])[0])


# ------------------------------------------------------------------ child rows

ROWS = children(2, 0, None, 1)
VALUES = numbers(4, 1, nan)


def test_an_empty_child_sums_to_zero_and_an_undeclared_one_is_missing() -> None:
    assert same(a.total(VALUES, ROWS), 5, 0, nan, nan)
    assert same(a.highest(VALUES, ROWS), 4, 0, nan, nan)
    assert same(a.lowest(VALUES, ROWS), 1, inf, nan, nan)
    assert same(a.where_any(numbers(7, 7, 7, 7), ROWS), 7, nan, nan, 7)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_missing_value_makes_its_aggregate_missing_wherever_it_stands(place: int) -> None:
    values = numbers(3, 3, 3)
    values[place] = nan
    for aggregate in (a.total, a.highest, a.lowest):
        assert isnan(aggregate(values, children(3))[0])


def test_an_own_value_stands_beside_each_child_row() -> None:
    assert same(a.spread(numbers(7, 8, 9, 6), ROWS), 7, 7, 6)


def test_kinds_are_counted_once_and_inside_the_window_alone() -> None:
    dates = days(*(date(2025, month, 1) for month in (1, 2, 3, 4)))
    since, until = days(date(2025, 2, 1)), days(date(2025, 5, 1))
    assert same(a.distinct(numbers(9, 1, 1, 2), dates, children(4), since, until), 2)
    assert same(a.distinct(numbers(nan, 1, 1, 2), dates, children(4), since, until), 2)
    assert same(a.distinct(numbers(9, 1, nan, 2), dates, children(4), since, until), nan)
    assert same(a.distinct(numbers(), days(), children(0), since, until), 0)
    assert same(a.distinct(numbers(), days(), children(None), since, until), nan)


# ------------------------------------------------------------------ series


def test_months_are_full_calendar_months_before_the_day() -> None:
    dates = days(
        date(2025, 1, 31), date(2025, 2, 1), date(2025, 2, 28), date(2025, 3, 9), date(2025, 4, 1)
    )
    amounts = numbers(1000, 10, 20, 40, 5000)
    rows, until = children(5), days(date(2025, 4, 20))
    assert same(a.month_mean(amounts, dates, rows, until, 2), (30 + 40) / 2)
    assert same(a.month_sd(amounts, dates, rows, until, 2), 5)
    assert same(a.months_below(amounts, dates, rows, until, 2, numbers(40)), 1)


def test_a_month_without_a_row_is_zero_and_a_missing_amount_is_missing() -> None:
    rows, until = children(1), days(date(2025, 4, 1))
    dates = days(date(2025, 3, 5))
    assert same(a.month_mean(numbers(12), dates, rows, until, 3), 4)
    assert same(a.month_mean(numbers(nan), dates, rows, until, 3), nan)
    assert same(a.month_sd(numbers(nan), dates, rows, until, 3), nan)
    assert same(a.months_below(numbers(nan), dates, rows, until, 3, numbers(1)), nan)
    assert same(a.months_below(numbers(12), dates, rows, until, 3, numbers(nan)), nan)
    assert same(a.month_mean(numbers(12), numbers(nan), rows, until, 3), nan)
    assert same(a.month_mean(numbers(), numbers(), children(None), until, 3), nan)
    assert same(a.month_mean(numbers(), numbers(), children(0), until, 3), 0)


@holds_for(
    st.lists(
        st.tuples(st.dates(date(2023, 1, 1), date(2026, 12, 31)), st.integers(0, 99)), max_size=40
    ),
    st.dates(date(2024, 1, 1), date(2026, 12, 31)),
)
def test_every_row_of_the_months_is_counted_once(
    pairs: list[tuple[date, int]], until: date
) -> None:
    number = 12 * until.year + until.month - 1
    inside = [v for d, v in pairs if number - 12 <= 12 * d.year + d.month - 1 < number]
    dates, values = days(*(d for d, _ in pairs)), numbers(*(v for _, v in pairs))
    mean = a.month_mean(values, dates, children(len(pairs)), days(until), 12)
    assert mean[0] == sum(inside) / 12


ENDS = days(date(2022, 12, 31), date(2023, 6, 30), date(2023, 12, 31), date(2024, 12, 31))


def run(flags: Floats, own: float, today: date, first: float, rows: Rows | None = None) -> float:
    rows = rows or children(len(flags))
    ends = ENDS[: len(flags)]
    return float(a.years_in_a_row(flags, ends, rows, numbers(own), days(today), numbers(first))[0])


def test_a_run_is_stopped_by_a_year_without_the_flag() -> None:
    assert run(numbers(0, 0, 1, 1), nan, date(2025, 3, 31), 2010) == 2
    assert run(numbers(1, 1, 1, 0), nan, date(2025, 3, 31), 2010) == 0


def test_quarters_do_not_speak_for_a_year() -> None:
    assert run(numbers(0, 1, 0, 1), 1, date(2025, 9, 30), 2010) == 1


def test_the_newest_reading_speaks_where_it_ends_a_year() -> None:
    assert run(numbers(0, 0, 1, 1), 1, date(2025, 12, 31), 2010) == 3
    assert run(numbers(0, 0, 1, 1), 0, date(2025, 12, 31), 2010) == 0
    assert isnan(run(numbers(0, 0, 1, 1), nan, date(2025, 12, 31), 2010))


def test_years_before_the_first_do_not_count() -> None:
    assert run(numbers(1, 1, 1, 1), nan, date(2025, 3, 31), 2024) == 1
    assert run(numbers(1, 1, 1, 1), nan, date(2025, 3, 31), 2026) == 0


def test_a_run_of_unknown_length_is_missing() -> None:
    assert isnan(run(numbers(1, 1, 1, 1), nan, date(2025, 3, 31), 2010))
    assert isnan(run(numbers(1, 1, 1), nan, date(2025, 3, 31), 2010)), "2024 has no reading"
    assert isnan(run(numbers(1, 1, nan, 1), nan, date(2025, 3, 31), 2010))
    assert isnan(run(numbers(0, 0, 1, 1), nan, date(2025, 3, 31), nan))
    assert isnan(run(numbers(), nan, date(2025, 3, 31), 2010, children(None)))


def test_prices_spread_by_their_yearly_changes() -> None:
    prices = numbers(100, 110, 99)
    dates = days(date(2025, 1, 1), date(2025, 7, 2), date(2026, 1, 1))
    changes = [log(110 / 100), log(99 / 110)]
    mean = sum(changes) / 2
    sd = sqrt(sum((c - mean) ** 2 for c in changes) / 2)
    gap = (dates[2] - dates[0]) / 365.25 / 2
    since, until = days(date(2024, 6, 1)), days(date(2026, 6, 1))
    seen = a.yearly_log_sd(prices, dates, children(3), since, until)
    assert seen[0] == pytest.approx(sd / sqrt(gap), rel=1e-12)
    shuffled = a.yearly_log_sd(prices[[2, 0, 1]], dates[[2, 0, 1]], children(3), since, until)
    assert shuffled[0] == seen[0]


def test_too_few_prices_have_no_spread() -> None:
    dates = days(date(2025, 1, 1), date(2025, 7, 2), date(2026, 1, 1))
    since, until = days(date(2025, 2, 1)), days(date(2026, 6, 1))
    assert same(a.yearly_log_sd(numbers(1, 2, 3), dates, children(3), since, until), nan)
    early = days(date(2024, 2, 1))
    assert same(a.yearly_log_sd(numbers(1, 0, 3), dates, children(3), early, until), nan)
    assert same(a.yearly_log_sd(numbers(1, nan, 3), dates, children(3), early, until), nan)
    assert same(a.yearly_log_sd(numbers(), days(), children(0), early, until), nan)
    assert same(a.yearly_log_sd(numbers(2, 2, 2), dates, children(3), early, until), 0)
