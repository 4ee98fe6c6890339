"""What one subject can reach, and how an officer finds an application."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from features.dictionary import load_dictionary
from features.graph import catalogue
from features.needs import Path, needs
from service.store.mentions import mentioned, mentions_of
from service.store.store import Store
from service.store.versions import Row, version_of

BANK = "青山农商行"
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
MARCH = date(2026, 3, 31)


def put(store: Store, table: str, owner: str = BANK, **columns: object) -> None:
    times = {"as_of": "2026-02-28", "known_at": "2026-03-01T09:00:00+08:00"}
    store.records(owner).append([version_of(table, {**times, **columns})], NOW)


@pytest.fixture
def county(store: Store) -> Store:
    """Return a store with two cooperatives, of which one belongs to the application."""
    put(store, "county", "合作社", county_code="330921")
    for coop in ("C1", "C2"):
        put(store, "cooperative", "合作社", coop_id=coop, county_code="330921")
        put(store, "project", "合作社", project_id=f"P{coop}", coop_id=coop, developer_id="D1")
        for n in (1, 2):
            put(
                store,
                "resource",
                "合作社",
                resource_id=f"R{coop}{n}",
                coop_id=coop,
                county_code="330921",
            )
    for n in (1, 2):
        put(store, "household", household_id=f"H{n}", village_code=f"V{n}")
        put(
            store,
            "application",
            application_id=f"A{n}",
            household_id=f"H{n}",
            product="deposit",
            amount="50000.00",
            resources=[{"resource_id": "RC11"}],
        )
    return store


def around(
    store: Store,
    owner: str,
    subject: str,
    key: str,
    day: date,
    wanted: dict[Path, tuple[str, ...]],
) -> dict[str, list[Row]]:
    return store.records(owner).around([key], needs(catalogue(), subject, wanted), day)


def keys(rows: dict[str, list[Row]]) -> dict[str, list[str]]:
    dictionary = load_dictionary()
    return {
        table: sorted(str(row[dictionary.table(table).key]) for row in found)
        for table, found in rows.items()
    }


SELF: dict[Path, tuple[str, ...]] = {(): ("as_of",)}
APPLICATION: dict[Path, tuple[str, ...]] = {
    (): ("household__annual_income", "single_item_share_of_pool"),
    ("resource", "cooperative"): ("county__sector_benchmark",),
}


def test_an_application_reaches_what_its_features_are_made_from(county: Store) -> None:
    assert keys(around(county, BANK, "application", "A1", MARCH, APPLICATION)) == {
        "application": ["A1"],
        "household": ["H1"],
        "resource": ["RC11", "RC12"],
        "cooperative": ["C1"],
        "county": ["330921"],
    }


def test_what_is_not_wanted_is_not_read(county: Store) -> None:
    assert keys(around(county, BANK, "application", "A1", MARCH, SELF)) == {"application": ["A1"]}
    wanted: dict[Path, tuple[str, ...]] = {(): ("payout__due",)}
    assert keys(around(county, "任何人", "cooperative", "C2", MARCH, wanted)) == {
        "cooperative": ["C2"],
        "project": ["PC2"],
    }


def test_a_resource_reaches_the_loans_on_it_through_the_requests_that_list_it(
    county: Store,
) -> None:
    put(county, "loan", loan_id="L2", application_id="A2")
    put(county, "loan", loan_id="L9", application_id="A9")
    found = keys(around(county, BANK, "resource", "RC11", MARCH, {(): ("loan__balance",)}))
    assert found == {"resource": ["RC11"], "application": ["A1", "A2"], "loan": ["L2"]}


def test_an_application_reaches_every_loan_of_its_household(county: Store) -> None:
    put(county, "application", application_id="A3", household_id="H1")
    put(county, "loan", loan_id="L3", application_id="A3")
    found = keys(around(county, BANK, "application", "A1", MARCH, {("own_loan",): ("dpd",)}))
    assert found == {"application": ["A1", "A3"], "loan": ["L3"]}


def test_what_was_not_known_on_the_day_is_not_reached(county: Store) -> None:
    assert around(county, BANK, "application", "A1", date(2026, 2, 28), APPLICATION) == {}


def test_a_row_about_a_later_day_is_not_reached(county: Store) -> None:
    put(county, "household", household_id="H1", as_of="2026-12-31")
    rows = around(county, BANK, "household", "H1", MARCH, SELF)["household"]
    assert [row["as_of"] for row in rows] == ["2026-02-28"]


def test_another_tenants_application_is_not_reached(county: Store) -> None:
    assert around(county, "另一银行", "application", "A1", MARCH, SELF) == {}


def test_every_column_that_records_are_found_by_is_in_the_dictionary() -> None:
    dictionary = load_dictionary()
    for table, columns in mentioned().items():
        for column in columns:
            child, _, name = column.rpartition(".")
            spec = dictionary.table(f"{table}__{child}" if child else table)
            assert name in spec.columns, (table, column)


def test_a_row_mentions_what_it_names_itself_and_on_its_child_rows() -> None:
    listed = [{"resource_id": "R1"}, {"resource_id": "R2"}]
    row = {"application_id": "A1", "household_id": "H1", "resources": listed}
    said = [(found.column, found.value) for found in mentions_of("application", "A1", row)]
    assert said == [
        ("household_id", "H1"),
        ("resources.resource_id", "R1"),
        ("resources.resource_id", "R2"),
    ]
    assert list(mentions_of("application", "A1", {"application_id": "A1"})) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["A2", "A1"]),
        ("A", ["A2", "A1"]),
        ("A1", ["A1"]),
        ("H2", ["A2"]),
        ("V1", ["A1"]),
        ("V", ["A2", "A1"]),
        ("a1", []),
        ("%", []),
        ("A1'; --", []),
    ],
)
def test_an_application_is_found_by_number_household_or_village(
    county: Store, text: str, found: list[str]
) -> None:
    lines = county.find_applications(text, 10, BANK)
    assert [line.application_id for line in lines] == found


def test_the_newest_applications_come_first_and_no_more_than_asked(county: Store) -> None:
    put(county, "application", application_id="A0", household_id="H1", as_of="2026-03-02")
    (newest,) = county.find_applications("", 1, BANK)
    assert (newest.application_id, newest.household_id, newest.village_code) == ("A0", "H1", "V1")
    assert (newest.product, newest.as_of) == (None, date(2026, 3, 2))


def test_a_corrected_application_is_listed_as_it_is_known_now(county: Store) -> None:
    put(
        county,
        "application",
        application_id="A1",
        household_id="H1",
        product="deposit",
        amount="60000.00",
        known_at="2026-03-05T09:00:00+08:00",
        correction_reason="金额更正",
        approved_by="王芳",
    )
    (line,) = county.find_applications("A1", 10, BANK)
    assert (line.amount, line.village_code) == ("60000.00", "V1")


def test_one_application_is_found_among_all_that_begin_like_it(county: Store) -> None:
    for number in range(30):
        name = f"A1{number:02d}"
        put(county, "application", application_id=name, household_id="H1", as_of="2026-03-03")
    assert county.latest_day("application", "A1", BANK) == date(2026, 2, 28)
    assert county.latest_day("application", "A", BANK) is None
    assert county.latest_day("application", "A1", "另一银行") is None


def test_another_tenant_finds_nothing(county: Store) -> None:
    assert county.find_applications("", 10, "另一银行") == []


def test_a_table_that_is_kept_says_that_a_subject_has_no_row_there(county: Store) -> None:
    wanted: dict[Path, tuple[str, ...]] = {(): ("as_of",), ("own_loan",): ("dpd",)}
    assert "loan" not in around(county, BANK, "application", "A1", MARCH, wanted)
    put(county, "loan", loan_id="L9", application_id="A9")
    assert around(county, BANK, "application", "A1", MARCH, wanted)["loan"] == []


def test_rows_that_are_given_reach_what_the_store_keeps_beside_them(county: Store) -> None:
    put(county, "loan", loan_id="L1", application_id="A1")
    given: dict[str, list[Row]] = {
        "application": [
            {"application_id": "new", "household_id": "H1", "resources": [{"resource_id": "new"}]}
        ],
        "household": [{"household_id": "H1", "county_code": "330921"}],
        "resource": [{"resource_id": "new", "coop_id": "C1"}],
    }
    wanted: dict[Path, tuple[str, ...]] = {
        (): ("household__annual_income",),
        ("county",): ("as_of",),
        ("own_loan",): ("dpd",),
        ("resource", "cooperative"): ("as_of",),
    }
    need = needs(catalogue(), "application", wanted)
    assert keys(county.records(BANK).beside(given, need, MARCH)) == {
        "application": ["A1"],
        "cooperative": ["C1"],
        "county": ["330921"],
        "loan": ["L1"],
    }


def test_without_history_the_latest_that_is_known_will_do(county: Store) -> None:
    put(county, "cooperative", "合作社", coop_id="C1", as_of="2026-03-15")
    latest = around(county, BANK, "resource", "RC11", MARCH, {("cooperative",): ("equity",)})
    assert [row["as_of"] for row in latest["cooperative"]] == ["2026-03-15"]
    whole = around(county, BANK, "resource", "RC11", MARCH, {("cooperative",): ("loss_years",)})
    assert len(whole["cooperative"]) > 1
