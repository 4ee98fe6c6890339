"""Hidden debt, conduct, maturity, concentration and encumbrance, as the catalogue states them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from math import nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given as holds_for
from hypothesis import strategies as st

from features.cooperative import leverage
from features.frame import Frame
from risk.files import load_policy
from risk.red_lines import State, judge, judge_one

POLICY = load_policy()
DAY = date(2026, 3, 31)
NOW = POLICY.effective(DAY)
GOOD = (State.PASS, State.NOT_APPLICABLE)

LPR = {"add": "0.02", "to": "county__lpr_1y"}, {"add": "0.04", "to": "county__lpr_1y"}
LIMITS: dict[str, list[dict[str, Any]]] = {
    "RL-18": [{"breach": "1"}, {"breach": "0"}],
    "RL-19": [{"warn": "0.20", "breach": "0.50"}],
    "RL-20": [{"breach": "0"}],
    "RL-21": [{"warn": "0.02", "breach": "0.05"}],
    "RL-36": [{"breach": "0"}, {"warn": "1", "breach": "2"}, {"breach": None}],
    "RL-37": [{"breach": "0"}],
    "RL-41": [{"breach": "1"}],
    "RL-43": [{"warn": "0", "breach": "0.02"}],
    "RL-45": [
        {"warn": "0.25", "breach": "0.50"},
        {"warn": "0.8", "breach": "1.2"},
        {"warn": LPR[0], "breach": LPR[1]},
        {"warn": "0.2", "breach": "0.3"},
        {"warn": "0.2"},
    ],
    "RL-46": [
        *[{"warn": "0.30", "breach": "0.50"}] * 3,
        {"warn": "0.40", "breach": "0.60"},
    ],
    "RL-47": [{"warn": "0.30", "breach": "0.50"}],
}
LINES = list(LIMITS)
SEVERITIES = dict(zip(LINES, "RRRRRRROOOY", strict=True))
BASES = {
    "RL-18": "LAW",
    "RL-20": "LAW",
    "RL-37": "LAW",
    "RL-41": "LAW",
    "RL-43": "ANALOG",
}
ARTICLES = {"RL-36": "二（四）", "RL-41": "四（三）"}
SIDES = {
    "RL-18": ("gov_promises", "hidden_debt_new"),
    "RL-19": ("fiscal_debt_service_12m", "debt_service_12m"),
    "RL-20": ("public_good_capital", "total_assets"),
    "RL-21": ("off_purpose_payments_12m", "drawn_debt_12m"),
    "RL-36": ("public_money_promised", "payouts_from_new_money_periods", "restricted_name"),
    "RL-37": ("guarantee_fee_unlicensed_12m",),
    "RL-41": ("acts_without_paper",),
    "RL-43": ("financing_trade_12m", "revenue_12m"),
    "RL-45": (
        *("short_debt_gap", "interest_bearing_debt", "debt_due_peak_month", "cash_unrestricted"),
        *("interest_total_12m", "debt_avg_12m", "nonstandard_debt", "interest_bearing_debt"),
        *("idle_cash_with_debt", "total_assets"),
    ),
    "RL-46": tuple(
        side
        for kind in ("project", "developer", "village", "commodity")
        for side in (f"largest_{kind}", "net_assets")
    ),
    "RL-47": ("encumbered_assets", "total_assets"),
}
CAPACITIES = ("total_assets", "net_assets", "cash_unrestricted", "revenue_12m")
"""Sides of which less is worse; of the others more is, except burdens."""
BURDENS = ("debt_service_12m", "drawn_debt_12m", "debt_avg_12m", "interest_bearing_debt")


def frame(values: Mapping[str, float]) -> Frame:
    columns = {name: np.array([value]) for name, value in values.items()}
    day = np.array([(DAY - date(1970, 1, 1)) // timedelta(days=1)])
    return Frame("cooperative", ["C1"], day, columns)


def state(id: str, values: Mapping[str, float]) -> State:
    return judge_one(frame(values), NOW, [id])[0].state


def stated(limit: Mapping[str, Any]) -> Any:
    return {key: limit[key] for key in ("add", "to")} if "to" in limit else limit.get("at")


# ------------------------------------------------------------------ what the files say


@pytest.mark.parametrize("id", LINES)
def test_a_file_says_what_the_catalogue_says(id: str) -> None:
    line = NOW.red_lines[id]
    tests = line.content["tests"]
    seen = [{limit["level"]: stated(limit) for limit in test["limits"]} for test in tests]
    assert seen == LIMITS[id]
    assert line.severity == SEVERITIES[id]
    assert line.clause["article"] == ARTICLES.get(id, "二（五）")
    assert tuple(side for test in line.tests for side in test.sides) == SIDES[id]
    bases = {limit["basis"] for test in tests for limit in test["limits"]}
    if id != "RL-36":
        assert bases == {BASES.get(id, "EXPERT")}


def test_illegal_fund_raising_is_law_but_for_its_half_years() -> None:
    tests = NOW.red_lines["RL-36"].content["tests"]
    bases = [{limit["basis"] for limit in test["limits"]} for test in tests]
    assert bases == [{"LAW"}, {"EXPERT"}, {"LAW"}]


@pytest.mark.parametrize("id", LINES)
def test_every_line_is_in_force_since_the_guidance(id: str) -> None:
    assert all(test.limits for test in POLICY.effective(date(2023, 7, 1)).red_lines[id].tests)


def test_windows_and_counts_are_dated_parameters() -> None:
    owned = {
        name: value["at"]
        for id in LINES
        for name, value in NOW.red_lines[id].content["parameters"].items()
    }
    assert owned == {
        "new_money_half_years": "2",
        "act_window_months": "36",
        "trade_window_months": "12",
        "trade_margin_most": "0.005",
        "trade_signs_fewest": "3",
        "peak_window_months": "12",
        "debt_avg_quarters": "5",
    }


# ------------------------------------------------------------------ consistency (7.4)


def nothing() -> dict[str, float]:
    """Return the all-zero book, with the reference rate that a county states."""
    names = {name for id in LINES for name in NOW.red_lines[id].inputs}
    return dict.fromkeys(sorted(names), 0.0) | {"county__lpr_1y": 0.03}


def debt_free() -> dict[str, float]:
    return nothing() | dict.fromkeys(CAPACITIES, 1e9)


EXEMPLAR = {
    "fiscal_debt_service_12m": 10.0,
    "debt_service_12m": 100.0,
    "off_purpose_payments_12m": 1.0,
    "drawn_debt_12m": 100.0,
    "short_debt_gap": 12.0,
    "interest_bearing_debt": 100.0,
    "debt_due_peak_month": 40.0,
    "cash_unrestricted": 100.0,
    "interest_total_12m": 4.0,
    "debt_avg_12m": 100.0,
    "nonstandard_debt": 10.0,
    "idle_cash_with_debt": 50.0,
    "total_assets": 500.0,
    "largest_project": 15.0,
    "largest_developer": 15.0,
    "largest_village": 15.0,
    "largest_commodity": 20.0,
    "net_assets": 100.0,
    "encumbered_assets": 75.0,
    "revenue_12m": 100.0,
}
"""A lawful body with debt: half of each limit, and none of what a law forbids."""


@pytest.mark.parametrize("values", [nothing(), debt_free(), nothing() | EXEMPLAR])
def test_a_lawful_book_is_clean(values: dict[str, float]) -> None:
    for verdict in judge_one(frame(values), NOW, LINES):
        assert verdict.state in GOOD, verdict.rule.id
    table = judge(frame(values), NOW, LINES)
    assert all(State(table.states(id)[0]) in GOOD for id in LINES)


@pytest.mark.parametrize(
    ("id", "side"),
    [(id, side) for id in LINES for side in NOW.red_lines[id].inputs if side in set(SIDES[id])],
)
def test_a_side_that_is_missing_is_unknown_and_named(id: str, side: str) -> None:
    values = nothing() | EXEMPLAR | {side: nan}
    verdict = judge_one(frame(values), NOW, [id])[0]
    assert verdict.state is State.UNKNOWN
    assert side in verdict.missing


WORSE = [
    (id, side)
    for id in LINES
    for side in dict.fromkeys(SIDES[id])
    if side not in BURDENS and side not in ("restricted_name",)
]


@pytest.mark.parametrize(("id", "side"), WORSE)
@holds_for(
    start=st.dictionaries(st.sampled_from(sorted(EXEMPLAR)), st.integers(-50, 400), max_size=6),
    step=st.integers(1, 300),
)
def test_a_worse_side_never_improves_a_state(
    id: str, side: str, start: dict[str, int], step: int
) -> None:
    values = nothing() | EXEMPLAR | {name: float(value) for name, value in start.items()}
    worse = values | {side: values[side] + (-step if side in CAPACITIES else step)}
    assert state(id, worse) >= state(id, values)


@pytest.mark.parametrize("capacity", [0.0, -10.0])
def test_an_exposure_over_no_capacity_is_a_breach(capacity: float) -> None:
    book = nothing() | EXEMPLAR
    for id, over, under in (
        ("RL-43", "financing_trade_12m", "revenue_12m"),
        ("RL-45", "debt_due_peak_month", "cash_unrestricted"),
        ("RL-46", "largest_village", "net_assets"),
        ("RL-47", "encumbered_assets", "total_assets"),
    ):
        assert state(id, book | {over: 1.0, under: capacity}) is State.BREACH, id


def test_public_good_assets_move_leverage_too() -> None:
    """Take the asset out of both: RL-20 is a breach, and RL-01 rises with it."""

    def values(public_good: float) -> dict[str, float]:
        assets = leverage.assets_adjusted(np.array([1000.0]), np.array([public_good]))[0]
        return {
            "public_good_capital": public_good,
            "total_assets": 1000.0,
            "assets_adjusted": assets,
            "liabilities_adjusted": 600.0,
            "investment_type": 0.0,
        }

    def states(public_good: float) -> list[State]:
        return [
            verdict.state
            for verdict in judge_one(frame(values(public_good)), NOW, ["RL-20", "RL-01"])
        ]

    assert states(0.0) == [State.PASS, State.PASS]
    assert states(20.0) == [State.BREACH, State.WARN]
    assert states(100.0) == [State.BREACH, State.BREACH]


def test_a_licence_is_a_condition_with_its_last_day() -> None:
    end = float((date(2027, 1, 1) - date(1970, 1, 1)).days)
    seen = judge_one(
        frame({"guarantee_fee_unlicensed_12m": 0.0, "guarantee_licence_to": end}), NOW, ["RL-37"]
    )[0]
    assert seen.state is State.PASS
    conditions: Any = seen.document()["conditions"]
    assert [condition["expiry"] for condition in conditions] == ["2027-01-01"]


def test_debt_is_dear_against_the_reference_rate_of_the_county() -> None:
    def cost(interest: float, rate: float) -> State:
        book = nothing() | EXEMPLAR
        return state(
            "RL-45",
            book
            | {"interest_total_12m": interest, "debt_avg_12m": 1000.0, "county__lpr_1y": rate},
        )

    for rate in (0.03, 0.045):
        at = round(1000 * rate)
        assert cost(at + 20, rate) is State.PASS
        assert cost(at + 21, rate) is State.WARN
        assert cost(at + 40, rate) is State.WARN
        assert cost(at + 41, rate) is State.BREACH
    assert cost(40, nan) is State.UNKNOWN
