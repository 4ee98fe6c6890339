"""Staleness: a reading too old to judge on is missing (domain 7.0.7)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from features.frame import MISSING_DAY, Days
from features.schema import Cadence


def stale_from(as_of: Days, cadence: Cadence, grace_days: int) -> Days:
    """Return the first day (since 1970-01-01) on which each reading is stale.

    That is so many days after the next reading was due; no reading is never stale.

    Examples
    --------
    >>> day = np.array(["2026-03-31"], dtype="datetime64[D]").astype(np.int64)
    >>> stale_from(day, Cadence(3, due_days=30), 15).astype("datetime64[D]").tolist()
    [datetime.date(2026, 8, 14)]
    """
    there = as_of != MISSING_DAY
    due = cadence.next_due(np.where(there, as_of, 0)) + grace_days
    return np.where(there, due, np.iinfo(np.int64).max)


@lru_cache(maxsize=4096)
def one_stale_from(as_of: int, cadence: Cadence, grace_days: int) -> int:
    """Return the same for one reading."""
    return int(stale_from(np.array([as_of]), cadence, grace_days)[0])
