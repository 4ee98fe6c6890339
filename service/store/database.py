"""Open the store's database, and the only two ways to speak to it: a reading or a writing one.

SQLite (WAL) when embedded, PostgreSQL in production, by the same SQLAlchemy Core statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from features.errors import BadInput
from service.store.faults import passing_faults

WHERE = "LIANGSHAN_DATABASE_URL"
DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg"}

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA wal_autocheckpoint=100",
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
)
"""FULL, because under WAL an answered commit may be lost at NORMAL when the power fails; small
checkpoints, because they, not commits, make the tail of the answer times."""

POSTGRESQL: dict[str, str | int] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "options": "-c lock_timeout=5000",
}
"""So that nobody waits forever: for a server that is not there (seconds), one that fell silent
and a lock that others hold (ms, as long as SQLite's busy_timeout). The address may differ."""


ACT_AS = text("SELECT set_config('app.owner', :owner, true), set_config('app.kind', :kind, true)")
"""Both at once, so that a transaction that acts for several never keeps another's kind."""


@dataclass(frozen=True)
class Tenant:
    """Whose rows a repository may write, and read beside those that its kind opens.

    Attributes
    ----------
    owner
        Its name, which stands on every row.
    kind
        What kind of body it is (`service.trust.roles.TenantKind`); a house sees no other's rows
        but the shared ones.

    Raises
    ------
    BadInput
        When the owner is blank.
    """

    owner: str
    kind: str = "house"

    def __post_init__(self) -> None:
        if not self.owner.strip():
            raise BadInput(
                "每条记录须有所有者 · every record has an owner", field="owner", value=self.owner
            )


def open_engine(address: str) -> Engine:
    """Return an engine whose database answers.

    Raises
    ------
    BadInput
        When `address` is no address, names another kind of database or does not answer.
    """
    url = _known_url(address)
    engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as fault:
        raise _unreachable(url, fault) from fault
    return engine


def shown(url: URL) -> str:
    """Return an address as its author wrote it, without its password."""
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


@contextmanager
def reading(engine: Engine, tenant: Tenant | None = None) -> Iterator[Connection]:
    """Run a transaction that only reads, as `tenant`.

    Raises
    ------
    StoreUnavailable
        When the database cannot answer now.
    """
    with passing_faults(), engine.begin() as connection:
        act_as(connection, tenant)
        yield connection


@contextmanager
def writing(engine: Engine, tenant: Tenant | None = None) -> Iterator[Connection]:
    """Run a transaction that writes: all of it or nothing, one at a time on SQLite.

    Raises
    ------
    StoreUnavailable
        When the database cannot be written now.
    """
    with (
        passing_faults(),
        engine.connect().execution_options(writes=True) as connection,
        connection.begin(),
    ):
        act_as(connection, tenant)
        yield connection


def act_as(connection: Connection, tenant: Tenant | None) -> None:
    """Tell PostgreSQL's row-level policy, until this transaction ends, who is asking."""
    if tenant is not None and connection.dialect.name == "postgresql":
        connection.execute(ACT_AS, {"owner": tenant.owner, "kind": tenant.kind})


Also = Callable[[Connection, str], None]
"""What else belongs to the transaction that changes something, given what that is called."""


def nothing(connection: Connection, changed: str) -> None:
    """Do nothing more in this transaction."""


def _sqlite(url: URL) -> Engine:
    if url.database:
        _make_private(Path(url.database))
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(path: Path) -> None:
    """Make the file, where there is none, for its account alone; SQLite's others take after it."""
    with suppress(OSError):  # SQLite says what is the matter when it opens the file
        path.touch(mode=0o600, exist_ok=True)


def _postgresql(url: URL) -> Engine:
    """Return an engine that tries a connection before it uses it: servers are restarted."""
    given = {name: value for name, value in POSTGRESQL.items() if name not in url.query}
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=given)


def _known_url(address: str) -> URL:
    """Return the address with the driver we use, or refuse it without showing its password."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as fault:
        raise BadInput(
            "不是数据库地址 · no database address (sqlite:///FILE or postgresql://…)", where=WHERE
        ) from fault
    kind = url.get_backend_name()
    if kind not in DRIVERS:
        raise BadInput(
            "只支持 SQLite 与 PostgreSQL · only SQLite and PostgreSQL are supported",
            where=WHERE,
            value=kind,
        )
    return url.set(drivername=f"{kind}+{DRIVERS[kind]}")


def _unreachable(url: URL, fault: SQLAlchemyError) -> BadInput:
    """Return what is said when the database does not answer."""
    reason = str(getattr(fault, "orig", fault)).strip().splitlines()[0]
    return BadInput(
        f"数据库无法打开 · the database cannot be opened ({reason})",
        where=WHERE,
        value=shown(url),
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Set the pragmas of a new connection and leave transactions to `_begin_sqlite`."""
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock before the first read of a transaction that will write."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
