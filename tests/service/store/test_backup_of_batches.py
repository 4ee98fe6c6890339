"""Batches that wait, backed up and restored: they go on where they were, or say why not."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table

from service.store import backup
from service.store.backup import back_up
from service.store.batches import FAILED, RUNNING, WAITING, Batch, Batches
from service.store.claims import Claims, Step
from service.store.database import Tenant
from service.store.home_files import batch_file
from service.store.restore import restore
from service.store.store import Store
from tests.service.conftest import KINDS
from tests.service.store.places import Empty, seeing_all

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
OWNERS = ("青山农商行", "两山合作社")


def a_batch(number: int) -> Batch:
    owner, digest = OWNERS[0], "ab" * 32
    return Batch(
        owner=owner, id=f"{number:032x}", product="credit", by="c", role="officer", kind="bank",
        made_at=NOW, finished_at=None, state=WAITING, rows=3, done=0, faulty=0,
        idempotency_key=None, request_digest=digest,
    )  # fmt: skip


def keep_batch(store: Store, number: int, content: bytes | None) -> Path:
    """Keep a batch of which one line is answered; its file may lie on another machine."""
    made = Batches(store.engine, Tenant(OWNERS[0])).keep(a_batch(number))
    path = store._home / batch_file(made.owner, made.id)
    if content is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    claim = Claims(store.engine).take("w", NOW, lambda owner, id: id == made.id)
    assert claim is not None
    Claims(store.engine).advance(claim, Step(1, 2, last=False, faults={1: b"{}"}), NOW)
    return path


@pytest.mark.parametrize(("source", "target"), list(product(KINDS, KINDS)))
def test_a_batch_goes_on_after_a_restore_or_ends_as_failed(
    empty: Empty, tmp_path: Path, source: str, target: str
) -> None:
    store = empty(source, tmp_path / "old")
    store.migrate()
    here = keep_batch(store, 1, b"1\n2\n3\n")
    keep_batch(store, 2, None)
    here.with_name("upload.part").write_bytes(b"half")
    whole = seeing_all(store)
    back_up(whole, store._home, tmp_path / "b", NOW, with_secrets=True)
    whole.close()
    restored = empty(target, tmp_path / "new")
    restore(restored, restored._home, tmp_path / "b")
    kept = Batches(restored.engine, Tenant(OWNERS[0]))
    first, second = kept.get(f"{1:032x}"), kept.get(f"{2:032x}")
    assert first is not None
    assert second is not None
    assert (first.state, first.done) == (RUNNING, 1)
    assert Claims(restored.engine).waiting() == {first.id: OWNERS[0]}
    assert (second.state, second.done, second.finished_at) == (FAILED, 1, NOW)
    assert kept.faults(second.id, 1, 3) == {1: b"{}"}
    files = [path for path in (restored._home / "batches").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in files] == [b"1\n2\n3\n"]


def test_a_batch_that_ends_while_it_is_backed_up_comes_back_as_it_was(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = keep_batch(sqlite_store, 1, b"1\n2\n3\n")
    tables = backup._tables

    def ends_meanwhile(connection: Connection) -> list[Table]:
        path.unlink()
        return tables(connection)

    monkeypatch.setattr(backup, "_tables", ends_meanwhile)
    back_up(sqlite_store, sqlite_store._home, tmp_path / "b", NOW, with_secrets=True)
    restored = Store(f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "new")
    restore(restored, restored._home, tmp_path / "b")
    assert (restored._home / path.relative_to(sqlite_store._home)).read_bytes() == b"1\n2\n3\n"
    assert Claims(restored.engine).waiting() == {f"{1:032x}": OWNERS[0]}
