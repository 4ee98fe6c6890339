"""What of the book a body may take away: its own rows, and of others' what domain 14 shows whole.

Who may see of a statement what its verdicts show, or of resources their counts, takes no row of
them away. Who holds a resource stands in it for those alone to whom it was offered: a name that
means nothing elsewhere, the same for the same holder, stands in for him, so that two claims of
one holder are still one holder's.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from features.book import Book
from features.dictionary import load_dictionary
from service.store.database import Tenant
from service.store.store import Store
from service.trust.roles import TenantKind, level_of_body
from service.use_cases.judging.homes import homes_of

DATA: Mapping[str, str] = {
    "household": "household",
    "application": "household",
    "loan": "household",
    "organisation": "household",
    "resource": "resource",
    "cooperative": "statement",
    "project": "project",
    "county": "verdict",
    "bank": "partner_line",
    "guarantee_body": "partner_line",
}
"""What of matrix.yaml the rows of a table are."""

WHOLE = ("full", "county")
AT_HOME = ("cooperative", "project", "resource", "county")
LENDERS = (TenantKind.BANK, TenantKind.GUARANTEE)
RESOURCE, CLAIMS, HOLDER, TITLE = "resource", "resource__claims", "holder", "title_no"


def extract(store: Store, tenant: Tenant, known_at: date) -> Book:
    """Return the book that a body may take away, as it was known by the end of a day."""
    kind = TenantKind(tenant.kind)
    own = [table for table, data in DATA.items() if level_of_body(data, kind) not in WHOLE]
    book = store.export(known_at, tenant, own)
    if kind in (TenantKind.COUNTY, TenantKind.COOPERATIVE):
        return _inside(book, store, tenant)
    return _veiled(book, store, tenant) if kind in LENDERS else book


def _inside(book: Book, store: Store, tenant: Tenant) -> Book:
    """Return the book without what others state of other counties."""
    county = store.county_of(tenant.owner)
    tables = dict(book.tables)
    for table in AT_HOME:
        if table not in book.tables:
            continue
        inside = {key for key, home in homes_of(book, table).items() if home and home == county}
        kept = inside | store.records(tenant).own_keys(table)
        tables |= _family(book, table, kept)
    return Book(tables)


def _family(book: Book, table: str, keys: Collection[str]) -> dict[str, pa.Table]:
    """Return the rows of a table and of its children with one of these keys."""
    spec = load_dictionary().table(table)
    names = [table, *(child.name for child in spec.children.values())]
    wanted = pa.array(sorted(keys), pa.string())
    return {
        name: book.tables[name].filter(pc.is_in(book.tables[name][spec.key], wanted))
        for name in names
        if name in book.tables
    }


def _veiled(book: Book, store: Store, tenant: Tenant) -> Book:
    """Return the book without the holders of resources that were not offered to the tenant."""
    records = store.records(tenant)
    known = records.named("application", "resources.resource_id") | records.own_keys(RESOURCE)
    tables = dict(book.tables)
    for table, column in ((RESOURCE, f"{HOLDER}_token"), (CLAIMS, HOLDER)):
        if table in tables:
            tables[table] = _with_names(tables[table], column, known, store.pseudonym_key, tenant)
    if RESOURCE in tables:
        tables[RESOURCE] = _without(tables[RESOURCE], TITLE, known)
    return Book(tables)


def _with_names(
    rows: pa.Table, column: str, known: Collection[str], key: bytes, tenant: Tenant
) -> pa.Table:
    """Return rows in which another name stands in for each holder that is not to be known."""
    pairs = zip(rows["resource_id"].to_pylist(), rows[column].to_pylist(), strict=True)
    names = [
        holder if holder is None or resource in known else _pseudonym(key, tenant.owner, holder)
        for resource, holder in pairs
    ]
    return _replaced(rows, column, pa.array(names, pa.string()))


def _without(rows: pa.Table, column: str, known: Collection[str]) -> pa.Table:
    is_known = pc.is_in(rows["resource_id"], pa.array(sorted(known), pa.string()))
    return _replaced(rows, column, pc.if_else(is_known, rows[column], None))


def _replaced(rows: pa.Table, column: str, values: pa.Array) -> pa.Table:
    place = rows.column_names.index(column)
    return rows.set_column(place, rows.schema.field(column), values)


def _pseudonym(key: bytes, owner: str, holder: str) -> str:
    """Return a name for a holder that this tenant alone is given."""
    return hmac.new(key, f"{owner}\n{holder}".encode(), hashlib.sha256).hexdigest()[: 2 * 16]
