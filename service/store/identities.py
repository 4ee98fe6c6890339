"""Enciphered identity numbers, one of each person a tenant knows, apart from the records.

Records are never changed; a cipher is, when its key is, and goes when its person is erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, select, update

from service.store.database import Tenant, reading, writing
from service.store.statements import insert_if_absent
from service.store.tables import identity
from service.trust.subjects import Sealed, Subjects, key_id_of

AT_ONCE = 1_000


class Identities:
    """The identity numbers of one tenant.

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

    def get(self, token: str) -> Sealed | None:
        """Return what is kept of a person's number; None where it never came in."""
        statement = select(identity.c.id_cipher).where(self._row(token))
        with reading(self._engine, self._tenant) as connection:
            cipher = connection.execute(statement).scalar()
        return None if cipher is None else Sealed(token, cipher)

    def not_seen_since(self, instant: datetime) -> list[str]:
        """Return the tokens of people whose number has not come since an instant."""
        statement = select(identity.c.subject_token).where(
            identity.c.owner == self._tenant.owner, identity.c.kept_at < instant
        )
        with reading(self._engine, self._tenant) as connection:
            return sorted(connection.execute(statement).scalars())

    def renew(self, subjects: Subjects) -> int:
        """Encipher with the newest key whatever an older one holds; return how many."""
        newest, renewed, after = subjects.keys.newest(), 0, ""
        while page := self._page(after):
            after = page[-1].token
            stale = [kept for kept in page if key_id_of(kept.cipher) != newest]
            with writing(self._engine, self._tenant) as connection:
                for kept in stale:
                    cipher = subjects.renewed(kept, self._tenant.owner).cipher
                    changed = update(identity).where(
                        self._row(kept.token), identity.c.id_cipher == kept.cipher
                    )
                    renewed += connection.execute(changed.values(id_cipher=cipher)).rowcount
        return renewed

    def _page(self, after: str) -> list[Sealed]:
        statement = (
            select(identity.c.subject_token, identity.c.id_cipher)
            .where(identity.c.owner == self._tenant.owner, identity.c.subject_token > after)
            .order_by(identity.c.subject_token)
            .limit(AT_ONCE)
        )
        with reading(self._engine, self._tenant) as connection:
            return [Sealed(*row) for row in connection.execute(statement)]

    def _row(self, token: str) -> ColumnElement[bool]:
        own = identity.c.owner == self._tenant.owner
        return and_(own, identity.c.subject_token == token)


def keep(connection: Connection, owner: str, people: Sequence[Sealed], kept_at: datetime) -> None:
    """Keep the numbers of people, and when they came last; what is known already stays."""
    rows = [
        {
            "owner": owner,
            "subject_token": one.token,
            "id_cipher": one.cipher,
            "kept_at": kept_at,
        }
        for one in people
    ]
    if rows:
        insert_if_absent(connection, identity, rows)
        came = identity.c.subject_token.in_([one.token for one in people])
        again = update(identity).where(identity.c.owner == owner, came)
        connection.execute(again.values(kept_at=kept_at))


def forget(connection: Connection, owner: str, tokens: Sequence[str]) -> int:
    """Delete what is kept of some people's numbers; return of how many there was any."""
    statement = delete(identity).where(
        identity.c.owner == owner, identity.c.subject_token.in_(tokens)
    )
    return connection.execute(statement).rowcount
