"""Backup and restore: everything comes back, in either database; a damaged file brings nothing."""

from __future__ import annotations

import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, select, text

from features.errors import BadInput
from features.simulate import simulate
from service.store import migrate
from service.store.archive import TYPES, kind_of
from service.store.audit import verify_chain
from service.store.backup import LEFT_OUT, back_up
from service.store.chain import chain_key
from service.store.database import open_engine, writing
from service.store.restore import restore
from service.store.store import Store
from service.store.tables import metadata
from service.trust.identity import Identity
from service.trust.roles import Role
from tests.service.conftest import KINDS
from tests.service.store.places import Empty, seeing_all

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
OWNERS = ("青山农商行", "两山合作社")
DAY = date(2026, 6, 30)
PASSWORD = "青山绿水-green-hills"

Filled = Callable[[str], tuple[Store, Path]]
Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def filled(empty: Empty, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """Return how to get a store of a kind with everything in it, and its backup with keys."""

    @cache
    def fill_once(kind: str) -> tuple[Store, Path]:
        folder = tmp_path_factory.mktemp("filled")
        store = empty(kind, folder / "home")
        fill(store)
        whole = seeing_all(store)
        back_up(whole, store._home, folder / "backup", NOW, with_secrets=True)
        whole.close()
        return store, folder / "backup"

    return fill_once


def fill(store: Store) -> None:
    """Keep records, decisions of two owners, people, a model file."""
    store.migrate()
    store.load(simulate(4, 7, DAY).book, OWNERS[0], NOW)
    for owner in OWNERS:
        for n in range(3):
            store.decisions.append({"n": n, "zh": "转人工"}, owner, application=f"A{n}")
    store.blobs.put(b"\x00\xff policy")
    Identity(store.engine).add_person("wang", OWNERS[0], Role.OFFICER, PASSWORD)
    (store._home / "models" / "credit").mkdir(parents=True)
    (store._home / "models" / "credit" / "champion.json").write_text("{}")


def content(store: Store) -> Rows:
    """Return all rows of all tables."""
    whole = seeing_all(store)
    with whole.engine.connect() as connection:
        found = {
            name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for name, table in metadata.tables.items()
        }
    whole.close()
    return found


def verified(connection: Connection, store: Store) -> dict[str, int]:
    key = chain_key(store._home)
    return {owner: verify_chain(connection, key, owner) for owner in OWNERS}


@pytest.mark.parametrize(("source", "target"), list(product(KINDS, KINDS)))
def test_everything_comes_back_in_either_database(
    filled: Filled, empty: Empty, tmp_path: Path, source: str, target: str
) -> None:
    store, file = filled(source)
    restored = empty(target, tmp_path / "new")
    assert restore(restored, restored._home, file).revision == migrate.head()
    assert content(restored) == content(store)
    assert content(store)["record"]
    assert (restored._home / "models/credit/champion.json").read_text() == "{}"
    with writing(restored.engine) as connection:
        assert verified(connection, restored) == dict.fromkeys(OWNERS, 3)
    assert restored.decisions.append({"n": 3}, OWNERS[0]).sequence == 4
    assert restored.export(DAY, OWNERS[0]) == store.export(DAY, OWNERS[0])
    assert Identity(restored.engine).sign_in("wang", PASSWORD) is not None


def test_a_backup_is_for_its_owners_eyes(filled: Filled) -> None:
    assert filled("sqlite")[1].stat().st_mode & 0o077 == 0


def test_every_table_can_be_written_down() -> None:
    for table in metadata.tables.values():
        for column in table.columns:
            assert kind_of(column.type) in TYPES
    assert set(metadata.tables) >= LEFT_OUT - {"alembic_version"}


def test_a_backup_is_of_one_instant_while_others_write(
    sqlite_store: Store, tmp_path: Path
) -> None:
    def decide(n: int) -> None:
        sqlite_store.decisions.append({"n": n, "text": "山" * 2000}, OWNERS[0])

    decide(0)
    other = tmp_path / "other"
    with ThreadPoolExecutor(1) as pool:
        going_on = pool.map(decide, range(1, 60))
        manifest = back_up(
            sqlite_store, sqlite_store._home, tmp_path / "b", NOW, with_secrets=True
        )
        list(going_on)
    other.mkdir()
    restored = Store(f"sqlite:///{other / 'store.db'}", other)
    restore(restored, other, tmp_path / "b")
    rows = content(restored)["decision"]
    assert len(rows) == manifest.heads[OWNERS[0]][0]


@pytest.fixture
def backed_up(filled: Filled, tmp_path: Path) -> tuple[Store, Path]:
    """Return a store with everything in it and a backup of it without keys."""
    store, _ = filled("sqlite")
    back_up(store, store._home, tmp_path / "backup", NOW)
    return store, tmp_path / "backup"


def test_keys_are_not_inside_unless_asked_for(
    backed_up: tuple[Store, Path], empty: Empty, tmp_path: Path
) -> None:
    store, file = backed_up
    assert not [name for name in zipfile.ZipFile(file).namelist() if "secrets" in name]
    home = tmp_path / "new"
    restored = empty("sqlite", home)
    with pytest.raises(BadInput, match=r"holds no keys.*"):
        restore(restored, home, file)
    shutil.copytree(store._home / "secrets", home / "secrets")
    restore(restored, home, file)
    assert content(restored) == content(store)


def test_another_key_does_not_verify(
    backed_up: tuple[Store, Path], empty: Empty, tmp_path: Path
) -> None:
    restored = empty("sqlite", tmp_path / "new")
    chain_key(restored._home)
    with pytest.raises(BadInput, match="the chain is broken here"):
        restore(restored, restored._home, backed_up[1])
    assert inspect(restored.engine).get_table_names() == []
    assert not (restored._home / "models").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_overwritten(
    backed_up: tuple[Store, Path], empty: Empty, tmp_path: Path, kind: str
) -> None:
    store, file = backed_up
    with pytest.raises(BadInput, match="overwrites nothing"):
        restore(store, store._home, file)
    other = empty(kind, tmp_path / "new")
    shutil.copytree(store._home / "secrets", tmp_path / "new" / "secrets")
    other.migrate()
    with pytest.raises(BadInput, match="overwrites nothing"):
        restore(other, other._home, file)
    with pytest.raises(BadInput, match=r"backup.*it exists"):
        back_up(store, store._home, file, NOW)


def damaged(file: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """Return a copy of a backup in which one member is another."""
    copy = file.with_name(f"damaged-{file.name}")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(copy, "w") as target:
        for member in source.namelist():
            kept = source.read(member)
            target.writestr(member, change(kept) if member == name else kept)
    return copy


@pytest.mark.parametrize(
    ("member", "change"),
    [
        ("tables/decision.ndjson", lambda kept: kept.replace(b"A1", b"A9")),
        ("tables/record.ndjson", lambda kept: kept[: kept.rindex(b"\n", 0, -1) + 1]),
        ("models/credit/champion.json", lambda kept: kept + b" "),
        ("manifest.json", lambda kept: kept.replace(b'"models/', b'"../models/')),
        ("manifest.json", lambda kept: kept.replace(b'"format":1', b'"format":2')),
        ("manifest.json", lambda kept: kept.replace(b'"revision":"00', b'"revision":"99')),
        ("manifest.json", lambda _: b"{"),
    ],
)
def test_a_damaged_backup_restores_nothing(
    backed_up: tuple[Store, Path],
    empty: Empty,
    tmp_path: Path,
    member: str,
    change: Callable[[bytes], bytes],
) -> None:
    store, file = backed_up
    restored = empty("sqlite", tmp_path / "new")
    shutil.copytree(store._home / "secrets", restored._home / "secrets")
    with pytest.raises(BadInput):
        restore(restored, restored._home, damaged(file, member, change))
    assert inspect(restored.engine).get_table_names() == []
    assert not list((restored._home / "models").rglob("*.json"))


@pytest.mark.parametrize("cut", [0, 10, 2_000, -10])
def test_a_cut_file_is_refused(
    backed_up: tuple[Store, Path], empty: Empty, tmp_path: Path, cut: int
) -> None:
    whole = backed_up[1].read_bytes()
    (tmp_path / "cut").write_bytes(whole[:cut])
    restored = empty("sqlite", tmp_path / "new")
    with pytest.raises(BadInput, match="damaged"):
        restore(restored, restored._home, tmp_path / "cut")


def test_a_file_that_is_not_there_is_named(empty: Empty, tmp_path: Path) -> None:
    restored = empty("sqlite", tmp_path / "new")
    with pytest.raises(BadInput, match=r"nowhere.*No such file"):
        restore(restored, restored._home, tmp_path / "nowhere")


def test_a_role_that_sees_one_tenant_alone_does_not_back_up(
    postgres_store: Store, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="BYPASSRLS"):
        back_up(postgres_store, postgres_store._home, tmp_path / "b", NOW)
    assert not (tmp_path / "b").exists()


def test_the_registry_is_copied_as_it_stands_between_two_transactions(
    sqlite_store: Store, tmp_path: Path
) -> None:
    home = sqlite_store._home
    with sqlite3.connect(home / "mlflow.db") as registry:
        registry.execute("CREATE TABLE version (n)")
        registry.execute("PRAGMA journal_mode=WAL")
        registry.execute("INSERT INTO version VALUES (7)")
        registry.commit()
        back_up(sqlite_store, home, tmp_path / "b", NOW)
    with zipfile.ZipFile(tmp_path / "b") as archive:
        (tmp_path / "copy.db").write_bytes(archive.read("mlflow.db"))
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("SELECT n FROM version").fetchall() == [(7,)]


def test_a_change_in_the_database_shows_in_the_chain(sqlite_store: Store) -> None:
    kept = [sqlite_store.decisions.append({"n": n}, OWNERS[0]) for n in range(3)]
    engine = open_engine(str(sqlite_store.engine.url))
    with writing(engine) as connection:
        connection.execute(text("DROP TRIGGER decision_no_delete"))
        connection.execute(text("DELETE FROM decision WHERE sequence = 2"))
        with pytest.raises(BadInput, match="decision 2 of"):
            verify_chain(connection, chain_key(sqlite_store._home), OWNERS[0])
        connection.execute(text("DELETE FROM decision WHERE sequence = 3"))
        with pytest.raises(BadInput, match="decision 2 of"):
            verify_chain(connection, chain_key(sqlite_store._home), OWNERS[0])
    assert kept[0].sequence == 1
    engine.dispose()
