"""The loops of the table: shares of one leaf, and how they become whole units."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.frame import Floats
from models.kernel import Int32s, Leaves, leaf_game, round_shares


def played(d: int, seed: int) -> Floats:
    """Return the (2^d, d) shares of a leaf whose patterns random reference rows have."""
    visitors = np.random.default_rng(seed).integers(0, 5, 1 << d)
    visitors[seed % (1 << d)] += 1
    shares = np.zeros(d << d)
    leaf_game(visitors, d, shares)
    return shares.reshape(1 << d, d)


def rounded(shares: Floats, value: int) -> tuple[Int32s, int]:
    """Return the whole entries of a leaf of that value, and its base."""
    patterns, d = shares.shape
    base = round(-value * shares[0].sum())
    none = np.zeros(d, dtype=np.int32)
    leaves = Leaves(
        np.array([0, d]), none, none, none, none.astype(np.bool_), np.array([0, d * patterns])
    )
    entries = np.zeros(d * patterns, dtype=np.int32)
    round_shares(leaves, np.array([value]), np.array([base]), shares.ravel(), entries)
    return entries.reshape(shares.shape), base


def test_one_who_alone_meets_the_leaf_s_condition_earns_all_of_it() -> None:
    shares = np.zeros(2)
    leaf_game(np.array([3, 1]), 1, shares)
    assert shares.tolist() == [-0.25, 0.75]


@pytest.mark.parametrize("d", [1, 2, 3, 5, 8])
def test_shares_sum_to_reaching_the_leaf_less_the_reference_s_chance(d: int) -> None:
    shares = played(d, seed=d)
    sums = shares.sum(axis=1)
    assert sums[:-1] == pytest.approx(np.full((1 << d) - 1, sums[0]), abs=1e-12)
    assert sums[-1] == pytest.approx(1 + sums[0], abs=1e-12)


@given(st.integers(1, 6), st.integers(0, 500), st.integers(-(2**30), 2**30))
def test_entries_sum_exactly_and_are_within_a_unit(d: int, seed: int, value: int) -> None:
    shares = played(d, seed)
    entries, base = rounded(shares, value)
    reached = np.append(np.zeros((1 << d) - 1, dtype=np.int64), value)
    assert (entries.sum(axis=1) == reached - base).all()
    assert np.abs(entries - value * shares).max() < 1 + 1e-6


@given(st.integers(1, 6), st.integers(0, 500), st.integers(-1000, 1000))
def test_rounding_keeps_signs_and_leaves_nothing_at_nothing(d: int, seed: int, value: int) -> None:
    shares = played(d, seed)
    entries, _ = rounded(shares, value)
    exact = value * shares
    assert (entries[exact == 0] == 0).all()
    assert (entries[exact > 0] >= 0).all()
    assert (entries[exact < 0] <= 0).all()
