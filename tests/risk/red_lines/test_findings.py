"""Parent and child lines give one finding, told at the parent where it is at least as bad."""

from __future__ import annotations

from typing import Any

import pytest

from risk.red_lines import findings, judge_one
from tests.risk.red_lines.lines import book, flag, frame, limit, value

CHILD = [value("high", limit("warn", "1"), limit("breach", "2"))]
PARENT = [{**CHILD[0], "over": "under"}]
BOOK = book(
    {"id": "RL-12", "tests": CHILD, "inside": "RL-15", "severity": "O"},
    {"id": "RL-15", "tests": PARENT, "severity": "R"},
)
PASSES, WARNS, BREACHES = 0.0, 150.0, 250.0


def found(child: float, parent: float) -> list[dict[str, Any]]:
    return findings(judge_one(frame({"over": [child], "under": [parent]}), BOOK))


@pytest.mark.parametrize(("child", "parent"), [(WARNS, WARNS), (WARNS, BREACHES), (BREACHES,) * 2])
def test_child_is_told_at_a_parent_that_is_as_bad(child: float, parent: float) -> None:
    assert found(child, parent) == [
        {
            "subject": {"kind": "cooperative", "id": "C0"},
            "rule": "RL-15",
            "state": "warn" if parent == WARNS else "breach",
            "severity": "R",
            "also": ["RL-12"],
        }
    ]


def test_child_that_is_worse_is_a_finding_of_its_own() -> None:
    both = found(BREACHES, WARNS)
    assert [(one["rule"], one["state"], one["also"]) for one in both] == [
        ("RL-12", "breach", []),
        ("RL-15", "warn", []),
    ]


@pytest.mark.parametrize("parent", [PASSES, float("nan")])
def test_child_of_a_parent_that_finds_nothing_stands_alone(parent: float) -> None:
    assert [one["rule"] for one in found(WARNS, parent)] == ["RL-12"]


def test_what_passes_or_is_unknown_is_no_finding() -> None:
    assert found(PASSES, float("nan")) == []


def test_parent_of_another_subject_takes_nothing_in() -> None:
    judged = frame({"over": [WARNS, PASSES], "under": [PASSES, BREACHES]})
    verdicts = [verdict for row in (0, 1) for verdict in judge_one(judged, BOOK, row=row)]
    told = [(one["subject"]["id"], one["rule"], one["also"]) for one in findings(verdicts)]
    assert told == [("C1", "RL-15", []), ("C0", "RL-12", [])]


def test_gravest_stand_first() -> None:
    breach = [value("high", limit("breach", "1"))]
    lines = book(
        {"id": "A-1", "tests": [value("high", limit("warn", "1"))], "severity": "R"},
        {"id": "A-2", "tests": breach, "severity": "Y"},
        {"id": "A-3", "tests": breach, "severity": "R"},
        {"id": "A-4", "tests": [{**flag("exit"), "over": "kind"}], "severity": "Y"},
    )
    judged = frame({"over": [WARNS], "kind": [1.0]})
    rules = [one["rule"] for one in findings(judge_one(judged, lines))]
    assert rules == ["A-4", "A-3", "A-2", "A-1"]
