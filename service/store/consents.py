"""Which consents were withdrawn: read at every decision, again when it is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from service.store.database import Tenant, reading
from service.store.entries import NotKept
from service.store.statements import insert_if_absent
from service.store.tables import withdrawn

AT_ONCE = 500


class ConsentWithdrawn(NotKept):
    """The borrower has withdrawn this consent."""


class Withdrawals:
    """The withdrawn consents of one tenant.

    Parameters
    ----------
    engine
        The store's database.
    tenant
        Whose.
    """

    def __init__(self, engine: Engine, tenant: Tenant) -> None:
        self._engine = engine
        self._tenant = tenant

    def among(self, consents: Iterable[str]) -> set[str]:
        """Return which of some consents were withdrawn."""
        with reading(self._engine, self._tenant) as connection:
            return withdrawn_among(connection, self._tenant.owner, set(consents))

    def refuse(self, consent: str) -> None:
        """Refuse what would be done under a consent that was withdrawn.

        Raises
        ------
        ConsentWithdrawn
            Where it was.
        """
        if self.among([consent]):
            raise refusal_of(consent)


def refusal_of(consent: str) -> ConsentWithdrawn:
    """Return what is said under a withdrawn consent."""
    rule = "授权已撤回 · this consent was withdrawn"
    return ConsentWithdrawn(rule, where="household", field="consent_id", value=consent)


def withdrawn_among(connection: Connection, owner: str, consents: Collection[str]) -> set[str]:
    """Return which of some consents of an owner were withdrawn."""
    listed, found = sorted(consents), set()
    for start in range(0, len(listed), AT_ONCE):
        statement = select(withdrawn.c.consent_id).where(
            withdrawn.c.owner == owner, withdrawn.c.consent_id.in_(listed[start : start + AT_ONCE])
        )
        found |= set(connection.execute(statement).scalars())
    return found


def withdraw(
    connection: Connection, owner: str, consents: Iterable[str], entry: str, at: datetime
) -> None:
    """Keep that consents were withdrawn, and the document that says so."""
    rows = [
        {"owner": owner, "consent_id": id, "entry": entry, "withdrawn_at": at}
        for id in sorted(set(consents))
    ]
    if rows:
        insert_if_absent(connection, withdrawn, rows)
