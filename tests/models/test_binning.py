"""Bins, weights of evidence and information value against published figures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.utils.estimator_checks import parametrize_with_checks

from models.binning import Bins, WoeBinner

FICO_GOOD = np.array([2184.0, 858, 345, 137, 139, 333])
FICO_BAD = np.array([1232.0, 1157, 638, 359, 382, 603])


def test_woe_and_information_value_of_optbinnings_fico_tutorial() -> None:
    bins = Bins(np.arange(4.0), FICO_GOOD, FICO_BAD)
    published = [0.662217, -0.209284, -0.525096, -0.873644, -0.921249, -0.504077]
    assert bins.woe == pytest.approx(published, abs=1e-6)
    assert bins.information_value == pytest.approx(0.33485338, abs=1e-8)


def test_bins_of_the_breast_cancer_radius_are_those_of_the_tutorial() -> None:
    data = load_breast_cancer()
    bins = WoeBinner().fit(data.data[:, :1], 1 - data.target).bins_[0]
    assert bins.splits == pytest.approx([11.425, 12.33, 13.095, 13.705, 15.045, 16.925])
    assert bins.information_value == pytest.approx(5.043925, abs=1e-6)


def test_an_edge_belongs_to_the_bin_above() -> None:
    bins = Bins(np.array([1.0, 2.0]), np.ones(4), np.ones(4))
    assert bins.of(np.array([0.9, 1.0, 1.5, 2.0, np.nan])).tolist() == [0, 1, 1, 2, 3]


def test_missing_has_its_own_weight_and_an_unseen_missing_none() -> None:
    x = np.repeat([1.0, 2.0, np.nan], 100)
    y = np.r_[np.arange(100) < 10, np.arange(100) < 30, np.arange(100) < 80]
    weights = WoeBinner().fit(x[:, None], y).transform(np.array([[1.0], [2.0], [np.nan]]))
    assert weights[2, 0] < weights[1, 0] < weights[0, 0]
    unseen = WoeBinner().fit(x[:200, None], y[:200]).transform(np.array([[np.nan]]))
    assert unseen[0, 0] == 0


@pytest.mark.parametrize("sign", [1, -1])
def test_a_sign_binds_the_bad_rate_of_the_bins(sign: int) -> None:
    chance = np.random.default_rng(1)
    x = chance.normal(size=2000)
    y = chance.random(2000) < 1 / (1 + np.exp(2 - sign * x + np.sin(3 * x)))
    woe = WoeBinner(signs=[sign]).fit(x[:, None], y).bins_[0].woe[:-1]
    assert len(woe) > 2
    assert (sign * np.diff(woe) < 0).all()


def test_a_constant_column_has_one_bin_of_no_evidence() -> None:
    binner = WoeBinner().fit(np.zeros((50, 1)), np.arange(50) % 2)
    assert binner.transform(np.array([[0.0], [7.0]])).tolist() == [[0.0], [0.0]]


def passes(estimator: WoeBinner, check: Callable[[WoeBinner], None]) -> None:
    check(estimator)


test_keeps_the_contract_of_scikit_learn = parametrize_with_checks([WoeBinner()])(passes)
