"""What one tenant's records and log hold of one person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, or_, select

from features.canonical import canonical_json
from service.store.database import Tenant, reading
from service.store.decision_readings import stored_row
from service.store.entries import DECISION, Stored
from service.store.tables import decision, mention, record
from service.store.versions import Row

HOUSEHOLD, APPLICATION, LOAN = TABLES = ("household", "application", "loan")
NAMED_BY = {APPLICATION: (HOUSEHOLD, "household_id"), LOAN: (APPLICATION, "application_id")}
UNNAMED = "inline"
"""The application of a request that gave it no number."""


@dataclass(frozen=True)
class Held:
    """Everything of one person.

    Attributes
    ----------
    id
        The household, or the subject token.
    rows
        Every version of every record, by table.
    log
        Decisions on this person and what was said about them, and about the person.
    """

    id: str
    rows: Mapping[str, Sequence[Row]]
    log: Sequence[Stored] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        """Return whether there is anything at all."""
        return bool(self.log or any(self.rows.values()))

    @property
    def decisions(self) -> list[Mapping[str, Any]]:
        """Return the contents of the decisions, the oldest first."""
        return [orjson.loads(one.content) for one in self.log if one.kind == DECISION]

    def keys(self, table: str) -> list[str]:
        """Return the keys of the person's records of a table."""
        return sorted({str(row[f"{table}_id"]) for row in self.rows.get(table, ())})

    @property
    def consents(self) -> list[str]:
        """Return every consent that a record or a decision names."""
        recorded = {row.get("consent_id") for row in self.rows.get(HOUSEHOLD, ())}
        decided = {one["consent"]["id"] for one in self.decisions if "consent" in one}
        return sorted(str(id) for id in recorded | decided if id)

    @property
    def tokens(self) -> list[str]:
        """Return every subject token that a record or a request names."""
        recorded = {row.get("subject_token") for row in self.rows.get(HOUSEHOLD, ())}
        sent = {
            one["input"].get(HOUSEHOLD, {}).get("subject_token")
            for one in self.decisions
            if isinstance(one["input"].get(HOUSEHOLD, {}), dict)
        }
        return sorted(str(token) for token in recorded | sent if token)


class People:
    """Find what one tenant holds of a person.

    Parameters
    ----------
    engine
        The store's database.
    tenant
        Whose holdings.
    """

    def __init__(self, engine: Engine, tenant: Tenant) -> None:
        self._engine = engine
        self._tenant = tenant

    def households(self) -> list[str]:
        """Return the tenant's own households."""
        statement = (
            select(record.c.key)
            .where(record.c.table == HOUSEHOLD, record.c.owner == self._tenant.owner)
            .distinct()
            .order_by(record.c.key)
        )
        with reading(self._engine, self._tenant) as connection:
            return list(connection.execute(statement).scalars())

    def held(self, id: str) -> Held:
        """Return everything of a household, or of a subject token that came with requests."""
        with reading(self._engine, self._tenant) as connection:
            return held(connection, self._tenant.owner, id)


def held(connection: Connection, owner: str, id: str) -> Held:
    """Return everything an owner holds of a person, within a transaction.

    Parameters
    ----------
    id
        A household, or a subject token: then the households that bear it, too.
    """
    keys = [id]
    rows = {HOUSEHOLD: _versions(connection, owner, HOUSEHOLD, keys)}
    if not rows[HOUSEHOLD]:
        keys += _bearing(connection, owner, id)
        rows = {HOUSEHOLD: _versions(connection, owner, HOUSEHOLD, keys)}
    for table, (_, column) in NAMED_BY.items():
        keys = _naming(connection, owner, table, column, keys)
        rows[table] = _versions(connection, owner, table, keys)
    recorded = Held(id, rows)
    names = {id, *recorded.keys(HOUSEHOLD), *recorded.tokens}
    applications = set(recorded.keys(APPLICATION)) - {UNNAMED}
    return Held(id, rows, _log(connection, owner, names, applications))


def _versions(connection: Connection, owner: str, table: str, keys: Collection[str]) -> list[Row]:
    statement = (
        select(record.c.body)
        .where(record.c.table == table, record.c.owner == owner, record.c.key.in_(keys))
        .order_by(record.c.key, record.c.as_of, record.c.known_at)
    )
    return [orjson.loads(body) for body in connection.execute(statement).scalars()]


def _bearing(connection: Connection, owner: str, token: str) -> list[str]:
    """Return the households whose records bear a subject token.

    No index has it: a person's request is rare, and reads all of the owner's households. A body
    is canonical JSON.
    """
    said = f'"subject_token":{canonical_json(token).decode()}'
    statement = (
        select(record.c.key)
        .where(record.c.table == HOUSEHOLD, record.c.owner == owner)
        .where(record.c.body.contains(said, autoescape=True))
        .distinct()
        .order_by(record.c.key)
    )
    return list(connection.execute(statement).scalars())


def _naming(
    connection: Connection, owner: str, table: str, column: str, values: Collection[str]
) -> list[str]:
    statement = (
        select(mention.c.key)
        .where(mention.c.table == table, mention.c.column == column)
        .where(mention.c.value.in_(values), mention.c.owner == owner)
        .distinct()
        .order_by(mention.c.key)
    )
    return list(connection.execute(statement).scalars())


def _log(
    connection: Connection, owner: str, names: Collection[str], applications: Collection[str]
) -> list[Stored]:
    """Return the documents on a person and those about them, the oldest first."""
    first = select(decision).where(
        decision.c.owner == owner,
        or_(
            decision.c.about.in_(names),
            (decision.c.kind == DECISION) & decision.c.application.in_(applications),
        ),
    )
    found = {row["id"]: row for row in connection.execute(first).mappings()}
    about = select(decision).where(decision.c.owner == owner, decision.c.about.in_(list(found)))
    found |= {row["id"]: row for row in connection.execute(about).mappings()}
    return sorted(map(stored_row, found.values()), key=lambda one: one.sequence)
