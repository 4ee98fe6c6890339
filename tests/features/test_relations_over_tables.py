"""Relations that lead over several tables, and those by which another table's child names us."""

from __future__ import annotations

from typing import Any

import numpy as np

from features.book import Book
from features.dictionary import load_dictionary
from features.records import book_from_rows
from features.relatives import Relatives

DAY = (np.datetime64("2026-03-31") - np.datetime64("1970-01-01")).astype(np.int64)
ABOUT = {"source": "test", "quality": "reported"}
Record = dict[str, Any]


def known(month: str, **columns: object) -> Record:
    """Return a record of a month's first day, known two days later."""
    return {
        **ABOUT,
        "as_of": f"2026-{month}-01",
        "known_at": f"2026-{month}-03T08:00:00+08:00",
        **columns,
    }


def request(month: str, id: str, household: str, *resources: str) -> Record:
    listed = [{"resource_id": resource} for resource in resources]
    return known(month, application_id=id, household_id=household, resources=listed)


def book(**tables: list[Record]) -> Relatives:
    checked = book_from_rows(tables)
    assert not len(checked.faults), checked.faults
    kept: Book = checked.book
    return Relatives(kept.tables, load_dictionary())


def related(relatives: Relatives, table: str, name: str) -> dict[str, list[str] | None]:
    """Return, by key, the keys of the related rows on the day; None where undeclared."""
    spec, timeline = relatives.spec(table), relatives.timeline(table)
    day = np.full(len(timeline.keys), DAY)
    places = timeline.latest(np.arange(len(timeline.keys)), day)
    relation = spec.relations[name]
    found = relatives.many(table, relation, places, day)
    other = relatives.columns(relation.table)
    keys = other.array(other.spec.key).to_pylist()
    names, starts, ends = (
        timeline.keys.to_pylist(),
        found.rows.offsets[:-1],
        found.rows.offsets[1:],
    )
    return {
        key: sorted(keys[place] for place in found.places[start:end]) if declared else None
        for key, start, end, declared in zip(names, starts, ends, found.rows.declared, strict=True)
    }


RESOURCES = [known("01", resource_id=id) for id in ("R1", "R2", "R3")]
LOANS = [known("02", loan_id=f"L-{id}", application_id=id) for id in ("A1", "A2")]


def test_a_resource_finds_the_requests_that_list_it_and_their_loans() -> None:
    asked = [request("01", "A1", "H1", "R1", "R2"), request("01", "A2", "H2", "R2")]
    relatives = book(resource=RESOURCES, application=asked, loan=LOANS)
    assert related(relatives, "resource", "application") == {
        "R1": ["A1"],
        "R2": ["A1", "A2"],
        "R3": [],
    }
    assert related(relatives, "resource", "loan") == {
        "R1": ["L-A1"],
        "R2": ["L-A1", "L-A2"],
        "R3": [],
    }


def test_a_request_that_lists_it_no_more_is_not_found() -> None:
    asked = [request("01", "A1", "H1", "R1", "R2"), request("02", "A1", "H1", "R2")]
    found = related(book(resource=RESOURCES, application=asked, loan=LOANS), "resource", "loan")
    assert found == {"R1": [], "R2": ["L-A1"], "R3": []}


def test_what_is_known_later_is_not_found() -> None:
    asked = [request("04", "A1", "H1", "R1")]
    assert related(book(resource=RESOURCES, application=asked), "resource", "application") == {
        "R1": [],
        "R2": [],
        "R3": [],
    }


def test_without_the_table_between_nothing_is_known() -> None:
    assert related(book(resource=RESOURCES, loan=LOANS), "resource", "loan") == dict.fromkeys(
        ("R1", "R2", "R3")
    )


def test_a_request_finds_every_loan_of_its_household() -> None:
    asked = [request("01", "A1", "H1"), request("01", "A2", "H1"), request("02", "A3", "H2")]
    found = related(book(application=asked, loan=LOANS), "application", "own_loan")
    assert found == {"A1": ["L-A1", "L-A2"], "A2": ["L-A1", "L-A2"], "A3": []}


def test_a_project_finds_its_county_through_its_cooperative() -> None:
    relatives = book(
        project=[
            known("01", project_id=id, coop_id=coop) for id, coop in (("J1", "K1"), ("J2", "K9"))
        ],
        cooperative=[known("01", coop_id="K1", county_code="330899")],
        county=[known("01", county_code="330899")],
    )
    relation = relatives.spec("project").relations["county"]
    assert relatives.one("project", relation, np.array([0, 1]), np.full(2, DAY)).tolist() == [
        0,
        -1,
    ]


def test_equal_texts_have_equal_codes_in_all_tables() -> None:
    relatives = book(
        cooperative=[known("01", coop_id="K1", associates=[]), known("01", coop_id="K2")],
        project=[known("01", project_id="J1", coop_id="K2", project_company_id="K1")],
    )
    ours = relatives.columns("cooperative").floats("coop_id")
    project = relatives.columns("project")
    assert project.floats("coop_id")[0] == ours[1]
    assert project.floats("project_company_id")[0] == ours[0]
    assert ours.min() > 0
