"""Groups: which rows are alike, and what each row holds, as whole numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.book import MONEY, fen

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

NONE_ALIKE = -1

_NULL = np.uint64(0x9E3779B97F4A7C15)
_ODD = np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(33)


def codes_of(column: pa.Array) -> Ints:
    """Return a whole number per row, equal where the values are; null is a value of its own."""
    encoded = column.dictionary_encode()
    codes: Ints = pc.fill_null(encoded.indices, -1).to_numpy().astype(np.int64) + 1
    return codes


def group_codes(columns: Sequence[pa.Array]) -> Ints:
    """Return a whole number per row, equal where all columns are."""
    codes = codes_of(columns[0])
    for column in columns[1:]:
        more = codes_of(column)
        codes = codes * (int(more.max(initial=0)) + 1) + more
    return codes


def first_alike(rows: Sequence[pa.Array], among: Sequence[pa.Array]) -> Ints:
    """Return for each of `rows` the first row of `among` alike in all columns, else `NONE_ALIKE`.

    Examples
    --------
    >>> first_alike([pa.array(["b", "c"])], [pa.array(["a", "b", "b"])]).tolist()
    [1, -1]
    """
    n = len(rows[0])
    codes = group_codes([pa.concat_arrays(pair) for pair in zip(rows, among, strict=True)])
    found = pc.index_in(pa.array(codes[:n]), value_set=pa.array(codes[n:]))
    first: Ints = pc.fill_null(found, NONE_ALIKE).to_numpy().astype(np.int64)
    return first


def sorted_order(rows: pa.Table) -> pa.Array | None:
    """Return the stable order of rows by all columns, None where they stand in it already."""
    order = pc.sort_indices(rows, [(name, "ascending") for name in rows.column_names])
    in_order = np.array_equal(order.to_numpy(), np.arange(rows.num_rows))
    return None if in_order else order


def sizes(codes: Ints) -> Ints:
    """Return for each row how many rows share its code."""
    _, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
    shared: Ints = counts[inverse]
    return shared


def fingerprints(table: pa.Table) -> Words:
    """Return a 64-bit word per row, equal where the rows are; good inside this table alone."""
    words = np.zeros(table.num_rows, dtype=np.uint64)
    for column in table.columns:
        words = _mixed(words * _ODD + _words_of(column.combine_chunks()))
    return words


def _words_of(column: pa.Array) -> Words:
    if column.type == MONEY:
        words = fen(column).view(np.uint64)
    elif pa.types.is_floating(column.type):
        words = (pc.fill_null(column, 0.0).to_numpy() + 0.0).view(np.uint64)
    else:
        words = codes_of(column).view(np.uint64)
    missing = column.is_null().to_numpy(zero_copy_only=False)
    return np.where(missing, _NULL, words)


def _mixed(words: Words) -> Words:
    words = (words ^ (words >> _SHIFT)) * _ODD
    return words ^ (words >> _SHIFT)
