"""The statement that looks up records by key, or by what they name, for one kind of reader."""

from __future__ import annotations

from functools import cache

from sqlalchemy import Select, Text, bindparam, func, select

from service.store.tables import mention, record
from service.store.visibility import named_tenant, visible_to


@cache
def looked_up(of: str, kind: str, history: bool, by_mention: bool) -> Select[str]:
    """Return the statement that looks up bodies by key or by mention; building it is slow."""
    tenant = named_tenant()
    values = bindparam("named", type_=Text, expanding=True)
    wanted = record.c.key.in_(values)
    if by_mention:
        naming = select(mention.c.key).where(
            mention.c.table == bindparam("of"),
            mention.c.column == bindparam("in_column"),
            mention.c.value.in_(values),
            visible_to(tenant, kind, of, mention),
        )
        wanted = record.c.key.in_(naming)
    newest = (record.c.as_of.desc(), record.c.known_at.desc())
    place = func.row_number().over(partition_by=record.c.key, order_by=newest)
    known = (
        select(record.c.body, record.c.key, record.c.as_of, record.c.known_at)
        .add_columns(*(() if history else (place.label("place"),)))
        .where(record.c.table == bindparam("of"), wanted, visible_to(tenant, kind, of))
        .where(record.c.as_of <= bindparam("day"), record.c.known_at < bindparam("before"))
        .subquery()
    )
    found = select(known.c.body).order_by(known.c.key, known.c.as_of, known.c.known_at)
    return found if history else found.where(known.c.place == 1)
