"""Back up an installation: its store as of one instant, its models, on request its keys.

The lines that batches wait with are of that instant too, so a restored batch goes on where it was.

Browser sessions stay out: who works with a restored store signs in again.
"""

from __future__ import annotations

import os
import secrets
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, inspect, select, text

from features.errors import BadInput
from service.store import migrate
from service.store.archive import (
    MANIFEST,
    TYPES,
    Manifest,
    Member,
    Values,
    kind_of,
    write_file,
    write_rows,
)
from service.store.faults import passing_faults
from service.store.home_files import HeldFiles, batch_file, files_of, secrets_of
from service.store.store import Store
from service.store.tables import batch_claim

LEFT_OUT = frozenset({"alembic_version", "session"})
ROWS_AT_ONCE = 2_000


def back_up(
    store: Store, home: Path, file: Path, now: datetime, *, with_secrets: bool = False
) -> Manifest:
    """Write a backup to a new file and return what it says of itself.

    Parameters
    ----------
    store
        At any revision that this program knows; it may be in use.
    home
        $LIANGSHAN_HOME.
    now
        The service's clock.
    with_secrets
        Whether the keys are put beside what they protect. Without them the chain cannot be
        verified or continued, so they must be kept elsewhere.

    Raises
    ------
    BadInput
        When the file is there, or the role on PostgreSQL does not see all rows.
    StoreUnavailable
        When the database cannot answer now.
    """
    with (
        _new_file(file) as draft,
        zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive,
        HeldFiles(home) as held,
    ):
        held.look()
        with _snapshot(store) as connection:
            waiting = _waiting(connection)
            held.look()
            tables = [_written(archive, connection, table) for table in _tables(connection)]
            heads = _heads(connection)
            revision = migrate.revision_on(connection)
        found_there = chain(files_of(home), held.of(waiting))
        files = [write_file(archive, *found) for found in found_there]
        keys = [write_file(archive, *found) for found in secrets_of(home) if with_secrets]
        manifest = Manifest(now, revision, heads, tables, files, keys)
        archive.writestr(MANIFEST, manifest.to_bytes())
    return manifest


@contextmanager
def _new_file(path: Path) -> Iterator[Any]:
    """Give a file that appears under its name when it is whole, for its owner's eyes alone."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        if path.exists():
            raise FileExistsError(17, "已有此文件 · it exists")
        descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except OSError as fault:
        rule = f"备份文件无法写入 · the backup cannot be written ({fault.strerror})"
        raise BadInput(rule, where=str(path)) from fault
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _snapshot(store: Store) -> Iterator[Connection]:
    """Read everything as of one instant, while others write."""
    options: dict[str, Any] = {}
    if store.engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with (
        passing_faults(),
        store.engine.connect().execution_options(**options) as connection,
        connection.begin(),
    ):
        _refuse_bound_role(connection)
        yield connection


def _refuse_bound_role(connection: Connection) -> None:
    """Refuse a role that would see no tenant's rows, and so back up nothing."""
    if connection.dialect.name != "postgresql":
        return
    statement = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    if not connection.execute(statement).scalar_one():
        raise BadInput(
            "备份须用不受行级安全约束的角色 · back up as a role that row-level security does not "
            "bind: CREATE ROLE … LOGIN BYPASSRLS; GRANT pg_read_all_data TO …",
            where="LIANGSHAN_DATABASE_URL",
            field="role",
        )


def _waiting(connection: Connection) -> list[str]:
    """Return the file of each batch that has lines to answer."""
    if not inspect(connection).has_table(batch_claim.name):
        return []
    claims = connection.execute(select(batch_claim.c.owner, batch_claim.c.id))
    return [batch_file(claim.owner, claim.id) for claim in claims]


def _tables(connection: Connection) -> list[Table]:
    """Return the store's tables as they are there, those that others point at first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in LEFT_OUT]


def _written(archive: zipfile.ZipFile, connection: Connection, table: Table) -> Member:
    kinds = {column.name: kind_of(column.type) for column in _by_name(table)}
    return write_rows(archive, table.name, kinds, _rows(connection, table))


def _rows(connection: Connection, table: Table) -> Iterator[Values]:
    """Yield all rows, those of one owner together."""
    columns = [Column(column.name, TYPES[kind_of(column.type)]) for column in _by_name(table)]
    seen = Table(table.name, MetaData(), *columns)
    owner = [seen.c.owner] if "owner" in seen.c else []
    key = [seen.c[column.name] for column in table.primary_key if column.name != "owner"]
    statement = select(seen).order_by(*owner, *key).execution_options(yield_per=ROWS_AT_ONCE)
    yield from connection.execute(statement)


def _by_name(table: Table) -> list[Column[Any]]:
    """Return the columns in an order that canonical JSON keeps."""
    return sorted(table.columns, key=lambda column: column.name)


def _heads(connection: Connection) -> dict[str, tuple[int, str]]:
    statement = text("SELECT owner, sequence, hash FROM chain_head ORDER BY owner")
    return {row.owner: (row.sequence, row.hash) for row in connection.execute(statement)}
