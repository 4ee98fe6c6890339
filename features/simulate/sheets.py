"""Sheets: simulated columns on their way to the tables of a book.

Numbers travel as NumPy arrays in the units of a `Frame` (money in 分, dates in days, flags 0 or 1,
NaN = not recorded), words as Arrow strings; `bound` casts them to the dictionary's schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.book import arrow_schema
from features.dictionary import Dictionary, Table
from features.errors import BadInput
from features.frame import Floats
from features.simulate.draws import Flags, Ints
from features.simulate.settings import SOURCE

Cells: TypeAlias = Any
"""A NumPy array of numbers or an Arrow array of words."""


def fen(yuan: NDArray[np.floating[Any]]) -> Floats:
    """Return whole 分 of an amount in yuan."""
    return np.rint(np.asarray(yuan, np.float64) * 100)


def words(codes: Ints | Flags, vocabulary: Sequence[str]) -> pa.Array:
    """Return the word of each code; a flag says the first word or the second."""
    index = pa.array(codes.astype(np.int32))
    return pa.DictionaryArray.from_arrays(index, pa.array(vocabulary)).cast(pa.string())


def constant(word: str, count: int) -> pa.Array:
    """Return the same word `count` times."""
    return words(np.zeros(count, np.int64), (word,))


def ids(prefix: str, numbers: Ints, width: int = 6) -> pa.Array:
    """Return identifiers such as H000042."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, pa.scalar(""))


def tokens(rng: np.random.Generator, count: int, size: int = 16) -> pa.Array:
    """Return random hexadecimal tokens shaped like a keyed hash; they stand for nobody."""
    text = rng.bytes(count * size).hex().encode()
    offsets = pa.py_buffer(np.arange(0, (count + 1) * size * 2, size * 2, dtype=np.int32))
    return pa.StringArray.from_buffers(count, offsets, pa.py_buffer(text))


def blank(array: pa.Array, missing: Flags) -> pa.Array:
    """Return the words with null where missing."""
    return pc.if_else(pa.array(missing), pa.scalar(None, array.type), array)


def repeated(counts: Ints) -> tuple[Ints, Ints]:
    """Return for each child row its parent's row and its place among its siblings."""
    parent = np.repeat(np.arange(len(counts)), counts)
    return parent, np.arange(len(parent)) - np.repeat(np.cumsum(counts) - counts, counts)


@dataclass(frozen=True)
class Child:
    """Rows of a child table.

    Attributes
    ----------
    parent
        Each one's row in the parent sheet, ascending.
    declared
        Which parents declare the child, if only as empty; None = all.
    """

    parent: Ints
    columns: Mapping[str, Cells]
    declared: Flags | None = None


def nobody(columns: Mapping[str, str | int]) -> Child:
    """Return a child without rows; `columns` shows a word or a number for each."""
    empty = {
        name: constant("", 0) if value == "" else np.empty(0) for name, value in columns.items()
    }
    return Child(np.empty(0, np.int64), empty)


@dataclass(frozen=True)
class Sheet:
    """Rows of one table with its children.

    Attributes
    ----------
    as_of, known_at
        Day described, and instant learnt in microseconds UTC.
    quality
        Code of the record's quality.
    """

    table: str
    as_of: Ints
    known_at: Ints
    quality: pa.Array
    columns: Mapping[str, Cells]
    children: Mapping[str, Child] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.as_of)

    def take(self, rows: Ints) -> Sheet:
        """Return some rows, in that order, with their children."""
        return Sheet(
            self.table,
            self.as_of[rows],
            self.known_at[rows],
            self.quality.take(pa.array(rows)),
            {name: _take(cells, rows) for name, cells in self.columns.items()},
            {name: _take_child(child, rows, len(self)) for name, child in self.children.items()},
        )

    def with_columns(self, known_at: Ints, changed: Mapping[str, Cells]) -> Sheet:
        """Return the same rows learnt at another time with some columns changed."""
        return Sheet(
            self.table,
            self.as_of,
            known_at,
            self.quality,
            {**self.columns, **changed},
            self.children,
        )


def _take(cells: Cells, rows: Ints) -> Cells:
    return cells[rows] if isinstance(cells, np.ndarray) else cells.take(pa.array(rows))


def _take_child(child: Child, rows: Ints, parents: int) -> Child:
    counts = np.bincount(child.parent, minlength=parents)
    starts = np.cumsum(counts) - counts
    parent, place = repeated(counts[rows])
    picked = starts[rows][parent] + place
    declared = None if child.declared is None else child.declared[rows]
    return Child(
        parent, {name: _take(cells, picked) for name, cells in child.columns.items()}, declared
    )


def stacked(sheets: Sequence[Sheet]) -> Sheet:
    """Return the rows of several sheets of one table, one after another."""
    sizes = np.array([len(sheet) for sheet in sheets])
    offsets = np.cumsum(sizes) - sizes
    first = sheets[0]
    names = dict.fromkeys(name for sheet in sheets for name in sheet.columns)
    return Sheet(
        first.table,
        np.concatenate([sheet.as_of for sheet in sheets]),
        np.concatenate([sheet.known_at for sheet in sheets]),
        _joined([sheet.quality for sheet in sheets]),
        {
            name: _column([sheet.columns for sheet in sheets], sizes.tolist(), name)
            for name in names
        },
        {name: _stack_child(sheets, name, offsets) for name in first.children},
    )


def _column(parts: Sequence[Mapping[str, Cells]], sizes: Sequence[int], name: str) -> Cells:
    """Return one column of all parts; those without it have nothing there."""
    sample = next(part[name] for part in parts if name in part)
    return _joined(
        [part.get(name, _nothing(sample, size)) for part, size in zip(parts, sizes, strict=True)]
    )


def _nothing(sample: Cells, count: int) -> Cells:
    if isinstance(sample, np.ndarray):
        return np.full(count, np.nan)
    return pa.nulls(count, sample.type)


def _joined(parts: Sequence[Cells]) -> Cells:
    if isinstance(parts[0], np.ndarray):
        return np.concatenate(parts)
    return pa.concat_arrays(parts)


def _stack_child(sheets: Sequence[Sheet], name: str, offsets: Ints) -> Child:
    children = [sheet.children[name] for sheet in sheets]
    sizes = [len(child.parent) for child in children]
    parts = [child.columns for child in children]
    names = dict.fromkeys(column for part in parts for column in part)
    declared = [
        np.ones(len(sheet), np.bool_) if child.declared is None else child.declared
        for sheet, child in zip(sheets, children, strict=True)
    ]
    every = all(child.declared is None for child in children)
    return Child(
        np.concatenate(
            [child.parent + offset for child, offset in zip(children, offsets, strict=True)]
        ),
        {column: _column(parts, sizes, column) for column in names},
        None if every else np.concatenate(declared),
    )


def bound(sheet: Sheet, dictionary: Dictionary) -> dict[str, pa.Table]:
    """Return the sheet and its children as tables of the dictionary's schema."""
    table = dictionary.table(sheet.table)
    columns: dict[str, Cells] = {
        **sheet.columns,
        "source": constant(SOURCE, len(sheet)),
        "as_of": sheet.as_of,
        "known_at": sheet.known_at,
        "quality": sheet.quality,
    }
    for name, child in sheet.children.items():
        columns[f"{name}_rows"] = _counts(child, len(sheet))
    tables = {sheet.table: _cast(table, columns, len(sheet))}
    heads = {name: columns[name] for name in table.identity}
    for name, child in sheet.children.items():
        own = {head: _take(cells, child.parent) for head, cells in heads.items()}
        full = f"{sheet.table}__{name}"
        tables[full] = _cast(dictionary.table(full), {**own, **child.columns}, len(child.parent))
    return tables


def _counts(child: Child, parents: int) -> Floats:
    counts = np.bincount(child.parent, minlength=parents).astype(np.float64)
    return counts if child.declared is None else np.where(child.declared, counts, np.nan)


def _cast(table: Table, columns: Mapping[str, Cells], rows: int) -> pa.Table:
    schema = arrow_schema(table)
    strange = sorted(set(columns) - set(schema.names))
    if strange:
        raise BadInput(
            "the dictionary has no such column", where=table.name, field=", ".join(strange)
        )
    arrays = [
        cast(columns[column.name], column.type)
        if column.name in columns
        else pa.nulls(rows, column.type)
        for column in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def cast(cells: Cells, kind: pa.DataType) -> pa.Array:
    """Return cells as an Arrow array of a dictionary type; NaN becomes null."""
    if not isinstance(cells, np.ndarray):
        return cells
    missing = np.isnan(cells) if cells.dtype.kind == "f" else np.zeros(len(cells), np.bool_)
    if pa.types.is_decimal(kind):
        return _money(cells, missing, kind)
    if pa.types.is_floating(kind):
        return pa.array(cells.astype(np.float64), kind, mask=missing)
    whole = np.where(missing, 0, cells).astype(np.int64)
    if pa.types.is_boolean(kind):
        return pa.array(whole != 0, mask=missing)
    if pa.types.is_date32(kind):
        return pa.array(whole.astype(np.int32), pa.int32(), mask=missing).cast(kind)
    return pa.array(whole, pa.int64(), mask=missing).cast(kind)


def _money(cells: NDArray[np.generic], missing: Flags, kind: pa.DataType) -> pa.Array:
    """Return decimals from whole 分: a 128-bit integer is the 64-bit one and its sign."""
    whole = np.where(missing, 0, cells).astype(np.int64)
    wide = np.stack([whole, whole >> 63], axis=1)
    validity = pa.array(~missing).buffers()[1] if missing.any() else None
    return pa.Array.from_buffers(
        kind, len(whole), [validity, pa.py_buffer(np.ascontiguousarray(wide))]
    )
