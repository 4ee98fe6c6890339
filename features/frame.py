"""The output of the features layer: one judged row per subject, named float64 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Days = NDArray[np.int64]


@dataclass(frozen=True)
class Provenance:
    """Which record of one raw table each judged row was read from.

    Attributes
    ----------
    as_of
        Days since 1970-01-01 that the record describes; `MISSING_DAY` where there is none.
    known_at
        Instants as datetime64[us] in UTC; NaT where there is none.
    source
        The record's source column; empty where there is none.
    """

    as_of: Days
    known_at: NDArray[np.datetime64]
    source: Sequence[str]


MISSING_DAY = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Frame:
    """Features and raw columns of n judged rows of one subject.

    Attributes
    ----------
    subject
        The table whose rows are judged.
    keys
        n subject keys.
    as_of
        n days since 1970-01-01: the day each row is judged on.
    columns
        Name to n float64 values, NaN where missing: money in 分, dates in days, flags 0 or 1,
        ordered codes their rank.
    provenance
        Raw table (or table.relation) to the records that were read.
    """

    subject: str
    keys: Sequence[str]
    as_of: Days
    columns: Mapping[str, Floats]
    provenance: Mapping[str, Provenance] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.keys)

    def matrix(self, names: Sequence[str]) -> Floats:
        """Return the named columns as an (n, len(names)) matrix."""
        if not names:
            return np.empty((len(self), 0))
        return np.column_stack([self.columns[name] for name in names])
