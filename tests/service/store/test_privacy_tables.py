"""Row-level security stands behind identity numbers, withdrawals and erasures too."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.store.consents import withdraw
from service.store.database import Tenant, reading, writing
from service.store.decisions import draft
from service.store.erased import Gone, erase
from service.store.store import Store
from tests.service.people import citizen

TABLES = ("identity", "withdrawn", "erased")
BANK, RIVAL = Tenant("bank"), Tenant("rival bank")


@pytest.fixture
def kept(postgres_store: Store) -> Store:
    """A store in which one bank keeps a row in each of the tables."""
    store = postgres_store
    sealed = store.subjects.sealed(citizen(1), BANK.owner)
    store.decisions.append_all([replace(draft({}, BANK.owner), sealed=sealed)])
    with store.decisions.following(BANK.owner) as (connection, append):
        entry = append(draft({}, BANK.owner, kind="erasure"))
        withdraw(connection, BANK.owner, ["C-1"], entry.id, entry.recorded_at)
        erase(connection, BANK.owner, entry.id, [Gone("household", "H-1")])
    return store


def rows(store: Store, tenant: Tenant | None) -> list[int]:
    with reading(store.engine, tenant) as connection:
        counts = [connection.execute(text(f"SELECT count(*) FROM {name}")) for name in TABLES]
        return [int(count.scalar_one()) for count in counts]


def test_another_tenant_and_nobody_see_no_row(kept: Store) -> None:
    assert rows(kept, BANK) == [1, 1, 1]
    assert rows(kept, RIVAL) == rows(kept, None) == [0, 0, 0]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO identity SELECT 'bank', 't', 'c', now()",
        "INSERT INTO withdrawn SELECT 'bank', 'C-2', 'e', now()",
        "INSERT INTO erased SELECT 'bank', 'household', 'H-2', date '9999-12-31', 'e'",
    ],
)
def test_nobody_writes_for_another(kept: Store, statement: str) -> None:
    with (
        pytest.raises(DBAPIError, match="row-level security"),
        writing(kept.engine, RIVAL) as connection,
    ):
        connection.execute(text(statement))


def test_another_tenants_number_is_neither_changed_nor_deleted(kept: Store) -> None:
    with writing(kept.engine, RIVAL) as connection:
        for statement in ("UPDATE identity SET id_cipher = 'x'", "DELETE FROM identity"):
            assert connection.execute(text(statement)).rowcount == 0
    assert rows(kept, BANK) == [1, 1, 1]
