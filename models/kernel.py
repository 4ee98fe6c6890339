"""The loops of the table, compiled by Numba: the leaf game, its rounding, and the adding up.

Integers and a fixed order throughout, no fast-math: the same bits for one row and for a million,
on every machine. As the kernel module its functions may be longer than elsewhere.

A pattern is a bit set: bit j stands for the j-th feature of a leaf and is set where a row meets
all that the path to the leaf asks of that feature.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.frame import Floats

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]


class Leaves(NamedTuple):
    """What every leaf asks of a row, and where its table of 2^d patterns by d features begins.

    Attributes
    ----------
    conditions
        (leaves + 1,) leaf i has the conditions numbered conditions[i] … conditions[i + 1] - 1.
    feature
        Feature of each condition, ascending within a leaf.
    first, last
        Lowest and highest rank that meets the condition.
    absent
        Whether a missing value (rank -1) meets it.
    rows
        (leaves + 1,) the table of leaf i is entries rows[i] … rows[i + 1] - 1: pattern after
        pattern, one entry per feature.
    """

    conditions: Int64s
    feature: Int32s
    first: Int32s
    last: Int32s
    absent: NDArray[np.bool_]
    rows: Int64s


@njit(cache=True, error_model="numpy", nogil=True)
def rank_values(values: Floats, marks: Floats, starts: Int64s, ranks: Int32s) -> None:
    """Fill the (f, n) `ranks` of (n, f) `values`: marks below each value, -1 where missing."""
    for j in range(values.shape[1]):
        own = marks[starts[j] : starts[j + 1]]
        for row in range(len(values)):
            value = values[row, j]
            ranks[j, row] = -1 if np.isnan(value) else np.searchsorted(own, value)


@njit(cache=True, error_model="numpy")
def patterns_of(ranks: Int32s, leaves: Leaves, leaf: int, stride: int, patterns: Int32s) -> None:
    """Fill `patterns` with each row's pattern at a leaf, times `stride`; ranks are (f, n)."""
    begin, end = leaves.conditions[leaf], leaves.conditions[leaf + 1]
    patterns[:] = 0
    for j in range(begin, end):
        rank, low, high = ranks[leaves.feature[j]], leaves.first[j], leaves.last[j]
        absent, bit = leaves.absent[j], np.int32(stride << (j - begin))
        for row in range(len(patterns)):
            meets = ((rank[row] >= low) & (rank[row] <= high)) | ((rank[row] < 0) & absent)
            patterns[row] += bit if meets else np.int32(0)


@njit(cache=True, error_model="numpy")
def pay(shares: Floats, earned: int, lost: int, gain: float, loss: float) -> None:
    """Add `gain` to the share of each feature in `earned`, take `loss` from each in `lost`."""
    for j in range(len(shares)):
        if (earned >> j) & 1:
            shares[j] += gain
        elif (lost >> j) & 1:
            shares[j] -= loss


@njit(cache=True, error_model="numpy")
def leaf_game(visitors: Int64s, d: int, shares: Floats) -> None:
    """Add to `shares` the mean Shapley value of each feature in a leaf that is worth 1.

    A leaf pays 1 to a row that meets all d features. Against one reference row of pattern b, a row
    of pattern s reaches it only where s | b is everything: then A = s minus b earns it and
    B = b minus s loses it. With a and b members, one of A gets (a-1)! b! / (a+b)! and one of B
    minus a! (b-1)! / (a+b)!: the interventional Shapley value of the game "all of A, none of B".

    Parameters
    ----------
    visitors
        (2^d,) reference rows of each pattern.
    shares
        (2^d * d,) zeros on entry; row s holds the shares of a row of pattern s.
    """
    everything, total = (1 << d) - 1, visitors.sum()
    members = np.zeros(1 << d, dtype=np.int64)
    for s in range(1, 1 << d):
        members[s] = members[s >> 1] + (s & 1)
    factorial = np.ones(d + 1)
    for i in range(1, d + 1):
        factorial[i] = factorial[i - 1] * i
    for s in range(1 << d):
        lost, both = everything ^ s, s
        while both >= 0:
            earned, seen = s ^ both, visitors[lost | both]
            a, b = members[earned], members[lost]
            if seen and a + b:
                weight = seen / total / factorial[a + b]
                gain = weight * factorial[max(a - 1, 0)] * factorial[b]
                loss = weight * factorial[a] * factorial[max(b - 1, 0)]
                pay(shares[s * d : s * d + d], earned, lost, gain, loss)
            both = (both - 1) & s if both else -1


@njit(cache=True, error_model="numpy")
def play_leaves(ranks: Int32s, leaves: Leaves, full: Int64s, shares: Floats) -> None:
    """Fill `shares` (flat like the table) and `full`, the reference rows that reach each leaf."""
    patterns = np.empty(ranks.shape[1], dtype=np.int32)
    for leaf in range(len(full)):
        d = leaves.conditions[leaf + 1] - leaves.conditions[leaf]
        patterns_of(ranks, leaves, leaf, 1, patterns)
        visitors = np.zeros(1 << d, dtype=np.int64)
        for pattern in patterns:
            visitors[pattern] += 1
        full[leaf] = visitors[-1]
        start = leaves.rows[leaf]
        leaf_game(visitors, d, shares[start : leaves.rows[leaf + 1]])


@njit(cache=True, error_model="numpy")
def round_shares(
    leaves: Leaves, value: Int64s, base: Int64s, shares: Floats, entries: Int32s
) -> None:
    """Fill `entries` with value * share in whole units that sum exactly (design 10.11).

    In each row of each leaf they sum to (value or 0) - base: each is rounded down, and the units
    left over go to the largest remainders, ties in feature order. A contribution keeps its sign
    and a 0 stays 0, since |base - exact mean| <= 1/2 leaves no more units than there are
    contributions with a remainder.
    """
    for leaf in range(len(value)):
        d = leaves.conditions[leaf + 1] - leaves.conditions[leaf]
        remainder = np.empty(d)
        for s in range(1 << d):
            start = leaves.rows[leaf] + s * d
            left = (value[leaf] if s == (1 << d) - 1 else 0) - base[leaf]
            for j in range(d):
                exact = value[leaf] * shares[start + j]
                whole = np.floor(exact)
                remainder[j] = exact - whole
                entries[start + j] = np.int32(whole)
                left -= np.int64(whole)
            for _ in range(left):
                most = np.argmax(remainder)
                remainder[most] = -1.0
                entries[start + most] += 1


@njit(cache=True, error_model="numpy", nogil=True)
def add_leaves(ranks: Int32s, leaves: Leaves, entries: Int32s, contributions: Int64s) -> None:
    """Add every leaf's entries to the (f, n) `contributions` of rows with (f, n) `ranks`."""
    patterns = np.empty(ranks.shape[1], dtype=np.int32)
    for leaf in range(len(leaves.rows) - 1):
        begin, end = leaves.conditions[leaf], leaves.conditions[leaf + 1]
        patterns_of(ranks, leaves, leaf, end - begin, patterns)
        for j in range(begin, end):
            share = entries[leaves.rows[leaf] + (j - begin) :]
            total = contributions[leaves.feature[j]]
            for row in range(len(patterns)):
                total[row] += share[patterns[row]]


@njit(cache=True, error_model="numpy", nogil=True)
def add_leaves_to_row(ranks: Int32s, leaves: Leaves, entries: Int32s, row: Int64s) -> None:
    """Add every leaf's entries to the (f,) contributions of one row with (f,) `ranks`."""
    for leaf in range(len(leaves.rows) - 1):
        begin, end = leaves.conditions[leaf], leaves.conditions[leaf + 1]
        start, stride = leaves.rows[leaf], end - begin
        for j in range(begin, end):
            rank = ranks[leaves.feature[j]]
            meets = (leaves.first[j] <= rank <= leaves.last[j]) or (rank < 0 and leaves.absent[j])
            start += stride if meets else 0
            stride <<= 1
        for j in range(begin, end):
            row[leaves.feature[j]] += entries[start + (j - begin)]
