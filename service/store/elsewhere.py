"""Loans of other bodies on a resource: that there may be some, and nothing else of them.

A line on a resource counts every lender's loans, and all who lend see its verdict (domain 14);
but of the loans each sees his own alone. So every other tenant is asked, in its own name, whether
an open, secured loan of its names the resource. Where one does, or does not say, a loan of which
nothing is told stands beside the reader's own: what the line needs of it is missing, and missing
is unknown. Only registered tenants are asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time

from sqlalchemy import Connection, Engine, select

from features.graph import catalogue
from features.needs import Need, needs
from features.point_in_time import evaluate
from service.store.books import book_of_rows
from service.store.database import Tenant, act_as, reading
from service.store.records import SHANGHAI, Records
from service.store.tables import mention, tenant
from service.store.versions import Row

RESOURCE, APPLICATION, LOAN = "resource", "application", "loan"
SECURES = "secures_a_loan"
ELSEWHERE = "另一机构 · another body"
"""Application and loan that stand for those of another body."""


def with_loans_elsewhere(
    engine: Engine,
    reader: Tenant,
    found: Mapping[str, Sequence[Row]],
    given: Iterable[Row],
    need: Need,
    as_of: date,
) -> dict[str, list[Row]]:
    """Return the rows that a subject is judged on, with what stands for loans elsewhere.

    Parameters
    ----------
    found
        Rows by table, as the reader may see them.
    given
        Resources that came with a request.
    need
        What is needed; where no loans on a resource are, nobody is asked.
    """
    rows = {table: list(some) for table, some in found.items()}
    if not any(needed.table == RESOURCE and APPLICATION in needed.others for needed in _all(need)):
        return rows
    resources = {str(row["resource_id"]) for row in (*rows.get(RESOURCE, ()), *given)}
    secured = _secured_elsewhere(engine, reader, sorted(resources), as_of) if resources else []
    if secured:
        for table, row in _stand_ins(secured, as_of):
            rows.setdefault(table, []).append(row)
    return rows


def _all(need: Need) -> Iterable[Need]:
    yield need
    for other in need.others.values():
        yield from _all(other)


def _secured_elsewhere(
    engine: Engine, reader: Tenant, resources: Sequence[str], as_of: date
) -> list[str]:
    """Return which of some resources stand behind an open loan of another tenant, or may."""
    secured: set[str] = set()
    with reading(engine) as connection:
        lent = {
            other: _named(connection, other, resources) for other in _others(connection, reader)
        }
    for other, named in lent.items():
        if named:
            secured.update(_securing(Records(engine, other), named, as_of))
    return sorted(secured)


def _others(connection: Connection, reader: Tenant) -> list[Tenant]:
    statement = select(tenant.c.owner, tenant.c.kind).where(tenant.c.owner != reader.owner)
    return [Tenant(*row) for row in connection.execute(statement)]


def _named(connection: Connection, other: Tenant, resources: Sequence[str]) -> list[str]:
    """Return which of some resources an application of another tenant names."""
    act_as(connection, other)
    statement = select(mention.c.value).where(
        mention.c.table == APPLICATION,
        mention.c.column == "resources.resource_id",
        mention.c.value.in_(resources),
        mention.c.owner == other.owner,
    )
    return list(connection.execute(statement.distinct()).scalars())


def _securing(records: Records, resources: Sequence[str], as_of: date) -> Iterable[str]:
    """Yield which of some resources stand behind an open loan of a tenant, or may."""
    need = needs(catalogue(), RESOURCE, {(): (SECURES,)})
    book = book_of_rows(records.around(resources, need, as_of))
    if RESOURCE not in book.tables:
        return
    frame = evaluate(book, RESOURCE, (SECURES,), at=as_of)
    for key, secures in zip(frame.keys, frame.columns[SECURES], strict=True):
        if secures != 0:
            yield key


def _stand_ins(resources: Sequence[str], as_of: date) -> Iterable[tuple[str, Row]]:
    stamps = {
        "as_of": as_of.isoformat(),
        "known_at": datetime.combine(as_of, time(), SHANGHAI).isoformat(),
        "source": ELSEWHERE,
        "quality": "reported",
        "application_id": ELSEWHERE,
    }
    listed = [{"resource_id": key} for key in resources]
    yield APPLICATION, stamps | {"resources": listed}
    yield LOAN, stamps | {"loan_id": ELSEWHERE, "secured": True}
