"""What the commands that manage access share: the use case, and who is at the terminal."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from service.settings import Settings
from service.store.store import Store
from service.trust.clients import Clients
from service.trust.identity import Caller, Identity
from service.trust.roles import Role
from service.use_cases.access import Access
from service.use_cases.book.books import HOME_OWNER
from service.wiring import now

MOST = 1_000_000

RoleOption = Annotated[Role, typer.Option("--role", help="角色 · role")]
OwnerOption = Annotated[str, typer.Option("--owner", help="所属机构 · the tenant")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON 输出 · JSON on stdout")]

HOME: str = HOME_OWNER


def open_access() -> Access:
    """Return the use case on the installation's store."""
    store = Store.open(Settings())
    return Access(store, Identity(store.engine), Clients(store.engine, now), now)


def administrator(access: Access, owner: str) -> Caller:
    """Return whoever is at the terminal, as the administrator of a registered tenant."""
    return access.administrator(owner, f"terminal:{getpass.getuser()}")
