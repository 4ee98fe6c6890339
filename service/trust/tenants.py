"""Tenants: the bodies that share an installation, and what kind each is."""

from __future__ import annotations

from sqlalchemy import Connection, select

from service.store.tables import tenant
from service.trust.roles import TenantKind


def kind_of(connection: Connection, owner: str) -> TenantKind:
    """Return what kind of body a tenant is; a house where nobody registered it."""
    kind = connection.execute(select(tenant.c.kind).where(tenant.c.owner == owner)).scalar()
    return TenantKind.HOUSE if kind is None else TenantKind(kind)
