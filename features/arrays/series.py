"""Functions over dated child rows: monthly income, yearly results, prices.

Same laws as `child_rows`: missing over an undeclared child or a missing value.
"""

from __future__ import annotations

from math import floor, isnan, log, nan, sqrt

import numpy as np

from features.arrays.calendar import civil, days_in
from features.arrays.compiled import loop
from features.arrays.units import Floats, Rows

LOOK_BACK_YEARS = 5
"""Nothing older is read (design section 2)."""

_DAYS_A_YEAR = 365.25
_FEWEST_PRICES = 3
_LONGEST_MONTH = 31


@loop
def _month_starts(until: float, starts: Floats) -> None:
    """Fill in the first days of the months before that of day `until`, and of that month."""
    year, month, of_month = civil(until)
    starts[-1] = floor(until) - of_month + 1
    for place in range(len(starts) - 2, -1, -1):
        month -= 1
        if month == 0:
            year, month = year - 1, 12
        starts[place] = starts[place + 1] - days_in(year, month)


@loop
def _by_month(
    values: Floats, dates: Floats, start: int, end: int, until: float, starts: Floats, sums: Floats
) -> None:
    """Add values into the months before that of day `until`, oldest first; NaN all if one is.

    `starts` is room for one number more than `sums`.
    """
    sums[:] = 0.0
    if isnan(until):
        sums[:] = nan
        return
    _month_starts(until, starts)
    for j in range(start, end):
        day = dates[j]
        if isnan(day):
            sums[:] = nan
            return
        if starts[0] <= day < starts[-1]:
            month = int(day - starts[0]) // _LONGEST_MONTH
            while starts[month + 1] <= day:
                month += 1
            sums[month] += values[j]


@loop
def month_mean(values: Floats, dates: Floats, rows: Rows, until: Floats, months: int) -> Floats:
    """Return the mean of the sums of the `months` calendar months before that of day `until`.

    A month without a row counts as 0: what a declared child does not list is not there.
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    starts, sums = np.empty(months + 1), np.empty(months)
    for i in range(n):
        if rows.declared[i]:
            first, last = rows.offsets[i], rows.offsets[i + 1]
            _by_month(values, dates, first, last, until[i], starts, sums)
            acc = 0.0
            for month in range(months):
                acc += sums[month]
            out[i] = acc / months
    return out


@loop
def month_sd(values: Floats, dates: Floats, rows: Rows, until: Floats, months: int) -> Floats:
    """Return the population's standard deviation of the sums that `month_mean` averages."""
    n = len(rows.declared)
    out = np.full(n, nan)
    starts, sums = np.empty(months + 1), np.empty(months)
    for i in range(n):
        if rows.declared[i]:
            first, last = rows.offsets[i], rows.offsets[i + 1]
            _by_month(values, dates, first, last, until[i], starts, sums)
            mean = 0.0
            for month in range(months):
                mean += sums[month]
            mean /= months
            acc = 0.0
            for month in range(months):
                acc += (sums[month] - mean) * (sums[month] - mean)
            out[i] = sqrt(acc / months)
    return out


@loop
def months_below(
    values: Floats, dates: Floats, rows: Rows, until: Floats, months: int, level: Floats
) -> Floats:
    """Return how many of the sums that `month_mean` averages lie below the subject's `level`."""
    n = len(rows.declared)
    out = np.full(n, nan)
    starts, sums = np.empty(months + 1), np.empty(months)
    for i in range(n):
        if rows.declared[i]:
            first, last = rows.offsets[i], rows.offsets[i + 1]
            _by_month(values, dates, first, last, until[i], starts, sums)
            acc = 0.0 * level[i]
            for month in range(months):
                acc += 0.0 * sums[month] + (1.0 if sums[month] < level[i] else 0.0)
            out[i] = acc
    return out


@loop
def distinct(codes: Floats, dates: Floats, rows: Rows, since: Floats, until: Floats) -> Floats:
    """Return how many different codes stand on the child rows with `since` ≤ date < `until`.

    Missing where such a row lacks its code, or any row its date.
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if not rows.declared[i]:
            continue
        first, acc = rows.offsets[i], 0.0 * (since[i] + until[i])
        for j in range(first, rows.offsets[i + 1]):
            acc += 0.0 * dates[j]
            if not since[i] <= dates[j] < until[i]:
                continue
            acc += 1.0 + 0.0 * codes[j]
            for k in range(first, j):
                if codes[k] == codes[j] and since[i] <= dates[k] < until[i]:
                    acc -= 1.0
                    break
        out[i] = acc
    return out


@loop
def _full_year(day: float) -> int:
    """Return the year that `day` ends, or 0 where it is no 31 December."""
    year, month, of_month = civil(day)
    return year if month == 12 and of_month == 31 else 0  # noqa: PLR2004


@loop
def _run(
    flags: Floats, ends: Floats, start: int, end: int, own: float, today: float, first: float
) -> float:
    """Return the run of one subject, newest year first; see `years_in_a_row`."""
    year = civil(today + 1.0)[0] - 1
    run = 0
    place = end
    while year >= first and run < LOOK_BACK_YEARS:
        flag = nan
        if _full_year(today) == year:
            flag = own
        else:
            while place > start and _full_year(ends[place - 1]) != year:
                place -= 1
            if place > start:
                flag = flags[place - 1]
        if flag != 1.0:
            return run + 0.0 * flag
        run += 1
        year -= 1
    return float(run)


@loop
def years_in_a_row(
    flags: Floats, ends: Floats, rows: Rows, own: Floats, today: Floats, first: Floats
) -> Floats:
    """Return the number of consecutive full years, ending with the last one, whose flag is 1.

    Parameters
    ----------
    flags, ends, rows
        Flag and end date of the earlier readings, oldest first; only 31 December ends a full year.
    own, today
        Flag and date of the subject's newest reading, which may itself end a year.
    first
        Years before this one do not count.

    Notes
    -----
    A year that counts, has no reading and decides the run makes it missing: unknown is no pass.
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if rows.declared[i] and not isnan(first[i]) and not isnan(today[i]):
            out[i] = _run(
                flags, ends, rows.offsets[i], rows.offsets[i + 1], own[i], today[i], first[i]
            )
    return out


@loop
def _sort_by_date(dates: Floats, values: Floats, count: int) -> None:
    """Sort the first `count` pairs by date (insertion: they come nearly sorted)."""
    for i in range(1, count):
        date, value, j = dates[i], values[i], i - 1
        while j >= 0 and dates[j] > date:
            dates[j + 1], values[j + 1] = dates[j], values[j]
            j -= 1
        dates[j + 1], values[j + 1] = date, value


@loop
def _volatility(dates: Floats, logs: Floats, count: int) -> float:
    """Return sd of log changes ÷ √(mean gap in years) of sorted prices; NaN for too few."""
    if count < _FEWEST_PRICES or not dates[count - 1] > dates[0]:
        return nan
    changes = count - 1
    mean = (logs[changes] - logs[0]) / changes
    acc = 0.0
    for j in range(changes):
        off = logs[j + 1] - logs[j] - mean
        acc += off * off
    years = (dates[changes] - dates[0]) / _DAYS_A_YEAR
    return sqrt(acc / changes) / sqrt(years / changes)


@loop
def yearly_log_sd(
    prices: Floats, dates: Floats, rows: Rows, since: Floats, until: Floats
) -> Floats:
    """Return the yearly standard deviation of log price changes between `since` and `until`.

    Missing with fewer than three prices (one change has no spread) or with a price not above 0.
    Prices may stand in any order; `since` ≤ date < `until`.
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if not rows.declared[i] or isnan(since[i]) or isnan(until[i]):
            continue
        start, end = rows.offsets[i], rows.offsets[i + 1]
        kept_dates, logs = np.empty(end - start), np.empty(end - start)
        count = 0
        for j in range(start, end):
            if not (dates[j] < since[i] or dates[j] >= until[i]):
                kept_dates[count] = dates[j]
                logs[count] = log(prices[j]) if prices[j] > 0.0 and not isnan(dates[j]) else nan
                count += 1
        _sort_by_date(kept_dates, logs, count)
        out[i] = _volatility(kept_dates, logs, count)
    return out
