"""Records: JSON rows to a book and back, under the same contracts as files.

A row is a mapping of dictionary columns: money and other decimals as strings ("123.45"), counts as
integers, flags true or false, dates and instants ISO 8601, children inside as lists (`[]` =
declared empty, absent = undeclared), a missing value an absent key.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa

from features.book import Book
from features.contracts import Checked, check_raw
from features.contracts.groups import first_alike
from features.contracts.headings import nearest, unknown_field
from features.contracts.moments import instant_texts
from features.contracts.sheet import CellFault, Raw
from features.dictionary import Column, Dictionary, Kind, Table, load_dictionary
from features.errors import BadInput
from features.json_schema import json_schema

__all__ = ["book_from_rows", "json_schema", "rows_from_book"]

NOT_A_ROW = "应为对象 · an object is expected"
NOT_A_LIST = "应为数组 · a list is expected"
WRONG_TYPE = "类型不符，应为 · wrong type, expected"

_EXPECTED = {
    Kind.MONEY: '"1234.56"',
    Kind.COUNT: "12",
    Kind.FLAG: "true",
    Kind.RATIO: '"0.35"',
    Kind.AREA: '"8000.5"',
    Kind.NUMBER: '"12.5"',
    Kind.DATE: '"2026-03-31"',
    Kind.INSTANT: '"2026-03-31T08:00:00+08:00"',
    Kind.TEXT: '"…"',
    Kind.ENUM: '"…"',
}
_NUMERIC = (Kind.RATIO, Kind.AREA, Kind.NUMBER)
_WIDEST_INTEGER_BITS = 128
_ROWS_AT_ONCE = 16_384


def book_from_rows(rows: Mapping[str, Sequence[object]], today: date | None = None) -> Checked:
    """Return the checked book of JSON rows by table name.

    Unknown fields, wrong types and impossible values are faults, all of them, and set their row
    aside; row numbers count from 1 inside each table, child rows in the order in which they stand.

    Raises
    ------
    BadInput
        On a table name that is not in the dictionary.
    """
    dictionary = load_dictionary()
    raw: dict[str, Raw] = {}
    for name, listed in rows.items():
        if name not in dictionary.tables:
            hint = nearest(name, list(dictionary.tables))
            raise BadInput(f"未知的表 · unknown table{hint}", where=name)
        raw |= _family(dictionary.tables[name], dictionary, listed)
    return check_raw(raw, today, needs_good_rows=False)


def rows_from_book(book: Book) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield table name and canonical row of every record, children inside."""
    for table in load_dictionary().tables.values():
        if table.name in book.tables:
            yield from ((table.name, row) for row in _rows(table, book))


@dataclass
class _Pile:
    """Rows of one table on their way from JSON to a raw table of texts."""

    table: Table
    dictionary: Dictionary
    texts: list[dict[str, str]] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)

    def add(
        self, row: object, joined: Mapping[str, str], skip: Container[str] = ()
    ) -> dict[str, str]:
        """Take one row; `joined` are the columns that a child has from its parent.

        Returns
        -------
        dict
            The cells taken, to which columns may still be added.
        """
        cells = dict(joined)
        self.texts.append(cells)
        if not isinstance(row, Mapping):
            self.fault("", NOT_A_ROW, row)
            return cells
        for name, value in row.items():
            column = self.table.columns.get(name)
            if name in skip:
                continue
            if column is None or name in joined:
                self.fault(str(name), unknown_field(self.table, self.dictionary, str(name)))
            elif value is not None:
                self._cell(column, value)
        return cells

    def _cell(self, column: Column, value: object) -> None:
        text = _text_of(column.kind, value)
        if text is None:
            self.fault(column.name, f"{WRONG_TYPE} {_EXPECTED[column.kind]}", value)
        else:
            self.texts[-1][column.name] = text

    def fault(self, name: str, rule: str, value: object = None) -> None:
        """Note a fault of the row that was added last."""
        self.faults.append(CellFault(len(self.texts) - 1, name, _seen(value), rule))

    def raw(self) -> Raw:
        """Return the rows as a raw table."""
        seen = dict.fromkeys(name for cells in self.texts for name in cells)
        columns = {
            name: pa.array([cells.get(name) for cells in self.texts], pa.string())
            for name in dict.fromkeys((*self.table.indispensable, *seen))
        }
        return Raw(pa.table(columns), None, tuple(self.faults))


def _family(table: Table, dictionary: Dictionary, rows: Sequence[object]) -> dict[str, Raw]:
    """Return the raw tables of a parent and of those children that any row declares."""
    parent = _Pile(table, dictionary)
    children = {name: _Pile(child, dictionary) for name, child in table.children.items()}
    declared: set[str] = set()
    for row in rows:
        cells = parent.add(row, {}, skip=children)
        inside = row if isinstance(row, Mapping) else {}
        joined = {name: cells[name] for name in table.identity if name in cells}
        for name in (name for name in children if name in inside):
            listed = inside[name]
            if not isinstance(listed, list | tuple):
                parent.fault(name, NOT_A_LIST, listed)
                continue
            declared.add(name)
            cells.setdefault(f"{name}_rows", str(len(listed)))
            for item in listed:
                children[name].add(item, joined)
    return {table.name: parent.raw()} | {
        children[name].table.name: children[name].raw() for name in children if name in declared
    }


def _text_of(kind: Kind, value: object) -> str | None:
    """Return a JSON value as the text that a CSV cell would hold, None where the type is wrong."""
    match value:
        case str():
            return value
        case bool():
            return str(value).lower() if kind is Kind.FLAG else None
        case int() if kind is Kind.COUNT or kind in _NUMERIC:
            return str(value) if value.bit_length() <= _WIDEST_INTEGER_BITS else "inf"
        case float() if kind in _NUMERIC:
            return repr(value)
        case Decimal() if kind is Kind.MONEY or kind in _NUMERIC:
            return format(value, "f") if value.is_finite() else "nan"
        case _:
            return None


def _seen(value: object) -> str | None:
    """Return a scalar as text; of anything else, which may hold names, only its type."""
    match value:
        case None:
            return None
        case str() | float() | Decimal():
            return str(value)
        case int() if value.bit_length() <= _WIDEST_INTEGER_BITS:
            return str(value)
        case _:
            return type(value).__name__


def _rows(table: Table, book: Book) -> Iterator[dict[str, object]]:
    whole = book.tables[table.name]
    children = {
        name: _Children(child, book.tables[child.name], whole)
        for name, child in table.children.items()
        if child.name in book.tables
    }
    counts = {f"{name}_rows" for name in table.children}
    columns = [column for column in table.columns.values() if column.name not in counts]
    for start in range(0, whole.num_rows, _ROWS_AT_ONCE):
        part = whole.slice(start, _ROWS_AT_ONCE)
        declared = {name: part[f"{name}_rows"].to_pylist() for name in table.children}
        for place, row in enumerate(_plain_rows(part, columns)):
            for name, stated in declared.items():
                if stated[place] is not None:
                    row[name] = children[name].of(start + place) if name in children else []
            yield row


class _Children:
    """The child rows of each parent row."""

    def __init__(self, table: Table, rows: pa.Table, parents: pa.Table) -> None:
        keys = ([t[c].combine_chunks() for c in table.identity] for t in (rows, parents))
        parent = first_alike(*keys)
        order = np.argsort(parent, kind="stable")
        self._rows = list(_plain_rows(rows.take(pa.array(order)), table.own_columns))
        self._starts = np.searchsorted(parent[order], np.arange(parents.num_rows + 1))

    def of(self, parent: int) -> list[dict[str, object]]:
        """Return the child rows of a parent row in their order."""
        return self._rows[self._starts[parent] : self._starts[parent + 1]]


def _plain_rows(rows: pa.Table, columns: Sequence[Column]) -> Iterator[dict[str, object]]:
    names = [column.name for column in columns]
    values = [_plain_values(c.kind, rows[c.name].combine_chunks()) for c in columns]
    for cells in zip(*values, strict=True):
        yield {name: v for name, v in zip(names, cells, strict=True) if v is not None}


def _plain_values(kind: Kind, values: pa.Array) -> list[object]:
    if kind in _NUMERIC:
        texts: list[object] = [
            _plain_decimal(text) for text in values.cast(pa.string()).to_pylist()
        ]
        return texts
    if kind is Kind.INSTANT:
        values = instant_texts(values)
    elif kind in (Kind.MONEY, Kind.DATE):
        values = values.cast(pa.string())
    listed: list[object] = values.to_pylist()
    return listed


def _plain_decimal(text: str | None) -> str | None:
    """Return the shortest decimal without exponent and without negative zero."""
    if text is None or text == "-0":
        return text and "0"
    return format(Decimal(text), "f") if "e" in text else text
