"""The yearly records of organisations that reached us."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.draws import Ints
from features.simulate.organisations import YEARS, Organisations
from features.simulate.sheets import repeated


@dataclass(frozen=True)
class Records:
    """Yearly records: row of the organisation, its day, years before the last, day learnt."""

    row: Ints
    day: Ints
    back: Ints
    known_day: Ints

    def __len__(self) -> int:
        return len(self.row)


def recorded(
    rng: np.random.Generator, orgs: Organisations, year_ends: Ints, as_of: int
) -> Records:
    """Return records that reached us by `as_of`, about four months after the year's end.

    One that is younger than its first yearly record has one of its registration.
    """
    row, place = repeated(np.full(len(orgs), len(year_ends)))
    known = year_ends[place] + rng.integers(95, 120, len(row))
    kept = (known <= as_of) & (orgs.founded[row] <= year_ends[place])
    newborn = np.flatnonzero(~np.isin(np.arange(len(orgs)), row[kept]))
    place = np.concatenate([place[kept], np.full(len(newborn), len(year_ends) - 1)])
    row = np.concatenate([row[kept], newborn])
    day = np.concatenate([year_ends[place[: kept.sum()]], np.full(len(newborn), as_of - 20)])
    known = np.concatenate([known[kept], np.full(len(newborn), as_of - 5)])
    order = np.lexsort((day, row))
    return Records(row[order], day[order], len(year_ends) - 1 - place[order], known[order])


def year_of(values: Floats, row: Ints, back: Ints) -> Floats:
    """Return the figure of each record's year; the oldest stands for those before it."""
    return np.asarray(values[row, np.maximum(YEARS - 1 - back, 0)])
