"""Who is asking: people with passwords (programs: `clients`; signed-in browsers: `sessions`).

Of a password the argon2 hash is kept.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from functools import cached_property

from pwdlib import PasswordHash
from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from features.errors import BadInput
from service.store.database import Also, Tenant, nothing, reading, writing
from service.store.tables import person, session
from service.trust.passwords import is_guessable
from service.trust.roles import READABLE, Role, TenantKind, bodies_of, level_of, scopes_of
from service.trust.subjects import refuse_number_in_words
from service.trust.tenants import kind_of, refuse_out_of_place

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
LONGEST_NAME = 64
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

    @property
    def is_barred(self) -> bool:
        """Return whether it may do nothing at all."""
        return self.granted is not None and not self.granted

    def barred(self) -> Caller:
        """Return it as it is until it has a password of its own: it may do nothing else."""
        return replace(self, granted=frozenset())

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
    """Return somebody who may sign in; None where nobody has that name, or he is disabled.

    None too where his tenant has become a kind of body that has no such role.
    """
    found = connection.execute(select(person).where(person.c.name == name)).first()
    if found is None or found.disabled_at is not None:
        return None
    role, kind = Role(found.role), kind_of(connection, found.owner)
    return Caller(name, found.owner, role, kind) if kind in bodies_of(role) else None


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

    def add_person(
        self,
        name: str,
        owner: str,
        role: Role,
        password: str,
        also: Also = nothing,
        *,
        drawn: bool = False,
    ) -> None:
        """Add somebody who signs in by name and password.

        Parameters
        ----------
        drawn
            Whether somebody else knows the password, so that he must choose one of his own.
        also
            What else belongs to the same transaction.

        Raises
        ------
        BadInput
            When the name cannot be used or is taken, the password is too short, or the tenant's
            kind of body has no such role.
        """
        Tenant(owner)
        _refuse_unusable(name)
        row = {"name": name, "owner": owner, "role": role.value, "password_drawn": drawn}
        row["password_hash"] = self.hashed(password)
        with writing(self._engine) as connection:
            refuse_out_of_place(role, kind_of(connection, owner))
            try:
                connection.execute(insert(person), row)
            except IntegrityError as fault:
                raise BadInput("已有此用户 · is taken", field="name", value=name) from fault
            also(connection, name)

    def hashed(self, password: str) -> str:
        """Return what is kept of a password.

        Raises
        ------
        BadInput
            When it is too short or too long.
        """
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            several = f"{SHORTEST_PASSWORD}-{LONGEST_PASSWORD}"
            rule = f"须为 {several} 个字符 · must have {several} characters"
            raise BadInput(rule, field="password")
        return self._passwords.hash(password)

    def sign_in(self, name: str, password: str) -> Caller | None:
        """Return who signs in; None where name and password do not belong together.

        An unknown name takes as long as a wrong password. Somebody whose password another drew
        may do nothing but choose his own.
        """
        with reading(self._engine) as connection:
            found = connection.execute(select(person).where(person.c.name == name)).first()
        kept = self._nobodys_hash if found is None else found.password_hash
        right = self._passwords.verify(password, kept)
        if found is None or not right:
            return None
        with reading(self._engine) as connection:
            caller = person_named(connection, name)
        return caller.barred() if caller and found.password_drawn else caller

    def choose_password(self, name: str, password: str) -> None:
        """Keep the password that a person has chosen; his sessions end.

        Raises
        ------
        BadInput
            When it is too short, too long or what anybody would try.
        """
        if is_guessable(password):
            raise BadInput("太容易猜到 · is too easily guessed", field="password")
        values = {"password_hash": self.hashed(password), "password_drawn": False}
        with writing(self._engine) as connection:
            connection.execute(update(person).where(person.c.name == name).values(values))
            connection.execute(delete(session).where(session.c.person == name))


def _refuse_unusable(name: str) -> None:
    """Refuse a name that cannot be read, is a number, or could be taken for a program's."""
    refuse_number_in_words(name, "name")
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        rule = f"须为 1-{LONGEST_NAME} 个可见字符 · must be 1-{LONGEST_NAME} printable characters"
        raise BadInput(rule, field="name", value=name)
    if name != name.strip() or ":" in name:
        rule = "不得含冒号或首尾空格 · must hold no colon, no space at its ends"
        raise BadInput(rule, field="name", value=name)
