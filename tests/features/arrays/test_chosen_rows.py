"""A minimum over chosen child rows, and the later of computed and attested rows."""

from __future__ import annotations

from math import inf, nan
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.arrays import Floats, Rows, later_total, lowest_where

DAY = 100.0


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, expected, equal_nan=True)


def of(*counts: int) -> Rows:
    return Rows(np.cumsum([0, *counts]), np.ones(len(counts), dtype=np.bool_))


def test_least_of_the_chosen_rows() -> None:
    values, chosen = col(5, 3, 1, nan, 7), col(1, 1, 0, 0, 0)
    assert same(lowest_where(values, chosen, of(4, 1, 0)), 3, inf, inf)


def test_least_is_missing_where_a_flag_or_a_chosen_value_is() -> None:
    assert same(lowest_where(col(5, 3), col(1, nan), of(2)), nan)
    assert same(lowest_where(col(nan, 3), col(1, 1), of(2)), nan)
    assert same(lowest_where(col(3, nan), col(1, 1), of(2)), nan)
    undeclared = Rows(np.array([0, 0]), np.array([False]))
    assert same(lowest_where(col(), col(), undeclared), nan)


def standing(*rows: tuple[float, float]) -> float:
    """Return the sum of rows (area, day); a row without day is computed, on DAY."""
    areas = col(*(area for area, _ in rows))
    on = col(*(day for _, day in rows))
    attested = col(*(0.0 if np.isnan(day) else 1.0 for _, day in rows))
    ones = np.ones(len(rows))
    return float(later_total(areas, ones, attested, on, ones, of(len(rows)), col(DAY))[0])


def test_computed_rows_stand_alone() -> None:
    assert standing((30, nan), (40, nan)) == 70


def test_a_later_document_replaces_what_was_computed() -> None:
    assert standing((30, nan), (5, DAY + 1)) == 5
    assert standing((30, nan), (50, DAY + 1), (1, DAY + 2)) == 51


def test_an_earlier_document_is_replaced_by_what_was_computed() -> None:
    assert standing((30, nan), (5, DAY - 1)) == 30
    assert standing((30, nan), (500, DAY - 1)) == 30
    assert standing((30, nan), (5, DAY + 1), (500, DAY - 1)) == 5


def test_of_two_of_one_day_the_greater_stands() -> None:
    assert standing((30, nan), (5, DAY)) == 30
    assert standing((30, nan), (50, DAY)) == 50
    assert standing((30, nan), (50, DAY), (1, DAY + 1)) == 51


def test_documents_stand_together_where_nothing_was_computed() -> None:
    assert standing((5, DAY - 9), (7, DAY), (11, DAY + 9)) == 23


def sums(
    areas: Floats,
    chosen: Floats,
    attested: Floats,
    on: Floats,
    declared: bool = True,
    document: float = 1.0,
) -> Floats:
    rows = Rows(np.array([0, len(areas)]), np.array([declared]))
    papers = np.full(len(areas), document)
    return later_total(areas, chosen, attested, on, papers, rows, col(DAY))


def test_a_document_without_day_is_unknown_in_its_own_layer_only() -> None:
    areas, attested, on = col(30, 0), col(0, 1), col(nan, nan)
    assert same(sums(areas, col(1, 1), attested, on), nan)
    assert same(sums(areas, col(1, 0), attested, on), 30)


def test_a_document_without_number_says_nothing() -> None:
    areas, on = col(30, 5), col(nan, DAY + 1)
    assert same(sums(areas, col(1, 1), col(0, 1), on, document=nan), nan)
    assert same(sums(areas, col(1, 0), col(0, 1), on, document=nan), 30)


def test_what_is_missing_makes_the_sum_missing_only_where_it_decides() -> None:
    none = col(nan, nan)
    assert same(sums(col(30, 1), col(1, nan), col(0, 0), none), nan)
    assert same(sums(col(30, 1), col(1, 1), col(0, nan), none), nan)
    assert same(sums(col(30, nan), col(1, 1), col(0, 0), none), nan)
    assert same(sums(col(30, nan), col(1, 0), col(0, 0), none), 30)
    assert same(sums(col(nan, 5), col(1, 1), col(0, 1), col(nan, DAY)), nan)
    assert same(sums(col(5, nan), col(1, 1), col(0, 1), col(nan, DAY)), nan)
    assert same(sums(col(), col(), col(), col()), 0)
    assert same(sums(col(), col(), col(), col(), declared=False), nan)


DAYS = st.sampled_from([nan, DAY - 1, DAY, DAY + 1])
AREAS = st.integers(0, 1000).map(float)


@given(st.lists(st.tuples(AREAS, DAYS), min_size=1, max_size=6), st.data())
def test_more_area_never_makes_less(rows: list[tuple[float, float]], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    more = list(rows)
    more[place] = (rows[place][0] + data.draw(AREAS), rows[place][1])
    assert standing(*more) >= standing(*rows)


@given(st.lists(st.tuples(AREAS, DAYS), max_size=6), st.randoms())
def test_order_of_the_rows_says_nothing(rows: list[tuple[float, float]], random: Random) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert standing(*shuffled) == standing(*rows)
