"""The records of one tenant: written once, never changed, read as they were known on a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import groupby, islice
from typing import TypeVar
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Insert,
    insert,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

from features.needs import Need
from service.store.database import Tenant, reading, writing
from service.store.erased import unerased
from service.store.lookups import looked_up
from service.store.reach import Given, reach, reach_beside
from service.store.search import Found, find_applications
from service.store.sift import Known, Loaded, sift
from service.store.tables import mention, record
from service.store.versions import Row, Version
from service.store.visibility import comparable, visible

SHANGHAI = ZoneInfo("Asia/Shanghai")

VERSIONS_AT_ONCE = 5_000
BODIES_AT_ONCE = 20_000
ONE_LOAD_AT_A_TIME = 2_023_0701
"""Number of PostgreSQL's advisory lock for loading."""

T = TypeVar("T")


class Records:
    """The records that one tenant writes, and those it may read.

    Parameters
    ----------
    engine
        The store's database.
    tenant
        On whose behalf; there is no repository without one.
    """

    def __init__(self, engine: Engine, tenant: Tenant) -> None:
        self._engine = engine
        self.tenant = tenant

    def append(self, versions: Iterable[Version], recorded_at: datetime) -> Loaded:
        """Keep what is new among `versions`, all of it or, on any failure, nothing.

        Versions of one key and day stand in the order of their `known_at`; `recorded_at` is the
        store's clock.
        """
        with writing(self._engine, self.tenant) as connection:
            return self.append_in(connection, versions, recorded_at)

    def append_in(
        self, connection: Connection, versions: Iterable[Version], recorded_at: datetime
    ) -> Loaded:
        """Keep what is new, as `append` does, inside a transaction that does more."""
        outcome = Loaded()
        wait_for_other_loads(connection)
        for chunk in in_chunks(versions, VERSIONS_AT_ONCE):
            for table, some in groupby(chunk, key=lambda version: version.table):
                found = unerased(connection, self.tenant.owner, list(some), outcome)
                known = self._known(connection, table, {version.key for version in found})
                news = sift(found, known, self.tenant.owner, recorded_at, outcome)
                self._insert(connection, news, recorded_at)
        return outcome

    def rows(self, table: str, known_at: date, *, own: bool = False) -> Iterator[Row]:
        """Yield every version of a table known by the end of a day, by key, as_of and known_at.

        All that the tenant may read, or its own.
        """
        statement = (
            select(record.c.body)
            .where(record.c.table == table, visible(self.tenant, table), known_by(known_at))
            .order_by(record.c.key, record.c.as_of, record.c.known_at)
            .execution_options(yield_per=BODIES_AT_ONCE)
        )
        if own:
            statement = statement.where(record.c.owner == self.tenant.owner)
        with reading(self._engine, self.tenant) as connection:
            for body in connection.execute(statement).scalars():
                yield orjson.loads(body)

    def keys(self, table: str, as_of: date, *, own: bool = False) -> list[str]:
        """Return the keys of a table known by the end of a day, of all or of the tenant's own."""
        statement = (
            select(record.c.key)
            .where(record.c.table == table, record.c.as_of <= as_of)
            .where(visible(self.tenant, table), known_by(as_of))
            .distinct()
            .order_by(record.c.key)
        )
        if own:
            statement = statement.where(record.c.owner == self.tenant.owner)
        with reading(self._engine, self.tenant) as connection:
            return list(connection.execute(statement).scalars())

    def writers(self, table: str, key: str) -> set[str]:
        """Return who states a key, of those whose rows of it the tenant may read."""
        statement = (
            select(record.c.owner)
            .where(record.c.table == table, record.c.key == key, visible(self.tenant, table))
            .distinct()
        )
        with reading(self._engine, self.tenant) as connection:
            return set(connection.execute(statement).scalars())

    def own_keys(self, table: str) -> set[str]:
        """Return every key of a table that the tenant ever stated."""
        statement = select(record.c.key).where(
            record.c.table == table, record.c.owner == self.tenant.owner
        )
        with reading(self._engine, self.tenant) as connection:
            return set(connection.execute(statement.distinct()).scalars())

    def named(self, table: str, column: str) -> set[str]:
        """Return all that the tenant's own records of a table ever named in a column."""
        statement = select(mention.c.value).where(
            mention.c.table == table,
            mention.c.column == column,
            mention.c.owner == self.tenant.owner,
        )
        with reading(self._engine, self.tenant) as connection:
            return set(connection.execute(statement).scalars())

    def around(self, keys: Sequence[str], need: Need, as_of: date) -> dict[str, list[Row]]:
        """Return the rows that are needed for some subjects, as known by the end of `as_of`."""
        with reading(self._engine, self.tenant) as connection:
            found = reach(keys, need, partial(self._versions, connection, as_of))
            return self._kept(connection, found)

    def beside(self, given: Given, need: Need, as_of: date) -> dict[str, list[Row]]:
        """Return the rows needed beside given ones, as known by the end of `as_of`."""
        with reading(self._engine, self.tenant) as connection:
            found = reach_beside(given, need, partial(self._versions, connection, as_of))
            return self._kept(connection, found)

    def _kept(self, connection: Connection, found: dict[str, list[Row]]) -> dict[str, list[Row]]:
        """Return the rows without the tables that the store does not keep at all.

        A table that it keeps and that has no row for this subject says that there is none.
        """
        return {
            table: rows for table, rows in found.items() if rows or self._keeps(connection, table)
        }

    def _keeps(self, connection: Connection, table: str) -> bool:
        seen = visible(self.tenant, table)
        statement = select(record.c.key).where(record.c.table == table, seen).limit(1)
        return connection.execute(statement).first() is not None

    def find_applications(self, text: str, limit: int) -> list[Found]:
        """Return the newest applications whose number, household or village begins with `text`."""
        with reading(self._engine, self.tenant) as connection:
            return find_applications(connection, text, limit, visible(self.tenant, "application"))

    def _versions(
        self,
        connection: Connection,
        as_of: date,
        table: str,
        column: str | None,
        history: bool,
        values: Sequence[str],
    ) -> list[Row]:
        """Return what is looked up as known by the end of `as_of`: every version, or the latest.

        The latest is that of the latest `as_of`.
        """
        given: dict[str, object] = {
            "of": table,
            "named": values,
            "day": as_of,
            "before": _after(as_of),
            "tenant": self.tenant.owner,
        }
        if column is not None:
            given["in_column"] = column
        statement = looked_up(table, self.tenant.kind, history, column is not None)
        return [orjson.loads(body) for body in connection.execute(statement, given).scalars()]

    def _known(self, connection: Connection, table: str, keys: set[str]) -> list[Known]:
        """Return what the store holds of these keys."""
        columns = (
            record.c.key,
            record.c.as_of,
            record.c.known_at,
            record.c.digest,
            record.c.owner,
        )
        statement = select(*columns).where(
            record.c.table == table, record.c.key.in_(keys), comparable(self.tenant)
        )
        return [Known(*row) for row in connection.execute(statement)]

    def _insert(
        self, connection: Connection, versions: list[Version], recorded_at: datetime
    ) -> None:
        if versions:
            rows: list[dict[str, object]] = [
                {
                    "table": version.table,
                    "key": version.key,
                    "as_of": version.as_of,
                    "known_at": version.known_at,
                    "owner": self.tenant.owner,
                    "recorded_at": recorded_at,
                    "digest": version.digest,
                    "body": version.body,
                }
                for version in versions
            ]
            connection.execute(insert(record), rows)
        said = {found for version in versions for found in version.mentions}
        if said:
            owner = {"owner": self.tenant.owner}
            rows = [found._asdict() | owner for found in sorted(said)]
            connection.execute(_insert_once(connection), rows)


def known_by(day: date) -> ColumnElement[bool]:
    """Return the rule: known by the end of `day` in Asia/Shanghai."""
    return record.c.known_at < _after(day)


def _after(day: date) -> datetime:
    """Return the first instant after a day in Asia/Shanghai."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def _insert_once(connection: Connection) -> Insert:
    """Return the statement that keeps a mention unless it is there."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(mention).on_conflict_do_nothing()
    return sqlite.insert(mention).on_conflict_do_nothing()


def wait_for_other_loads(connection: Connection) -> None:
    """Let one load run at a time, so that two owners cannot both found a shared key.

    It waits as long as the other takes. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ONE_LOAD_AT_A_TIME}
        )


def in_chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of `size`, the last one shorter."""
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk
