"""Metrics against scikit-learn, scipy and published figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import ks_2samp
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as sklearn_log_loss

from features.errors import BadInput
from models.metrics import (
    auc,
    calibration_line,
    logistic_line,
    psi,
    psi_of_counts,
    reasons_stability,
    refitted_log_loss,
    report,
)

FICO_GOOD = np.array([2184.0, 858, 345, 137, 139, 333])
FICO_BAD = np.array([1232.0, 1157, 638, 359, 382, 603])


def predictions(
    seed: int = 0, rows: int = 2000, ties: bool = True
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    chance = np.random.default_rng(seed)
    z = chance.normal(-2, 1.2, rows)
    y = chance.random(rows) < 1 / (1 + np.exp(-(0.8 * z + 0.3)))
    p = 1 / (1 + np.exp(-z))
    return y, np.round(p, 2) if ties else p


@pytest.mark.parametrize("ties", [True, False])
def test_agrees_with_scikit_learn_and_scipy(ties: bool) -> None:
    y, p = predictions(ties=ties)
    m = report(y, p)
    assert m.auc == pytest.approx(roc_auc_score(y, p), abs=1e-12)
    assert m.gini == pytest.approx(2 * m.auc - 1)
    assert m.ks == pytest.approx(ks_2samp(p[y], p[~y]).statistic, abs=1e-12)
    assert m.brier == pytest.approx(brier_score_loss(y, p), abs=1e-12)
    assert m.log_loss == pytest.approx(sklearn_log_loss(y, np.clip(p, 1e-6, 1 - 1e-6)), abs=1e-12)


def test_ks_and_gini_of_optbinnings_fico_tutorial() -> None:
    """Bins as scores, from safest to worst by bad rate; figures of the published table."""
    rate = FICO_BAD / (FICO_GOOD + FICO_BAD)
    score = np.concatenate(
        [np.repeat(rate, FICO_GOOD.astype(int)), np.repeat(rate, FICO_BAD.astype(int))]
    )
    y = np.repeat([False, True], [int(FICO_GOOD.sum()), int(FICO_BAD.sum())])
    m = report(y, score)
    assert m.ks == pytest.approx(0.26468885, abs=1e-8)
    assert m.gini == pytest.approx(0.30840174, abs=1e-8)


def test_calibration_slope_is_that_of_a_logistic_regression_on_the_log_odds() -> None:
    y, p = predictions(ties=False)
    z = np.log(p / (1 - p))
    theirs = LogisticRegression(C=np.inf, tol=1e-10).fit(z[:, None], y)
    slope, _ = calibration_line(y, p)
    assert slope == pytest.approx(theirs.coef_[0, 0], abs=1e-5)


def test_calibration_intercept_makes_the_mean_pd_the_bad_rate() -> None:
    y, p = predictions(ties=False)
    _, intercept = calibration_line(y, p)
    shifted = 1 / (1 + np.exp(-(np.log(p / (1 - p)) + intercept)))
    assert shifted.mean() == pytest.approx(y.mean(), abs=1e-9)


def test_a_line_through_separable_outcomes_is_found_with_a_ridge_and_has_no_limit_without() -> (
    None
):
    z = np.linspace(-1, 1, 20)
    design = np.column_stack([np.ones(20), z])
    bad = (z > 0).astype(float)
    assert np.isfinite(logistic_line(design, bad, np.zeros(20), ridge=1e-3)).all()
    assert np.isnan(logistic_line(design, bad, np.zeros(20))).all()


def test_a_constant_pd_has_no_slope() -> None:
    slope, intercept = calibration_line(np.array([0, 1, 0, 0]), np.full(4, 0.5))
    assert np.isnan(slope)
    assert intercept == pytest.approx(np.log(0.25 / 0.75))


def test_expected_calibration_error_is_that_of_quantile_bins() -> None:
    y, p = predictions(ties=False)
    seen, said = calibration_curve(y, p, n_bins=10, strategy="quantile")
    assert report(y, p).ece == pytest.approx(np.abs(seen - said).mean(), abs=1e-4)


def test_refitting_undoes_a_wrong_scale() -> None:
    y, p = predictions(ties=False)
    z = np.log(p / (1 - p))
    assert refitted_log_loss(y, z) == pytest.approx(refitted_log_loss(y, 3 * z - 2), abs=1e-8)
    assert refitted_log_loss(y, z) < report(y, p).log_loss


@given(st.integers(0, 1000))
def test_auc_is_the_share_of_pairs_ranked_rightly(seed: int) -> None:
    y, p = predictions(seed, rows=60)
    if y.all() or not y.any():
        return
    pairs = np.sign(p[y][:, None] - p[~y][None, :])
    assert auc(y, p) == pytest.approx((pairs.mean() + 1) / 2)


def test_psi_is_the_sum_of_share_differences_times_log_ratio() -> None:
    expected, actual = np.array([300.0, 500, 200]), np.array([200.0, 500, 300])
    a, b = expected + 0.5, actual + 0.5
    a, b = a / a.sum(), b / b.sum()
    assert psi_of_counts(expected, actual) == pytest.approx(float(((b - a) * np.log(b / a)).sum()))


@given(st.lists(st.integers(0, 50), min_size=2, max_size=8), st.integers(0, 99))
def test_psi_over_given_bins_is_symmetric_and_never_negative(counts: list[int], seed: int) -> None:
    a = np.array(counts, dtype=np.float64)
    b = np.random.default_rng(seed).integers(0, 50, len(a)).astype(np.float64)
    if a.sum() == 0 or b.sum() == 0:
        return
    assert psi_of_counts(a, b) == pytest.approx(psi_of_counts(b, a))
    assert psi_of_counts(a, b) >= 0


def test_psi_of_one_population_stays_below_its_critical_value() -> None:
    """5 % critical value at 1000 and 1000 rows in 10 bins: 0.03384 (Yurdakul and Naranjo)."""
    chance = np.random.default_rng(8)
    drift = [psi(chance.normal(size=1000), chance.normal(size=1000)) for _ in range(200)]
    assert np.mean(np.array(drift) > 0.03384) < 0.12
    assert psi(chance.normal(size=1000), chance.normal(0.5, size=1000)) > 0.1


def test_psi_sees_values_that_went_missing() -> None:
    known = np.random.default_rng(0).normal(size=500)
    holes = np.where(np.arange(500) < 100, np.nan, known)
    assert psi(known, holes) > 0.1


def test_reasons_stay_the_same_when_the_model_does() -> None:
    c = np.random.default_rng(0).normal(size=(50, 9))
    assert reasons_stability(c, c) == 1.0
    assert reasons_stability(c, -c) == 0.0


def test_only_adverse_contributions_are_reasons() -> None:
    first = np.array([[3.0, 2.0, -1.0, -2.0, 0.0]])
    second = np.array([[3.0, -2.0, 1.0, -2.0, 0.0]])
    assert reasons_stability(first, second) == pytest.approx(1 / 3)


def test_at_most_four_reasons_count() -> None:
    first = np.array([[6.0, 5.0, 4.0, 3.0, 2.0, 1.0]])
    second = np.array([[6.0, 5.0, 4.0, 1.0, 2.0, 3.0]])
    assert reasons_stability(first, second) == pytest.approx(3 / 5)


@pytest.mark.parametrize(
    ("y", "p", "said"),
    [
        ([0, 0], [0.1, 0.2], "good and bad"),
        ([0, 1], [0.1], "one PD per outcome"),
        ([0, 1], [0.1, 1.2], "a PD is a number of"),
        ([0, 1], [0.1, float("nan")], "a PD is a number of"),
    ],
)
def test_what_cannot_be_measured_is_refused(y: list[int], p: list[float], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        report(np.array(y), np.array(p))
