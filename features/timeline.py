"""Which record of a key was the latest on a day, by what was known on that day (design 10.8)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.arrays import Rows
from features.arrays.series import LOOK_BACK_YEARS
from features.floats import Columns, Places

Whole = NDArray[np.int64]

_DAY_US = 86_400_000_000
_SHANGHAI_US = 8 * 3_600_000_000
_SPAN = 1 << 22
"""More days than any date is from another: a key and a day make one sortable integer."""
_MIDDLE = _SPAN // 2
EARLIEST = -_MIDDLE
"""A day before every other."""


def known_by(day: Whole) -> Whole:
    """Return the first instant after each day in Asia/Shanghai, as µs since 1970 in UTC."""
    return (day + 1) * _DAY_US - _SHANGHAI_US


def known_on(instant: Whole) -> Whole:
    """Return the day in Asia/Shanghai on which an instant lies."""
    return (instant + _SHANGHAI_US) // _DAY_US


def moment(code: Whole, day: Whole) -> Whole:
    """Return one integer per (key code, day) that sorts as the pair does."""
    return code * _SPAN + (day + _MIDDLE)


def years_before(day: Whole, years: int) -> Whole:
    """Return the same calendar day so many years earlier (29 February becomes 1 March)."""
    dates = day.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    offset = dates - months.astype("datetime64[D]")
    earlier = (months - 12 * years).astype("datetime64[D]") + offset
    return np.asarray(earlier.astype(np.int64))


def ranges(starts: Whole, counts: Whole) -> tuple[Whole, Whole]:
    """Return offsets of n ranges laid end to end, and the place of each of their members."""
    offsets = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=offsets[1:])
    members = np.repeat(starts - offsets[:-1], counts) + np.arange(offsets[-1])
    return offsets, members


class Timeline:
    """The records of one table in order of key, as_of, known_at and row.

    Attributes
    ----------
    keys
        The different keys, in order of first appearance; a key's code is its place here.
    """

    def __init__(self, columns: Columns) -> None:
        encoded = pc.dictionary_encode(columns.array(columns.spec.key))
        self.keys: pa.Array = encoded.dictionary
        self.code = np.asarray(encoded.indices, dtype=np.int64)
        self.as_of = np.asarray(columns.array("as_of").cast(pa.int32()), dtype=np.int64)
        self.known_at = np.asarray(columns.array("known_at").cast(pa.int64()), dtype=np.int64)
        moments = moment(self.code, self.as_of)
        self.order = np.lexsort((self.known_at, moments))
        self._moments = moments[self.order]
        self._known = self.known_at[self.order]

    def codes_of(self, keys: pa.Array) -> Whole:
        """Return the code of each key, -1 where no record has it."""
        found = pc.index_in(keys, value_set=self.keys)
        return np.asarray(pc.fill_null(found, -1), dtype=np.int64)

    def row_of(self, code: Whole, day: Whole, known_at: Whole) -> Places:
        """Return the row of exactly that key, as_of and known_at, -1 where there is none."""
        wanted = moment(code, day)
        place = np.searchsorted(self._moments, wanted)
        open_ = np.flatnonzero(code >= 0)
        row = np.full(len(code), -1, dtype=np.int64)
        while len(open_):
            open_ = open_[place[open_] < len(self._moments)]
            open_ = open_[self._moments[place[open_]] == wanted[open_]]
            hit = self._known[place[open_]] == known_at[open_]
            row[open_[hit]] = self.order[place[open_[hit]]]
            open_ = open_[~hit]
            place[open_] += 1
        return row

    def latest(self, code: Whole, day: Whole, judged: Whole | None = None) -> Places:
        """Return the latest record up to `day`, in its latest version known by `judged`.

        Parameters
        ----------
        code, day
            n key codes (-1 = none) and days.
        judged
            n days by whose end a record must be known; `day` where left out.
        """
        if not len(self.order):
            return np.full(len(code), -1, dtype=np.int64)
        limit = known_by(day if judged is None else judged)
        place = np.searchsorted(self._moments, moment(code, day), side="right") - 1
        lowest = np.searchsorted(self._moments, moment(code, np.full_like(day, EARLIEST)))
        place[code < 0] = -1
        lowest[code < 0] = 0
        while True:
            late = place >= lowest
            late[late] = self._known[place[late]] >= limit[late]
            if not late.any():
                break
            place[late] -= 1
        return np.where(place >= lowest, self.order[place], -1)

    def own(self) -> tuple[Places, Whole]:
        """Return every (key, as_of) once: the row judged on its own as_of, and that day.

        The version is the latest known by the end of the day; a record that became known later is
        judged in its first version.
        """
        first = np.flatnonzero(np.diff(self._moments, prepend=self._moments[:1] - 1))
        rows = self.order[first]
        day = self.as_of[rows]
        known = self.latest(self.code[rows], day)
        hit = (known >= 0) & (self.as_of[known] == day)
        return np.where(hit, known, rows), day

    def earlier(self, row: Places, judged: Whole) -> tuple[Rows, Places]:
        """Return the earlier readings of each row's key, oldest first, each as latest known.

        One per as_of, at most five years before the judged day, of those known by its end.
        """
        code, day = self.code[row], self.as_of[row]
        start = np.searchsorted(self._moments, moment(code, years_before(judged, LOOK_BACK_YEARS)))
        end = np.searchsorted(self._moments, moment(code, day))
        counts = np.where(row >= 0, np.maximum(end - start, 0), 0)
        offsets, members = ranges(start, counts)
        owner = np.repeat(np.arange(len(row)), counts)
        kept = self._known[members] < known_by(judged)[owner]
        members, owner = members[kept], owner[kept]
        last = np.ones(len(members), dtype=np.bool_)
        moments = self._moments[members]
        last[:-1] = (moments[1:] != moments[:-1]) | (owner[1:] != owner[:-1])
        members, owner = members[last], owner[last]
        np.cumsum(np.bincount(owner, minlength=len(row)), out=offsets[1:])
        return Rows(offsets, row >= 0), self.order[members]
