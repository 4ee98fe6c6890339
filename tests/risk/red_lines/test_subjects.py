"""Whom a frame stands for: organisations are developers, applications may be judged as loans."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from features.frame import Frame, Provenance
from risk.red_lines import State, judge, judge_one
from risk.red_lines.table import table_of
from tests.risk.red_lines.lines import Book, book, flag, limit, value

LOAN = {"months": 1, "due_days": 10, "due_months": 0}
OWN = {"loan": {"cadence": LOAN, "disputed": "quality__disputed"}}
ASKED = {"application": {"cadence": None, "disputed": "application__quality__disputed"}}
ROUTE = "application__lgfv_guarantee_route"
DAYS = [{**value("high", limit("breach", "8")), "over": "dpd"}]


def loans() -> Book:
    """Return a line that an application has the columns of, and one that it has not."""
    route = {ROUTE: {"unit": "flag", "records": {**OWN, **ASKED}}}
    return book(
        {
            "id": "RL-48",
            "subject": "loan",
            "tests": [{**flag("breach"), "over": ROUTE}],
            "inputs": route,
        },
        {
            "id": "RL-35",
            "subject": "loan",
            "tests": DAYS,
            "inputs": {"dpd": {"unit": "days", "records": OWN}},
        },
    )


def application(**columns: float) -> Frame:
    read = Provenance(np.array([0, 0]), np.array(["2026-01-01"] * 2, "datetime64[us]"), ["表"] * 2)
    arrays = {name: np.array([value, 0.0]) for name, value in columns.items()}
    return Frame(
        "application", ["A1", "A2"], np.array([20543, 20543]), arrays, {"application": read}
    )


def test_application_is_judged_by_the_lines_of_loans_whose_columns_it_has() -> None:
    judged = application(lgfv_guarantee_route=1.0)
    verdicts = judge(judged, loans(), subject="loan")
    assert list(verdicts.codes) == ["RL-48"]
    assert list(verdicts.states("RL-48")) == [State.BREACH, State.PASS]
    assert table_of(verdicts)["subject_kind"].to_pylist() == ["application"] * 2
    document: Any = judge_one(judged, loans(), subject="loan")[0].document()
    assert document["subject"] == {"kind": "application", "id": "A1"}
    assert document == verdicts.verdict("RL-48", 0).document()
    told = document["tests"][0]["inputs"][0]
    assert (told["name"], told["source"]) == ("lgfv_guarantee_route", "表")


def test_line_keeps_its_version_and_no_monthly_reading_is_asked_of_an_application() -> None:
    lines = loans()
    seen = judge_one(application(lgfv_guarantee_route=0.0), lines, subject="loan")[0]
    assert seen.state is State.PASS
    assert seen.document()["rule_version"] == f"sha256:{lines.red_lines['RL-48'].rule_version}"


def test_disputed_application_is_unknown() -> None:
    judged = application(lgfv_guarantee_route=1.0, quality__disputed=1.0)
    seen = judge_one(judged, loans(), subject="loan")[0]
    assert seen.state is State.UNKNOWN
    assert State(judge(judged, loans(), subject="loan").states("RL-48")[0]) is State.UNKNOWN
    assert seen.document()["disputed"] == ["lgfv_guarantee_route"]


@pytest.mark.parametrize("subject", [None, "cooperative"])
def test_application_by_itself_is_judged_by_nothing(subject: str | None) -> None:
    assert judge_one(application(lgfv_guarantee_route=1.0), loans(), subject=subject) == []


def test_loans_are_judged_by_all_their_lines() -> None:
    columns = {ROUTE: np.array([0.0]), "dpd": np.array([8.0])}
    judged = Frame("loan", ["L1"], np.array([20543]), columns)
    states = {seen.rule.id: seen.state for seen in judge_one(judged, loans())}
    assert states == {"RL-35": State.BREACH, "RL-48": State.PASS}


def test_rule_book_changed_in_place_of_another_is_compiled_anew() -> None:
    judged = Frame("loan", ["L1"], np.array([20543]), {"dpd": np.array([8.0])})
    for at, expected in (("8", State.BREACH), ("9", State.PASS)):
        days = [{**value("high", limit("breach", at)), "over": "dpd"}]
        lines = loans().red_lines["RL-35"]
        changed = replace(
            lines, tests=book({**lines.content, "tests": days}).red_lines["RL-35"].tests
        )
        assert judge_one(judged, Book({"RL-35": changed}))[0].state is expected
