"""Who gets access: people and clients of a tenant, and a note of each change in its chain.

An administrator manages his own tenant alone. With every change, in the same transaction, a
document of kind `access` joins the tenant's decision log, so that an auditor sees later who let
whom in.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from features.errors import BadInput
from service.store.database import Also
from service.store.decisions import draft
from service.store.store import Store
from service.trust.clients import Client, Clients, NewClient
from service.trust.federation import Federation
from service.trust.identity import CLIENT, Caller, Identity
from service.trust.openid import Subject
from service.trust.people import Change, People, Person
from service.trust.roles import Role
from service.trust.tenants import Body, Tenants
from service.use_cases.book.books import HOME_OWNER

ACCESS = "access"
PERSON = "person:"
PASSWORD_BYTES = 15


class Unknown(BadInput):
    """There is no such person or client in this tenant."""


class Access:
    """Manage people, clients and tenants.

    Parameters
    ----------
    store
        Whose decision log notes each change.
    identity, clients
        What the service itself knows of them.
    clock
        The time in Asia/Shanghai.
    """

    def __init__(
        self, store: Store, identity: Identity, clients: Clients, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._clock = clock
        self._identity = identity
        self._people = People(store.engine, clock)
        self._federation = Federation(store.engine)
        self._clients = clients
        self._tenants = Tenants(store.engine)

    def add_tenant(self, body: Body) -> None:
        """Register a tenant; see `Tenants.add`."""
        self._tenants.add(body)

    def tenants(self) -> Sequence[Body]:
        """Return every registered tenant."""
        return self._tenants.all()

    def administrator(self, owner: str, name: str) -> Caller:
        """Return who manages a tenant's access from the command line.

        Raises
        ------
        BadInput
            When the tenant is not registered: what kind of body it is decides what it may see.
        """
        if owner != HOME_OWNER and not self._tenants.knows(owner):
            rule = "未登记，请先 liangshan tenants add · is not registered; do that first"
            raise BadInput(rule, field="owner", value=owner)
        return Caller(name, owner, Role.ADMINISTRATOR, self._tenants.kind(owner))

    def add_person(self, name: str, role: Role, by: Caller) -> tuple[Person, str]:
        """Add somebody; return him and the password with which he signs in at first.

        Raises
        ------
        BadInput
            When the name cannot be used or is taken, or the tenant has no such role.
        """
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        note = self._note("person-added", by, role=role.value)
        self._identity.add_person(name, by.owner, role, password, note, drawn=True)
        return Person(name, by.owner, role), password

    def people(self, by: Caller, limit: int, after: str | None = None) -> Sequence[Person]:
        """Return the tenant's people by name; see `People.page`."""
        return self._people.page(by.owner, limit, after)

    def person(self, name: str, by: Caller) -> Person:
        """Return one of the tenant's people.

        Raises
        ------
        Unknown
            Where there is nobody of that name in it.
        """
        found = self._people.find(name, by.owner)
        if found is None:
            raise Unknown("没有此人 · there is no such person", field="name", value=name)
        return found

    def change_person(self, seen: Person, change: Change, by: Caller) -> tuple[Person, str | None]:
        """Change a person who is still as he was seen; see `People.change`.

        Returns
        -------
        tuple of Person and str or None
            Him as he is now, and his new password where one was asked for.
        """
        password = secrets.token_urlsafe(PASSWORD_BYTES) if change.new_password else None
        hashed = None if password is None else self._identity.hashed(password)
        note = self._note("person-changed", by, **change.document())
        return self._people.change(seen, change, hashed, note), password

    def link(self, name: str, account: Subject, by: Caller) -> None:
        """Let one of the tenant's people sign in by an account at an outside provider.

        Raises
        ------
        BadInput
            Where there is nobody of that name, or the account is somebody's already.
        """
        found = self.person(name, by)
        note = self._note("person-linked", by, issuer=account.issuer, subject=account.name)
        self._federation.link(found.name, account, note)

    def unlink(self, name: str, account: Subject, by: Caller) -> None:
        """Let an account of one of the tenant's people sign in no longer; see `link`."""
        found = self.person(name, by)
        note = self._note("person-unlinked", by, issuer=account.issuer, subject=account.name)
        self._federation.unlink(found.name, account, note)

    def accounts(self, name: str, by: Caller) -> Sequence[Subject]:
        """Return the outside accounts of one of the tenant's people."""
        return self._federation.accounts(self.person(name, by).name)

    def add_client(self, name: str, role: Role, by: Caller) -> NewClient:
        """Return a new client of the tenant; see `Clients.add`."""
        note = self._note("client-added", by, name=name, role=role.value)
        return self._clients.add(by.owner, role, name, note)

    def clients(self, by: Caller, limit: int, after: str | None = None) -> Sequence[Client]:
        """Return the tenant's clients by id; see `Clients.page`."""
        return self._clients.page(by.owner, limit, after)

    def revoke_client(self, id: str, by: Caller) -> None:
        """Revoke a client of the tenant; see `Clients.revoke`.

        Raises
        ------
        Unknown
            Where the tenant has none of that id.
        """
        if self._clients.find(id, by.owner) is None:
            raise Unknown("没有此客户端 · there is no such client", field="id", value=id)
        self._clients.revoke(id, by.owner, self._note("client-revoked", by))

    def _note(self, action: str, by: Caller, **said: object) -> Also:
        """Return what notes a change in the tenant's chain, within the change's transaction."""

        def note(connection: Connection, changed: str) -> None:
            at = self._clock().isoformat()
            about = changed if changed.startswith(CLIENT) else f"{PERSON}{changed}"
            document = {"kind": ACCESS, "action": action, "about": about, "at": at} | said
            entry = draft(document | {"by": by.name}, by.owner, kind=ACCESS, about=about)
            self._store.decisions.append_in(connection, entry)

        return note
