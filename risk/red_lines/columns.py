"""The columns of a frame as the judge reads them: whole grains, missing, stale, infinite."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.frame import Frame
from risk.red_lines.rule import Input, Record
from risk.red_lines.staleness import stale_from
from risk.red_lines.whole import Whole, whole

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Column:
    """One column of n rows.

    Attributes
    ----------
    whole
        Its grains, 0 where missing or infinite.
    missing
        Rows without a value, or with one too old.
    infinite
        Rows where a minimum was taken over nothing: not applicable (design 10.4).
    """

    whole: Whole
    missing: Mask
    infinite: Mask


class Columns:
    """Columns of one frame, each converted once; with `grace_days` None nothing is stale."""

    def __init__(self, frame: Frame, grace_days: int | None) -> None:
        self.frame = frame
        self.grace_days = grace_days
        self.none = np.zeros(len(frame), dtype=bool)
        self._read: dict[str, Column] = {}
        self._useless: dict[str, Mask] = {}

    def __getitem__(self, given: Input) -> Column:
        """Return the column; one that the frame lacks is missing throughout."""
        if given.name not in self._read:
            self._read[given.name] = self._column(given)
        return self._read[given.name]

    def _column(self, given: Input) -> Column:
        values = self.frame.columns.get(given.name)
        if values is None:
            values = np.full(len(self.frame), np.nan)
        missing = infinite = self.none
        finite = np.isfinite(values)
        if not finite.all():
            missing, infinite = np.isnan(values), np.isinf(values)
            values = np.where(finite, values, 0.0)
        for name, record in given.records.items():
            useless = self.useless(name, record)
            missing = missing | useless if useless is not self.none else missing
        return Column(whole(values, given.grain.multiplier), missing, infinite)

    def useless(self, name: str, record: Record) -> Mask:
        """Return the rows whose record is in dispute, or too old on the row's own day."""
        if name not in self._useless:
            found = self._disputed(record) | self._stale(name, record)
            self._useless[name] = found if found.any() else self.none
        return self._useless[name]

    def _disputed(self, record: Record) -> Mask:
        flag = self.frame.columns.get(record.disputed)
        return self.none if flag is None else flag == 1

    def _stale(self, name: str, record: Record) -> Mask:
        read = self.frame.provenance.get(name)
        if record.cadence is None or read is None or self.grace_days is None:
            return self.none
        stale: Mask = self.frame.as_of >= stale_from(read.as_of, record.cadence, self.grace_days)
        return stale
