"""Functions over a subject's earlier readings and dated rows, by quarter and by half-year."""

from __future__ import annotations

from math import floor, isnan, nan

import numpy as np

from features.arrays.calendar import day_number, month_number, months_before
from features.arrays.compiled import loop
from features.arrays.series import LOOK_BACK_YEARS
from features.arrays.units import Floats, Rows

_QUARTER = 3
_HALF_YEAR = 6
_HALF_YEARS = 2 * LOOK_BACK_YEARS


@loop
def _month_end(number: int) -> int:
    """Return the last day of a month, numbered as by `month_number`."""
    return day_number((number + 1) // 12, (number + 1) % 12 + 1, 1) - 1


@loop
def _months_back(day: float, months: int) -> float:
    """Return the day so many months earlier; of a month's last day, that month's last day."""
    number = month_number(day)
    if floor(day) == _month_end(number):
        return float(_month_end(number - months))
    return float(months_before(day, float(months)))


@loop
def _quarter_before(day: float) -> int:
    """Return the month that ended the last calendar quarter before a day."""
    number = month_number(day)
    number -= (number + 1) % _QUARTER
    return number if _month_end(number) < day else number - _QUARTER


# ------------------------------------------------------------------ quarters


@loop
def _quarters_seen(
    values: Floats, ends: Floats, start: int, end: int, today: float, quarters: int
) -> tuple[float, int]:
    """Return sum and number of the readings at the last quarter-ends before `today`."""
    month, acc, count, place = _quarter_before(today), 0.0, 0, end
    for back in range(quarters):
        day = _month_end(month - _QUARTER * back)
        while place > start and ends[place - 1] > day:
            place -= 1
        if place > start and ends[place - 1] == day:
            acc += values[place - 1]
            count += 1
    return acc, count


@loop
def quarters_mean(
    values: Floats,
    ends: Floats,
    rows: Rows,
    own: Floats,
    today: Floats,
    since: Floats,
    quarters: Floats,
) -> Floats:
    """Return the mean of the newest reading and those of the quarter-ends before it.

    Parameters
    ----------
    values, ends, rows
        Value and date of the earlier readings, oldest first; only a calendar quarter-end counts.
    own, today
        Value and date of the newest reading, which counts whatever its day.
    since
        Day the subject began. If that is less than so many quarters ago, the mean is over the
        readings that there are; else a quarter-end without a reading makes it missing.
    quarters
        How many readings, the newest among them.
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if not rows.declared[i] or isnan(today[i]) or isnan(quarters[i]):
            continue
        wanted = int(quarters[i]) - 1
        acc, count = _quarters_seen(
            values, ends, rows.offsets[i], rows.offsets[i + 1], today[i], wanted
        )
        young = since[i] > _months_back(today[i], _QUARTER * (wanted + 1))
        if count == wanted or young:
            out[i] = (own[i] + acc) / (count + 1)
    return out


# ------------------------------------------------------------------ half-years


@loop
def _half_year_ends(today: float) -> Floats:
    """Return `today` and the days that end the half-years before it."""
    days = np.empty(_HALF_YEARS + 2)
    for back in range(len(days)):
        days[back] = _months_back(today, _HALF_YEAR * back)
    return days


@loop
def _by_half_year(values: Floats, dates: Floats, start: int, end: int, days: Floats) -> Floats:
    """Return the sum of each half-year, newest first; NaN all where a value has no date."""
    sums = np.zeros(len(days) - 1)
    for j in range(start, end):
        if isnan(dates[j]):
            if values[j] != 0.0:
                sums[:] = nan
            continue
        for back in range(len(sums)):
            if days[back + 1] < dates[j] <= days[back]:
                sums[back] += values[j]
    return sums


@loop
def _at_half_years(
    values: Floats, ends: Floats, start: int, end: int, own: float, days: Floats
) -> Floats:
    """Return the reading at each half-year's end, the last within its quarter; else NaN."""
    seen = np.full(len(days), nan)
    seen[0] = own
    for j in range(start, end):
        for back in range(1, len(days)):
            if _months_back(days[back], _QUARTER) < ends[j] <= days[back]:
                seen[back] = values[j]
    return seen


@loop
def _rises(newer: float, older: float) -> float:
    """Return the flag newer > older, missing where a side is."""
    return nan if isnan(newer) or isnan(older) else (1.0 if newer > older else 0.0)


@loop
def _is_new_money(
    paid: float, means: float, debt: float, debt_before: float, taken: float, taken_before: float
) -> float:
    """Return the flag that a half-year paid out more than its means while new money came in."""
    if paid <= 0.0:
        return 0.0
    beyond = _rises(paid, means)
    if beyond == 0.0:
        return 0.0
    borrowed, collected = _rises(debt, debt_before), _rises(taken, taken_before)
    if borrowed == 1.0 or collected == 1.0:
        return beyond
    return beyond * (borrowed + collected)


@loop
def _run_of_new_money(
    paid: Floats, means: float, debts: Floats, taken: Floats, enough: float
) -> float:
    """Return the number of such half-years in a row, from the newest; see `new_money_run`."""
    run = 0.0
    for back in range(_HALF_YEARS):
        flag = _is_new_money(
            paid[back], means, debts[back], debts[back + 1], taken[back], taken[back + 1]
        )
        if flag == 0.0:
            return run
        if isnan(flag):
            return run if run >= enough else nan
        run += 1.0
    return run


@loop
def new_money_run(
    paid: Floats,
    paid_on: Floats,
    payouts: Rows,
    means: Floats,
    taken: Floats,
    taken_on: Floats,
    money: Rows,
    debts: Floats,
    ends: Floats,
    past: Rows,
    debt: Floats,
    today: Floats,
    enough: Floats,
) -> Floats:
    """Return in how many half-years in a row payouts were made from new money.

    Such a half-year pays out more than the subject's means while its debt at the end is above
    that of six months earlier, or the money taken in is above that of the half-year before.

    Parameters
    ----------
    paid, paid_on, payouts
        Payouts; one without a date is unpaid, and missing where it has an amount.
    means
        What a half-year can pay from its own; below 0 it pays nothing.
    taken, taken_on, money
        Money taken in.
    debts, ends, past
        Debt and date of the earlier readings, oldest first. A half-year's end is answered for by
        the last reading in the quarter before it.
    debt, today
        Debt and date of the newest reading, from which half-years are counted back.
    enough
        Run from which on it no longer matters that what lies further back is not known.

    Notes
    -----
    Missing where a half-year that decides the run cannot be told; a half-year that paid nothing
    or no more than its means needs no history.
    """
    n = len(today)
    out = np.full(n, nan)
    for i in range(n):
        if isnan(today[i]) or isnan(enough[i]) or not payouts.declared[i]:
            continue
        days = _half_year_ends(today[i])
        out_of = _by_half_year(paid, paid_on, payouts.offsets[i], payouts.offsets[i + 1], days)
        into = np.full(len(out_of), nan)
        if money.declared[i]:
            into = _by_half_year(taken, taken_on, money.offsets[i], money.offsets[i + 1], days)
        owed = _at_half_years(debts, ends, past.offsets[i], past.offsets[i + 1], debt[i], days)
        out[i] = _run_of_new_money(out_of, means[i], owed, into, enough[i])
    return out
