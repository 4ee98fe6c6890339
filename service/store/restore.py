"""Restore an installation from a backup: all of it or nothing, into an empty place alone."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table
from sqlalchemy.exc import DataError, IntegrityError

from features.canonical import sha256_hex
from features.errors import BadInput
from service.store import migrate
from service.store.archive import TYPES, Backup, Manifest, Member, Values
from service.store.audit import verify_chain
from service.store.batches import FAILED, end
from service.store.chain import KEY_FILE
from service.store.database import Tenant, act_as, shown, writing
from service.store.home_files import SECRETS, batch_file, write_new
from service.store.records import in_chunks
from service.store.store import Store
from service.store.tables import batch_claim

ROWS_AT_ONCE = 2_000
KEY_PATH = f"{SECRETS}/{KEY_FILE}"


def restore(store: Store, home: Path, file: Path) -> Manifest:
    """Fill an empty store and its folder from a backup, verify it, and return its manifest.

    The store is at this program's revision then, whichever it was at when it was backed up, and
    may be of the other kind of database. A batch whose lines are not inside ends as failed; what
    it had answered stays.

    Raises
    ------
    BadInput
        When the file is damaged, the place is not empty, the chain key is missing or another, or
        a chain does not verify. Nothing is restored then.
    StoreUnavailable
        When the database cannot answer now.
    """
    with _opened(file) as backup, ExitStack() as undo:
        manifest = backup.manifest
        _refuse_files(home, manifest)
        key = _chain_key(backup, home)
        with writing(store.engine) as connection:
            _refuse_tables(connection)
            migrate.upgrade_on(connection, manifest.revision)
            for member in manifest.tables:
                _fill(connection, backup, member)
            migrate.upgrade_on(connection)
            _verify(connection, manifest, key)
            _end_what_cannot_go_on(connection, manifest)
            _write_files(backup, home, undo)
        undo.pop_all()
    return manifest


@contextmanager
def _opened(file: Path) -> Iterator[Backup]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield Backup(archive, str(file))
    except (zipfile.BadZipFile, zlib.error, EOFError, IntegrityError, DataError) as fault:
        rule = "不是备份，或已损坏 · this is no backup, or it is damaged"
        raise BadInput(rule, where=str(file)) from fault
    except OSError as fault:
        rule = f"备份无法恢复 · the backup cannot be restored ({fault.strerror})"
        raise BadInput(rule, where=fault.filename or str(file)) from fault


def _refuse_files(home: Path, manifest: Manifest) -> None:
    """Refuse a folder that holds one of the files; a key may be there if it is the same."""
    for member in manifest.files:
        if (home / member.name).exists():
            raise _occupied(str(home / member.name))
    for member in manifest.secrets:
        path = home / member.name
        if path.exists() and sha256_hex(path.read_bytes()) != member.sha256:
            raise _occupied(str(path))


def _refuse_tables(connection: Connection) -> None:
    found = inspect(connection).get_table_names()
    if found:
        raise _occupied(shown(connection.engine.url))


def _occupied(where: str) -> BadInput:
    return BadInput(
        "已有内容，恢复不覆盖 · something is here already; a restore overwrites nothing",
        where=where,
    )


def _chain_key(backup: Backup, home: Path) -> bytes:
    """Return the key that the chains were made with, from the backup or from the folder."""
    inside = [member for member in backup.manifest.secrets if member.name == KEY_PATH]
    if inside:
        return backup.content(inside[0])
    if not (home / KEY_PATH).exists() and backup.manifest.heads:
        raise BadInput(
            "备份不含密钥，请先放入原来的密钥 · the backup holds no keys; put the installation's "
            "own there first",
            where=str(home / KEY_PATH),
        )
    return (home / KEY_PATH).read_bytes() if backup.manifest.heads else b""


def _fill(connection: Connection, backup: Backup, member: Member) -> None:
    """Insert a table's rows, those of each owner on his behalf."""
    names = list(member.columns)
    target = table(
        Path(member.name).stem,
        *(column(name, TYPES[kind]) for name, kind in member.columns.items()),
    )
    for owner, rows in groupby(backup.rows(member), key=_owner_of(names)):
        if owner is not None:
            act_as(connection, Tenant(owner))
        for chunk in in_chunks(rows, ROWS_AT_ONCE):
            connection.execute(
                target.insert(), [dict(zip(names, row, strict=True)) for row in chunk]
            )


def _owner_of(names: Sequence[str]) -> Callable[[Values], str | None]:
    place = names.index("owner") if "owner" in names else None

    def owner(row: Values) -> str | None:
        return None if place is None else str(row[place])

    return owner


def _verify(connection: Connection, manifest: Manifest, key: bytes) -> None:
    """Compute every chain again; its end must be where the backup says."""
    for owner, (sequence, _) in manifest.heads.items():
        if verify_chain(connection, key, owner) != sequence:
            raise BadInput("决策链不全 · the chain is not whole", where=owner)


def _end_what_cannot_go_on(connection: Connection, manifest: Manifest) -> None:
    """End the batches whose lines waited on another machine than the one that was backed up."""
    inside = {member.name for member in manifest.files}
    for claim in connection.execute(select(batch_claim.c.owner, batch_claim.c.id)).all():
        if batch_file(claim.owner, claim.id) not in inside:
            act_as(connection, Tenant(claim.owner))
            end(connection, claim.owner, claim.id, FAILED, manifest.made_at)


def _write_files(backup: Backup, home: Path, undo: ExitStack) -> None:
    for member in (*backup.manifest.files, *backup.manifest.secrets):
        path = home / member.name
        if not path.exists():
            content = backup.content(member)
            undo.callback(path.unlink, missing_ok=True)
            write_new(path, content)
