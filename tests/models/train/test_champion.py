"""The champion: blend, calibration, trees, bags."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from models.metrics import log_loss, report
from models.train.blend import blend
from models.train.champion import Champion, fit_champion
from models.train.parameters import ANY_TABLE, Parameters

SMALL = Parameters(folds=3, rounds=60, families=ANY_TABLE)
NAMES = ("a", "b", "c", "d")


def loans(rows: int = 2000, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    chance = np.random.default_rng(seed)
    x = chance.normal(size=(rows, 4))
    y = chance.random(rows) < expit(-2.5 + x[:, 0] - 0.8 * x[:, 1] * (x[:, 2] > 0))
    x[chance.random(rows) < 0.1, 3] = np.nan
    return x, y


@pytest.fixture(scope="module")
def champion() -> Champion:
    x, y = loans()
    return fit_champion(x, NAMES, y, parameters=SMALL, signs=[1, 0, 0, 0])


def test_ranks_and_is_calibrated_on_new_rows(champion: Champion) -> None:
    x, y = loans(20_000, seed=1)
    m = report(y, champion.predict(x))
    assert m.auc > 0.72
    assert 0.8 < m.calibration_slope < 1.25
    assert abs(m.calibration_intercept) < 0.25


def test_its_trees_sum_to_the_mean_of_its_bags(champion: Champion) -> None:
    x, _ = loans(200, seed=2)
    total = np.sum([tree.predict(x) for tree in champion.trees()], axis=0)
    assert total == pytest.approx(champion.bag_scores(x).mean(axis=0), abs=1e-10)
    pd = expit(champion.calibration.intercept_ + champion.calibration.coef_[0] * total)
    assert champion.predict(x) == pytest.approx(pd, abs=1e-10)


def test_contributions_and_a_constant_sum_to_the_score(champion: Champion) -> None:
    x, _ = loans(50, seed=3)
    rest = champion.bag_scores(x).mean(axis=0) - champion.contributions(x).sum(axis=1)
    assert rest == pytest.approx(np.full(50, rest[0]), abs=1e-8)


def test_a_sign_survives_blend_and_calibration(champion: Champion) -> None:
    x, _ = loans(500, seed=4)
    riskier = x.copy()
    riskier[:, 0] += 0.7
    assert (champion.predict(riskier) >= champion.predict(x) - 1e-12).all()


def test_the_same_seed_gives_the_same_bytes(champion: Champion) -> None:
    x, y = loans()
    again = fit_champion(x, NAMES, y, parameters=SMALL, signs=[1, 0, 0, 0])
    assert again.native() == champion.native()
    assert again.weights == champion.weights


def test_groups_are_not_parted_between_bags() -> None:
    x, y = loans(600)
    groups = np.arange(600) // 3
    firm = np.column_stack([x, groups.astype(np.float64)])
    grouped = fit_champion(firm, (*NAMES, "firm"), y, parameters=SMALL, groups=groups)
    honest = log_loss(y, grouped.calibration.predict_proba(grouped.out_of_fold[:, None])[:, 1])
    assert honest > 0.9 * log_loss(y, np.full(600, y.mean())) - 0.1


def test_the_blend_prefers_what_predicts_and_never_subtracts() -> None:
    chance = np.random.default_rng(0)
    z = chance.normal(-1, 1.5, 4000)
    y = chance.random(4000) < expit(z)
    weights = blend(np.column_stack([2 * z, chance.normal(size=4000), -z]), y)
    assert (weights >= 0).all()
    assert weights[0] > 0.4
    assert weights[2] == 0


def test_a_blend_of_one_score_calibrates_it() -> None:
    chance = np.random.default_rng(0)
    z = chance.normal(-1, 1.5, 20_000)
    y = chance.random(20_000) < expit(z)
    assert blend((2 * z)[:, None], y) == pytest.approx([0.5], abs=0.03)
