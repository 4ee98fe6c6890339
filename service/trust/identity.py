"""Who is asking: people with passwords (programs: `clients`; signed-in browsers: `sessions`).

Of a password the argon2 hash is kept.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cached_property

from pwdlib import PasswordHash
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import IntegrityError

from features.errors import BadInput
from service.store.database import Tenant, reading, writing
from service.store.tables import person
from service.trust.roles import READABLE, Role, TenantKind, level_of, scopes_of
from service.trust.tenants import kind_of

SHORTEST_PASSWORD = 12
CLIENT = "client:"
"""How the name of a program begins; a person's has no colon."""


@dataclass(frozen=True)
class Caller:
    """A person or program that has shown who it is.

    Attributes
    ----------
    name
        A person's login name, or `client:` and the client's id.
    owner
        The tenant it belongs to.
    role
        Its role there.
    kind
        What kind of body the tenant is.
    granted
        What its token may do; all that the role may, by default.
    """

    name: str
    owner: str
    role: Role
    kind: TenantKind = TenantKind.HOUSE
    granted: frozenset[str] | None = None

    @property
    def tenant(self) -> Tenant:
        """Return on whose behalf it reads and writes."""
        return Tenant(self.owner, self.kind.value)

    @property
    def scopes(self) -> frozenset[str]:
        """Return all that it may do: what its role may, of that what it was granted."""
        scopes = scopes_of(self.role)
        return scopes if self.granted is None else scopes & self.granted

    def may(self, scope: str) -> bool:
        """Return whether it may do what a scope opens."""
        return scope in self.scopes

    def level(self, data: str) -> str:
        """Return how much of some data it may read (domain 14)."""
        return level_of(data, self.role, self.kind)

    def reads(self, data: str) -> bool:
        """Return whether it may read single subjects of some data."""
        return self.level(data) in READABLE


def person_named(connection: Connection, name: str) -> Caller | None:
    """Return somebody who may sign in; None where nobody has that name, or he is disabled."""
    found = connection.execute(select(person).where(person.c.name == name)).first()
    if found is None or found.disabled_at is not None:
        return None
    return Caller(name, found.owner, Role(found.role), kind_of(connection, found.owner))


class Identity:
    """Know people.

    Parameters
    ----------
    engine
        The store's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._passwords = PasswordHash.recommended()

    @cached_property
    def _nobodys_hash(self) -> str:
        """Return a hash that no password has, for names that nobody has."""
        return self._passwords.hash(secrets.token_urlsafe())

    def add_person(self, name: str, owner: str, role: Role, password: str) -> Caller:
        """Add somebody who signs in by name and password.

        Raises
        ------
        BadInput
            When the name is blank or taken, or the password too short.
        """
        Tenant(owner)
        if not name.strip():
            raise BadInput("不得为空 · must not be blank", field="name", value=name)
        if len(password) < SHORTEST_PASSWORD:
            raise BadInput(
                f"至少 {SHORTEST_PASSWORD} 个字符 · at least {SHORTEST_PASSWORD} characters",
                field="password",
            )
        row = {"name": name, "owner": owner, "role": role.value}
        row["password_hash"] = self._passwords.hash(password)
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(person), row)
        except IntegrityError as fault:
            raise BadInput("已有此用户 · is taken", field="name", value=name) from fault
        return Caller(name, owner, role)

    def sign_in(self, name: str, password: str) -> Caller | None:
        """Return who signs in; None where name and password do not belong together.

        An unknown name takes as long as a wrong password.
        """
        with reading(self._engine) as connection:
            found = connection.execute(select(person).where(person.c.name == name)).first()
        kept = self._nobodys_hash if found is None else found.password_hash
        right = self._passwords.verify(password, kept)
        with reading(self._engine) as connection:
            return person_named(connection, name) if right else None
