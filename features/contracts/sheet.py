"""A sheet: one table while it is checked, with what was set aside so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.book import INSTANT, arrow_schema
from features.contracts.cells import read_cells
from features.contracts.faults import FaultLog
from features.contracts.headings import match_headings, one_fault
from features.contracts.identifiers import Flags
from features.dictionary import Column, Dictionary, Table
from features.errors import BadInput

Ints = NDArray[np.int64]

EMPTY = "必填 · must be filled"


@dataclass(frozen=True)
class CellFault:
    """A fault found before the table was made: a cell of the wrong JSON type, a short CSV line."""

    place: int
    field: str
    value: str | None
    rule: str


@dataclass(frozen=True)
class Raw:
    """A table as it came.

    Attributes
    ----------
    columns
        n rows of texts or typed values under their headings.
    numbers
        n record numbers, 1 = the first; None = 1 … n.
    faults
        What was wrong with single cells already; `place` counts rows of `columns` from 0.
    """

    columns: pa.Table
    numbers: Ints | None = None
    faults: tuple[CellFault, ...] = ()


@dataclass
class Sheet:
    """One table while it is checked.

    Attributes
    ----------
    values
        n rows under the dictionary's schema.
    numbers
        n record numbers.
    good
        n flags, false = set aside.
    """

    table: Table
    values: pa.Table
    numbers: Ints
    log: FaultLog
    good: Flags = field(init=False)

    def __post_init__(self) -> None:
        self.good = np.ones(len(self.numbers), dtype=np.bool_)

    def __len__(self) -> int:
        return len(self.numbers)

    def column(self, name: str) -> pa.Array:
        """Return a column in one piece."""
        return self.values[name].combine_chunks()

    def set_aside(self, rows: Flags, name: str, rule: str, values: pa.Array | None = None) -> None:
        """Set the flagged rows aside, with the values of column `name` seen there."""
        if not rows.any():
            return
        self.good &= ~rows
        column = self.table.columns.get(name)
        seen = self.column(name) if values is None and column is not None else values
        self.log.add(
            self.table.name,
            self.numbers[rows],
            name,
            rule,
            None if seen is None else seen.filter(pa.array(rows)),
            identity=column is not None and column.is_identity,
        )


def read_sheet(
    table: Table,
    dictionary: Dictionary,
    raw: Raw,
    log: FaultLog,
    known_at: datetime | None = None,
) -> Sheet:
    """Return a raw table under the dictionary's schema, rows with a cell at fault set aside.

    Raises
    ------
    BadInput
        Where a heading or the type of a whole column makes the table unusable.
    """
    fillable = () if known_at is None else ("known_at",)
    columns = raw.columns
    places = match_headings(table, dictionary, columns.column_names, fillable)
    n = columns.num_rows
    numbers = np.arange(1, n + 1) if raw.numbers is None else raw.numbers
    sheet = Sheet(table, pa.table({}), numbers, log)
    given = {name: columns.column(place).combine_chunks() for name, place in places.items()}
    sheet.values = pa.table(_read_columns(sheet, given), schema=arrow_schema(table))
    _note(sheet, raw.faults)
    if known_at is not None:
        _fill_known_at(sheet, known_at)
    for name in table.indispensable:
        empty = np.asarray(sheet.column(name).is_null()) & sheet.good
        sheet.set_aside(empty, name, EMPTY)
    return sheet


def _read_columns(sheet: Sheet, given: Mapping[str, pa.Array]) -> list[pa.Array]:
    read: list[pa.Array] = []
    refused: list[BadInput] = []
    for column in sheet.table.columns.values():
        raw = given.get(column.name, pa.nulls(len(sheet)))
        try:
            read.append(_read_column(sheet, column, raw))
        except BadInput as fault:
            refused.append(fault)
    if refused:
        raise one_fault(sheet.table.name, refused)
    return read


def _read_column(sheet: Sheet, column: Column, raw: pa.Array) -> pa.Array:
    cells = read_cells(column, raw)
    for rule, rows in cells.faults.items():
        sheet.set_aside(rows, column.name, rule, raw)
    return cells.values


def _note(sheet: Sheet, faults: Sequence[CellFault]) -> None:
    """Set the rows aside whose cells were at fault before the table was made."""
    alike: dict[tuple[str, str], list[CellFault]] = {}
    for fault in faults:
        alike.setdefault((fault.field, fault.rule), []).append(fault)
    for (name, rule), group in alike.items():
        values: list[str | None] = [None] * len(sheet)
        for fault in group:
            values[fault.place] = fault.value
        rows = np.zeros(len(sheet), dtype=np.bool_)
        rows[[fault.place for fault in group]] = True
        sheet.set_aside(rows, name, rule, pa.array(values, pa.string()))


def _fill_known_at(sheet: Sheet, known_at: datetime) -> None:
    filled = pc.fill_null(sheet.column("known_at"), pa.scalar(known_at).cast(INSTANT))
    place = sheet.values.schema.get_field_index("known_at")
    sheet.values = sheet.values.set_column(place, "known_at", filled)
