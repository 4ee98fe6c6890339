"""Whose rows a tenant may read; on PostgreSQL the row-level policy says the same once more.

Its own; the shared tables; what a developer of somebody's project is, as that project's owner
states it; and, for supervisors, what a bank or a guarantee company states of itself. What of a
row it may be shown is not decided here: see `service.trust.matrix.yaml`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Table,
    Text,
    and_,
    bindparam,
    exists,
    or_,
    select,
)

from service.store.database import Tenant
from service.store.tables import SHARED_TABLES, mention, record, tenant

SUPERVISING = ("county", "province")
PARTNERS = {"bank": "bank", "guarantee_body": "guarantee"}
"""Tables of partner bodies, and the kind of tenant that states such a row of itself."""

DEVELOPERS = "organisation"

Condition = ColumnElement[bool]
Owner = str | BindParameter[str]


def visible(reader: Tenant, of: str, table: Table = record) -> Condition:
    """Return which rows of a table a tenant may read."""
    return visible_to(reader.owner, reader.kind, of, table)


def visible_to(owner: Owner, kind: str, of: str, table: Table = record) -> Condition:
    """Return which rows of a table may be read by an owner of some kind.

    Where he states a key himself, nobody else's rows of it are mixed in.
    """
    own = table.c.owner == owner
    if of in SHARED_TABLES:
        return own | (table.c.table == of)
    if table is not record:
        return own
    if of == DEVELOPERS:
        return own | and_(_names_a_developer(), _not_stated_by(owner))
    if of in PARTNERS and kind in SUPERVISING:
        return own | and_(_states_itself(of), _not_stated_by(owner))
    return own


def comparable(writer: Tenant) -> Condition:
    """Return which records what a tenant states is compared with: its own and the shared ones."""
    return or_(record.c.owner == writer.owner, record.c.table.in_(SHARED_TABLES))


def _names_a_developer() -> Condition:
    """Return whether its owner's project names the organisation as its developer."""
    return exists(
        select(mention.c.key).where(
            mention.c.table == "project",
            mention.c.column == "developer_id",
            mention.c.value == record.c.key,
            mention.c.owner == record.c.owner,
        )
    )


def _states_itself(of: str) -> Condition:
    """Return whether the owner is the kind of body that the table is about."""
    return exists(
        select(tenant.c.owner).where(
            tenant.c.owner == record.c.owner, tenant.c.kind == PARTNERS[of]
        )
    )


def _not_stated_by(owner: Owner) -> Condition:
    own = record.alias("own")
    return ~exists(
        select(own.c.key).where(
            own.c.table == record.c.table, own.c.key == record.c.key, own.c.owner == owner
        )
    )


def named_tenant() -> BindParameter[Any]:
    """Return the parameter that names the reader in a statement that is built once."""
    return bindparam("tenant", type_=Text)
