"""Sums of child rows by what they name: a party, a developer, a village, a commodity.

Amounts are whole 分, so sums are exact in any order. Rows are sorted by the code they name, so
thousands of them cost no more than their sorting. A row of 0 names nothing that matters; one that
is not 0 and lacks its code makes the result missing, as an undeclared child or a missing amount
does.
"""

from __future__ import annotations

from math import isnan, nan

import numpy as np

from features.arrays.compiled import loop, two
from features.arrays.units import Floats, Rows

_BITS = 62
"""Bits of an amount: 分 above 0, below 2^62."""


@two
def where_given(x: float, y: float) -> float:
    """Return x where y is there, else missing."""
    return nan if isnan(y) else x


@loop
def _are_named(amounts: Floats, keys: Floats, start: int, end: int) -> bool:
    """Return whether each amount is there, and its key where it is not 0."""
    for j in range(start, end):
        if isnan(amounts[j]) or (amounts[j] != 0.0 and isnan(keys[j])):
            return False
    return True


@loop
def _copied(
    amounts: Floats, keys: Floats, start: int, end: int, to: Floats, of: Floats, place: int
) -> int:
    """Copy the amounts that are not 0, and their keys, to `place` on; return the next place."""
    for j in range(start, end):
        if amounts[j] != 0.0:
            to[place], of[place] = amounts[j], keys[j]
            place += 1
    return place


@loop
def _summed(amounts: Floats, keys: Floats) -> tuple[Floats, Floats]:
    """Return the different keys, ascending, and the sum of each one's amounts."""
    order = np.argsort(keys, kind="mergesort")
    names, sums = np.empty(len(keys)), np.zeros(len(keys))
    count = 0
    for j in order:
        if count == 0 or names[count - 1] != keys[j]:
            names[count] = keys[j]
            count += 1
        sums[count - 1] += amounts[j]
    return names[:count], sums[:count]


@loop
def _of_both(
    amounts: Floats,
    keys: Floats,
    start: int,
    end: int,
    others: Floats,
    other_keys: Floats,
    first: int,
    last: int,
) -> tuple[Floats, Floats]:
    """Return the different keys of two ranges of rows and each one's sum over both."""
    room = end - start + last - first
    both, named = np.empty(room), np.empty(room)
    count = _copied(amounts, keys, start, end, both, named, 0)
    count = _copied(others, other_keys, first, last, both, named, count)
    return _summed(both[:count], named[:count])


@loop
def _greatest(sums: Floats) -> float:
    """Return the greatest sum, 0 where there is none."""
    found = 0.0
    for value in sums:
        found = max(found, value)
    return found


@loop
def largest_sum(
    amounts: Floats,
    keys: Floats,
    rows: Rows,
    others: Floats,
    other_keys: Floats,
    other_rows: Rows,
) -> Floats:
    """Return the greatest sum of the amounts of one key, over two children together.

    Parameters
    ----------
    amounts, keys, rows
        Amount (≥ 0) and code of each row of one child.
    others, other_keys, other_rows
        The same of another child.
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        start, end = rows.offsets[i], rows.offsets[i + 1]
        first, last = other_rows.offsets[i], other_rows.offsets[i + 1]
        whole = _are_named(amounts, keys, start, end) and _are_named(
            others, other_keys, first, last
        )
        if whole and rows.declared[i] and other_rows.declared[i]:
            _, sums = _of_both(amounts, keys, start, end, others, other_keys, first, last)
            out[i] = _greatest(sums)
    return out


@loop
def _pairs(owners: Floats, members: Floats, start: int, end: int) -> tuple[Floats, Floats]:
    """Return each owner with itself and with its members, sorted, a pair perhaps repeated."""
    owner, member = np.empty(2 * (end - start)), np.empty(2 * (end - start))
    count = 0
    for j in range(start, end):
        for other in (owners[j], members[j]):
            if not isnan(owners[j]) and not isnan(other):
                owner[count], member[count] = owners[j], other
                count += 1
    by_member = np.argsort(member[:count], kind="mergesort")
    owner, member = owner[:count][by_member], member[:count][by_member]
    by_owner = np.argsort(owner, kind="mergesort")
    return owner[by_owner], member[by_owner]


@loop
def _greatest_owned(names: Floats, sums: Floats, owner: Floats, member: Floats) -> float:
    """Return the greatest sum over an owner's different members, pairs sorted."""
    found = acc = 0.0
    for j in range(len(owner)):
        if j > 0 and owner[j] != owner[j - 1]:
            acc = 0.0
        elif j > 0 and member[j] == member[j - 1]:
            continue
        place = np.searchsorted(names, member[j])
        if place < len(names) and names[place] == member[j]:
            acc += sums[place]
        found = max(found, acc)
    return found


@loop
def largest_owned_sum(
    amounts: Floats,
    keys: Floats,
    rows: Rows,
    others: Floats,
    other_keys: Floats,
    other_rows: Rows,
    owners: Floats,
    members: Floats,
    links: Rows,
) -> Floats:
    """Return the greatest sum of the amounts of an owner and its members, or of a key alone.

    Parameters
    ----------
    amounts, keys, rows, others, other_keys, other_rows
        As of `largest_sum`.
    owners, members, links
        Codes that each row of a third child links; either may be missing and then links nothing.
        A member that several rows name for one owner counts once, one of two owners for both.

    Notes
    -----
    Never below `largest_sum`. Missing where the links are undeclared.
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        start, end = rows.offsets[i], rows.offsets[i + 1]
        first, last = other_rows.offsets[i], other_rows.offsets[i + 1]
        whole = _are_named(amounts, keys, start, end) and _are_named(
            others, other_keys, first, last
        )
        if whole and rows.declared[i] and other_rows.declared[i] and links.declared[i]:
            names, sums = _of_both(amounts, keys, start, end, others, other_keys, first, last)
            owner, member = _pairs(owners, members, links.offsets[i], links.offsets[i + 1])
            out[i] = max(_greatest(sums), _greatest_owned(names, sums, owner, member))
    return out


@loop
def portion(amount: float, part: float, whole: float) -> float:
    """Return amount × part ÷ whole in whole 分, half-even; all whole numbers, 0 ≤ part ≤ whole.

    Multiplied bit by bit: the product itself may need 2^106.
    """
    divisor, step, left = np.int64(whole), np.int64(part), np.int64(amount)
    quotient, rest = np.int64(0), np.int64(0)
    for bit in range(_BITS, -1, -1):
        quotient, rest = 2 * quotient, 2 * rest
        if rest >= divisor:
            quotient, rest = quotient + 1, rest - divisor
        if (left >> bit) & 1:
            rest += step
            if rest >= divisor:
                quotient, rest = quotient + 1, rest - divisor
    if 2 * rest > divisor or (2 * rest == divisor and quotient % 2 == 1):
        quotient += 1
    return float(quotient)


@loop
def _with_portions(
    names: Floats, sums: Floats, weighed: Floats, weights: Floats, pool: float
) -> float:
    """Return the greatest of each key's sum and its portion of the pool; keys ascending."""
    every = 0.0
    for weight in weights:
        every += weight
    found = _greatest(sums)
    for j in range(len(weighed)):
        acc = portion(pool, weights[j], every)
        place = np.searchsorted(names, weighed[j])
        if place < len(names) and names[place] == weighed[j]:
            acc += sums[place]
        found = max(found, acc)
    return found


@loop
def largest_stocked_sum(
    amounts: Floats,
    keys: Floats,
    rows: Rows,
    pool: Floats,
    weights: Floats,
    weight_keys: Floats,
    weight_rows: Rows,
) -> Floats:
    """Return the greatest sum of one key: its amounts and its portion of the subject's pool.

    Parameters
    ----------
    amounts, keys, rows
        Amount (≥ 0) and code of each row of one child.
    pool
        Amount of each subject that is spread over the rows of a second child.
    weights, weight_keys, weight_rows
        What each of those weighs (≥ 0) and its code.

    Notes
    -----
    A pool of 0 asks nothing of the second child; another is missing over no weight at all.
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        start, end = rows.offsets[i], rows.offsets[i + 1]
        named = _are_named(amounts, keys, start, end)
        if not rows.declared[i] or not named or isnan(pool[i]):
            continue
        names, sums = _of_both(amounts, keys, start, end, amounts, keys, start, start)
        if pool[i] == 0.0:
            out[i] = _greatest(sums)
            continue
        first, last = weight_rows.offsets[i], weight_rows.offsets[i + 1]
        if weight_rows.declared[i] and _are_named(weights, weight_keys, first, last):
            weighed, shares = _of_both(
                weights, weight_keys, first, last, weights, weight_keys, first, first
            )
            if len(weighed) > 0:
                out[i] = _with_portions(names, sums, weighed, shares, pool[i])
    return out
