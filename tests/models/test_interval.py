"""The interval: bands, the jackknife, and the variance it stands for."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from scipy.special import expit

from features.errors import BadInput
from features.frame import Floats
from models.grown import grown_model
from models.interval import NORMAL_90, Interval, interval_by_band, jackknife_spread
from models.record import Evidence
from models.train.champion import fit_champion
from models.train.parameters import PRODUCT


def test_a_band_begins_at_its_edge() -> None:
    interval = Interval((500, 600), (Decimal(3), Decimal(2), Decimal(1)))
    assert interval.half_width(np.array([0, 499, 500, 599, 600, 900])).tolist() == [
        3,
        3,
        2,
        2,
        1,
        1,
    ]


def test_one_band_is_everywhere() -> None:
    assert Interval((), (Decimal("1.5"),)).half_width(np.array([1, 999])).tolist() == [1.5, 1.5]


@pytest.mark.parametrize(
    ("edges", "widths"), [((1,), ("1",)), ((2, 1), ("1", "1", "1")), ((1,), ("1", "-1"))]
)
def test_bands_that_make_no_sense_are_refused(edges: tuple[int, ...], widths: tuple[str]) -> None:
    with pytest.raises(BadInput):
        Interval(edges, tuple(Decimal(width) for width in widths))


def test_jackknife_of_means_is_the_standard_error_of_the_mean() -> None:
    rng = np.random.default_rng(1)
    sample = rng.normal(0, 2, 1000)
    left_out = np.array([np.delete(sample, np.s_[k::10]).mean() for k in range(10)])
    errors = [jackknife_spread(left_out[:, None], 0.1)[0]]
    for _ in range(300):
        folds = rng.permutation(sample).reshape(10, -1)
        means = np.array([np.delete(folds, k, axis=0).mean() for k in range(10)])
        errors.append(jackknife_spread(means[:, None], 0.1)[0])
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(2 / np.sqrt(1000), rel=0.08)


def test_half_width_is_that_of_posterior_and_bags_together() -> None:
    rng = np.random.default_rng(2)
    scores = rng.normal(-3, 1, 5000)
    points = np.rint(600 - 50 * (scores + 3)).astype(np.int64)
    posterior = np.array([[0.04, 0.01], [0.01, 0.0036]])
    interval = interval_by_band(scores, points, np.full(5000, 0.2), (0.1, 0.9), posterior)
    assert len(interval.half_widths) == 10
    centre = (points > 599) & (points < 601)
    spread = 0.04 + 2 * 0.01 * -3 + 0.0036 * 9 + 0.81 * 0.04
    at_600 = interval.half_width(points[centre])[0]
    assert at_600 == pytest.approx(NORMAL_90 * np.sqrt(spread), rel=0.05)


def test_points_that_are_all_alike_make_one_band() -> None:
    interval = interval_by_band(
        np.zeros(10), np.full(10, 600), np.zeros(10), (0.0, 1.0), np.eye(2) / 100
    )
    assert interval == Interval((), (Decimal("0.164485"),))


def test_each_band_has_the_width_of_its_own_rows() -> None:
    points = np.repeat([500, 700], 50)
    spread = np.repeat([0.1, 0.5], 50)
    interval = interval_by_band(np.zeros(100), points, spread, (0.0, 1.0), np.zeros((2, 2)))
    widths = interval.half_width(np.array([500, 699, 700]))
    assert widths == pytest.approx(NORMAL_90 * np.array([0.1, 0.1, 0.5]), abs=1e-6)


def true_log_odds(rows: Floats) -> Floats:
    odds: Floats = (
        -2.6 + 0.8 * rows[:, 0] + 0.5 * rows[:, 1] * (rows[:, 2] > 0) - np.tanh(rows[:, 3])
    )
    return odds


def test_some_nine_in_ten_true_pds_lie_in_their_interval() -> None:
    """The bags' plain spread would cover 6 in 10: they share most of their rows."""
    rng = np.random.default_rng(1)
    rows, strangers = rng.normal(size=(10_000, 6)), rng.normal(size=(3000, 6))
    bad = rng.random(len(rows)) < expit(true_log_odds(rows))
    grown = fit_champion(rows, list("abcdef"), bad, parameters=PRODUCT)
    reference = rows[:2000]
    model = grown_model(
        name="known",
        product="known",
        trees=grown.trees(),
        names=grown.names,
        signs=[0] * 6,
        missing_seen=[0] * 6,
        reference=reference,
        spread=jackknife_spread(grown.bag_scores(reference), 1 / PRODUCT.folds),
        calibration=(grown.calibration.intercept_, grown.calibration.coef_[0]),
        posterior=grown.calibration.covariance_,
        evidence=Evidence("model", int(bad.sum()), "synthetic"),
    )
    scored, truth = model.score(strangers), expit(true_log_odds(strangers)) * 1e6
    inside = (scored.pd_low_micro <= truth) & (truth <= scored.pd_high_micro)
    assert 0.8 < inside.mean() < 0.96
