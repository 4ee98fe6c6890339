"""A book's red lines: who is judged, by whose policy, and what the answer holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from features.book import Book
from features.errors import BadInput
from features.records import book_from_rows
from risk.files import load_policy
from risk.red_lines import State
from service.use_cases.judging.homes import homes_of
from service.use_cases.judging.red_lines import judge_book
from tests.service.use_cases.conftest import TODAY, County

DAY = date(2026, 3, 31)
STANDS = {
    "as_of": "2026-03-31",
    "known_at": "2026-03-31T08:00:00+08:00",
    "source": "test",
    "quality": "reported",
}


def book(**tables: list[dict[str, Any]]) -> Book:
    rows = {table: [STANDS | row for row in some] for table, some in tables.items()}
    return book_from_rows(rows, DAY).book


TWO_COUNTIES = book(
    county=[{"county_code": "330801"}, {"county_code": "330802"}],
    cooperative=[
        {"coop_id": "K1", "county_code": "330801"},
        {"coop_id": "K2", "county_code": "330802"},
    ],
    project=[
        {"project_id": "J1", "coop_id": "K1", "developer_id": "91330800MA2B001X6G"},
        {"project_id": "J2", "coop_id": "K2", "developer_id": "91330800MA2B001X6G"},
    ],
    household=[{"household_id": "H1", "county_code": "330802"}],
    application=[{"application_id": "A1", "household_id": "H1"}],
    loan=[
        {"loan_id": "L1", "application_id": "A1", "dpd": 95},
        {"loan_id": "L2", "application_id": "A1", "dpd": 95, "closed_on": "2026-02-01"},
    ],
    bank=[{"bank_code": "B1"}],
)


def test_each_subject_is_at_home_where_its_relations_lead() -> None:
    assert homes_of(TWO_COUNTIES, "project") == {"J1": "330801", "J2": "330802"}
    assert homes_of(TWO_COUNTIES, "developer") == {"91330800MA2B001X6G": ""}
    assert homes_of(TWO_COUNTIES, "loan") == {"L1": "330802", "L2": "330802"}
    assert homes_of(TWO_COUNTIES, "county") == {"330801": "330801", "330802": "330802"}
    assert homes_of(TWO_COUNTIES, "bank") == {}


def subjects(county: str | None) -> set[str]:
    judged = judge_book(TWO_COUNTIES, load_policy(), DAY, county)
    return {key for part in judged.parts for key in part.frame.keys}


def test_a_county_judges_its_own_and_those_of_no_county() -> None:
    assert subjects("330801") == {"330801", "K1", "J1", "B1"}
    assert subjects(None) == {"330801", "330802", "K1", "K2", "J1", "J2", "L1", "B1"}


def test_a_loan_that_was_closed_is_judged_no_more() -> None:
    judged = judge_book(TWO_COUNTIES, load_policy(), DAY, only=("loan", "L2"))
    assert not judged.verdicts
    (verdict,) = [
        found
        for found in judge_book(TWO_COUNTIES, load_policy(), DAY, only=("loan", "L1")).verdicts
        if found.rule.id == "RL-35a"
    ]
    assert verdict.state is State.BREACH


def test_an_empty_book_has_nothing_to_judge() -> None:
    with pytest.raises(BadInput, match="no table that a red line judges"):
        judge_book(book(household=[{"household_id": "H1"}]), load_policy(), DAY)


OWN = """
county: "330802"
overrides:
  - limit: RL-35a/t1/warn
    at: "30"
    from: 2026-01-01
    basis: EXPERT
    source: 县风险委员会
    reason: 季节性还款
    author: 甲
    approved_by: 乙
"""


def test_a_county_is_judged_by_its_own_rows_and_their_hash(tmp_path: Path) -> None:
    (tmp_path / "counties").mkdir()
    (tmp_path / "counties" / "330802.yaml").write_text(OWN, encoding="utf-8")
    policy = load_policy(tmp_path)
    ours = judge_book(TWO_COUNTIES, load_policy(), DAY, only=("loan", "L1")).verdicts
    theirs = judge_book(TWO_COUNTIES, policy, DAY, only=("loan", "L1")).verdicts
    assert {verdict.policy for verdict in ours} != {verdict.policy for verdict in theirs}
    assert {verdict.policy for verdict in theirs} == {policy.effective(DAY, "330802").sha256}


def test_the_answer_holds_findings_and_the_cures_of_what_is_bad(county: County) -> None:
    document = judge_book(county.book, county.policy, TODAY).document()
    assert {"as_of", "county", "policy", "counts", "findings", "verdicts"} <= set(document)
    verdicts: Any = document["verdicts"]
    kinds = {verdict["subject"]["kind"] for verdict in verdicts}
    assert {"cooperative", "project", "developer", "resource", "loan", "county"} <= kinds
    for verdict in verdicts:
        bad = verdict["state"] in ("warn", "breach")
        assert not verdict.get("cures") or bad
    assert any(verdict.get("cures") for verdict in verdicts)
