"""Banks, a guarantee company, cooperatives of two counties and their supervisors in one store."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Engine, insert

from features.book import Book
from features.dictionary import load_dictionary
from features.simulate import simulate
from service.settings import Settings
from service.store.database import writing
from service.store.records import SHANGHAI
from service.store.store import Store
from service.store.tables import tenant
from service.trust.identity import Caller
from service.trust.roles import Role, TenantKind

HERE, THERE = "330899", "330898"
COOPERATIVE, NEIGHBOUR = "K000", "K001"


@dataclass(frozen=True)
class Body:
    """A tenant of the story."""

    owner: str
    kind: TenantKind
    county: str | None = None

    def caller(self, role: Role) -> Caller:
        return Caller(f"{self.owner}:{role}", self.owner, role, self.kind)


BANK = Body("北山银行", TenantKind.BANK)
RIVAL = Body("南山银行", TenantKind.BANK)
GUARANTEE = Body("县农担", TenantKind.GUARANTEE)
COOP = Body("两山合作社", TenantKind.COOPERATIVE, HERE)
OTHER_COOP = Body("邻县合作社", TenantKind.COOPERATIVE, THERE)
COUNTY = Body("县发改局", TenantKind.COUNTY, HERE)
OTHER_COUNTY = Body("邻县发改局", TenantKind.COUNTY, THERE)
PROVINCE = Body("省发改委", TenantKind.PROVINCE)
BODIES = (BANK, RIVAL, GUARANTEE, COOP, OTHER_COOP, COUNTY, OTHER_COUNTY, PROVINCE)
BANK_CODES = {BANK.owner: "B01", RIVAL.owner: "B02"}
GUARANTOR = "G01"


def settle(settings: Settings) -> None:
    """Register the bodies, and let each load its part of a simulated county."""
    store = Store.open(settings)
    register(store.engine, BODIES)
    now = datetime.now(SHANGHAI)
    for body in BODIES:
        book = part_of(body)
        if book.tables:
            store.load(book, body.owner, now)
    store.close()


def register(engine: Engine, bodies: Collection[Body]) -> None:
    rows = [
        {"owner": one.owner, "kind": one.kind.value, "county_code": one.county, "label": one.owner}
        for one in bodies
    ]
    with writing(engine) as connection:
        connection.execute(insert(tenant), rows)


def part_of(body: Body) -> Book:
    """Return what a body states of the simulated county."""
    if body.kind is TenantKind.BANK:
        return _of_bank(BANK_CODES[body.owner])
    if body.kind is TenantKind.GUARANTEE:
        return Book(_rows("guarantee_body", "body_id", [GUARANTOR]))
    if body is COOP:
        return _of_cooperative(COOPERATIVE, HERE)
    return _of_cooperative(NEIGHBOUR, THERE) if body is OTHER_COOP else Book({})


@cache
def county() -> Book:
    return simulate(60, 7, datetime.now(SHANGHAI).date()).book


def texts(table: str, column: str, **where: str) -> list[str]:
    """Return the different values of a column, of the rows where another has some value."""
    rows = county().tables[table]
    for name, value in where.items():
        rows = rows.filter(pc.equal(rows[name], value))
    return sorted(set(rows[column].drop_null().to_pylist()))


def _of_bank(code: str) -> Book:
    applications = texts("application", "application_id", bank_code=code)
    households = texts("application", "household_id", bank_code=code)
    return Book(
        _rows("bank", "bank_code", [code])
        | _rows("application", "application_id", applications)
        | _rows("loan", "application_id", applications)
        | _rows("household", "household_id", households)
        | _rows("guarantee_body", "body_id", [GUARANTOR])
    )


def _of_cooperative(key: str, county_code: str) -> Book:
    """Return a cooperative with what is its, all of it moved to its county."""
    developers = texts("project", "developer_id", coop_id=key)
    tables = (
        _rows("cooperative", "coop_id", [key])
        | _rows("project", "coop_id", [key])
        | _rows("resource", "coop_id", [key])
        | _rows("organisation", "org_id", developers)
        | _rows("county", "county_code", [HERE])
    )
    return Book({name: _moved(rows, county_code) for name, rows in tables.items()})


def _moved(rows: pa.Table, county_code: str) -> pa.Table:
    if "county_code" not in rows.column_names:
        return rows
    place = rows.column_names.index("county_code")
    return rows.set_column(place, "county_code", pa.array([county_code] * len(rows), pa.string()))


def _rows(table: str, column: str, values: list[str]) -> dict[str, pa.Table]:
    """Return a table and its children, of the rows with one of some values in a column."""
    spec = load_dictionary().table(table)
    rows = county().tables[table]
    kept = rows.filter(pc.is_in(rows[column], pa.array(values, pa.string())))
    keys = pc.unique(kept[spec.key])
    children = {child.name for child in spec.children.values()} & set(county().tables)
    found = {name: county().tables[name] for name in children}
    return {
        table: kept,
        **{name: rows.filter(pc.is_in(rows[spec.key], keys)) for name, rows in found.items()},
    }
