"""Months and days of the simulated county: arrays of whole days since 1970-01-01."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from features.frame import Days

Months = NDArray[np.int64]

MICROSECONDS = 1_000_000
DAY_MICROSECONDS = 86_400 * MICROSECONDS
SHANGHAI_MICROSECONDS = 8 * 3_600 * MICROSECONDS


def day_number(day: date) -> int:
    """Return days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


def month_start(month: Months) -> Days:
    """Return the first day of each month, months counted since 1970-01."""
    return np.asarray(month, "datetime64[M]").astype("datetime64[D]").astype(np.int64)


def month_end(month: Months) -> Days:
    """Return the last day of each month, months counted since 1970-01."""
    return month_start(np.asarray(month) + 1) - 1


def month_of(day: Days) -> Months:
    """Return the month of each day, counted since 1970-01."""
    return np.asarray(day, "datetime64[D]").astype("datetime64[M]").astype(np.int64)


def add_months(day: Days, months: Months) -> Days:
    """Return the same day of the month some months on, or that month's last day if it is shorter.

    Examples
    --------
    >>> day = np.array([day_number(date(2024, 1, 31))])
    >>> add_months(day, np.array([1])).astype("M8[D]").tolist()
    [datetime.date(2024, 2, 29)]
    """
    target = month_of(day) + months
    same: Days = month_start(target) + day - month_start(month_of(day))
    return np.minimum(same, month_end(target))


def instant(day: Days, hour: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return microseconds since 1970 (UTC) of an hour of the day in Shanghai."""
    seconds = np.floor(hour * 3_600).astype(np.int64)
    local = np.asarray(day) * DAY_MICROSECONDS + seconds * MICROSECONDS
    return local - SHANGHAI_MICROSECONDS


def office_hour(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Return `count` hours of the day between nine and five."""
    return 9 + 8 * rng.random(count)


@dataclass(frozen=True)
class Calendar:
    """The simulated months: the last one holds `as_of`.

    Attributes
    ----------
    as_of
        The day the book is written, in days since 1970-01-01.
    first_month
        Month number 0 of the simulation, counted since 1970-01.
    months
        How many months are simulated.
    opening
        Index of the first month in which a household may apply.
    """

    as_of: int
    first_month: int
    months: int
    opening: int

    @classmethod
    def ending(cls, as_of: date, history: int, applications: int) -> Calendar:
        """Return the calendar of `history` quiet months and then `applications` busy ones."""
        day = day_number(as_of)
        last = int(month_of(np.array(day)))
        months = history + applications
        return cls(day, last - months + 1, months, history)

    def index_of(self, day: Days) -> Months:
        """Return the simulation's month index of each day."""
        return month_of(day) - self.first_month

    def start(self, index: Months) -> Days:
        """Return the first day of each month index."""
        return month_start(np.asarray(index) + self.first_month)

    def end(self, index: Months) -> Days:
        """Return the last day of each month index."""
        return month_end(np.asarray(index) + self.first_month)

    @property
    def month_of_year(self) -> Months:
        """Return 0 (January) to 11 for each simulated month."""
        return (np.arange(self.months) + self.first_month) % 12

    def quarter_ends(self, count: int, latest: int) -> Months:
        """Return the indices of the last `count` months that end a quarter on or before a day."""
        index = np.arange(self.months)
        closes = ((self.month_of_year + 1) % 3 == 0) & (self.end(index) <= latest)
        chosen: Months = index[closes][-count:]
        return chosen
