"""Who is asking: people with passwords and browser sessions (programs: `clients`).

Of a password the argon2 hash is kept; of a session, which is random, the sha256.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from pwdlib import PasswordHash
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError

from features.errors import BadInput
from service.store.database import Tenant, reading, writing
from service.store.tables import person, session
from service.trust.roles import READABLE, Role, TenantKind, level_of, scopes_of

SESSION_LASTS = timedelta(hours=12)
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


@dataclass(frozen=True)
class Session:
    """A signed-in browser.

    Attributes
    ----------
    token
        What the cookie holds; the store knows its sha256 alone.
    csrf
        What each form of this session must carry; it follows from the token, so a page can write
        it without its being kept anywhere.
    """

    token: str
    caller: Caller
    expires_at: datetime

    @property
    def csrf(self) -> str:
        """Return the token that a form of this session must carry."""
        return hmac.new(self.token.encode(), b"csrf", hashlib.sha256).hexdigest()

    def carries(self, csrf: str) -> bool:
        """Return whether a form's token is this session's."""
        return hmac.compare_digest(self.csrf.encode(), csrf.encode())


class Identity:
    """Know people and sessions.

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

    def sign_in(self, name: str, password: str) -> Session | None:
        """Return a new session; None where name and password do not belong together.

        An unknown name takes as long as a wrong password.
        """
        with reading(self._engine) as connection:
            found = connection.execute(select(person).where(person.c.name == name)).first()
        kept = self._nobodys_hash if found is None else found.password_hash
        if not self._passwords.verify(password, kept) or found is None:
            return None
        now = datetime.now(UTC)
        token = secrets.token_urlsafe()
        opened = Session(token, Caller(name, found.owner, Role(found.role)), now + SESSION_LASTS)
        row = {"sha256": _sha256(token), "person": name, "expires_at": opened.expires_at}
        with writing(self._engine) as connection:
            connection.execute(delete(session).where(session.c.expires_at <= now))
            connection.execute(insert(session), row)
        return opened

    def session(self, token: str) -> Session | None:
        """Return the session of a cookie; None where it is unknown, ended or expired."""
        columns = (session.c.expires_at, person.c.name, person.c.owner, person.c.role)
        statement = select(*columns).join(person).where(session.c.sha256 == _sha256(token))
        with reading(self._engine) as connection:
            found = connection.execute(statement).first()
        if found is None or found.expires_at <= datetime.now(UTC):
            return None
        return Session(token, Caller(found.name, found.owner, Role(found.role)), found.expires_at)

    def sign_out(self, token: str) -> None:
        """End the session of a cookie."""
        with writing(self._engine) as connection:
            connection.execute(delete(session).where(session.c.sha256 == _sha256(token)))


def _sha256(secret: str) -> str:
    """Return the sha256 of a random secret, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()
