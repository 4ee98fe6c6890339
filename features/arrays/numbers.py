"""Functions of numbers that know what missing means."""

from __future__ import annotations

from math import isnan, nan

import numpy as np

from features.arrays.compiled import loop, one, three, two
from features.arrays.units import SQUARE_METRES_A_MU

_MILLION = 1_000_000


@loop
def _divided(top: np.int64, divisor: np.int64) -> np.int64:
    """Return a whole number over a positive one, half-even."""
    quotient = top // divisor
    twice = 2 * (top - quotient * divisor)
    if twice > divisor or (twice == divisor and quotient % 2 == 1):
        quotient += 1
    return quotient


@one
def where_positive(x: float) -> float:
    """Return x where it is above zero, else missing: the only divisor of a feature."""
    return x if x > 0.0 else nan


@one
def zero_if_missing(x: float) -> float:
    """Return x, or 0 where it is missing: for values of which "none" is the worst state."""
    return 0.0 if isnan(x) else x


@one
def given(x: float) -> float:
    """Return 1 where x is there, 0 where it is missing."""
    return 0.0 if isnan(x) else 1.0


@one
def in_mu(area: float) -> float:
    """Return an area of ㎡ in 亩."""
    return area / SQUARE_METRES_A_MU


@one
def is_negative(x: float) -> float:
    """Return the flag x < 0, missing where x is."""
    return nan if isnan(x) else (1.0 if x < 0.0 else 0.0)


@one
def negate(x: float) -> float:
    """Return the flag not x, missing where x is."""
    return 1.0 - x


@two
def both(x: float, y: float) -> float:
    """Return the flag x and y; missing where a side is, unless the other is 0."""
    if x == 0.0 or y == 0.0:
        return 0.0
    return x * y


@two
def either(x: float, y: float) -> float:
    """Return the flag x or y; missing where a side is, unless the other is 1."""
    if x == 1.0 or y == 1.0:
        return 1.0
    return x + y


@two
def no_later(x: float, y: float) -> float:
    """Return the flag x ≤ y, missing where a side is."""
    return nan if isnan(x) or isnan(y) else (1.0 if x <= y else 0.0)


@two
def same(x: float, y: float) -> float:
    """Return the flag x = y, missing where a side is: of texts, dates, counts and whole 分."""
    return nan if isnan(x) or isnan(y) else (1.0 if x == y else 0.0)


@two
def exceeds(x: float, y: float) -> float:
    """Return the flag x > y, missing where a side is."""
    return nan if isnan(x) or isnan(y) else (1.0 if x > y else 0.0)


@two
def at_least(x: float, y: float) -> float:
    """Return the flag x ≥ y, missing where a side is."""
    return nan if isnan(x) or isnan(y) else (1.0 if x >= y else 0.0)


@three
def within(x: float, start: float, end: float) -> float:
    """Return the flag start ≤ x < end, missing where a side is."""
    if isnan(x) or isnan(start) or isnan(end):
        return nan
    return 1.0 if start <= x < end else 0.0


@two
def least(x: float, y: float) -> float:
    """Return the smaller, missing where a side is."""
    return nan if isnan(x) or isnan(y) else min(x, y)


@two
def most(x: float, y: float) -> float:
    """Return the greater, missing where a side is."""
    return nan if isnan(x) or isnan(y) else max(x, y)


@three
def choose(flag: float, x: float, y: float) -> float:
    """Return x where the flag is 1, y where it is 0, missing where the flag is."""
    return nan if isnan(flag) else (x if flag == 1.0 else y)


@three
def prorated(amount: float, part: float, whole: float) -> float:
    """Return amount × part ÷ whole in whole 分, half-even; all of it where part exceeds whole.

    Part and whole are whole numbers; missing where one is missing or whole is not positive. The
    product is made in integers: float64 rounds some ties the wrong way.
    """
    if isnan(amount) or isnan(part) or not whole > 0.0:
        return nan
    if part >= whole:
        return amount
    return float(_divided(np.int64(amount) * np.int64(part), np.int64(whole)))


@two
def share_of(amount: float, share: float) -> float:
    """Return amount × share in whole 分, half-even; the share at 6 decimals, missing where one is.

    Made in integers, whole millions of 分 by themselves, so that nothing overflows.
    """
    if isnan(amount) or isnan(share):
        return nan
    millionths = np.int64(round(share * _MILLION))
    whole, rest = divmod(np.int64(amount), np.int64(_MILLION))
    return float(whole * millionths + _divided(rest * millionths, np.int64(_MILLION)))
