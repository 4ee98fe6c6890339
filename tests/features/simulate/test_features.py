"""The features carry the truth in the direction of their signs, and the cards fit their bases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pytest

from features.frame import Floats
from features.point_in_time import evaluate
from features.simulate import SimulatedCounty
from features.simulate.county_book import County
from features.simulate.requests import PRODUCTS
from features.simulate.settings import DEFAULT_AS_OF
from risk.files import load_policy
from risk.files.scorecard import ExpertCard

POINTS_TO_DOUBLE, ODDS_AT_600 = 40.0, 30.0


@dataclass(frozen=True)
class Scored:
    """What the officers see of a product's applications, and what is true."""

    card: ExpertCard
    signs: Mapping[str, object]
    anchor: float
    values: Mapping[str, Floats]
    pd: Floats

    def points(self) -> Floats:
        total = np.zeros(len(self.pd))
        for name, bins in self.card.bins.items():
            sign, value = self.card.signs[name], self.values[name]
            points = np.full(len(value), float(bins[-1][1]))
            for bound, given in reversed(bins[:-1]):
                assert bound is not None
                points[sign * value <= sign * float(bound)] = given
            total += np.where(np.isnan(value), 0.0, points)
        return total


def evaluated(county: SimulatedCounty, life: County, product: str) -> Scored:
    policy = load_policy().effective(DEFAULT_AS_OF)
    offered = policy.products[product]
    frame = evaluate(county.book, "application", list(offered.features), at=None)
    requests = life.lending.requests
    row = np.array([int(key[1:]) for key in frame.keys])
    own = (requests.product[row] == PRODUCTS.index(product)) & (requests.org[row] < 0)
    values = {name: column[own] for name, column in frame.columns.items()}
    pd = requests.pd_window[row[own]]
    card = policy.scorecards[offered.scorecard]
    return Scored(card, offered.features, float(offered.anchor), values, pd)


@pytest.fixture(scope="module", params=["credit", "deposit"])
def scored(request: pytest.FixtureRequest, large: SimulatedCounty, large_life: County) -> Scored:
    return evaluated(large, large_life, request.param)


def expected_auc(score: Floats, pd: Floats) -> float:
    """Return the AUC that a score has on average over all that may come true."""
    order = np.argsort(score, kind="stable")
    bad, good = pd[order], 1 - pd[order]
    below = np.cumsum(good) - good / 2
    return float((bad * below).sum() / (bad.sum() * good.sum()))


def test_the_card_is_useful_and_the_truth_knows_more(scored: Scored) -> None:
    rng = np.random.default_rng(0)
    card = expected_auc(-scored.points() + 1e-6 * rng.random(len(scored.pd)), scored.pd)
    truth = expected_auc(scored.pd, scored.pd)
    assert 0.70 < card < 0.82
    assert 0.80 < truth < 0.89
    assert truth > card + 0.05


def test_at_its_base_the_card_says_its_anchor(scored: Scored) -> None:
    score = float(scored.card.base) + scored.points()
    pd = 1 / (1 + ODDS_AT_600 * 2 ** ((score - 600) / POINTS_TO_DOUBLE))
    assert abs(pd.mean() / scored.anchor - 1) < 0.08


def test_features_move_with_their_signs(scored: Scored) -> None:
    risk = np.log(scored.pd)
    for name, sign in scored.signs.items():
        value = scored.values[name]
        there = ~np.isnan(value)
        if sign not in (1, -1) or name == "term_m" or there.sum() < 200:
            continue
        rank = np.argsort(np.argsort(value[there]))
        along = np.corrcoef(rank, risk[there])[0, 1]
        assert sign * along > -0.05, (name, along)


def test_no_bin_of_a_card_is_empty(scored: Scored) -> None:
    for name, bins in scored.card.bins.items():
        sign, value = scored.card.signs[name], scored.values[name]
        within = [(sign * value <= sign * float(b)).mean() for b, _ in bins if b is not None]
        shares = np.diff([0.0, *within, (~np.isnan(value)).mean()])
        assert np.all(shares[:1] > 0.05), name
        assert np.all(shares >= 0), name
        assert np.count_nonzero(shares > 0) == len(bins), name


def test_what_only_rewards_goes_with_lower_risk(scored: Scored) -> None:
    risk = np.log(scored.pd)
    eco = scored.values["eco_credit_pct"]
    assert np.corrcoef(eco, risk)[0, 1] < -0.05
