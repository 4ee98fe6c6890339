"""Erase records, and keep them from coming back.

Records are append-only: the database lets a row go only where an entry of the decision log
says that it was erased, and that entry stays. What was erased is set aside when a file or a feed
brings it again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Engine, delete, func, insert, select

from service.store.sift import Loaded, Quarantined
from service.store.tables import erased, mention, record
from service.store.versions import Version

FOREVER = date(9999, 12, 31)
RULE = "此记录已依法删除，不得再次入库 · was erased; it may not be loaded again"
AT_ONCE = 500


@dataclass(frozen=True)
class Gone:
    """A record that goes: all its versions as of `through` or earlier."""

    table: str
    key: str
    through: date = FOREVER


def erase(connection: Connection, owner: str, entry: str, gone: Sequence[Gone]) -> int:
    """Delete records of an owner, by an entry of his decision log; return how many versions.

    Parameters
    ----------
    entry
        Id of the document that says so; it must be in the log, of kind erasure or retention.
    """
    if not gone:
        return 0
    rows = [{"owner": owner, "entry": entry, **vars(one)} for one in gone]
    connection.execute(insert(erased), rows)
    return sum(_delete(connection, owner, one) for one in gone)


def _delete(connection: Connection, owner: str, one: Gone) -> int:
    if one.through == FOREVER:
        theirs = (mention.c.table == one.table) & (mention.c.key == one.key)
        connection.execute(delete(mention).where(theirs, mention.c.owner == owner))
    own = (record.c.table == one.table) & (record.c.key == one.key)
    statement = delete(record).where(own, record.c.owner == owner, record.c.as_of <= one.through)
    return connection.execute(statement).rowcount


def unerased(
    connection: Connection, owner: str, versions: Sequence[Version], outcome: Loaded
) -> list[Version]:
    """Return the versions of one table that were not erased; the others are set aside."""
    table = versions[0].table
    through = last_erased(connection, owner, table, {version.key for version in versions})
    left: list[Version] = []
    for version in versions:
        if version.as_of <= through.get(version.key, date.min):
            place = (version.table, version.key, version.as_of, version.known_at)
            outcome.quarantined.append(Quarantined(*place, "as_of", RULE))
        else:
            left.append(version)
    return left


def last_erased(
    connection: Connection, owner: str, table: str, keys: Collection[str]
) -> Mapping[str, date]:
    """Return the last day whose versions were erased, of those of some keys that have one."""
    own = (erased.c.owner == owner) & (erased.c.table == table)
    if connection.execute(select(erased.c.key).where(own).limit(1)).first() is None:
        return {}
    found: dict[str, date] = {}
    for some in _chunks(sorted(keys)):
        statement = (
            select(erased.c.key, func.max(erased.c.through))
            .where(own, erased.c.key.in_(some))
            .group_by(erased.c.key)
        )
        found |= {row[0]: row[1] for row in connection.execute(statement)}
    return found


def purge(engine: Engine) -> None:
    """Take what was deleted out of SQLite's log file too; freed pages are overwritten already.

    PostgreSQL's own vacuum reclaims its pages, which no role but their owner may hurry.
    """
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _chunks(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))
