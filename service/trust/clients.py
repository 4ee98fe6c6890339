"""Clients: programs that ask for access tokens with an id and a secret.

The secret is 256 random bits, so of it the sha256 is kept and compared in constant time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy import Engine, insert, select

from service.store.database import Tenant, reading, writing
from service.store.tables import api_key
from service.trust.identity import CLIENT, Caller
from service.trust.keys import Clock
from service.trust.roles import Role
from service.trust.tenants import kind_of

MARK = "ls"


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
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def add(self, owner: str, role: Role, name: str = "") -> NewClient:
        """Return a new client of a tenant."""
        Tenant(owner)
        id = secrets.token_hex(4)
        made = NewClient(id, f"{MARK}_{id}_{secrets.token_urlsafe(32)}")
        row = {"prefix": id, "sha256": _sha256(made.secret), "owner": owner, "role": role.value}
        with writing(self._engine) as connection:
            connection.execute(insert(api_key), row | {"name": name, "made_at": self._clock()})
        return made

    def authenticated(self, id: str, secret: str) -> Caller | None:
        """Return the client with this id and secret; None where there is none, or no longer."""
        with reading(self._engine) as connection:
            found = connection.execute(select(api_key).where(api_key.c.prefix == id)).first()
            kept = _sha256("") if found is None else found.sha256
            if not hmac.compare_digest(kept, _sha256(secret)) or found is None:
                return None
            if found.revoked_at is not None:
                return None
            kind = kind_of(connection, found.owner)
        return Caller(f"{CLIENT}{id}", found.owner, Role(found.role), kind)


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
