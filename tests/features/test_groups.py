"""Sums by what rows name: hand numbers, and the plain definition as an oracle."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from math import nan

import numpy as np
import pytest
from hypothesis import given as holds_for
from hypothesis import strategies as st

from features import arrays as a
from features.arrays import Floats, Rows
from features.arrays.groups import portion


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def children(*counts: int | None) -> Rows:
    offsets = np.cumsum([0, *(count or 0 for count in counts)])
    return Rows(offsets, np.array([count is not None for count in counts]))


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, col(*expected), equal_nan=True)


NONE = (col(), col(), children(0))


def test_rows_of_one_code_are_summed_over_both_children() -> None:
    one = (col(10, 20, 5), col(7, 8, 7), children(3))
    two = (col(4, 1), col(8, 9), children(2))
    assert same(a.largest_sum(*one, *two), 24)
    assert same(a.largest_sum(*one, *NONE), 20)
    assert same(a.largest_sum(*NONE, *NONE), 0)


def test_subjects_are_kept_apart() -> None:
    one = (col(10, 20, 5), col(7, 7, 7), children(1, 2))
    two = (col(3), col(7), children(0, 1))
    assert same(a.largest_sum(*one, *two), 10, 28)


@pytest.mark.parametrize(
    ("amounts", "keys", "count", "expected"),
    [
        ((10, nan), (7, 8), 2, nan),
        ((10, 20), (7, nan), 2, nan),
        ((10, 0), (7, nan), 2, 10),
        ((), (), None, nan),
    ],
)
def test_what_is_not_known_is_missing_unless_it_is_nothing(
    amounts: tuple[float, ...], keys: tuple[float, ...], count: int | None, expected: float
) -> None:
    one = (col(*amounts), col(*keys), children(count))
    assert same(a.largest_sum(*one, *NONE), expected)
    assert same(a.largest_sum(*NONE, *one), expected)
    assert same(a.largest_owned_sum(*one, *NONE, *NONE), expected)
    assert same(a.largest_stocked_sum(*one, col(0), *NONE), expected)


OWNED = (col(10, 20, 5, 100), col(1, 2, 3, 4), children(4))


def test_an_owner_stands_for_itself_and_its_different_members() -> None:
    twice = (col(9, 9, 9), col(1, 2, 1), children(3))
    assert same(a.largest_owned_sum(*OWNED, *NONE, *twice), 100)
    own = (col(2, 2, 2), col(1, 3, 3), children(3))
    assert same(a.largest_owned_sum(*NONE, *OWNED, *own), 100)
    all_three = (col(2, 2, 4, 4), col(4, 3, 1, 1), children(4))
    assert same(a.largest_owned_sum(*OWNED, *NONE, *all_three), 20 + 100 + 5)


def test_links_without_a_side_link_nothing_and_undeclared_links_are_missing() -> None:
    loose = (col(nan, 4), col(1, nan), children(2))
    assert same(a.largest_owned_sum(*OWNED, *NONE, *loose), 100)
    assert same(a.largest_owned_sum(*OWNED, *NONE, col(), col(), children(None)), nan)


def test_a_pool_is_spread_by_weight() -> None:
    promised = (col(10, 20), col(1, 2), children(2))
    stock = (col(1, 2, 1), col(1, 2, 3), children(3))
    assert same(a.largest_stocked_sum(*promised, col(100), *stock), 70)
    assert same(a.largest_stocked_sum(*NONE, col(100), *stock), 50)
    assert same(a.largest_stocked_sum(*promised, col(0), *stock), 20)


def test_a_pool_without_weight_is_missing() -> None:
    promised = (col(10), col(1), children(1))
    nothing = (col(0, 0), col(1, 2), children(2))
    assert same(a.largest_stocked_sum(*promised, col(100), *nothing), nan)
    assert same(a.largest_stocked_sum(*promised, col(100), *NONE), nan)
    assert same(a.largest_stocked_sum(*promised, col(nan), *nothing), nan)
    undeclared = (col(), col(), children(None))
    assert same(a.largest_stocked_sum(*promised, col(100), *undeclared), nan)
    assert same(a.largest_stocked_sum(*promised, col(0), *undeclared), 10)
    nameless = (col(5, 1), col(1, nan), children(2))
    assert same(a.largest_stocked_sum(*promised, col(100), *nameless), nan)


LARGEST = 9 * 10**15


@holds_for(st.integers(0, LARGEST), st.integers(0, LARGEST), st.integers(1, LARGEST))
def test_a_portion_is_exact_whatever_its_size(amount: int, one: int, other: int) -> None:
    part, whole = min(one, other), max(one, other)
    exact = Fraction(amount * part, whole)
    assert portion(float(amount), float(part), float(whole)) == round(exact)


def test_a_portion_is_half_even() -> None:
    assert [portion(x, 1.0, 2.0) for x in (1.0, 3.0, 5.0)] == [0, 2, 2]


ROW = st.tuples(st.integers(0, 5), st.integers(1, 6))
LINK = st.tuples(st.integers(1, 6), st.integers(1, 6))


@holds_for(st.lists(ROW, max_size=12), st.lists(ROW, max_size=12), st.lists(LINK, max_size=9))
def test_sums_are_those_of_the_definition(
    one: list[tuple[int, int]], two: list[tuple[int, int]], links: list[tuple[int, int]]
) -> None:
    by_key: dict[int, int] = defaultdict(int)
    for amount, key in one + two:
        by_key[key] += amount
    owned: dict[int, set[int]] = defaultdict(set)
    for owner, member in links:
        owned[owner] |= {owner, member}
    plain = max(by_key.values(), default=0)
    sums = [sum(by_key[m] for m in members) for members in owned.values()]
    first, second = columns(one), columns(two)
    assert same(a.largest_sum(*first, *second), plain)
    assert same(a.largest_owned_sum(*first, *second, *columns(links)), max([plain, *sums]))


def columns(rows: list[tuple[int, int]]) -> tuple[Floats, Floats, Rows]:
    return col(*(x for x, _ in rows)), col(*(y for _, y in rows)), children(len(rows))


@holds_for(st.lists(ROW, max_size=12), st.lists(ROW, min_size=1, max_size=12), st.integers(0, 999))
def test_a_stocked_sum_is_that_of_the_definition(
    promised: list[tuple[int, int]], stock: list[tuple[int, int]], pool: int
) -> None:
    weights: dict[int, int] = defaultdict(int)
    sums: dict[int, int] = defaultdict(int)
    for weight, key in stock:
        weights[key] += weight
    for amount, key in promised:
        sums[key] += amount
    every = sum(weights.values())
    seen = a.largest_stocked_sum(*columns(promised), col(pool), *columns(stock))
    if every == 0 and pool > 0:
        assert same(seen, nan)
        return
    whole = max(every, 1)
    keys = {*weights, *sums}
    exact = [sums[key] + round(Fraction(pool * weights[key], whole)) for key in keys]
    assert same(seen, max(exact))


def test_thousands_of_rows_are_sorted_and_not_compared_pairwise() -> None:
    count = 200_000
    keys = np.arange(count, dtype=np.float64) % (count // 2)
    rows = (np.ones(count), keys, children(count))
    links = (keys, keys[::-1].copy(), children(count))
    assert same(a.largest_sum(*rows, *NONE), 2)
    assert same(a.largest_owned_sum(*rows, *NONE, *links), 4)
