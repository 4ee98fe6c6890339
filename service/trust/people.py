"""People as their administrator sees them: who there is, in which role, who is out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, delete, update

from features.canonical import canonical_json, sha256_hex
from service.store.database import Also, nothing, writing
from service.store.entries import Overtaken
from service.store.records import SHANGHAI
from service.store.tables import person, session
from service.trust.keys import Clock
from service.trust.own_rows import page_of, row_of
from service.trust.roles import Role
from service.trust.tenants import kind_of, refuse_out_of_place


@dataclass(frozen=True)
class Person:
    """Somebody who signs in, or could until he was disabled."""

    name: str
    owner: str
    role: Role
    disabled_at: datetime | None = None

    def document(self) -> dict[str, object]:
        """Return what an administrator is answered."""
        said: dict[str, object] = {"name": self.name, "role": self.role.value}
        if self.disabled_at is None:
            return said
        return said | {"disabled_at": self.disabled_at.astimezone(SHANGHAI).isoformat()}

    @property
    def hash(self) -> str:
        """Return the sha256 of the document: which version somebody has seen."""
        return sha256_hex(canonical_json(self.document()))


@dataclass(frozen=True)
class Change:
    """What is to become of a person; None leaves a thing as it is."""

    role: Role | None = None
    disabled: bool | None = None
    new_password: bool = False

    def document(self) -> dict[str, object]:
        """Return what is changed, as a document says it."""
        said = {"role": self.role and self.role.value, "disabled": self.disabled}
        said |= {"new_password": self.new_password or None}
        return {name: value for name, value in said.items() if value is not None}

    def of(self, found: Person, now: datetime) -> Person:
        """Return the person as he is after it."""
        changed = found if self.role is None else replace(found, role=self.role)
        if self.disabled is None or self.disabled == (found.disabled_at is not None):
            return changed
        return replace(changed, disabled_at=now if self.disabled else None)


class People:
    """Know the people of each tenant, and change what they may.

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

    def page(self, owner: str, limit: int, after: str | None = None) -> list[Person]:
        """Return a tenant's people by name, disabled ones too.

        Parameters
        ----------
        limit
            How many at most.
        after
            Only those with a greater name.
        """
        found = page_of(self._engine, person.c.name, owner, limit, after)
        return [_person(row) for row in found]

    def find(self, name: str, owner: str) -> Person | None:
        """Return one of a tenant's people; None where it has nobody of that name."""
        found = row_of(self._engine, person.c.name, name, owner)
        return None if found is None else _person(found)

    def change(
        self,
        seen: Person,
        change: Change,
        password_hash: str | None = None,
        also: Also = nothing,
    ) -> Person:
        """Change a person who is still as somebody saw him, and return him as he is now.

        Sessions of somebody whose rights change end: he signs in again, or no more.

        Parameters
        ----------
        password_hash
            Of his new password; None where the old one stays.
        also
            What else belongs to the same transaction.

        Raises
        ------
        BadInput
            When his tenant's kind of body has no such role.
        Overtaken
            When somebody else changed him meanwhile.
        """
        changed = change.of(seen, self._clock())
        values: dict[str, object] = {
            "role": changed.role.value,
            "disabled_at": changed.disabled_at,
            **_password(password_hash),
        }
        if changed == seen and password_hash is None:
            return seen
        with writing(self._engine) as connection:
            refuse_out_of_place(changed.role, kind_of(connection, seen.owner))
            done = connection.execute(update(person).where(*_still(seen)).values(values))
            if done.rowcount == 0:
                raise Overtaken("其间已被他人更改 · was changed meanwhile", field="name")
            connection.execute(delete(session).where(session.c.person == seen.name))
            also(connection, seen.name)
        return changed


def _still(seen: Person) -> tuple[Any, ...]:
    """Return the conditions under which a row is still what somebody saw."""
    return (
        person.c.name == seen.name,
        person.c.owner == seen.owner,
        person.c.role == seen.role.value,
        person.c.disabled_at.is_(None)
        if seen.disabled_at is None
        else person.c.disabled_at == seen.disabled_at,
    )


def _password(hash: str | None) -> dict[str, object]:
    """Return what is kept of a new password that another person drew."""
    return {} if hash is None else {"password_hash": hash, "password_drawn": True}


def _person(row: Row[Any]) -> Person:
    return Person(row.name, row.owner, Role(row.role), row.disabled_at)
