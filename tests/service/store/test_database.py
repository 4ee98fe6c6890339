"""Opening a database: what cannot be opened is named, and no password is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from features.errors import BadInput
from service.settings import Settings
from service.store.database import Tenant, open_engine, writing
from service.store.store import Store
from tests.service.conftest import Postgres


@pytest.mark.parametrize("address", ["", "store.db", "://", "postgresql://clerk@host:port/x"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(BadInput, match="no database address"):
        open_engine(address)


def test_a_new_file_is_for_its_account_alone(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'store.db'}")
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE seen (id INTEGER)"))
    assert {file.stat().st_mode & 0o077 for file in tmp_path.iterdir()} == {0}


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(BadInput, match="only SQLite and PostgreSQL"):
        open_engine("mysql://root@localhost/x")


def test_a_folder_that_is_not_there_is_named() -> None:
    with pytest.raises(BadInput, match=r"/nowhere/store\.db.*unable to open"):
        open_engine("sqlite:////nowhere/store.db")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"not a database at all, but long enough to tell")
    with pytest.raises(BadInput, match="not a database"):
        open_engine(f"sqlite:///{tmp_path / 'store.db'}")


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(BadInput, match="cannot be opened") as fault:
        open_engine("postgresql://clerk:geheim@127.0.0.1:1/books")
    assert "geheim" not in str(fault.value)
    assert "127.0.0.1:1/books" in str(fault.value)


def test_a_database_that_is_not_there_is_named(postgres: Postgres) -> None:
    with pytest.raises(BadInput, match='database "nowhere" does not exist'):
        open_engine(postgres.address("nowhere", "clerk"))


def test_a_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="LIANGSHAN_HOME"):
        Store.open(Settings(home=tmp_path / "file" / "home"))


def test_settings_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LIANGSHAN_HOME", str(tmp_path))
    monkeypatch.delenv("LIANGSHAN_DATABASE_URL", raising=False)
    assert Settings().store_url == f"sqlite:///{tmp_path / 'store.db'}"
    monkeypatch.setenv("LIANGSHAN_DATABASE_URL", "postgresql://x/y")
    assert Settings().store_url == "postgresql://x/y"


@pytest.mark.parametrize("owner", ["", "  "])
def test_there_is_no_repository_without_a_tenant(sqlite_store: Store, owner: str) -> None:
    with pytest.raises(BadInput, match="every record has an owner"):
        sqlite_store.records(owner)
    with pytest.raises(BadInput, match="every record has an owner"):
        Tenant(owner)


def test_sqlite_syncs_every_commit_and_checkpoints_often(sqlite_store: Store) -> None:
    with sqlite_store.engine.connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "wal_autocheckpoint", "foreign_keys")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "wal_autocheckpoint": 100,
        "foreign_keys": 1,
    }
