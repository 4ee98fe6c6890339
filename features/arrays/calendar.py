"""Calendar months and years of days since 1970-01-01."""

from __future__ import annotations

from math import floor, isnan, nan

from features.arrays.compiled import loop, one, two

_FEBRUARY = 2
_MARCH = 3


@loop
def civil(day: float) -> tuple[int, int, int]:
    """Return year, month and day of month of a day since 1970-01-01 (proleptic Gregorian)."""
    z = floor(day) + 719468
    era = z // 146097
    doe = z - era * 146097
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    shifted = (5 * doy + 2) // 153
    month = shifted + 3 - 12 * (shifted // 10)
    return yoe + era * 400 + shifted // 10, month, doy - (153 * shifted + 2) // 5 + 1


@loop
def day_number(year: int, month: int, day: int) -> int:
    """Return days since 1970-01-01 of a date (proleptic Gregorian)."""
    y = year - (1 if month < _MARCH else 0)
    era = y // 400
    yoe = y - era * 400
    doy = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719468


@loop
def days_in(year: int, month: int) -> int:
    """Return the number of days of a month."""
    if month == _FEBRUARY:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return 29 if leap else 28
    return 30 + ((month + (month >> 3)) & 1)


@loop
def month_number(day: float) -> int:
    """Return 12 × year + month − 1 of a day since 1970-01-01."""
    year, month, _ = civil(day)
    return 12 * year + month - 1


@one
def year_of(day: float) -> float:
    """Return the calendar year of a date, missing where it is."""
    if isnan(day):
        return nan
    year, _, _ = civil(day)
    return float(year)


@two
def months_between(start: float, end: float) -> float:
    """Return the whole calendar months from start to end, rounded down; negative if reversed."""
    if isnan(start) or isnan(end):
        return nan
    _, _, first = civil(start)
    _, _, last = civil(end)
    return float(month_number(end) - month_number(start) - (1 if last < first else 0))


@two
def months_before(day: float, months: float) -> float:
    """Return the same day of the month so many calendar months earlier, or that month's last."""
    if isnan(day) or isnan(months):
        return nan
    _, _, of_month = civil(day)
    number = month_number(day) - int(months)
    last = day_number((number + 1) // 12, (number + 1) % 12 + 1, 1) - 1
    return float(min(day_number(number // 12, number % 12 + 1, of_month), last))
