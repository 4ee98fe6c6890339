"""Bags of boosted trees: monotone, reproducible, and the same as plain trees."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import log_loss
from sklearn.utils.estimator_checks import parametrize_with_checks

from models.boosting import MonotoneBoosting, grow
from models.train.splits import folds_of

DEEP = {"max_depth": 4, "num_leaves": 12, "learning_rate": 0.1}
Matrix = NDArray[np.float64]


def loans(rows: int = 1500) -> tuple[Matrix, NDArray[np.bool_]]:
    chance = np.random.default_rng(3)
    x = chance.normal(size=(rows, 4))
    y = chance.random(rows) < 1 / (1 + np.exp(2 - x[:, 0] + 0.5 * np.sin(4 * x[:, 0]) + x[:, 1]))
    x[chance.random(rows) < 0.2, 2] = np.nan
    return x, y


def test_plain_trees_sum_to_the_boosters_average() -> None:
    x, y = loans()
    bags = grow(x, y, folds_of(y, 3), DEEP, rounds=60)
    odd = np.vstack([x, np.full((1, 4), np.nan), np.full((1, 4), np.inf), np.zeros((1, 4))])
    total = np.sum([tree.predict(odd) for tree in bags.trees(scale=2.0)], axis=0)
    assert total == pytest.approx(2.0 * bags.scores(odd).mean(axis=0), abs=1e-10)


def test_out_of_fold_scores_come_from_the_bag_that_did_not_see_the_row() -> None:
    x, y = loans()
    folds = folds_of(y, 3)
    bags = grow(x, y, folds, DEEP, rounds=60)
    scores = bags.scores(x)
    for k, (_, held) in enumerate(folds):
        assert bags.out_of_fold[held] == pytest.approx(scores[k, held], abs=1e-12)


@pytest.mark.parametrize("extra_trees", [False, True])
def test_a_sign_is_kept_everywhere(extra_trees: bool) -> None:
    x, y = loans()
    signs = [1, -1, 0, 0]
    params = {**DEEP, "extra_trees": extra_trees}
    bags = grow(x, y, folds_of(y, 3), params, signs=signs, rounds=60)
    before = bags.scores(x).mean(axis=0)
    for column, sign in enumerate(signs[:2]):
        more = x.copy()
        more[:, column] += np.random.default_rng(1).exponential(size=len(x))
        assert (sign * (bags.scores(more).mean(axis=0) - before) >= -1e-12).all()


def test_without_signs_the_same_trees_are_not_monotone() -> None:
    x, y = loans()
    bags = grow(x, y, folds_of(y, 3), DEEP, rounds=60)
    more = x.copy()
    more[:, 0] += 0.3
    assert (bags.scores(more).mean(axis=0) < bags.scores(x).mean(axis=0)).any()


def test_a_separable_table_stops_soon() -> None:
    x = np.linspace(-1, 1, 400)[:, None]
    assert grow(x, x[:, 0] > 0, folds_of(x[:, 0] > 0, 3), DEEP, rounds=3000).rounds < 500


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    x, y = loans(600)
    texts = [
        grow(x, y, folds_of(y, 2), {**DEEP, "bagging_fraction": 0.7, "bagging_freq": 1},
             rounds=25, seed=seed).native()
        for seed in (1, 1, 2)
    ]  # fmt: skip
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


def test_bags_grown_side_by_side_have_the_same_bytes() -> None:
    x, y = loans(600)
    one, two = (grow(x, y, folds_of(y, 4), DEEP, rounds=40, threads=n) for n in (1, 2))
    assert one.native() == two.native()
    assert (one.out_of_fold == two.out_of_fold).all()


def test_growth_stops_where_calibrated_log_loss_is_least() -> None:
    x, y = loans()
    folds = folds_of(y, 5)
    stopped = grow(x, y, folds, DEEP, rounds=1000)
    shorter = grow(x, y, folds, DEEP, rounds=5)
    assert 5 < stopped.rounds < 300
    assert stopped.loss <= shorter.loss
    p = 1 / (1 + np.exp(-stopped.out_of_fold))
    assert stopped.loss <= log_loss(y, p)


def passes(estimator: MonotoneBoosting, check: Callable[[MonotoneBoosting], None]) -> None:
    check(estimator)


test_keeps_the_contract_of_scikit_learn = parametrize_with_checks([MonotoneBoosting()])(passes)
