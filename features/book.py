"""A book: a folder of Parquet tables whose schema is the dictionary's."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from features.dictionary import Dictionary, Kind, Table, load_dictionary
from features.errors import BadInput

MONEY = pa.decimal128(18, 2)
INSTANT = pa.timestamp("us", tz="Asia/Shanghai")
ARROW_TYPES: Mapping[Kind, pa.DataType] = {
    Kind.MONEY: MONEY,
    Kind.RATIO: pa.float64(),
    Kind.AREA: pa.float64(),
    Kind.COUNT: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.TEXT: pa.string(),
    Kind.ENUM: pa.string(),
    Kind.FLAG: pa.bool_(),
    Kind.INSTANT: INSTANT,
}
ROWS_A_GROUP = 131_072


@dataclass(frozen=True)
class Book:
    """Checked tables.

    Attributes
    ----------
    tables
        Table name ("household", "cooperative__associates") to its rows, with `arrow_schema` of the
        dictionary and in dictionary order; only the tables that are there. Every version of every
        record stands side by side: several `as_of`, several `known_at` per key.
    """

    tables: Mapping[str, pa.Table]

    def __len__(self) -> int:
        """Return the number of rows of all tables."""
        return sum(table.num_rows for table in self.tables.values())


def arrow_schema(table: Table) -> pa.Schema:
    """Return the columns of a table as Arrow fields.

    Money is decimal128(18, 2) yuan, ratio, area (㎡) and number float64, a count int64, a date
    date32, text and code string, a flag bool, an instant microseconds in Asia/Shanghai.
    """
    return pa.schema([pa.field(c.name, ARROW_TYPES[c.kind]) for c in table.columns.values()])


def empty_table(table: Table) -> pa.Table:
    """Return the table with no rows."""
    return _empty(tuple((column.name, column.kind) for column in table.columns.values()))


@functools.cache
def _empty(columns: tuple[tuple[str, Kind], ...]) -> pa.Table:
    return pa.schema([pa.field(name, ARROW_TYPES[kind]) for name, kind in columns]).empty_table()


def table_names(dictionary: Dictionary | None = None) -> tuple[str, ...]:
    """Return every table name a book may hold, parents before their children."""
    return tuple(table.name for table in (dictionary or load_dictionary()).all_tables)


def fen(money: pa.Array) -> NDArray[np.int64]:
    """Return a money column as whole 分, without a copy; what stands at a null is not defined.

    Examples
    --------
    >>> from decimal import Decimal
    >>> fen(pa.array([Decimal("12.34"), Decimal("-0.05")], MONEY)).tolist()
    [1234, -5]
    """
    words = np.frombuffer(money.buffers()[1], dtype="<i8").reshape(-1, 2)
    return words[money.offset : money.offset + len(money), 0]


def read_book(folder: Path) -> Book:
    """Return the book that `write_book` wrote; for unchecked files see `features.contracts`.

    Raises
    ------
    BadInput
        Where the folder holds no table, or one whose schema is not the dictionary's.
    """
    dictionary = load_dictionary()
    tables: dict[str, pa.Table] = {}
    for name in table_names(dictionary):
        path = folder / f"{name}.parquet"
        if path.exists():
            tables[name] = _read(path, arrow_schema(dictionary.table(name)))
    if not tables:
        raise BadInput("没有任何表 · no table of a book is here", where=str(folder))
    return Book(tables)


def _read(path: Path, schema: pa.Schema) -> pa.Table:
    try:
        table = pq.read_table(path, partitioning=None)
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"读不出 · unreadable: {error}", where=path.name) from error
    if not table.schema.equals(schema):
        odd = next((f.name for f in schema if f not in table.schema), "")
        rule = "与数据字典不符，请先 check · schema is not the dictionary's, run check first"
        raise BadInput(rule, where=path.name, field=odd)
    return table


def write_book(book: Book, folder: Path) -> None:
    """Write each table as `<table>.parquet`: the same rows give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in book.tables.items():
        write_table(table, folder / f"{name}.parquet")


def write_table(table: pa.Table, path: Path) -> None:
    """Write one table as Parquet; the same rows give the same bytes."""
    pq.write_table(
        table.combine_chunks().replace_schema_metadata(None),
        path,
        row_group_size=ROWS_A_GROUP,
        compression="zstd",
        store_schema=True,
    )
