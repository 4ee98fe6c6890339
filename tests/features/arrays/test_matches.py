"""Rows of two children that carry the same code, against a search row by row."""

from __future__ import annotations

from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given as holds_for
from hypothesis import strategies as st

from features.arrays import Floats, Rows, any_match


def numbers(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def children(*counts: int | None) -> Rows:
    """Return rows with that many children each; None is undeclared."""
    offsets = np.cumsum([0, *(count or 0 for count in counts)])
    return Rows(offsets, np.array([count is not None for count in counts]))


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, numbers(*expected), equal_nan=True)


def test_a_row_matches_rows_of_its_own_subject_alone() -> None:
    codes, theirs = numbers(5, 6, 5, 7), numbers(6, 8, 5)
    seen = any_match(codes, children(2, 2), theirs, numbers(1, 1, 1), children(2, 1))
    assert same(seen, 0, 1, 1, 0)


def test_one_of_several_rows_is_enough() -> None:
    seen = any_match(numbers(5), children(1), numbers(5, 4, 5), numbers(0, 0, 1), children(3))
    assert same(seen, 1)
    seen = any_match(numbers(5), children(1), numbers(5, 4, 5), numbers(0, 1, 0), children(3))
    assert same(seen, 0)


@pytest.mark.parametrize(("flags", "expected"), [((nan, 1), 1), ((nan, 0), nan), ((0, nan), nan)])
def test_a_flag_that_is_missing_counts_where_no_other_decides(
    flags: tuple[float, float], expected: float
) -> None:
    seen = any_match(numbers(5), children(1), numbers(5, 5), numbers(*flags), children(2))
    assert same(seen, expected)


def test_what_is_undeclared_or_nameless_is_missing() -> None:
    one = children(1)
    assert same(any_match(numbers(5), one, numbers(), numbers(), children(None)), nan)
    assert same(any_match(numbers(5), one, numbers(), numbers(), children(0)), 0)
    assert same(any_match(numbers(nan), one, numbers(5), numbers(1), one), nan)
    assert same(any_match(numbers(5), one, numbers(nan), numbers(1), one), nan)
    assert same(any_match(numbers(5), one, numbers(nan), numbers(0), one), 0)
    assert same(any_match(numbers(5), one, numbers(nan, 5), numbers(1, 1), children(2)), 1)


FLAGS = st.sampled_from((0.0, 1.0, nan))
CODES = st.sampled_from((1.0, 2.0, 3.0, nan))
ROWS = st.lists(st.tuples(CODES, FLAGS), max_size=8)


def one_by_one(code: float, others: list[tuple[float, float]]) -> float:
    if isnan(code):
        return nan
    if any(theirs == code and flag == 1 for theirs, flag in others):
        return 1
    open_ = [flag for theirs, flag in others if isnan(theirs) or theirs == code]
    return nan if any(flag != 0 for flag in open_) else 0


@holds_for(st.lists(st.tuples(st.lists(CODES, max_size=5), ROWS), min_size=1, max_size=4))
def test_it_is_a_search_row_by_row(
    subjects: list[tuple[list[float], list[tuple[float, float]]]],
) -> None:
    codes = numbers(*(code for own, _ in subjects for code in own))
    theirs = numbers(*(code for _, others in subjects for code, _ in others))
    flags = numbers(*(flag for _, others in subjects for _, flag in others))
    seen = any_match(
        codes,
        children(*(len(own) for own, _ in subjects)),
        theirs,
        flags,
        children(*(len(others) for _, others in subjects)),
    )
    assert same(seen, *(one_by_one(code, others) for own, others in subjects for code in own))
