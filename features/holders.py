"""Which keys of a table name a value, and since when that is known."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.floats import Places
from features.timeline import EARLIEST, Timeline, Whole, known_on, moment, ranges

Marks = NDArray[np.bool_]


class Holders:
    """The rows of a table by what they name, in a column of theirs or on their child rows.

    Parameters
    ----------
    codes
        Code of each naming, -1 = none.
    rows
        The table's row that names it, -1 = none; a row may name several values.
    texts
        What the codes stand for.
    timeline
        The table's records in order of time.
    """

    def __init__(self, codes: Whole, rows: Places, texts: pa.Array, timeline: Timeline) -> None:
        self.texts = texts
        named = np.flatnonzero((codes >= 0) & (rows >= 0))
        value, row = codes[named], rows[named]
        self._width = max(len(texts), 1)
        self._namings = np.unique(row * self._width + value)
        seen = np.maximum(timeline.as_of[row], known_on(timeline.known_at[row]))
        pair = value * max(len(timeline.keys), 1) + timeline.code[row]
        order = np.lexsort((seen, pair))
        _, first = np.unique(pair[order], return_index=True)
        once = order[first]
        once = once[np.lexsort((seen[once], value[once]))]
        self._rows = row[once]
        self._has_others = (np.bincount(timeline.code) > 1)[timeline.code[self._rows]]
        self._moments = moment(value[once], seen[once])

    def on(self, value: Whole, day: Whole, timeline: Timeline) -> tuple[Places, Whole]:
        """Return the rows that name each value on its day, and whose value each is.

        Of each key that had named it by then, the latest record known by the end of the day,
        where that one names it still.
        """
        start = np.searchsorted(self._moments, moment(value, np.full_like(day, EARLIEST)))
        counts = np.searchsorted(self._moments, moment(value, day), side="right") - start
        _, members = ranges(start, counts)
        owner = np.repeat(np.arange(len(value)), counts)
        found = self._rows[members]
        open_ = np.flatnonzero(self._has_others[members])
        found[open_] = timeline.latest(timeline.code[found[open_]], day[owner[open_]])
        kept = self._names(found, value[owner])
        return found[kept], owner[kept]

    def _names(self, rows: Places, value: Whole) -> Marks:
        """Return whether each row names its value."""
        wanted = rows * self._width + value
        marks: Marks = np.isin(wanted, self._namings) & (rows >= 0)
        return marks
