"""What each body takes away of the book: typed by hand from domain 14."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from features.book import Book
from service.store.database import Tenant
from service.store.store import Store
from service.store.versions import version_of
from service.trust.roles import TenantKind
from service.use_cases.book.books import HOME_OWNER, export_folder
from service.use_cases.book.extract import DATA, extract
from tests.service.doors.meeting import (
    BANK,
    BODIES,
    COOP,
    COUNTY,
    GUARANTEE,
    HERE,
    OTHER_COOP,
    PROVINCE,
    RIVAL,
    THERE,
    Body,
    register,
)

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
MARCH = date(2026, 3, 31)
HOLDER = "1f6240b01b0aa60f4f76aa3c7bc94445"


def put(store: Store, owner: Body, table: str, **columns: object) -> None:
    times = {"as_of": "2026-02-28", "known_at": "2026-03-01T09:00:00+08:00"}
    store.records(owner.owner).append([version_of(table, {**times, **columns})], NOW)


def resource(key: str, county: str, coop: str) -> dict[str, object]:
    claim = {"parcel_id": key, "holder": HOLDER, "kind": "pledge"}
    return {
        "resource_id": key,
        "county_code": county,
        "coop_id": coop,
        "holder_token": HOLDER,
        "title_no": "T000042",
        "claims": [claim, claim],
        "claims_rows": 2,
    }


@pytest.fixture
def met(sqlite_store: Store) -> Store:
    store = sqlite_store
    register(store.engine, BODIES)
    for body, county, own in ((COOP, HERE, "1"), (OTHER_COOP, THERE, "2")):
        put(store, body, "county", county_code=county)
        put(store, body, "cooperative", coop_id=f"K{own}", county_code=county)
        put(store, body, "project", project_id=f"P{own}", coop_id=f"K{own}", developer_id="D1")
        put(store, body, "resource", **resource(f"R{own}", county, f"K{own}"))
    put(store, COOP, "organisation", org_id="D1")
    for bank, code in ((BANK, "B1"), (RIVAL, "B2")):
        put(store, bank, "bank", bank_code=code)
        put(store, bank, "household", household_id=f"H-{code}")
        put(store, bank, "application", application_id=f"A-{code}")
    listed: dict[str, Any] = {"resources": [{"resource_id": "R1"}], "resources_rows": 1}
    put(store, BANK, "application", application_id="A-offered", **listed)
    put(store, GUARANTEE, "guarantee_body", body_id="G1")
    return store


def taken(store: Store, body: Body) -> Book:
    return extract(store, Tenant(body.owner, body.kind.value), MARCH)


def keys(book: Book) -> dict[str, list[str]]:
    found = {name: rows[0].to_pylist() for name, rows in book.tables.items() if "__" not in name}
    return {name: sorted(some) for name, some in found.items() if some}


LENT = {"county": [THERE, HERE], "project": ["P1", "P2"], "resource": ["R1", "R2"]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            BANK,
            LENT | {"household": ["H-B1"], "application": ["A-B1", "A-offered"], "bank": ["B1"]},
        ),
        (RIVAL, LENT | {"household": ["H-B2"], "application": ["A-B2"], "bank": ["B2"]}),
        (GUARANTEE, LENT | {"guarantee_body": ["G1"]}),
        (
            COOP,
            {
                "county": [HERE],
                "cooperative": ["K1"],
                "project": ["P1"],
                "resource": ["R1"],
                "organisation": ["D1"],
            },
        ),
        (
            COUNTY,
            {
                "county": [HERE],
                "cooperative": ["K1"],
                "project": ["P1"],
                "resource": ["R1"],
                "bank": ["B1", "B2"],
                "guarantee_body": ["G1"],
            },
        ),
        (
            PROVINCE,
            {
                "county": [THERE, HERE],
                "cooperative": ["K1", "K2"],
                "project": ["P1", "P2"],
                "bank": ["B1", "B2"],
                "guarantee_body": ["G1"],
            },
        ),
    ],
    ids=lambda part: part.owner if isinstance(part, Body) else "",
)
def test_a_body_takes_away_its_own_and_what_it_may_see_whole(
    met: Store, body: Body, expected: dict[str, list[str]]
) -> None:
    assert keys(taken(met, body)) == expected


def test_the_holder_stands_in_a_resource_that_was_offered_and_in_no_other(met: Store) -> None:
    for lender, seen in ((BANK, {"R1"}), (RIVAL, set()), (GUARANTEE, set())):
        book = taken(met, lender)
        rows = book.tables["resource"].to_pylist()
        claims = book.tables["resource__claims"].to_pylist()
        assert {row["resource_id"] for row in rows if row["holder_token"] == HOLDER} == seen
        assert {row["resource_id"] for row in rows if row["title_no"]} == seen
        assert {row["resource_id"] for row in claims if row["holder"] == HOLDER} == seen


def test_a_name_that_stands_in_is_one_holders_and_means_nothing_elsewhere(met: Store) -> None:
    names = {}
    for lender in (RIVAL, GUARANTEE):
        book = taken(met, lender)
        (names[lender],) = {
            *book.tables["resource"]["holder_token"].to_pylist(),
            *book.tables["resource__claims"]["holder"].to_pylist(),
        }
    assert names[RIVAL] != names[GUARANTEE]
    assert HOLDER not in names.values()


def test_cooperatives_and_supervisors_see_the_holders_of_their_county(met: Store) -> None:
    for body in (COOP, COUNTY):
        rows = taken(met, body).tables["resource"].to_pylist()
        assert [(row["resource_id"], row["holder_token"]) for row in rows] == [("R1", HOLDER)]


def test_every_table_is_some_data_of_the_matrix_and_a_house_takes_all(met: Store) -> None:
    whole = met.export(MARCH, HOME_OWNER)
    assert keys(extract(met, Tenant(HOME_OWNER), MARCH)) == keys(whole)
    assert set(DATA) >= {name for name in whole.tables if "__" not in name}
    assert TenantKind(Tenant(HOME_OWNER).kind) is TenantKind.HOUSE


def test_the_export_of_a_registered_body_is_its_extract(met: Store, tmp_path: Path) -> None:
    export_folder(met, tmp_path / "out", MARCH, RIVAL.owner)
    rows = pq.read_table(tmp_path / "out" / "resource.parquet").to_pylist()
    assert not [row for row in rows if row["holder_token"] == HOLDER]
    assert not (tmp_path / "out" / "cooperative.parquet").exists()
