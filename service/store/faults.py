"""Which failures of the database pass by themselves, and what is said about them.

A lost connection, a lock that others hold or a full disk leave nothing half-written: the
transaction is undone. The caller may ask again later, with the same Idempotency-Key; where the
connection broke during the commit, the key tells whether the decision was kept.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

RETRY_AFTER = 5
"""Seconds after which it is worth asking again."""

GONE = "数据库暂不可达 · the database cannot be reached"
HELD = "数据库被占用 · the database is locked by somebody else"
FULL = "磁盘已满或写入失败 · the disk is full or cannot be written"
FIXED = "数据库只读 · the database cannot be written"

_SQLITE = {
    sqlite3.SQLITE_BUSY: HELD,
    sqlite3.SQLITE_LOCKED: HELD,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_IOERR: FULL,
    sqlite3.SQLITE_READONLY: FIXED,
    sqlite3.SQLITE_CANTOPEN: GONE,
}
_PRIMARY_CODE = 0xFF

_POSTGRESQL = {
    "08": GONE,
    "25006": FIXED,
    "40001": HELD,
    "40P01": HELD,
    "53100": FULL,
    "53": GONE,
    "55P03": HELD,
    "57": GONE,
    "57014": HELD,
    "58": FULL,
}
"""By SQLSTATE, or its class; the longest that fits holds."""


class StoreUnavailable(Exception):
    """The database cannot answer now; nothing of what was asked is known to be kept.

    Attributes
    ----------
    reason
        What is the matter, in both languages.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@contextmanager
def passing_faults() -> Iterator[None]:
    """Turn failures that pass by themselves into `StoreUnavailable`; others go on as they are."""
    try:
        yield
    except SQLAlchemyError as fault:
        reason = passing(fault)
        if reason is None:
            raise
        raise StoreUnavailable(reason) from fault


def passing(fault: SQLAlchemyError) -> str | None:
    """Return what is the matter with a database that will answer again; None for other faults."""
    if isinstance(fault, PoolTimeout):
        return HELD
    if not isinstance(fault, DBAPIError):
        return None
    if fault.connection_invalidated:
        return GONE
    if isinstance(fault.orig, sqlite3.Error):
        code = getattr(fault.orig, "sqlite_errorcode", 0)
        return _SQLITE.get(code & _PRIMARY_CODE)
    return _of_state(fault)


def _of_state(fault: DBAPIError) -> str | None:
    """Return what a SQLSTATE says; a server that does not answer says none."""
    state = getattr(fault.orig, "sqlstate", None)
    if state is None:
        return GONE if isinstance(fault, OperationalError) else None
    fitting = (said for prefix, said in _BY_LENGTH if state.startswith(prefix))
    return next(fitting, None)


_BY_LENGTH = sorted(_POSTGRESQL.items(), key=lambda item: -len(item[0]))
