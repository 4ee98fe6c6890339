"""What the decision log is asked: one document, a page of them, what was said about one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Engine, RowMapping, Select, select

from service.store.database import Tenant, reading
from service.store.entries import DECISION, Stored
from service.store.tables import decision


class DecisionReadings:
    """Read the decision log, always one owner's.

    Parameters
    ----------
    engine
        The store's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, id: str, owner: str) -> bytes | None:
        """Return the answered document of a decision; None where `owner` has none of that id."""
        stored = self.read(id, owner)
        return None if stored is None else stored.document

    def read(self, id: str, owner: str) -> Stored | None:
        """Return a decision as it is kept; None where `owner` has none of that id."""
        with reading(self._engine, Tenant(owner)) as connection:
            found = (
                connection.execute(
                    select(decision).where(decision.c.id == id, decision.c.owner == owner)
                )
                .mappings()
                .first()
            )
        return None if found is None else stored_row(found)

    def latest(self, applications: Sequence[str], owner: str) -> dict[str, Stored]:
        """Return the last decision of each of these applications that has one."""
        statement = (
            select(decision)
            .where(decision.c.owner == owner, decision.c.application.in_(applications))
            .where(decision.c.kind == DECISION)
            .order_by(decision.c.sequence)
        )
        with reading(self._engine, Tenant(owner)) as connection:
            found = connection.execute(statement).mappings().all()
        return {row["application"]: stored_row(row) for row in found}

    def page(
        self, owner: str, limit: int, *, before: int | None = None, application: str | None = None
    ) -> list[Stored]:
        """Return decisions of `owner`, the newest first.

        Parameters
        ----------
        limit
            How many at most.
        before
            Only those with a smaller sequence.
        application
            Only those on this application.
        """
        statement = (
            select(decision)
            .where(decision.c.owner == owner, decision.c.kind == DECISION)
            .order_by(decision.c.sequence.desc())
            .limit(limit)
        )
        if before is not None:
            statement = statement.where(decision.c.sequence < before)
        if application is not None:
            statement = statement.where(decision.c.application == application)
        return self._all(statement, owner)

    def about(self, named: str, owner: str) -> list[Stored]:
        """Return what was kept about something, the oldest first: reviews of a decision, say."""
        return self._all(said_about([named], owner), owner)

    def about_each(self, named: Sequence[str], owner: str) -> dict[str, list[Stored]]:
        """Return what was kept about each of several things, the oldest first."""
        found: dict[str, list[Stored]] = {name: [] for name in named}
        with reading(self._engine, Tenant(owner)) as connection:
            for row in connection.execute(said_about(named, owner)).mappings():
                found[row["about"]].append(stored_row(row))
        return found

    def _all(self, statement: Select[Any], owner: str) -> list[Stored]:
        with reading(self._engine, Tenant(owner)) as connection:
            return [stored_row(row) for row in connection.execute(statement).mappings()]


def said_about(named: Sequence[str], owner: str) -> Select[Any]:
    """Return the statement that finds what was kept about some things, the oldest first."""
    return (
        select(decision)
        .where(decision.c.owner == owner, decision.c.about.in_(named))
        .order_by(decision.c.sequence)
    )


def stored_row(row: Mapping[str, Any] | RowMapping) -> Stored:
    """Return a row of the table as the value that callers see."""
    return Stored(**{field.name: row[field.name] for field in fields(Stored)})
