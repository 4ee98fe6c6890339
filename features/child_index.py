"""The rows of a child table by parent row, and by the value of some of their columns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.floats import Columns, Places
from features.timeline import Timeline, Whole


def encode(array: pa.Array) -> tuple[Whole, pa.Array]:
    """Return a code per row (-1 where null) and the texts they stand for."""
    encoded = pc.dictionary_encode(array)
    return np.asarray(pc.fill_null(encoded.indices, -1), dtype=np.int64), encoded.dictionary


def codes_in(array: pa.Array, texts: pa.Array) -> Whole:
    """Return the place of each text among `texts`, -1 where it is not there."""
    found = pc.index_in(array, value_set=texts, skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1), dtype=np.int64)


def parent_rows(child: Columns, parent: Timeline) -> Places:
    """Return the parent's row that each child row belongs to, -1 where there is none."""
    code = parent.codes_of(child.array(child.spec.key))
    day = np.asarray(child.array("as_of").cast(pa.int32()), dtype=np.int64)
    known_at = np.asarray(child.array("known_at").cast(pa.int64()), dtype=np.int64)
    return parent.row_of(code, day, known_at)


class ChildIndex:
    """The rows of a child table by parent row, and by the value of some of their columns."""

    def __init__(self, child: Columns, parent: Timeline, by: tuple[str, ...]) -> None:
        group = parent_rows(child, parent)
        self._texts = list[pa.Array]()
        for name in by:
            codes, texts = encode(child.array(name))
            self._texts.append(texts)
            group = _combined(group, codes, len(texts))
        self._order = np.argsort(group, kind="stable")
        self._group = group[self._order]

    def find(self, parents: Places, values: tuple[pa.Array, ...] = ()) -> tuple[Whole, Whole]:
        """Return start and number of the rows of each parent (with those values) for `members`."""
        group = parents
        for texts, value in zip(self._texts, values, strict=True):
            group = _combined(group, codes_in(value, texts), len(texts))
        start = np.searchsorted(self._group, group, side="left")
        end = np.searchsorted(self._group, group, side="right")
        return start, np.where(group >= 0, end - start, 0)

    def members(self, places: Whole) -> Places:
        """Return the child rows at places of the index."""
        return self._order[places]


def _combined(group: Whole, codes: Whole, size: int) -> Whole:
    return np.where((group >= 0) & (codes >= 0), group * max(size, 1) + codes, -1)
