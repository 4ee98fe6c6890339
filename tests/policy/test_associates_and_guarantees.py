"""RL-08 … RL-17, RL-38 and RL-44: their table, and whole statements judged by them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.frame import Frame
from features.point_in_time import evaluate
from features.records import book_from_rows
from risk.files import load_policy
from risk.red_lines import State, judge, judge_one
from tests.policy.statements import (
    FIRM,
    GUARANTEE,
    LAWFUL,
    RECORD,
    REGISTERS,
    RICH,
    STATEMENT,
    Row,
    promises,
)

DAY = date(2026, 3, 31)
POLICY = load_policy()
NOW = POLICY.effective(DAY)
TABLE = {
    "RL-08": ("R", [("0.05", "0.10")], ["undo", "net_off", "inject_equity"]),
    "RL-09": ("R", [("0.01",)], ["undo", "add_co_sharer"]),
    "RL-10": ("O", [("30", "90")], ["undo"]),
    "RL-11a": ("R", [("0",)], ["obtain_paper", "undo"]),
    "RL-11b": ("O", [("0",)], ["obtain_paper"]),
    "RL-12": (
        "R",
        [("0.20", "0.40"), ("0.50",)],
        ["release", "add_co_sharer", "inject_equity"],
    ),
    "RL-13": ("R", [("1",), ("1",)], ["release", "add_co_sharer"]),
    "RL-14": ("R", [("0.01",)], ["release", "add_co_sharer"]),
    "RL-15": ("R", [("0.25", "0.40")], ["release", "add_co_sharer", "inject_equity"]),
    "RL-16": (
        "R",
        [("0.15", "0.10"), ("4.5", "3.0")],
        ["inject_equity", "release", "add_co_sharer", "sell_asset"],
    ),
    "RL-17": ("O", [("0.03", "0.05")], []),
    "RL-38": ("R", [("0",), ("0",)], ["undo"]),
    "RL-44": ("R", [("1",)], ["release", "add_co_sharer"]),
}
GOOD = (State.PASS, State.NOT_APPLICABLE)


@pytest.mark.parametrize("id", TABLE)
def test_the_line_is_as_the_catalogue_has_it(id: str) -> None:
    content = NOW.red_lines[id].content
    limits = [tuple(limit["at"] for limit in test["limits"]) for test in content["tests"]]
    words = list(dict.fromkeys(cure["act"] for cure in content["cure"]))
    assert (content["severity"], limits, words) == TABLE[id]
    assert "二（五）" in content["clause"]["article"]


@pytest.mark.parametrize(("child", "parent"), [("RL-12", "RL-15"), ("RL-11b", "RL-01")])
def test_a_child_line_is_told_at_its_parent(child: str, parent: str) -> None:
    assert NOW.red_lines[child].content["inside"] == parent


# ------------------------------------------------------------------ whole statements

BOOK: dict[str, Row] = {
    "nothing": STATEMENT,
    "without debt": {**STATEMENT, "total_assets": "1000", "equity": "1000"},
    "lawful": LAWFUL,
    "silent": {name: value for name, value in RICH.items() if name not in REGISTERS},
    "five called": {**RICH, **promises(100, 5)},
    "six called": {**RICH, **promises(100, 6)},
    "alone": {**LAWFUL, "co_sharers": []},
    "beyond the stake": {
        **LAWFUL,
        "associates": [{**FIRM, "all_shareholder_funding": "90"}],
        "guarantees": [{**GUARANTEE, "all_guarantees": "190"}],
    },
    "group": {**LAWFUL, "reporting_scope": "group"},
    "group and parent": {**LAWFUL, "reporting_scope": "group", "net_assets_parent": "119.99"},
    "late and hollow": {
        **LAWFUL,
        "associates": [{**FIRM, "dpd": 90, "equity_as_loan": "0.01", "partner_funded": "0.01"}],
    },
    "weak stranger": {
        **LAWFUL,
        "guarantees": [{**GUARANTEE, "equity_link": False, "party_insolvent": True}],
    },
    "deep in": {
        **LAWFUL,
        "associates": [{**FIRM, "loan": "101", "all_shareholder_funding": "400"}],
        "guarantees": [{**GUARANTEE, "balance": "401", "all_guarantees": "2000"}],
    },
    "unbooked": {**LAWFUL, "buyback_equity_unbooked": "0.01"},
}


@pytest.fixture(scope="module")
def frame() -> Frame:
    rows = [{**row, "coop_id": name} for name, row in BOOK.items()]
    county = {**RECORD, "county_code": "330802"}
    checked = book_from_rows({"cooperative": rows, "county": [county]})
    assert len(checked.faults) == 0
    names = {name for id in TABLE for name in NOW.red_lines[id].sides()}
    wanted = [*sorted(names), "undertaking_gross"]
    day = date(2026, 4, 30)
    return evaluate(checked.book, "cooperative", wanted, at=day, parameters=POLICY.parameters())


def states(frame: Frame, name: str) -> Mapping[str, State]:
    verdicts = judge_one(frame, NOW, list(TABLE), row=frame.keys.index(name))
    return {verdict.rule.id: verdict.state for verdict in verdicts}


@pytest.mark.parametrize("name", ["nothing", "without debt", "lawful", "five called"])
def test_harmless_and_lawful_statements_breach_nothing(frame: Frame, name: str) -> None:
    bad = {id: state for id, state in states(frame, name).items() if state not in GOOD}
    assert bad == ({"RL-17": State.WARN} if name == "five called" else {})


@pytest.mark.parametrize(
    ("name", "breached"),
    [
        ("six called", {"RL-17"}),
        ("alone", {"RL-13"}),
        ("beyond the stake", {"RL-09", "RL-14"}),
        ("group and parent", {"RL-12"}),
        ("late and hollow", {"RL-10", "RL-11a", "RL-38"}),
        ("weak stranger", {"RL-13", "RL-44"}),
        ("deep in", {"RL-08", "RL-12", "RL-15"}),
        ("unbooked", {"RL-11b"}),
    ],
)
def test_a_statement_breaches_the_lines_it_crosses_alone(
    frame: Frame, name: str, breached: set[str]
) -> None:
    found = states(frame, name)
    assert {id for id, state in found.items() if state is State.BREACH} == breached
    assert State.UNKNOWN not in found.values()


def test_registers_that_are_not_declared_are_unknown(frame: Frame) -> None:
    found = states(frame, "silent")
    assert {id for id, state in found.items() if state is not State.UNKNOWN} == {"RL-11b"}


def test_a_group_without_its_parents_figure_is_unknown(frame: Frame) -> None:
    assert states(frame, "group")["RL-12"] is State.UNKNOWN
    assert states(frame, "lawful")["RL-12"] is State.PASS


def test_the_sides_of_the_lawful_statement(frame: Frame) -> None:
    row = frame.keys.index("lawful")
    seen = {name: float(column[row]) for name, column in frame.columns.items()}
    fen = {
        "associate_funding": 3000,
        "guarantee_exposure": 6000,
        "undertaking_exposure": 2800,
        "undertaking_gross": 14000,
        "contingent_exposure": 8800,
        "cash_for_calls": 10000,
        "calls_12m_amount": 200,
        "calls_counted_12m": 0,
        "covered_count_avg_12m": 15,
    }
    assert {name: seen[name] for name in fen} == fen


def test_contingent_exposure_is_never_less_than_guarantees(frame: Frame) -> None:
    both = frame.columns["contingent_exposure"], frame.columns["guarantee_exposure"]
    declared = ~np.isnan(both[0])
    assert (both[0] >= both[1])[declared].all()


def test_both_forms_of_the_judge_agree(frame: Frame) -> None:
    vector = judge(frame, NOW, list(TABLE))
    for row, name in enumerate(frame.keys):
        assert {id: State(vector.states(id)[row]) for id in TABLE} == states(frame, name)


# ------------------------------------------------------------------ worsening

SIDES = [
    (id, side.name, (side is test.over) is test.high_is_bad)
    for id in TABLE
    for test in NOW.red_lines[id].tests
    for side in (test.over, test.under)
    if side is not None
]


@pytest.mark.parametrize(("id", "side", "more_is_worse"), SIDES)
@settings(max_examples=40)
@given(data=st.data())
def test_worsening_a_side_never_improves_a_state(
    id: str, side: str, more_is_worse: bool, data: st.DataObject
) -> None:
    line = NOW.red_lines[id]
    numbers = st.integers(0, 300)
    values = {name: float(data.draw(numbers, label=name)) for name in line.sides()}
    values |= {name: float(bool(values[name])) for name in values if "disputed" in name}
    values |= {"parent_statement_due": 1.0, "quality__disputed": 0.0}
    step = data.draw(st.integers(1, 300), label="step")
    worse = {**values, side: max(0.0, values[side] + (step if more_is_worse else -step))}

    def state(given: Mapping[str, float]) -> State:
        columns = {name: np.array([value]) for name, value in given.items()}
        frame = Frame("cooperative", ["C1"], np.array([20543]), columns)
        return judge_one(frame, NOW, [id], stale=False)[0].state

    before, after = state(values), state(worse)
    if State.NOT_APPLICABLE not in (before, after):
        assert after >= before
