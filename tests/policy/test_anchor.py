"""The base of each expert card against the county that stands in until there are applications."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from features.book import Book
from features.point_in_time import evaluate
from features.simulate import simulate
from models.expert import expert_model
from risk.files import load_policy

POLICY = load_policy()
NOW = POLICY.effective(date(2026, 3, 31))
NEAR = 0.2
"""The mean PD may lie so far from the anchor, as a share of it."""


@pytest.fixture(scope="module")
def county() -> Book:
    return simulate(households=3000, seed=7, as_of=None).book


@pytest.mark.parametrize("product", list(NOW.products))
def test_mean_pd_of_the_county_is_near_the_anchor(product: str, county: Book) -> None:
    offered, card = NOW.products[product], NOW.scorecards[NOW.products[product].scorecard]
    model = expert_model(
        name="card",
        product=product,
        base=card.base,
        half_width=card.half_width,
        bins=card.bins,
        signs=card.signs,
    )
    own = (f"product__{product}", f"segment__{offered.segment}")
    frame = evaluate(
        county, "application", (*model.names, *own), at=None, parameters=POLICY.parameters()
    )
    scored = frame.matrix(own).all(axis=1)
    mean = model.score(frame.matrix(model.names)[scored]).pd_micro.mean() / 1e6
    assert scored.sum() > 500
    assert mean == pytest.approx(float(offered.anchor), rel=NEAR)
    assert np.isfinite(mean)
