"""Between a book's columns and the store's bodies, both ways.

What is kept was checked when it came and is canonical, so it is not judged again on its way out:
a small book takes milliseconds, and an export gives back exactly what was kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from features.book import ARROW_TYPES, Book, table_names
from features.dictionary import Column, Kind, Table, load_dictionary
from features.errors import BadInput
from features.records import rows_from_book
from service.store.versions import Row, Version, version_of

ROWS_AT_ONCE = 20_000

_AS_THEY_ARE = {Kind.COUNT, Kind.FLAG, Kind.TEXT, Kind.ENUM}


def versions_of(book: Book) -> Iterator[Version]:
    """Yield every record of a book, table by table, by key, as_of and known_at."""
    for table in load_dictionary().tables.values():
        if table.name in book.tables:
            for piece in _pieces(book, table):
                yield from (version_of(name, row) for name, row in rows_from_book(piece))


def book_of_rows(rows: Mapping[str, Sequence[Row]]) -> Book:
    """Return kept rows as a book.

    Raises
    ------
    BadInput
        When the dictionary no longer has one of their columns.
    """
    tables: dict[str, pa.Table] = {}
    for name, some in rows.items():
        tables |= _family(load_dictionary().table(name), some)
    return Book({name: tables[name] for name in table_names() if name in tables})


def joined(books: Sequence[Book]) -> Book:
    """Return one book with the rows of all, in their order."""
    parts: dict[str, list[pa.Table]] = {}
    for book in books:
        for name, rows in book.tables.items():
            parts.setdefault(name, []).append(rows)
    return Book({name: pa.concat_tables(parts[name]) for name in table_names() if name in parts})


def _pieces(book: Book, table: Table) -> Iterator[Book]:
    """Yield one table with its children in pieces of whole keys, so that none fills the memory."""
    rows = book.tables[table.name].sort_by([(name, "ascending") for name in table.identity])
    keys = rows[table.key]
    bounds = dict.fromkeys(keys[place].as_py() for place in range(0, len(keys), ROWS_AT_ONCE))
    family = {child.name: book.tables.get(child.name) for child in table.children.values()}
    for low, high in pairwise([*bounds, None]):
        piece = {table.name: _between(rows, table.key, low, high)}
        for name, child in family.items():
            if child is not None:
                piece[name] = _between(child, table.key, low, high)
        yield Book(piece)


def _between(rows: pa.Table, key: str, low: str, high: str | None) -> pa.Table:
    """Return the rows whose key is at least `low` and below `high`, if there is one."""
    inside = pc.greater_equal(rows[key], low)
    if high is not None:
        inside = pc.and_(inside, pc.less(rows[key], high))
    return rows.filter(inside)


def _family(table: Table, rows: Sequence[Row]) -> dict[str, pa.Table]:
    """Return a table and those of its children that a row declares."""
    known = {*table.columns, *table.children}
    foreign = {name for row in rows for name in row.keys() - known}
    if foreign:
        rule = "数据字典已无此列 · the dictionary no longer has this column of a kept record"
        raise BadInput(rule, where=table.name, field=min(foreign))
    counts = {f"{name}_rows": name for name in table.children}
    columns = {
        name: pa.array([_length(row.get(counts[name])) for row in rows], pa.int64())
        if name in counts
        else _array(column, [row.get(name) for row in rows])
        for name, column in table.columns.items()
    }
    family = {table.name: pa.table(columns)}
    for name, child in table.children.items():
        parents = [row for row in rows if name in row]
        if parents:
            family[child.name] = _child(child, name, parents)
    return family


def _child(table: Table, name: str, parents: Sequence[Row]) -> pa.Table:
    """Return the child rows of all parents, each with its parent's key, as_of and known_at."""
    pairs = [(parent, row) for parent in parents for row in _listed(parent[name])]
    columns = {
        column.name: _array(column, [parent[column.name] for parent, _ in pairs])
        if column.name in table.identity
        else _array(column, [row.get(column.name) for _, row in pairs])
        for column in table.columns.values()
    }
    return pa.table(columns)


def _array(column: Column, values: Sequence[object]) -> pa.Array:
    """Return canonical JSON values of one column with its Arrow type."""
    kind = ARROW_TYPES[column.kind]
    if column.kind in _AS_THEY_ARE:
        return pa.array(values, kind)
    return pa.array(values, pa.string()).cast(kind)


def _listed(value: object) -> Sequence[Row]:
    return value if isinstance(value, list) else ()


def _length(value: object) -> int | None:
    return len(value) if isinstance(value, list) else None
