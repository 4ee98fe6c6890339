"""Any table of financial statements, read as cooperative statements through a map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from features.book import INSTANT, Book, arrow_schema
from features.errors import BadInput
from features.schema import Column, Kind
from service.use_cases.tables.statement_map import COOPERATIVE, READABLE, StatementMap

FEN = 100
SURE_FEN = 9 * 10**15
TIE = 1e-6
YEARS = range(1900, 2200)


@dataclass(frozen=True)
class Statements:
    """Statements as a book of cooperatives, a row of the table each.

    Attributes
    ----------
    order
        Place in the table of each row of an evaluated frame (by subject, then day).
    outside
        Our column to how many of its values lie outside the dictionary's range and read as
        missing.
    """

    book: Book
    order: NDArray[np.int64]
    outside: Mapping[str, int]


def read_table(path: Path) -> pa.Table:
    """Read Parquet, CSV or gzipped CSV.

    Raises
    ------
    BadInput
        Where it cannot be read, or has no rows.
    """
    suffix = "".join(path.suffixes[-2:]) if path.suffix == ".gz" else path.suffix
    readers = {".parquet": pq.read_table, ".csv": pcsv.read_csv, ".csv.gz": pcsv.read_csv}
    if suffix not in readers:
        rule = "须为 Parquet、CSV 或 CSV.gz · must be Parquet, CSV or CSV.gz"
        raise BadInput(rule, where=str(path))
    try:
        table = readers[suffix](path)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise BadInput(f"读不出 · unreadable: {error}", where=path.name) from error
    for column in table.schema:
        if pa.types.is_binary(column.type):
            rule = "不是 UTF-8 编码 · is not in UTF-8"
            raise BadInput(rule, where=path.name, field=column.name)
    if not table.num_rows:
        raise BadInput("没有任何行 · no rows", where=path.name)
    return table


def statements(table: pa.Table, mapping: StatementMap | None, where: str) -> Statements:
    """Return a table as statements of cooperatives; without a map its columns are ours.

    Raises
    ------
    BadInput
        Naming the column and row: not there, not a number, not finite, a day that is none, or
        two rows of one body and day.
    """
    used = mapping or StatementMap(columns=_own_columns(table))
    reader = _Reader(table, used, where)
    subject, as_of = reader.subject(), reader.days()
    columns: dict[str, pa.Array] = {}
    for name, theirs in used.columns.items():
        columns[name] = reader.figure(COOPERATIVE.columns[name], theirs)
    for name, value in used.constants.items():
        columns[name] = pa.repeat(pa.scalar(value), table.num_rows)
    columns |= {
        "coop_id": subject,
        "as_of": as_of,
        "known_at": as_of.cast(pa.timestamp("us")).cast(INSTANT),
        "source": pa.repeat(pa.scalar(where), table.num_rows),
        "quality": pa.repeat(pa.scalar("reported"), table.num_rows),
    }
    order = _order(subject, as_of, where)
    return Statements(Book({"cooperative": _filled(columns)}), order, reader.outside)


def _own_columns(table: pa.Table) -> dict[str, str]:
    names = set(table.column_names)
    figures = {c.name for c in COOPERATIVE.columns.values() if c.kind in READABLE}
    for name in sorted(names - set(COOPERATIVE.columns)):
        rule = "不是我们的列，请用 --map · no column of ours: give a --map"
        raise BadInput(rule, field=name)
    return {name: name for name in table.column_names if name in figures - {"as_of"}}


def _filled(columns: Mapping[str, pa.Array]) -> pa.Table:
    schema = arrow_schema(COOPERATIVE)
    rows = len(columns["coop_id"])
    arrays = [
        columns[field.name].cast(field.type)
        if field.name in columns
        else pa.nulls(rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _order(subject: pa.Array, as_of: pa.Array, where: str) -> NDArray[np.int64]:
    """Return the rows by subject in order of first appearance, then day."""
    code = np.asarray(pc.dictionary_encode(subject).indices, dtype=np.int64)
    day = np.asarray(as_of.cast(pa.int32()), dtype=np.int64)
    order = np.lexsort((day, code))
    same = (np.diff(code[order]) == 0) & (np.diff(day[order]) == 0)
    if same.any():
        row = int(order[1:][same].min())
        rule = f"同一主体同一日期重复 · a second row of this body and day ({as_of[row].as_py()})"
        raise BadInput(rule, where=f"{where} row {row + 1}", value=str(subject[row].as_py()))
    return order


class _Reader:
    """Reads columns of one table as ours."""

    def __init__(self, table: pa.Table, mapping: StatementMap, where: str) -> None:
        self.table = table
        self.mapping = mapping
        self.where = where
        self.outside: dict[str, int] = {}

    def column(self, name: str) -> pa.Array:
        """Return a column by its own name."""
        if name not in self.table.column_names:
            known = ", ".join(self.table.column_names)
            raise BadInput(
                f"表中无此列 · no such column; known: {known}", where=self.where, field=name
            )
        return self.table.column(name).combine_chunks()

    def subject(self) -> pa.Array:
        """Return the bodies as texts."""
        name = self.mapping.subject
        found = self.column(name).cast(pa.string())
        self._refuse(pc.is_null(found), "主体为空 · no body", name)
        return found

    def days(self) -> pa.Array:
        """Return the days; a year is its last day."""
        name = self.mapping.as_of
        given = self.column(name)
        if pa.types.is_string(given.type) or pa.types.is_large_string(given.type):
            given = (
                self._cast(given, pa.date32(), name)
                if _is_long(given)
                else self._cast(given, pa.int64(), name)
            )
        if pa.types.is_floating(given.type) or pa.types.is_integer(given.type):
            years = self._cast(given, pa.int64(), name)
            odd = pc.or_(pc.less(years, YEARS.start), pc.greater_equal(years, YEARS.stop))
            self._refuse(pc.fill_null(odd, True), "不是年份 · not a year", name)
            texts = pc.binary_join_element_wise(years.cast(pa.string()), "12-31", "-")
            given = texts
        found = self._cast(given, pa.date32(), name)
        self._refuse(pc.is_null(found), "日期为空 · no day", name)
        return found

    def figure(self, ours: Column, theirs: str) -> pa.Array:
        """Return a column of theirs in the kind and unit of ours."""
        given = self.column(theirs)
        if ours.kind is Kind.FLAG:
            return self._cast(given, pa.bool_(), theirs)
        if ours.kind is Kind.DATE:
            return self._cast(given, pa.date32(), theirs)
        return self._money(ours, given, theirs)

    def _money(self, ours: Column, given: pa.Array, theirs: str) -> pa.Array:
        amounts = self._cast(given, pa.float64(), theirs)
        values = amounts.to_numpy(zero_copy_only=False)
        absent = np.asarray(amounts.is_null()) | np.isnan(values)
        self._refuse(pa.array(np.isinf(values)), "不是有限数 · not a finite number", theirs)
        fen = to_fen(np.where(absent, 0.0, values), self.mapping.unit)
        self._refuse(pa.array(np.abs(fen) > SURE_FEN), "超出可精确表示的金额 · too large", theirs)
        low = -np.inf if ours.minimum is None else float(ours.minimum * FEN)
        outside = ~absent & (fen < low)
        if outside.any():
            self.outside[ours.name] = int(outside.sum())
        exact = pa.array(fen.astype(np.int64), mask=absent | outside)
        return pc.multiply(exact.cast(pa.decimal128(19, 0)), pa.scalar(Decimal("0.01"))).cast(
            pa.decimal128(18, 2)
        )

    def _cast(self, given: pa.Array, kind: pa.DataType, name: str) -> pa.Array:
        try:
            return given.cast(kind)
        except pa.ArrowException as error:
            raise BadInput(f"读不成 {kind} · {error}", where=self.where, field=name) from error

    def _refuse(self, rows: pa.Array, rule: str, name: str) -> None:
        found = np.flatnonzero(np.asarray(rows))
        if len(found):
            row = int(found[0])
            value = str(self.table.column(name)[row].as_py())
            raise BadInput(rule, where=f"{self.where} row {row + 1}", field=name, value=value)


def _is_long(texts: pa.Array) -> bool:
    """Return whether texts are days and not years."""
    lengths: Any = pc.max(pc.utf8_length(texts)).as_py()
    return bool(lengths and lengths > len("2026"))


def to_fen(values: NDArray[np.float64], unit: Decimal) -> NDArray[np.float64]:
    """Return values × unit as whole 分, half-even on the decimals as they are written.

    A product that falls within a millionth of a tie is rounded again from its decimal digits,
    since a float of 1.005 lies a little below it.

    Examples
    --------
    >>> to_fen(np.array([511.267, 1.005, 1.015]), Decimal(1)).tolist()
    [51127.0, 100.0, 102.0]
    """
    product = values * float(unit * FEN)
    fen = np.rint(product)
    near = np.flatnonzero(np.abs(np.abs(product - np.trunc(product)) - 0.5) < TIE)
    for row in near:
        exact = Decimal(repr(float(values[row]))) * unit * FEN
        fen[row] = float(exact.to_integral_value(ROUND_HALF_EVEN))
    return fen
