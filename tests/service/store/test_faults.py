"""A database that is away, locked or full: told as such, nothing half-written, then it goes on."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DataError, SQLAlchemyError

from service.store.database import Tenant, open_engine, reading, writing
from service.store.decisions import Stored, draft
from service.store.faults import FIXED, FULL, GONE, HELD, StoreUnavailable
from service.store.store import Store
from tests.service.conftest import Postgres

BANK = "青山农商行"


def told(store: Store, reason: str) -> None:
    """Check that nothing of a batch is kept, and for which reason."""
    drafts = [draft({"n": n, "text": "山" * 4000}, BANK) for n in range(8)]
    with pytest.raises(StoreUnavailable) as fault:
        store.decisions.append_all(drafts)
    assert fault.value.reason == reason
    for one in drafts:
        assert store.decisions.get(one.id, BANK) is None


def goes_on(store: Store, behind: Stored) -> None:
    """Check that the next decision stands right behind the last one that was kept."""
    following = store.decisions.append({"n": "next"}, BANK)
    assert (following.sequence, following.previous_hash) == (behind.sequence + 1, behind.hash)


@contextmanager
def impatient(store: Store) -> Iterator[None]:
    """Wait 50 ms for a lock instead of 5 s."""

    def set_timeout(connection: object, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=50")  # type: ignore[attr-defined]

    event.listen(store.engine, "connect", set_timeout)
    store.engine.dispose()
    try:
        yield
    finally:
        event.remove(store.engine, "connect", set_timeout)


@contextmanager
def no_more_room() -> Iterator[None]:
    """Let this process write into no file: what a full disk does to SQLite."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_locked_file_is_told_and_used_again_when_it_is_free(sqlite_store: Store) -> None:
    kept = sqlite_store.decisions.append({"n": 0}, BANK)
    stranger = open_engine(str(sqlite_store.engine.url))
    with impatient(sqlite_store):
        with writing(stranger):
            told(sqlite_store, HELD)
        goes_on(sqlite_store, kept)
    stranger.dispose()


def test_a_full_disk_is_told_and_written_again_when_there_is_room(sqlite_store: Store) -> None:
    kept = sqlite_store.decisions.append({"n": 0}, BANK)
    with no_more_room():
        told(sqlite_store, FULL)
    goes_on(sqlite_store, kept)


def test_a_file_that_may_not_be_written_is_told(sqlite_store: Store) -> None:
    address = f"sqlite:///file:{sqlite_store.engine.url.database}?mode=ro&uri=true"
    engine = open_engine(address)
    with pytest.raises(StoreUnavailable) as fault, writing(engine) as connection:
        connection.execute(text("INSERT INTO chain_head VALUES ('a', 0, '')"))
    assert fault.value.reason == FIXED
    engine.dispose()


def test_connections_that_the_server_ended_are_replaced(
    postgres: Postgres, postgres_store: Store
) -> None:
    kept = postgres_store.decisions.append({"n": 0}, BANK)
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
    postgres.execute(end.format(postgres_store.engine.url.database))
    goes_on(postgres_store, kept)


def test_a_connection_that_breaks_in_a_transaction_undoes_it(
    postgres: Postgres, postgres_store: Store
) -> None:
    kept = postgres_store.decisions.append({"n": 0}, BANK)
    with pytest.raises(StoreUnavailable) as fault:
        break_in_the_middle(postgres, postgres_store)
    assert fault.value.reason == GONE
    goes_on(postgres_store, kept)


def break_in_the_middle(postgres: Postgres, store: Store) -> None:
    """End our own connection between two statements of one transaction."""
    with writing(store.engine, Tenant(BANK)) as connection:
        connection.execute(text("UPDATE chain_head SET sequence = 99"))
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        postgres.execute(f"SELECT pg_terminate_backend({pid})")
        connection.execute(text("SELECT 1"))


def test_a_row_that_others_hold_is_waited_for_a_while(
    postgres: Postgres, postgres_store: Store
) -> None:
    kept = postgres_store.decisions.append({"n": 0}, BANK)
    name = postgres_store.engine.url.database
    stranger = open_engine(postgres.address(str(name), "postgres"))
    hasty = postgres.address(str(name), "clerk") + "&options=-c%20lock_timeout%3D50"
    store = Store(hasty, postgres_store._home)
    with writing(stranger) as connection:
        connection.execute(text("SELECT * FROM chain_head FOR UPDATE"))
        told(store, HELD)
    goes_on(store, kept)
    store.close()
    stranger.dispose()


@pytest.mark.parametrize(
    ("state", "reason"), [("53100", FULL), ("57P03", GONE), ("53300", GONE), ("25006", FIXED)]
)
def test_what_a_server_says_of_itself_is_told(
    postgres: Postgres, postgres_store: Store, state: str, reason: str
) -> None:
    kept = postgres_store.decisions.append({"n": 0}, BANK)
    database = str(postgres_store.engine.url.database)
    postgres.execute(
        "CREATE FUNCTION out_of_order() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$",
        "CREATE TRIGGER out_of_order AFTER INSERT ON decision "
        "FOR EACH ROW EXECUTE FUNCTION out_of_order()",
        database=database,
    )
    told(postgres_store, reason)
    postgres.execute("DROP FUNCTION out_of_order CASCADE", database=database)
    goes_on(postgres_store, kept)


def test_a_fault_of_ours_does_not_pass_for_one_of_the_database(store: Store) -> None:
    with pytest.raises(SQLAlchemyError), reading(store.engine) as connection:
        connection.execute(text("SELECT * FROM no_such_table"))


def test_text_that_postgresql_cannot_hold_is_not_an_outage(postgres_store: Store) -> None:
    with pytest.raises(DataError), reading(postgres_store.engine) as connection:
        connection.execute(text("SELECT :x"), {"x": "\0"})


def test_an_error_does_not_show_what_was_asked(store: Store) -> None:
    with pytest.raises(SQLAlchemyError) as fault, reading(store.engine) as connection:
        connection.execute(text("SELECT * FROM nowhere WHERE x = :x"), {"x": "330822197001010011"})
    assert "330822197001010011" not in str(fault.value)
