"""Who would come in: a project answers for its developer and resources; parties behind them."""

from __future__ import annotations

from datetime import date
from typing import Any

from features.book import Book
from features.records import book_from_rows
from features.simulate.organisations import social_credit_code
from risk.files import load_policy
from service.use_cases.judging.red_lines import Judged, judge_book

DAY = date(2026, 3, 31)
STANDS = {
    "as_of": "2026-03-31",
    "known_at": "2026-03-31T08:00:00+08:00",
    "source": "test",
    "quality": "reported",
}
FIRM, OTHER, ALONE = (social_credit_code(f"91330899MA{n:07d}") for n in range(3))


def judged(**tables: list[dict[str, Any]]) -> Judged:
    rows = {table: [STANDS | row for row in some] for table, some in tables.items()}
    book: Book = book_from_rows(rows, DAY).book
    return judge_book(book, load_policy(), DAY)


def project(id: str, **columns: object) -> dict[str, Any]:
    return {"project_id": id, "coop_id": "K1", "developer_id": FIRM, "resources": [], **columns}


def because(document: dict[str, Any], id: str) -> tuple[str, set[tuple[str, str, str]]]:
    (found,) = [one for one in document["admissions"] if one["subject"]["id"] == id]
    return found["admission"], {
        (entry["rule"], entry["subject"]["kind"], entry["state"]) for entry in found["because"]
    }


def firm(id: str, **columns: object) -> dict[str, Any]:
    return {"org_id": id, "entity_type": "developer", "shareholders": [], "links": [], **columns}


def test_a_project_is_refused_for_its_developer_and_for_its_resource() -> None:
    listed = {"list": "失信", "about": "firm", "from": "2025-01-01"}
    claim = {"parcel_id": "P1", "holder": "甲", "from": "2025-01-01", "disclosed": True}
    core = {"layer": "核心保护区", "basis": "computed", "area": "500"}
    answer: Any = judged(
        project=[
            project("J1", overlaps=[core]),
            project("J2", resources=[{"resource_id": "R1"}]),
            project("J3"),
        ],
        organisation=[firm(FIRM, list_entries=[listed])],
        resource=[
            {
                "resource_id": "R1",
                "parcel_id": "P1",
                "claims": [{**claim, "kind": "pledge"}, {**claim, "kind": "sale"}],
            }
        ],
    ).document()
    word, lines = because(answer, "J1")
    assert word == "refuse"
    assert {("RL-24", "project", "breach"), ("RL-27", "developer", "breach")} <= lines
    assert ("RL-49", "resource", "breach") in because(answer, "J2")[1]
    assert ("RL-49", "resource", "breach") not in because(answer, "J3")[1]


def test_a_project_of_which_nothing_is_known_is_not_admitted() -> None:
    answer: Any = judged(project=[project("J1", developer_id=None)]).document()
    word, lines = because(answer, "J1")
    assert word == "unknown"
    assert ("RL-22", "project", "unknown") in lines
    assert "connected" not in answer


def test_firms_that_hold_each_other_in_a_circle_are_one_group() -> None:
    def held_by(id: str) -> dict[str, Any]:
        return {
            "holder_token": id,
            "holder_kind": "firm",
            "stake": "0.6",
            "subscribed": "1.00",
            "paid": "1.00",
        }

    answer: Any = judged(
        project=[project("J1"), project("J2", developer_id=ALONE)],
        organisation=[
            firm(FIRM, shareholders=[held_by(OTHER)]),
            firm(OTHER, entity_type="enterprise", shareholders=[held_by(FIRM)]),
            firm(ALONE),
        ],
    ).document()
    (group,) = answer["connected"]
    assert (sorted(group["members"]), group["developers"]) == (sorted((FIRM, OTHER)), [FIRM])
    assert {tie["kind"] for tie in group["ties"]} == {"holding"}
