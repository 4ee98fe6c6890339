"""Claims on one parcel that cannot stand beside each other."""

from __future__ import annotations

from math import isnan, nan

import numpy as np

from features.arrays.compiled import loop
from features.arrays.units import Floats, Rows

_LAST_EXCLUSIVE = 4.0
_PLEDGE = 5.0


@loop
def _clash(kind: float, other: float, disclosed: float, its_disclosed: float) -> float:
    """Return the flag that two claims of these kinds cannot stand together."""
    if kind == 0.0 or other == 0.0:
        return 0.0
    if isnan(kind) or isnan(other):
        return nan
    low, high = min(kind, other), max(kind, other)
    if low != _PLEDGE:
        return 1.0 if high <= _LAST_EXCLUSIVE else 0.0
    if high != _PLEDGE or disclosed == 0.0 or its_disclosed == 0.0:
        return 1.0
    return nan if isnan(disclosed) or isnan(its_disclosed) else 0.0


@loop
def _alike(code: float, other: float) -> float:
    """Return the flag that two codes are equal, missing where one is."""
    return nan if isnan(code) or isnan(other) else (1.0 if code == other else 0.0)


@loop
def _all(one: float, two: float, three: float, four: float) -> float:
    """Return the flag that four flags are 1; missing where one is, unless another is 0."""
    if one == 0.0 or two == 0.0 or three == 0.0 or four == 0.0:
        return 0.0
    return one * two * three * four


@loop
def _is_one(
    i: int,
    j: int,
    kinds: Floats,
    holders: Floats,
    since: Floats,
    numbers: Floats,
    owners: Floats,
) -> bool:
    """Return whether two rows tell of one claim; see `clashing_pairs`."""
    if kinds[i] != kinds[j]:
        return False
    if not isnan(numbers[i]) and not isnan(numbers[j]):
        return bool(numbers[i] == numbers[j])
    return bool(holders[i] == holders[j] and since[i] == since[j] and owners[i] != owners[j])


@loop
def clashing_pairs(
    parcels: Floats,
    kinds: Floats,
    disclosed: Floats,
    live: Floats,
    holders: Floats,
    since: Floats,
    numbers: Floats,
    owners: Floats,
    rows: Rows,
) -> Floats:
    """Return how many pairs of each subject's live claims on one parcel exclude each other.

    Two rights of the exclusive group do; a pledge and a sale do; two pledges do, of which one is
    not disclosed.

    Parameters
    ----------
    parcels
        Code of the parcel of each claim.
    kinds
        1 to 4 for the four rights of the exclusive group, 5 a pledge, 6 a sale, 0 any other.
    disclosed, live
        Flags of each claim; live ones are in force on one and the same day.
    holders, since, numbers, owners
        Who holds it, since when, its registry number and the record that lists it. Rows of one
        kind with one registry number are one claim, since each registry numbers its own; so are
        rows of two records, of which one has no number, with the same kind, holder and first day.

    Returns
    -------
    Floats
        Count, shape (n,); missing where a missing value decides about a pair.

    Examples
    --------
    >>> one, two = np.ones(2), np.array([1.0, 2.0])
    >>> rows = Rows(np.array([0, 2]), np.array([True]))
    >>> clashing_pairs(one, two, one, one, one, one, two, one, rows).tolist()
    [1.0]
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if not rows.declared[i]:
            continue
        acc = 0.0
        for j in range(rows.offsets[i], rows.offsets[i + 1]):
            for k in range(rows.offsets[i], j):
                clash = _clash(kinds[j], kinds[k], disclosed[j], disclosed[k])
                pair = _all(live[j], live[k], _alike(parcels[j], parcels[k]), clash)
                if pair != 0.0 and not _is_one(j, k, kinds, holders, since, numbers, owners):
                    acc += pair
        out[i] = acc
    return out
