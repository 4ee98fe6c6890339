"""Proposals: what one person asks for and another decides, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.store.database import Tenant, reading, writing
from service.store.entries import IdempotencyConflict
from service.store.tables import proposal


class State(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Proposal:
    """What somebody asks for.

    Attributes
    ----------
    kind, about
        What kind of proposal, and of what.
    content
        What is asked for, canonical JSON; it never changes.
    decided_by, decided_at, why
        Who decided, when and why; None while it is open.
    idempotency_key, request_digest
        The caller's key and the sha256 of the request it came with.
    """

    owner: str
    id: str
    kind: str
    about: str
    by: str
    made_at: datetime
    content: bytes
    state: str = State.OPEN
    decided_by: str | None = None
    decided_at: datetime | None = None
    why: str | None = None
    idempotency_key: str | None = None
    request_digest: str | None = None


class Proposals:
    """The proposals of one tenant.

    Parameters
    ----------
    engine
        The store's database.
    tenant
        Whose they are.
    """

    def __init__(self, engine: Engine, tenant: Tenant) -> None:
        self._engine = engine
        self._tenant = tenant

    def keep(self, asked: Proposal) -> Proposal:
        """Keep a proposal and return it, or the one that its idempotency key made meanwhile.

        Raises
        ------
        IdempotencyConflict
            As in `repeated`.
        """
        try:
            with writing(self._engine, self._tenant) as connection:
                connection.execute(insert(proposal), vars(asked))
        except IntegrityError:
            earlier = self.repeated(asked.idempotency_key, asked.request_digest)
            if earlier is None:
                raise
            return earlier
        return asked

    def repeated(self, key: str | None, request_digest: str | None) -> Proposal | None:
        """Return the proposal that this key and request made before; None where the key is new.

        Raises
        ------
        IdempotencyConflict
            Where the key came before with another request.
        """
        if key is None:
            return None
        statement = select(proposal).where(
            proposal.c.owner == self._tenant.owner, proposal.c.idempotency_key == key
        )
        with reading(self._engine, self._tenant) as connection:
            found = connection.execute(statement).mappings().first()
        if found is not None and found["request_digest"] != request_digest:
            raise IdempotencyConflict(
                "此键已用于另一请求 · this key was used with another request",
                field="Idempotency-Key",
                value=key,
            )
        return None if found is None else _proposal(found)

    def read(self, id: str, kind: str) -> Proposal | None:
        """Return a proposal; None where the tenant has none of that id and kind."""
        statement = select(proposal).where(
            proposal.c.owner == self._tenant.owner, proposal.c.id == id, proposal.c.kind == kind
        )
        with reading(self._engine, self._tenant) as connection:
            found = connection.execute(statement).mappings().first()
        return None if found is None else _proposal(found)

    def page(
        self, kind: str, limit: int, before: str | None, state: str | None = None
    ) -> list[Proposal]:
        """Return proposals, the newest first.

        Parameters
        ----------
        before
            Only those made before the one of this id.
        state
            Only those in this state.
        """
        statement = (
            select(proposal)
            .where(proposal.c.owner == self._tenant.owner, proposal.c.kind == kind)
            .order_by(proposal.c.id.desc())
            .limit(limit)
        )
        if before is not None:
            statement = statement.where(proposal.c.id < before)
        if state is not None:
            statement = statement.where(proposal.c.state == state)
        with reading(self._engine, self._tenant) as connection:
            return [_proposal(row) for row in connection.execute(statement).mappings()]

    def decide(
        self, connection: Connection, id: str, state: State, by: str, at: datetime, why: str
    ) -> bool:
        """Decide an open proposal inside a transaction; return whether it was still open."""
        statement = (
            update(proposal)
            .where(proposal.c.owner == self._tenant.owner, proposal.c.id == id)
            .where(proposal.c.state == State.OPEN)
            .values(state=state, decided_by=by, decided_at=at, why=why)
        )
        return connection.execute(statement).rowcount == 1


def _proposal(row: Mapping[str, Any] | RowMapping) -> Proposal:
    return Proposal(**{field.name: row[field.name] for field in fields(Proposal)})
