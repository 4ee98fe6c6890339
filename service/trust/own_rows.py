"""A tenant's own rows of a table that no row-level policy guards, found by key or listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Engine, Row, Select, select

from service.store.database import reading


def page_of(
    engine: Engine, key: Column[str], owner: str, limit: int, after: str | None
) -> Sequence[Row[Any]]:
    """Return a tenant's rows by key.

    Parameters
    ----------
    limit
        How many at most.
    after
        Only those with a greater key; None = from the first.
    """
    statement = _own(key, owner).order_by(key)
    if after is not None:
        statement = statement.where(key > after)
    with reading(engine) as connection:
        return connection.execute(statement.limit(limit)).all()


def row_of(engine: Engine, key: Column[str], value: str, owner: str) -> Row[Any] | None:
    """Return a tenant's row with this key; None where it has none."""
    with reading(engine) as connection:
        return connection.execute(_own(key, owner).where(key == value)).first()


def _own(key: Column[str], owner: str) -> Select[Any]:
    return select(key.table).where(key.table.c.owner == owner)
