"""The hazard: seasons of a loan, futures of a county."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from features.simulate.calendar import Calendar
from features.simulate.hazard import (
    GRACE,
    HORIZON,
    Cell,
    Exposure,
    default_month,
    exposure,
    insurance_class,
    seasoning,
    true_pd,
)
from features.simulate.settings import DEFAULT_AS_OF, TERMS, TRADES
from features.simulate.shocks import realised
from features.simulate.streams import Streams

STARTS, CLASSES = 6, 3


@lru_cache
def exposed() -> Exposure:
    calendar = Calendar.ending(DEFAULT_AS_OF, 36, STARTS)
    streams = Streams(11)
    return exposure(streams.of("futures"), realised(streams.of("shocks"), calendar), calendar)


def cells(at: tuple[int, int, int, int], count: int = 1) -> Cell:
    start, trade, insured, term = (np.full(count, part) for part in at)
    return start, trade, insured, term


cell = st.tuples(
    st.integers(0, STARTS - 1),
    st.integers(0, len(TRADES) - 1),
    st.integers(0, CLASSES - 1),
    st.integers(0, len(TERMS) - 1),
)


def test_nothing_defaults_before_ninety_days_or_after_the_window() -> None:
    for term in TERMS:
        curve = seasoning(term)
        assert np.all(curve[:GRACE] == 0)
        assert np.all(curve[GRACE : term + GRACE] > 0)
        assert np.all(curve[term + GRACE :] == 0)


def test_longer_loans_carry_more() -> None:
    sums = [seasoning(term).sum() for term in TERMS]
    assert sums == sorted(sums)


@given(cell, st.floats(-9, 0), st.floats(0.01, 2))
def test_a_higher_log_hazard_is_a_higher_pd(
    at: tuple[int, int, int, int], base: float, more: float
) -> None:
    low, high = (true_pd(np.array([eta]), cells(at), exposed()) for eta in (base, base + more))
    assert 0 < low.window[0] < high.window[0] < 1
    assert low.year[0] <= low.window[0]


@given(cell)
def test_the_true_pd_is_the_mean_over_futures(at: tuple[int, int, int, int]) -> None:
    eta = -2.0
    pd = true_pd(np.array([eta]), cells(at), exposed()).window[0]
    hazards = exposed().whole[at]
    assert np.isclose(pd, np.mean([1 - np.exp(-np.exp(eta) * hazard) for hazard in hazards]))


def test_what_happens_follows_the_hazard_of_the_path_that_came_true() -> None:
    count = 40_000
    at = cells((0, 0, 1, 1), count)
    month = default_month(Streams(1).of("draw"), np.full(count, -1.0), at, exposed())
    path = exposed().lived[0, 0, 1, 1]
    expected = 1 - np.exp(-np.exp(-1.0) * path[-1])
    assert abs((month > 0).mean() - expected) < 4 * np.sqrt(expected / count)
    assert month.max() <= HORIZON
    half = int(np.searchsorted(path, path[-1] / 2)) + 1
    early = 1 - np.exp(-np.exp(-1.0) * path[half - 1])
    assert abs(((month > 0) & (month <= half)).mean() - early) < 4 * np.sqrt(early / count)


def test_insurance_falls_into_three_classes() -> None:
    assert insurance_class(np.array([1.0, 0.8, 0.79, 0.3, 0.1])).tolist() == [0, 0, 1, 1, 2]
