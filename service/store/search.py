"""Find applications by what an officer has at hand: a number, a household, a village."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import orjson
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, true

from service.store.tables import mention, record
from service.store.versions import Row

LAST_CHARACTER = chr(0x10FFFF)


@dataclass(frozen=True)
class Found:
    """An application as a list shows it; None where a column is not given."""

    application_id: str
    household_id: str | None
    village_code: str | None
    product: str | None
    amount: str | None
    as_of: date


def find_applications(
    connection: Connection, text: str, limit: int, visible: ColumnElement[bool]
) -> list[Found]:
    """Return the newest applications whose number, household or village begins with `text`.

    Parameters
    ----------
    text
        Beginning of an application_id, household_id or village code; empty means all.
    limit
        How many at most.
    visible
        Which records may be read.
    """
    last_day = func.max(record.c.as_of)
    newest = (
        select(record.c.key, last_day.label("as_of"))
        .where(record.c.table == "application", visible, _matches(text))
        .group_by(record.c.key)
        .order_by(last_day.desc(), record.c.key.desc())
        .limit(limit)
    )
    days = {row.key: row.as_of for row in connection.execute(newest)}
    applications = _latest(connection, "application", list(days), visible)
    names = {str(row["household_id"]) for row in applications.values() if "household_id" in row}
    households = _latest(connection, "household", sorted(names), visible)
    return [_found(key, as_of, applications[key], households) for key, as_of in days.items()]


def latest_day(
    connection: Connection, table: str, key: str, visible: ColumnElement[bool]
) -> date | None:
    """Return the latest day that a record of a key describes; None where there is none."""
    statement = select(func.max(record.c.as_of))
    found: date | None = connection.execute(
        statement.where(record.c.table == table, record.c.key == key, visible)
    ).scalar()
    return found


def _matches(text: str) -> ColumnElement[bool]:
    """Return the condition on an application that its number, household or village is meant."""
    if not text:
        return true()
    household = _naming("application", "household_id")
    in_village = _naming("household", "village_code").where(_begins(mention.c.value, text))
    return or_(
        _begins(record.c.key, text),
        record.c.key.in_(household.where(_begins(mention.c.value, text))),
        record.c.key.in_(household.where(mention.c.value.in_(in_village))),
    )


def _naming(table: str, column: str) -> Select[tuple[str]]:
    """Return the keys that name something in a column; which of them may be read is seen later."""
    return select(mention.c.key).where(mention.c.table == table, mention.c.column == column)


def _begins(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    """Return a range over the index, which LIKE would not use."""
    return and_(column >= text, column < text + LAST_CHARACTER)


def _latest(
    connection: Connection, table: str, keys: Sequence[str], visible: ColumnElement[bool]
) -> dict[str, Row]:
    """Return the latest row of each key, in its latest known version."""
    versions = (
        select(record.c.key, record.c.body)
        .where(record.c.table == table, record.c.key.in_(keys), visible)
        .order_by(record.c.as_of, record.c.known_at)
    )
    bodies = {row.key: row.body for row in connection.execute(versions)}
    return {key: orjson.loads(body) for key, body in bodies.items()}


def _found(key: str, as_of: date, row: Row, households: Mapping[str, Row]) -> Found:
    """Return an application beside its household's village."""
    household_id = _text(row, "household_id")
    household = households.get(household_id or "", {})
    return Found(
        key,
        household_id,
        _text(household, "village_code"),
        _text(row, "product"),
        _text(row, "amount"),
        as_of,
    )


def _text(row: Row, column: str) -> str | None:
    value = row.get(column)
    return None if value is None else str(value)
