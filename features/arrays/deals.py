"""Prices and the floors beneath them: the deal that stands lowest against its own floor."""

from __future__ import annotations

from math import inf, isnan, nan

import numpy as np

from features.arrays.compiled import loop
from features.arrays.numbers import choose, either, given, most, where_positive, zero_if_missing
from features.arrays.units import Floats, Rows

_NONE = -1
_UNKNOWN = -2


@loop
def floor_prices(
    prices: Floats, appraised: Floats, reserve_prices: Floats, decisions: Floats
) -> Floats:
    """Return the floor beneath each deal (分): the greater of appraised and reserve price.

    One of the two is enough, without either it is missing; where a decision allows a lower price,
    the price itself is the floor.
    """
    is_priced = where_positive(either(given(appraised), given(reserve_prices)))
    floors = is_priced * most(zero_if_missing(appraised), zero_if_missing(reserve_prices))
    return choose(given(decisions), prices, floors)


@loop
def is_smaller(top: float, bottom: float, other: float, base: float) -> bool:
    """Return whether top ÷ bottom < other ÷ base, exactly; both divisors are above zero.

    Whole numbers below 2^63: their products would not fit, so the quotients are compared digit by
    digit, as continued fractions.
    """
    a, b, c, d = np.int64(top), np.int64(bottom), np.int64(other), np.int64(base)
    while True:
        whole, rest = divmod(a, b)
        its_whole, its_rest = divmod(c, d)
        if whole != its_whole:
            return bool(whole < its_whole)
        if its_rest == 0 or rest == 0:
            return bool(rest == 0 and its_rest > 0)
        a, b, c, d = d, its_rest, b, rest


@loop
def _is_worse(price: float, floor: float, other: float, its_floor: float) -> bool:
    """Return whether one deal stands lower than another; of equals, the one over more money."""
    if floor <= 0.0 or its_floor <= 0.0:
        return its_floor < floor or (its_floor == floor and other < price)
    if is_smaller(price, floor, other, its_floor):
        return True
    return floor > its_floor and not is_smaller(other, its_floor, price, floor)


@loop
def _worst(prices: Floats, floors: Floats, start: int, end: int) -> int:
    """Return the row of the worst deal, `_NONE` of none, `_UNKNOWN` where a value is missing."""
    worst = _NONE
    for j in range(start, end):
        if isnan(prices[j]) or isnan(floors[j]):
            return _UNKNOWN
        if worst == _NONE or _is_worse(prices[j], floors[j], prices[worst], floors[worst]):
            worst = j
    return worst


@loop
def _of_worst(prices: Floats, floors: Floats, rows: Rows, values: Floats) -> Floats:
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if rows.declared[i]:
            worst = _worst(prices, floors, rows.offsets[i], rows.offsets[i + 1])
            if worst != _UNKNOWN:
                out[i] = inf if worst == _NONE else values[worst]
    return out


@loop
def price_of_worst(prices: Floats, floors: Floats, rows: Rows) -> Floats:
    """Return the price of each subject's deal with the lowest price ÷ floor; +inf over none.

    Prices and floors are whole 分, not below 0, compared exactly. A deal over no floor (0) stands
    above every other. Missing where a price or floor is.

    Examples
    --------
    >>> rows = Rows(np.array([0, 2]), np.array([True]))
    >>> price_of_worst(np.array([90.0, 80.0]), np.array([100.0, 100.0]), rows).tolist()
    [80.0]
    """
    return _of_worst(prices, floors, rows, prices)


@loop
def floor_of_worst(prices: Floats, floors: Floats, rows: Rows) -> Floats:
    """Return the floor of the deal that `price_of_worst` finds."""
    return _of_worst(prices, floors, rows, floors)
