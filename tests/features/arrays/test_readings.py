"""What a subject's readings say at each month-end, by hand numbers."""

from __future__ import annotations

from datetime import date
from math import nan

import numpy as np
import pytest

from features.arrays import Floats, Rows, month_end_mean


def numbers(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def days(*texts: str) -> Floats:
    return np.array(texts, dtype="datetime64[D]").astype(np.int64).astype(np.float64)


QUARTERS = days("2024-09-30", "2024-12-31", "2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31")
COUNTS = numbers(1000, 1000, 10, 20, 30, 40)


def mean(
    values: Floats, ends: Floats, own: float, today: str, months: float = 12, declared: bool = True
) -> float:
    rows = Rows(np.array([0, len(ends)]), np.array([declared]))
    seen = month_end_mean(values, ends, rows, numbers(own), days(today), numbers(months))
    return float(seen[0])


def test_a_reading_speaks_until_the_next_one() -> None:
    # April, May: 10; June … August: 20; September … November: 30; December … February: 40; March
    expected = (2 * 10 + 3 * 20 + 3 * 30 + 3 * 40 + 50) / 12
    assert mean(COUNTS, QUARTERS, 50, "2026-03-31") == expected


def test_the_month_of_the_newest_reading_is_the_last_one() -> None:
    # of twelve months to March the newest speaks for March, whatever its day
    assert mean(COUNTS, QUARTERS, 50, "2026-03-10") == mean(COUNTS, QUARTERS, 50, "2026-03-31")
    assert mean(COUNTS, QUARTERS, 50, "2026-03-31", months=1) == 50
    assert mean(COUNTS, QUARTERS, 50, "2026-03-31", months=2) == 45


def test_months_before_the_first_reading_are_left_out() -> None:
    assert mean(numbers(), days(), 50, "2026-03-31") == 50
    # December, January, February: 40; March: 50
    assert mean(numbers(40), days("2025-12-31"), 50, "2026-03-31") == (3 * 40 + 50) / 4


def test_a_reading_inside_the_month_of_another_is_overtaken() -> None:
    ends = days("2026-02-05", "2026-02-20")
    assert mean(numbers(7, 9), ends, 50, "2026-03-31") == (9 + 50) / 2


@pytest.mark.parametrize("values", [numbers(nan, 40), numbers(40, nan)])
def test_a_reading_without_its_value_makes_the_mean_missing(values: Floats) -> None:
    assert np.isnan(mean(values, QUARTERS[-2:], 50, "2026-03-31"))


def test_an_old_reading_without_its_value_does_not_matter() -> None:
    values = COUNTS.copy()
    values[:2] = nan
    assert mean(values, QUARTERS, 50, "2026-03-31") == mean(COUNTS, QUARTERS, 50, "2026-03-31")


def test_without_a_day_a_count_or_a_declaration_there_is_no_mean() -> None:
    assert np.isnan(mean(COUNTS, QUARTERS, nan, "2026-03-31"))
    assert np.isnan(mean(COUNTS, QUARTERS, 50, "2026-03-31", months=nan))
    assert np.isnan(mean(COUNTS, QUARTERS, 50, "2026-03-31", declared=False))
    rows = Rows(np.array([0, 0]), np.array([True]))
    assert np.isnan(month_end_mean(numbers(), days(), rows, numbers(5), numbers(nan), numbers(12)))


def test_years_end_where_they_end() -> None:
    ends, january = days("2025-11-30", "2025-12-31"), date(2026, 1, 31).isoformat()
    assert mean(numbers(1, 2), ends, 3, january, months=3) == 2
