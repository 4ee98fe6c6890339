"""What a cooperative answers for when others do not pay, by hand numbers (money in 分)."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given as holds_for
from hypothesis import strategies as st

from features.arrays import Floats
from features.cooperative import guarantees
from tests.features.cooperative.registers import Cell, Row, seen

DAY = "2026-03-31"
PAPER: Row = {
    "party_kind": "enterprise",
    "kind": "连带",
    "giver": "parent",
    "equity_link": True,
    "party_insolvent": False,
    "party_cfo_negative": False,
    "party_loss_years": 0,
    "own_share": 1.0,
    "stake": 0.3,
    "balance": 100,
    "asset_value": None,
    "all_guarantees": 1000,
    "from": "2025-01-01",
    "to": "2027-01-01",
}
AMOUNTS = (
    guarantees.guarantee_exposure,
    guarantees.guarantee_exposure_parent,
    guarantees.guarantee_linked,
    guarantees.guarantee_excess,
)
COUNTS = (guarantees.guarantees_no_equity_link, guarantees.guarantees_weak_party)


def of(feature: Callable[..., Floats], *rows: dict[str, Cell], day: str | None = DAY) -> float:
    own: dict[str, Cell] = {"as_of": day}
    if feature is guarantees.guarantees_weak_party:
        own["weak_party_loss_years"] = 3
    return seen(feature, {"guarantees": [{**PAPER, **row} for row in rows]}, **own)


WORST: dict[str, Cell] = {"equity_link": False, "party_insolvent": True}
"""A row that every count counts."""


def test_exposure_is_the_own_share_of_each_balance() -> None:
    rows: list[dict[str, Cell]] = [
        {"balance": 1000},
        {"balance": 1000, "own_share": 0.25, "giver": "subsidiary"},
        {"balance": 5, "own_share": 0.5, "kind": "安慰"},  # 2.5 → 2, half-even
        {"balance": 7, "own_share": 0.5, "kind": "差额补足"},  # 3.5 → 4
    ]
    assert of(guarantees.guarantee_exposure, *rows) == 1256
    assert of(guarantees.guarantee_exposure_parent, *rows) == 1006


@pytest.mark.parametrize("kind", ["抵押", "质押"])
def test_an_asset_given_answers_up_to_its_value(kind: str) -> None:
    row: dict[str, Cell] = {"kind": kind, "balance": 1000, "own_share": 0.5}
    for feature in (guarantees.guarantee_exposure, guarantees.guarantee_exposure_parent):
        assert of(feature, {**row, "asset_value": 600}) == 300
        assert of(feature, {**row, "asset_value": 2000}) == 500
        assert isnan(of(feature, {**row, "asset_value": None}))


@pytest.mark.parametrize("feature", [*AMOUNTS, *COUNTS])
@pytest.mark.parametrize(
    ("begins", "ends", "live"),
    [
        ("2026-03-31", "2026-04-01", True),
        ("2026-04-01", "2027-01-01", False),
        ("2025-01-01", "2026-03-31", False),
    ],
)
def test_a_guarantee_counts_from_its_first_day_up_to_its_end(
    feature: Callable[..., Floats], begins: str, ends: str, live: bool
) -> None:
    row = {**WORST} if feature in COUNTS else {"all_guarantees": 0}
    assert (of(feature, {**row, "from": begins, "to": ends}) > 0) is live


def test_excess_is_what_goes_beyond_the_stake_of_all_guarantees() -> None:
    rows: list[dict[str, Cell]] = [
        {"balance": 300},  # exactly pro rata
        {"balance": 350},  # 50 beyond
        {"balance": 100},  # below: no credit against others
        {"balance": 1000, "own_share": 0.4},  # own balance 400: 100 beyond
        {"balance": 9999, "equity_link": False, "stake": None, "all_guarantees": None},
    ]
    assert of(guarantees.guarantee_excess, *rows) == 150
    assert of(guarantees.guarantee_linked, *rows) == 300 + 350 + 100 + 400


@pytest.mark.parametrize(
    ("kind", "counted"),
    [
        ("enterprise", 1),
        ("associate", 1),
        ("subsidiary", 1),
        ("household", 0),
        ("collective", 0),
    ],
)
def test_only_people_are_guaranteed_without_an_equity_link(kind: str, counted: int) -> None:
    feature = guarantees.guarantees_no_equity_link
    assert of(feature, {"party_kind": kind, "equity_link": False}) == counted
    assert of(feature, {"party_kind": kind, "equity_link": True}) == 0


def test_a_weak_party_is_insolvent_or_loses_both_profit_and_cash_for_years() -> None:
    feature = guarantees.guarantees_weak_party
    assert of(feature, {"party_insolvent": True}) == 1
    assert of(feature, {"party_loss_years": 3, "party_cfo_negative": True}) == 1
    assert of(feature, {"party_loss_years": 3}) == 0
    assert of(feature, {"party_loss_years": 2, "party_cfo_negative": True}) == 0
    assert of(feature, {"party_insolvent": True}, {"party_insolvent": True}, {}) == 2


def test_a_missing_flag_decides_only_where_nothing_else_does() -> None:
    weak = guarantees.guarantees_weak_party
    assert isnan(of(weak, {"party_insolvent": None}))
    assert of(weak, {"party_insolvent": True, "party_loss_years": None}) == 1
    assert of(weak, {"party_insolvent": None, "to": "2025-12-31"}) == 0
    link = guarantees.guarantees_no_equity_link
    assert isnan(of(link, {"equity_link": None}))
    assert of(link, {"equity_link": None, "party_kind": "household"}) == 0


@pytest.mark.parametrize("feature", [*AMOUNTS, *COUNTS])
def test_without_guarantees_it_is_zero_and_without_a_register_or_a_day_missing(
    feature: Callable[..., Floats],
) -> None:
    assert of(feature) == 0
    own: dict[str, Cell] = {"as_of": DAY, "weak_party_loss_years": 3}
    assert isnan(seen(feature, {"guarantees": None}, **own))
    assert isnan(of(feature, WORST if feature in COUNTS else {}, day=None))


@pytest.mark.parametrize(
    ("feature", "column"),
    [
        *((feature, name) for feature in AMOUNTS for name in ("balance", "own_share")),
        *((feature, name) for feature in (*AMOUNTS, *COUNTS) for name in ("from", "to")),
        (guarantees.guarantee_exposure, "kind"),
        (guarantees.guarantee_exposure_parent, "giver"),
        (guarantees.guarantee_linked, "equity_link"),
        (guarantees.guarantee_excess, "equity_link"),
        (guarantees.guarantee_excess, "stake"),
        (guarantees.guarantee_excess, "all_guarantees"),
    ],
)
def test_a_missing_part_makes_it_missing(feature: Callable[..., Floats], column: str) -> None:
    row = {**WORST} if feature in COUNTS else {}
    assert isnan(of(feature, {}, {**row, column: None}))


@pytest.mark.parametrize(
    ("group", "figure", "due"), [(1, 5, 1), (1, nan, 1), (0, 5, 1), (0, nan, 0), (nan, nan, nan)]
)
def test_a_group_has_a_statement_of_its_parent_alone(
    group: float, figure: float, due: float
) -> None:
    answer = guarantees.parent_statement_due(np.array([group]), np.array([figure]))
    assert np.array_equal(answer, [due], equal_nan=True)


@holds_for(st.integers(0, 10**12), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_part_is_never_more_than_its_whole(balance: int, share: int, stake: int) -> None:
    row: dict[str, Cell] = {
        "balance": balance,
        "own_share": share / 10**6,
        "stake": stake / 10**6,
        "all_guarantees": balance,
    }
    linked = of(guarantees.guarantee_linked, row)
    assert 0 <= of(guarantees.guarantee_excess, row) <= linked <= balance
    whole = of(guarantees.guarantee_exposure, row)
    assert of(guarantees.guarantee_exposure_parent, row, {"balance": 0}) <= whole
