"""An expert card answers the points that stand on it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import BadInput
from models.expert import Bins, expert_model
from models.record import ModelOfRecord

D = Decimal
BINS: Mapping[str, Bins] = {
    "debt_service_to_income": [(D(".20"), 18), (D(".35"), 8), (D(".50"), -8), (None, -50)],
    "op_cash_dscr": [(D("2.0"), 18), (D("1.5"), 8), (D("1.2"), 0), (None, -38)],
    "max_dpd_24m": [(D(0), 14), (D(7), -4), (D(30), -18), (None, -65)],
    "eco_credit_pct": [(D(".8"), 8), (D(".6"), 4), (None, 0)],
}
SIGNS = {
    "debt_service_to_income": 1, "op_cash_dscr": -1, "max_dpd_24m": 1, "eco_credit_pct": -1,
}  # fmt: skip


def card(base: str = "628", bins: Mapping[str, Bins] = BINS, **other: Any) -> ModelOfRecord:
    plain: dict[str, Any] = {"name": "credit", "product": "credit", "half_width": D("1.098612")}
    return expert_model(base=D(base), bins=bins, **{"signs": SIGNS, **plain, **other})


def points_of(feature: str, value: float) -> Decimal:
    """Return the points by reading the card as a person does."""
    if math.isnan(value):
        return D(0)
    for bound, points in BINS[feature]:
        limit = None if bound is None else float(bound)
        if limit is None or (value <= limit if SIGNS[feature] > 0 else value >= limit):
            return D(points)
    raise AssertionError(feature)


bounds = sorted({float(bound) for row in BINS.values() for bound, _ in row if bound is not None})
near_bounds = st.sampled_from([math.nextafter(b, to) for b in bounds for to in (-1e9, b, 1e9)])
values = st.one_of(near_bounds, st.floats(-5, 100), st.just(math.nan))


@given(st.lists(values, min_size=4, max_size=4), st.decimals(300, 900, places=4))
def test_points_are_base_and_bin_points_half_up(row: list[float], base: Decimal) -> None:
    scored = card(str(base)).score(np.array([row]))
    due = [points_of(feature, value) for feature, value in zip(BINS, row, strict=True)]
    assert scored.feature_points[0].tolist() == due
    assert scored.points[0] == (base + sum(due) + D(".5")).to_integral_value(ROUND_FLOOR)
    assert scored.base_points == (base + D(".5")).to_integral_value(ROUND_FLOOR)


def test_half_a_point_of_base_is_rounded_up() -> None:
    nothing = np.full((1, 4), np.nan)
    for base in range(300, 900):
        assert card(f"{base}.5").score(nothing).points.tolist() == [base + 1]
        assert card(f"{base}.4999").score(nothing).points.tolist() == [base]


def test_pd_is_the_odds_that_the_points_stand_for() -> None:
    of = card("600").credit_score(np.full(4, np.nan), lambda _: "A")
    assert of.pd == D("0.032258")
    of = card("640").credit_score(np.full(4, np.nan), lambda _: "A")
    assert of.pd == D("0.016393")
    assert of.pd_low < of.pd < of.pd_high
    assert float(of.pd_high / (1 - of.pd_high)) == pytest.approx(3 / 60, rel=1e-3)


def test_reference_is_the_bound_of_the_0_point_bin() -> None:
    references = [feature.reference for feature in card().features]
    assert references == [None, D("1.2"), None, None]


def test_no_missing_value_is_unknown_to_a_card() -> None:
    of = card().credit_score(np.full(4, np.nan), lambda _: "A")
    assert of.unknown == ()
    assert (of.evidence, of.defaults, of.trained_on) == ("expert", 0, "expert")


def test_card_survives_its_files() -> None:
    again = ModelOfRecord.from_bytes(card("628.37").to_bytes())
    rows = np.random.default_rng(1).uniform(0, 3, (200, 4))
    assert again.score(rows).points.tolist() == card("628.37").score(rows).points.tolist()


def test_half_points_of_a_panel_s_median_are_kept() -> None:
    bins: Mapping[str, Bins] = {"op_cash_dscr": [(D(1), D("7.5")), (None, D("-2.5"))]}
    of = card("600", bins)
    assert of.score(np.array([[1.0], [0.5]])).points.tolist() == [608, 598]


@pytest.mark.parametrize(
    ("bins", "rule"),
    [
        ([(D(1), 5), (D(2), 3), (None, 0)], "in order"),
        ([(D(2), 5), (D(2), 3), (None, 0)], "in order"),
        ([(D(2), 5)], "every bin but the last"),
        ([(None, 5), (None, 3)], "every bin but the last"),
        ([], "every bin but the last"),
        ([(D(1), D("0.1")), (None, 0)], "points are whole"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused(bins: Bins, rule: str) -> None:
    with pytest.raises(BadInput, match=rule):
        card(bins={"op_cash_dscr": bins})


def test_a_feature_without_a_sign_is_refused() -> None:
    with pytest.raises(BadInput, match="sign"):
        card(signs={**SIGNS, "op_cash_dscr": 0})
