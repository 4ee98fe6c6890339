"""Whose rows a tenant reads, by kind: the repository on both databases, the policy behind it."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime
from typing import get_type_hints

import pytest
from sqlalchemy import Engine, Table, insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from features.dictionary import load_dictionary
from features.graph import catalogue
from features.needs import needs
from service.store.database import Tenant, act_as, reading, writing
from service.store.decisions import DecisionLog
from service.store.records import Records
from service.store.store import Store
from service.store.tables import SHARED_TABLES, batch, metadata, proposal, tenant
from service.store.versions import version_of
from service.store.visibility import PARTNERS, SUPERVISING
from service.trust.roles import TenantKind

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
MARCH = date(2026, 3, 31)

BANK, RIVAL = Tenant("青山农商行", "bank"), Tenant("绿水银行", "bank")
GUARANTEE, COOP = Tenant("县农担", "guarantee"), Tenant("合作社", "cooperative")
COUNTY, PROVINCE = Tenant("县发改局", "county"), Tenant("省发改委", "province")
BODIES = (BANK, RIVAL, GUARANTEE, COOP, COUNTY, PROVINCE)


def put(store: Store, owner: Tenant, table: str, **columns: object) -> None:
    times = {"as_of": "2026-02-28", "known_at": "2026-03-01T09:00:00+08:00"}
    store.records(owner).append([version_of(table, {**times, **columns})], NOW)


def meeting(store: Store) -> Store:
    """Two banks, a guarantee company, a cooperative and two supervisors, each with its book."""
    with writing(store.engine) as connection:
        connection.execute(
            insert(tenant),
            [{"owner": body.owner, "kind": body.kind, "label": body.owner} for body in BODIES],
        )
    for bank, code in ((BANK, "B1"), (RIVAL, "B2")):
        put(store, bank, "bank", bank_code=code)
        put(store, bank, "guarantee_body", body_id=f"G-{code}")
        put(store, bank, "household", household_id=f"H-{code}")
        put(store, bank, "application", application_id=f"A-{code}", household_id=f"H-{code}")
        put(store, bank, "loan", loan_id=f"L-{code}", application_id=f"A-{code}")
        put(store, bank, "organisation", org_id=f"O-{code}")
    put(store, GUARANTEE, "guarantee_body", body_id="G1")
    put(store, GUARANTEE, "bank", bank_code="B9")
    put(store, COOP, "cooperative", coop_id="K1", county_code="330523")
    put(store, COOP, "county", county_code="330523")
    put(store, COOP, "project", project_id="P1", coop_id="K1", developer_id="D1")
    put(store, COOP, "resource", resource_id="R1", coop_id="K1")
    put(store, COOP, "organisation", org_id="D1", counties_active=3)
    put(store, COOP, "organisation", org_id="D2")
    put(store, BANK, "organisation", org_id="D3")
    put(store, RIVAL, "organisation", org_id="D1", counties_active=1)
    return store


@pytest.fixture
def met(store: Store) -> Store:
    return meeting(store)


def reads(store: Store, reader: Tenant, table: str) -> list[str]:
    return store.keys(table, MARCH, reader)


NOBODY: tuple[list[str], ...] = ([], [], [], [], [], [])
READ: dict[str, tuple[list[str], ...]] = {
    # BANK, RIVAL, GUARANTEE, COOP, COUNTY, PROVINCE
    "household": (["H-B1"], ["H-B2"], *NOBODY[2:]),
    "application": (["A-B1"], ["A-B2"], *NOBODY[2:]),
    "loan": (["L-B1"], ["L-B2"], *NOBODY[2:]),
    "resource": (["R1"],) * 6,
    "cooperative": (["K1"],) * 6,
    "project": (["P1"],) * 6,
    "county": (["330523"],) * 6,
    "organisation": (["D1", "D3", "O-B1"], ["D1", "O-B2"], ["D1"], ["D1", "D2"], ["D1"], ["D1"]),
    "bank": (["B1"], ["B2"], ["B9"], [], ["B1", "B2"], ["B1", "B2"]),
    "guarantee_body": (["G-B1"], ["G-B2"], ["G1"], [], ["G1"], ["G1"]),
}


def test_a_tenant_reads_its_own_the_shared_and_what_its_kind_opens(met: Store) -> None:
    assert set(READ) == set(load_dictionary().tables)
    found = {table: tuple(reads(met, reader, table) for reader in BODIES) for table in READ}
    assert found == READ


def test_an_unregistered_name_reads_no_partner_and_no_borrower(met: Store) -> None:
    for table in ("bank", "guarantee_body", "household", "application", "loan"):
        assert reads(met, Tenant("无名"), table) == []
        assert met.keys(table, MARCH, "无名") == []


def test_what_a_tenant_states_of_a_developer_itself_stands_alone(met: Store) -> None:
    def stated(reader: Tenant) -> list[object]:
        need = needs(catalogue(), "organisation", {(): ("counties_active",)})
        found = met.records(reader).around(["D1"], need, MARCH)
        return [row["counties_active"] for row in found["organisation"]]

    assert stated(RIVAL) == [1]
    assert stated(BANK) == stated(COUNTY) == [3]


def test_what_others_state_does_not_stop_a_tenant_from_stating_it(met: Store) -> None:
    put(met, COUNTY, "bank", bank_code="B1")
    put(met, BANK, "organisation", org_id="D1", counties_active=2)
    assert reads(met, COUNTY, "bank") == ["B1", "B2"]
    assert len(list(met.records(BANK).rows("organisation", MARCH))) == 3


BY_POLICY = text('SELECT "table", key FROM record')


def test_the_policy_lets_through_what_the_repository_reads_and_no_other(
    postgres_store: Store,
) -> None:
    store = meeting(postgres_store)
    for reader in BODIES:
        with reading(store.engine, reader) as connection:
            by_policy = {(row.table, row.key) for row in connection.execute(BY_POLICY)}
        tables = {table for table, _ in by_policy} | {"household", "bank", "loan"}
        by_repository = {(name, key) for name in tables for key in reads(store, reader, name)}
        assert by_policy == by_repository, reader


def seen(engine: Engine, reader: Tenant | None) -> tuple[int, set[str]]:
    """Return the connection's process and the tables of the private rows it lets through."""
    with reading(engine, reader) as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        rows = connection.execute(BY_POLICY)
        return pid, {row.table for row in rows} - set(SHARED_TABLES) - {"organisation"}


def test_a_connection_of_the_pool_forgets_whom_it_served(postgres_store: Store) -> None:
    engine = meeting(postgres_store).engine
    partners = {"bank", "guarantee_body"}
    first, of_supervisor = seen(engine, COUNTY)
    with pytest.raises(ZeroDivisionError), reading(engine, COUNTY):
        raise ZeroDivisionError
    second, of_nobody = seen(engine, None)
    third, of_cooperative = seen(engine, COOP)
    assert first == second == third
    assert (of_supervisor, of_nobody, of_cooperative) == (partners, set(), set())


def test_a_transaction_for_several_keeps_no_others_kind(postgres_store: Store) -> None:
    with reading(meeting(postgres_store).engine, PROVINCE) as connection:
        act_as(connection, COOP)
        tables = {row.table for row in connection.execute(BY_POLICY)}
    assert tables == {*SHARED_TABLES, "organisation"}


ROWS: dict[Table, dict[str, object]] = {
    batch: {
        "product": "credit", "state": "done", "rows": 1, "done": 1, "faulty": 0,
        "request_digest": "0" * 64, "role": "officer", "kind": "bank",
    },
    proposal: {"kind": "correction", "about": "K1", "content": b"{}", "state": "open"},
}  # fmt: skip


@pytest.mark.parametrize("table", ROWS, ids=lambda table: table.name)
def test_batches_and_proposals_are_their_owners_alone(postgres_store: Store, table: Table) -> None:
    def row(id: str) -> dict[str, object]:
        return ROWS[table] | {"owner": BANK.owner, "id": id, "by": "王芳", "made_at": NOW}

    with writing(postgres_store.engine, BANK) as connection:
        connection.execute(insert(table), row("1"))
    found = [
        _owners(postgres_store.engine, reader, table) for reader in (BANK, RIVAL, PROVINCE, None)
    ]
    assert found == [[BANK.owner], [], [], []]
    with (
        pytest.raises(SQLAlchemyError, match="row-level security"),
        writing(postgres_store.engine, RIVAL) as connection,
    ):
        connection.execute(insert(table), row("2"))


def _owners(engine: Engine, reader: Tenant | None, table: Table) -> list[str]:
    with reading(engine, reader) as connection:
        return list(connection.execute(select(table.c.owner)).scalars())


def test_every_private_table_is_bound_by_the_policy(postgres_store: Store) -> None:
    bound = text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
    with reading(postgres_store.engine) as connection:
        found = set(connection.execute(bound).scalars())
    by_nobody = {"person", "api_key", "tenant", "batch_claim"}
    owned = {name for name, table in metadata.tables.items() if "owner" in table.c}
    assert found == owned - by_nobody


def test_there_is_no_repository_without_a_tenant() -> None:
    parameter = inspect.signature(Records).parameters["tenant"]
    assert parameter.default is inspect.Parameter.empty
    assert get_type_hints(Records.__init__)["tenant"] is Tenant
    for name in ("records", "load", "export", "keys", "book_of", "book_beside"):
        owner = inspect.signature(getattr(Store, name)).parameters["owner"]
        assert owner.default is inspect.Parameter.empty, name
    for name in ("append", "get", "read", "latest", "about", "repeated"):
        owner = inspect.signature(getattr(DecisionLog, name)).parameters["owner"]
        assert owner.default is inspect.Parameter.empty, name


def test_the_kinds_that_supervise_are_kinds_of_tenants() -> None:
    kinds = {kind.value for kind in TenantKind}
    assert {*SUPERVISING, *PARTNERS.values(), Tenant("x").kind} <= kinds
