"""What a tenant itself says last about one key on one day."""

from __future__ import annotations

from datetime import date

import orjson
from sqlalchemy import Connection, select

from service.store.database import Tenant
from service.store.tables import record
from service.store.versions import Row


def latest_row(
    connection: Connection, tenant: Tenant, table: str, key: str, as_of: date
) -> Row | None:
    """Return the latest known version of the tenant's own row; None where it states none."""
    statement = (
        select(record.c.body)
        .where(record.c.table == table, record.c.key == key, record.c.as_of == as_of)
        .where(record.c.owner == tenant.owner)
        .order_by(record.c.known_at.desc())
        .limit(1)
    )
    body = connection.execute(statement).scalar()
    return None if body is None else orjson.loads(body)
