"""Books of a few hand-written rows, for the tests of what reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import settings

from features.book import Book, arrow_schema
from features.dictionary import load_dictionary
from features.schema import Kind, Table

SHANGHAI = timezone(timedelta(hours=8))
Row = Mapping[str, object]
BookOf = Callable[..., Book]

settings.register_profile("compiled", deadline=None)
settings.load_profile("compiled")


@pytest.fixture(autouse=True)
def missing_is_no_warning() -> Iterator[None]:
    """Let the array form meet NaN without NumPy's "invalid value" warning."""
    with np.errstate(invalid="ignore"):
        yield


def _value(kind: Kind, value: object) -> object:
    if kind is Kind.MONEY and value is not None:
        return Decimal(str(value)).quantize(Decimal("0.01"))
    if kind is Kind.INSTANT and isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, 9, tzinfo=SHANGHAI)
    return value


def _rows_by_table(table: Table, rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return a table's rows and, taken out of them, its children's."""
    found: dict[str, list[Row]] = {table.name: []}
    for row in rows:
        as_of = row.get("as_of", date(2026, 3, 31))
        full = {"as_of": as_of, "known_at": as_of, "source": "test", "quality": "reported"} | {
            **row
        }
        identity = {name: full[name] for name in table.identity}
        for short, child in table.children.items():
            if short in full:
                inside = full.pop(short)
                assert isinstance(inside, list)
                full.setdefault(f"{short}_rows", len(inside))
                found.setdefault(child.name, []).extend({**identity, **r} for r in inside)
        found[table.name].append(full)
    return found


def _arrow(table: Table, rows: Sequence[Row]) -> pa.Table:
    unknown = {name for row in rows for name in row} - set(table.columns)
    assert not unknown, f"{table.name}: {unknown}"
    data = {
        c.name: [_value(c.kind, row.get(c.name)) for row in rows] for c in table.columns.values()
    }
    return pa.table(data, schema=arrow_schema(table))


@pytest.fixture(scope="session")
def book_of() -> BookOf:
    """Return a maker of books: table to rows, money in yuan, children as lists inside their rows.

    as_of is 31 March 2026 unless given, known_at 9:00 of as_of, `<child>_rows` the list's length.
    """

    def build(**tables: Sequence[Row]) -> Book:
        dictionary = load_dictionary()
        rows: dict[str, list[Row]] = {}
        for name, given in tables.items():
            rows |= _rows_by_table(dictionary.table(name), given)
        return Book({name: _arrow(dictionary.table(name), found) for name, found in rows.items()})

    return build
