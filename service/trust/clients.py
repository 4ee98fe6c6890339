"""Clients: programs that ask for access tokens with an id and a secret.

The secret is 256 random bits, so of it the sha256 is kept and compared in constant time.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from features.errors import BadInput
from service.store.database import Also, Tenant, nothing, reading, writing
from service.store.tables import api_key
from service.trust.identity import CLIENT, LONGEST_NAME, Caller
from service.trust.keys import Clock
from service.trust.own_rows import page_of, row_of
from service.trust.revocations import Revocations
from service.trust.roles import Role, bodies_of
from service.trust.subjects import refuse_number_in_words
from service.trust.tenants import kind_of, refuse_out_of_place

MARK = "ls"
ID_BYTES = 4
_ID = re.compile(f"[0-9a-f]{{{2 * ID_BYTES}}}")


@dataclass(frozen=True)
class Client:
    """A program that may ask for tokens, or might until it was revoked.

    Attributes
    ----------
    id
        By which it asks, and by which documents name it.
    name
        What it is, for people.
    """

    id: str
    name: str
    owner: str
    role: Role
    made_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class NewClient:
    """A client that was just made; its secret cannot be shown again."""

    id: str
    secret: str


class Clients:
    """Know the programs that may ask for tokens.

    Parameters
    ----------
    engine
        The store's database.
    clock
        The time.

    Attributes
    ----------
    revocations
        Which of them were revoked lately.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self.revocations = Revocations(engine, clock)

    def add(self, owner: str, role: Role, name: str, also: Also = nothing) -> NewClient:
        """Return a new client of a tenant.

        Parameters
        ----------
        also
            What else belongs to the same transaction.

        Raises
        ------
        BadInput
            When the name is no printable text of at most 100 characters or holds an identity
            number, or the tenant's kind of body has no such role.
        """
        Tenant(owner)
        if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
            rule = (
                f"须为 1-{LONGEST_NAME} 个可见字符 · must be 1-{LONGEST_NAME} printable characters"
            )
            raise BadInput(rule, field="name", value=name)
        refuse_number_in_words(name, "name")
        id = secrets.token_hex(ID_BYTES)
        made = NewClient(id, f"{MARK}_{id}_{secrets.token_urlsafe(32)}")
        row = {"prefix": id, "sha256": _sha256(made.secret), "owner": owner, "role": role.value}
        with writing(self._engine) as connection:
            refuse_out_of_place(role, kind_of(connection, owner))
            connection.execute(insert(api_key), row | {"name": name, "made_at": self._clock()})
            also(connection, f"{CLIENT}{id}")
        return made

    def authenticated(self, id: str, secret: str) -> Caller | None:
        """Return the client with this id and secret; None where there is none, or no longer.

        None too where its tenant has become a kind of body that has no such role. What cannot be
        an id is not looked for: PostgreSQL takes offence at some of it.
        """
        if not _ID.fullmatch(id):
            return None
        with reading(self._engine) as connection:
            found = connection.execute(select(api_key).where(api_key.c.prefix == id)).first()
            kept = _sha256("") if found is None else found.sha256
            if not hmac.compare_digest(kept, _sha256(secret)) or found is None:
                return None
            kind = kind_of(connection, found.owner)
        role = Role(found.role)
        if found.revoked_at is not None or kind not in bodies_of(role):
            return None
        return Caller(f"{CLIENT}{id}", found.owner, role, kind)

    def page(self, owner: str, limit: int, after: str | None = None) -> list[Client]:
        """Return a tenant's clients by id, revoked ones too.

        Parameters
        ----------
        limit
            How many at most.
        after
            Only those with a greater id.
        """
        found = page_of(self._engine, api_key.c.prefix, owner, limit, after)
        return [_client(row) for row in found]

    def find(self, id: str, owner: str) -> Client | None:
        """Return a tenant's client; None where it has none of that id."""
        found = row_of(self._engine, api_key.c.prefix, id, owner)
        return None if found is None else _client(found)

    def revoke(self, id: str, owner: str, also: Also = nothing) -> None:
        """Let a tenant's client ask for no more tokens, and use none that it has.

        Its tokens stop at once in this process, in others within five seconds. Revoking it again
        changes nothing.

        Parameters
        ----------
        also
            What else belongs to the same transaction.
        """
        statement = (
            update(api_key)
            .where(api_key.c.prefix == id, api_key.c.owner == owner)
            .where(api_key.c.revoked_at.is_(None))
            .values(revoked_at=self._clock())
        )
        with writing(self._engine) as connection:
            if connection.execute(statement).rowcount:
                also(connection, f"{CLIENT}{id}")
        self.revocations.look()


def _client(row: Row[Any]) -> Client:
    return Client(row.prefix, row.name, row.owner, Role(row.role), row.made_at, row.revoked_at)


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
