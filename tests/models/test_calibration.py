"""Calibration: sklearn's contract, the prior where data are few, and an exact long-run rate."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.utils.estimator_checks import parametrize_with_checks

from features.errors import BadInput
from features.frame import Floats
from models.calibration import PlattCalibration, shift_to_rate


def passes(estimator: PlattCalibration, check: Callable[[PlattCalibration], None]) -> None:
    check(estimator)


test_keeps_the_contract_of_scikit_learn = parametrize_with_checks([PlattCalibration()])(passes)


def population(n: int, seed: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    scores = rng.normal(-3.0, 1.0, n)
    return scores, (rng.random(n) < expit(0.5 + 1.3 * scores)).astype(np.float64)


def test_many_defaults_find_the_truth() -> None:
    scores, bad = population(200_000, 1)
    platt = PlattCalibration().fit(scores[:, None], bad)
    sd = np.sqrt(np.diag(platt.covariance_))
    assert abs(platt.intercept_ - 0.5) < 3 * sd[0]
    assert abs(platt.coef_[0] - 1.3) < 3 * sd[1]
    assert sd[1] < 0.03


def test_without_evidence_the_scores_stand() -> None:
    scores = np.array([[-3.0], [-1.0]])
    platt = PlattCalibration(intercept_sd=1e-3, slope_sd=1e-3).fit(scores, [0, 1])
    assert platt.decision_function(scores) == pytest.approx([-3.0, -1.0], abs=1e-3)


def test_mode_is_where_evidence_and_prior_balance() -> None:
    scores, bad = population(60, 4)
    platt = PlattCalibration(intercept_sd=0.5, slope_sd=0.2).fit(scores[:, None], bad)
    surprise = expit(platt.decision_function(scores[:, None])) - bad
    away = platt.intercept_ + platt.coef_[0] * scores.mean() - scores.mean()
    assert surprise.sum() + away / 0.5**2 == pytest.approx(0, abs=1e-6)
    pull = (platt.coef_[0] - 1) / 0.2**2
    assert surprise @ (scores - scores.mean()) + pull == pytest.approx(0, abs=1e-6)


def test_covariance_is_that_of_repeated_samples() -> None:
    fits = [
        PlattCalibration().fit(s[:, None], y) for s, y in (population(3000, k) for k in range(200))
    ]
    drawn = np.cov([[f.intercept_, f.coef_[0]] for f in fits], rowvar=False)
    said = np.mean([f.covariance_ for f in fits], axis=0)
    assert np.allclose(np.sqrt(np.diag(drawn)), np.sqrt(np.diag(said)), rtol=0.2)


def test_separable_data_do_not_run_away() -> None:
    platt = PlattCalibration().fit([[-2.0], [-1.0], [1.0], [2.0]], [0, 0, 1, 1])
    assert np.isfinite(platt.coef_[0])
    assert platt.coef_[0] < 3


def test_two_opinions_are_averaged_before_evidence_speaks() -> None:
    scores = np.array([[-3.0, -1.0], [1.0, 3.0]])
    platt = PlattCalibration(intercept_sd=1e-3, slope_sd=1e-3).fit(scores, [0, 1])
    assert platt.decision_function(scores) == pytest.approx([-2.0, 2.0], abs=1e-2)


@given(
    st.lists(st.floats(-10, 10), min_size=1, max_size=30),
    st.floats(0.0001, 0.9999),
)
def test_shift_meets_the_rate_exactly(log_odds: list[float], rate: float) -> None:
    z = np.array(log_odds)
    assert expit(z + shift_to_rate(z, rate)).mean() == pytest.approx(rate, abs=1e-10)


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1, float("nan")])
def test_impossible_rate_is_refused(rate: float) -> None:
    with pytest.raises(BadInput, match="between 0 and 1"):
        shift_to_rate(np.zeros(3), rate)
