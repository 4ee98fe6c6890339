"""The developer screen and the partners' lines: limits, bases, and what breaches nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from math import nan

import numpy as np
import pytest

from features.frame import Frame
from risk.files import load_policy
from risk.red_lines import RedLine, State, judge, judge_one

POLICY = load_policy()
DAY = date(2026, 3, 31)
NOW = POLICY.effective(DAY)
SEVERITIES = {
    "RL-27": "R",
    "RL-28": "Y",
    "RL-29": "O",
    "RL-30": "R",
    "RL-31": "R",
    "P-1": "R",
    "P-2": "R",
    "P-3": "R",
    "P-4": "R",
    "P-5": "R",
}
LIMITS = {
    ("RL-27", "t1"): {"breach": "1"},
    ("RL-27", "t2"): {"warn": "1"},
    ("RL-28", "t1"): {"warn": "1.0", "breach": "0.7"},
    ("RL-28", "t2"): {"warn": "1.0", "breach": "0.7"},
    ("RL-29", "t1"): {"warn": "10"},
    ("RL-29", "t2"): {"breach": "2"},
    ("RL-30", "t1"): {"warn": "0.30"},
    ("RL-30", "t2"): {"breach": "1"},
    ("RL-31", "t1"): {"warn": "1"},
    ("RL-31", "t2"): {"breach": "1"},
    ("P-1", "t1"): {"warn": "0.9", "breach": "1.0"},
    ("P-2", "t1"): {"warn": "0.08", "breach": "0.10"},
    ("P-3", "t1"): {"warn": "0.12", "breach": "0.15"},
    ("P-4", "t1"): {"breach": "0"},
    ("P-5", "t1"): {"warn": "0.08", "breach": "0.10"},
    ("P-5", "t2"): {"warn": "0.15", "breach": "0.20"},
}
SUBJECTS = {"developer": "organisation", "guarantee_body": "guarantee_body", "bank": "bank"}
GOOD = (State.PASS, State.NOT_APPLICABLE)


def lines() -> Iterable[RedLine]:
    return (NOW.red_lines[id] for id in SEVERITIES)


def frame(line: RedLine, values: dict[str, float]) -> Frame:
    columns = {name: np.array([value]) for name, value in values.items()}
    return Frame(SUBJECTS[line.subject], ["X1"], np.array([20543]), columns)


def state(line: RedLine, values: dict[str, float]) -> State:
    return judge_one(frame(line, values), NOW, [line.id])[0].state


def test_limits_and_severities_are_those_of_the_catalogue() -> None:
    assert {line.id: line.severity for line in lines()} == SEVERITIES
    seen = {
        (line.id, test["id"]): {limit["level"]: limit["at"] for limit in test["limits"]}
        for line in lines()
        for test in line.content["tests"]
    }
    assert seen == LIMITS


def test_what_the_law_limits_for_partners_is_law_and_our_warning_is_not() -> None:
    for id in ("P-1", "P-2", "P-3", "P-4", "P-5"):
        for test in NOW.red_lines[id].content["tests"]:
            bases = {limit["level"]: limit["basis"] for limit in test["limits"]}
            assert bases.pop("breach") == "LAW"
            assert set(bases.values()) <= {"EXPERT"}


@pytest.mark.parametrize("id", SEVERITIES)
@pytest.mark.parametrize("is_developer", [0.0, 1.0])
def test_an_all_zero_book_breaches_nothing(id: str, is_developer: float) -> None:
    line = NOW.red_lines[id]
    values = dict.fromkeys(line.inputs, 0.0)
    values |= {name: is_developer for name in values if name.startswith("is_developer")}
    assert state(line, values) in GOOD


def test_a_collective_without_capital_is_asked_for_none() -> None:
    none = {"capital_paid": nan, "capital_due": nan, "is_developer_company": 0.0}
    assert state(NOW.red_lines["RL-28"], none) is State.NOT_APPLICABLE


@pytest.mark.parametrize("id", SEVERITIES)
def test_what_is_not_known_never_passes(id: str) -> None:
    line = NOW.red_lines[id]
    for test in line.tests:
        for side in test.sides:
            values = dict.fromkeys(line.inputs, 1.0) | {side: nan}
            verdict = judge_one(frame(line, values), NOW, [id])[0]
            tests = {seen.test.id: seen.state for seen in verdict.tests}
            assert tests[test.id] is State.UNKNOWN
            assert judge(frame(line, values), NOW, [id]).states(id)[0] >= State.UNKNOWN


@pytest.mark.parametrize("id", SEVERITIES)
def test_more_of_what_is_bad_never_improves_a_state(id: str) -> None:
    line = NOW.red_lines[id]
    for test in line.tests:
        under = {} if test.under is None else {test.under.name: 1000.0}
        steps = np.arange(0.0, 12_000.0, 50.0) if under else np.arange(0.0, 5.0)
        harmless = {
            other.over.name: 0.0 if other.high_is_bad else 1000.0
            for other in line.tests
            if other.id != test.id
        } | {
            other.under.name: 1000.0
            for other in line.tests
            if other.id != test.id and other.under is not None
        }
        base = dict.fromkeys(line.inputs, 1.0) | harmless | under
        states = [int(state(line, base | {test.over.name: step})) for step in steps]
        ordered = states if test.high_is_bad else states[::-1]
        assert ordered == sorted(ordered)
        assert ordered[0] < ordered[-1]
