"""The challenger scorecard: its points, its trees, its rival."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from optbinning import BinningProcess
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from models.metrics import auc
from models.scorecard import WoeScorecard


def loans(rows: int = 3000) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    chance = np.random.default_rng(5)
    x = chance.normal(size=(rows, 4))
    y = chance.random(rows) < 1 / (1 + np.exp(2 - x[:, 0] + 0.7 * x[:, 1]))
    x[chance.random(rows) < 0.1, 0] = np.nan
    return x, y


def test_agrees_with_optbinnings_own_pipeline() -> None:
    x, y = loans()
    names = list("abcd")
    theirs = make_pipeline(BinningProcess(names), LogisticRegression(max_iter=1000))
    theirs.fit(x[:, 1:2].repeat(4, axis=1), y)
    card = WoeScorecard().fit(x[:, 1:2].repeat(4, axis=1), y)
    p = theirs.predict_proba(x[:, 1:2].repeat(4, axis=1))[:, 1]
    assert card.predict_proba(x[:, 1:2].repeat(4, axis=1))[:, 1] == pytest.approx(p, abs=1e-6)


def test_its_trees_and_constant_sum_to_its_log_odds() -> None:
    x, y = loans()
    card = WoeScorecard().fit(x, y)
    splits = np.concatenate([bins.splits for bins in card.binner_.bins_[:1]])
    edges = np.tile(splits[:, None], (1, 4))
    rows = np.vstack([x, edges, np.full((1, 4), np.nan)])
    total = card.intercept_ + np.sum([tree.predict(rows) for tree in card.trees()], axis=0)
    assert total == pytest.approx(card.decision_function(rows), abs=1e-12)


def test_no_weight_contradicts_its_bins() -> None:
    x, y = loans()
    twin = np.column_stack([x, x[:, 0] + 1e-3 * x[:, 2]])
    card = WoeScorecard().fit(twin, y)
    assert (card.coef_ <= 0).all()
    assert auc(y, card.decision_function(twin)) > 0.75


def passes(estimator: WoeScorecard, check: Callable[[WoeScorecard], None]) -> None:
    check(estimator)


test_keeps_the_contract_of_scikit_learn = parametrize_with_checks([WoeScorecard()])(passes)
