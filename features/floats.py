"""A table's columns as float64, by what the dictionary says of them (design 10.2)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.arrays import Floats
from features.schema import Column, Kind, Table

Places = NDArray[np.int64]
"""Row numbers; -1 where there is no row."""


def _plain(array: pa.Array) -> Floats:
    """Return an array of numbers, dates or flags as float64, NaN where null."""
    if pa.types.is_date32(array.type):
        array = array.cast(pa.int32())
    floats: Floats = array.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return floats


def _fen(array: pa.Array) -> Floats:
    """Return decimal128(…, 2) yuan as whole 分.

    The unscaled integer is the number of 分; of its 16 bytes the lower 8 hold it (precision ≤ 18).
    """
    raw = np.frombuffer(array.buffers()[1], dtype=np.int64)
    lower = raw[2 * array.offset : 2 * (array.offset + len(array)) : 2]
    floats = lower.astype(np.float64)
    if array.null_count:
        floats[array.is_null().to_numpy(zero_copy_only=False)] = np.nan
    return floats


Texts = dict[str, float]
"""Text to its code, from 1 on: equal texts have equal codes in all tables that share it."""


def _text_codes(array: pa.Array, texts: Texts) -> Floats:
    """Return each text's code, NaN where null."""
    encoded = pc.dictionary_encode(array)
    found = [texts.setdefault(text, len(texts) + 1.0) for text in encoded.dictionary.to_pylist()]
    place = _plain(encoded.indices)
    codes = np.full(len(place), np.nan)
    there = ~np.isnan(place)
    codes[there] = np.array(found)[place[there].astype(np.int64)]
    return codes


def _ranks(column: Column, array: pa.Array) -> Floats:
    """Return the position of each code in the dictionary, NaN where null."""
    return _plain(pc.index_in(array, value_set=pa.array([c.name for c in column.codes])))


_READERS: dict[Kind, Callable[[pa.Array], Floats]] = {
    Kind.MONEY: _fen,
}


class Columns:
    """One table of a book, its columns read as float64 once, when first asked for.

    Parameters
    ----------
    table
        Rows by the dictionary's schema; a column that is not there reads as left out.
    spec
        The table in the dictionary.
    texts
        Codes of texts, shared by the tables of one evaluation; its own by default.
    """

    def __init__(self, table: pa.Table, spec: Table, texts: Texts | None = None) -> None:
        self.table = table
        self.spec = spec
        self._texts = {} if texts is None else texts
        self._floats: dict[str, Floats] = {}
        self._arrays: dict[str, pa.Array] = {}

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def array(self, name: str) -> pa.Array:
        """Return a raw column as one Arrow array; all null where the table lacks it."""
        if name not in self._arrays:
            place = self.table.schema.get_field_index(name)
            if place >= 0:
                self._arrays[name] = self.table.column(place).combine_chunks()
            else:
                self._arrays[name] = pa.nulls(len(self), pa.string())
        return self._arrays[name]

    def floats(self, name: str) -> Floats:
        """Return `column` or the flag `column__code` of every row as float64.

        An optional column that the dictionary calls `absent: zero` reads 0 where it is left out.
        """
        if name not in self._floats:
            self._floats[name] = self._read(name)
        return self._floats[name]

    def _read(self, name: str) -> Floats:
        column = self.spec.columns.get(name)
        if column is None:
            head, _, code = name.partition("__")
            return _plain(pc.equal(self.array(head), code))
        array = self.array(name)
        if array.null_count == len(array):
            floats = np.full(len(array), np.nan)
        elif column.kind is Kind.ENUM:
            floats = _ranks(column, array)
        elif column.kind is Kind.TEXT:
            floats = _text_codes(array, self._texts)
        else:
            floats = _READERS.get(column.kind, _plain)(array)
        if column.absent == "zero":
            floats = np.where(np.isnan(floats), 0.0, floats)
        return floats


def at(values: Floats, places: Places) -> Floats:
    """Return the values at places, NaN at place -1."""
    if len(values) == 0:
        return np.full(len(places), np.nan)
    taken = values[places]
    taken[places < 0] = np.nan
    return taken
