"""The logistic: accurate, monotone, and the same digits however it is called."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.logistic import MICRO, falling_odds, micro_logistic, micro_logistics

anywhere = st.floats(-60, 60)


@given(st.floats(0, 60))
def test_exponential_is_right_to_twelve_digits(distance: float) -> None:
    assert falling_odds(distance) == pytest.approx(math.exp(-distance), rel=1e-12, abs=0)


@given(anywhere)
def test_pd_is_the_logistic_rounded_to_six_places(log_odds: float) -> None:
    exact = 1 / (1 + math.exp(-log_odds))
    assert abs(micro_logistic(log_odds) - exact * MICRO) <= 0.5 + 1e-6


@given(anywhere, st.floats(1e-9, 1.0))
def test_pd_never_falls_where_log_odds_rise(log_odds: float, step: float) -> None:
    assert micro_logistic(log_odds + step) >= micro_logistic(log_odds)


@given(anywhere)
def test_default_and_no_default_sum_to_one(log_odds: float) -> None:
    assert micro_logistic(log_odds) + micro_logistic(-log_odds) == MICRO


def test_compiled_interpreted_alone_and_in_a_vector_are_the_same() -> None:
    log_odds = np.random.default_rng(1).normal(-3, 4, 20_000)
    vector = micro_logistics(log_odds).tolist()
    assert vector == [micro_logistic(z) for z in log_odds.tolist()]
    odds = [falling_odds(abs(z)) for z in log_odds.tolist()]
    assert odds == [falling_odds.py_func(abs(z)) for z in log_odds.tolist()]


@pytest.mark.parametrize(("log_odds", "micro"), [(-1e9, 0), (1e9, MICRO), (-math.inf, 0)])
def test_far_out_it_is_flat(log_odds: float, micro: int) -> None:
    assert micro_logistic(log_odds) == micro
