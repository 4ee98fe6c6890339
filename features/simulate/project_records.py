"""The records of projects that reached us: one a quarter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.draws import Ints
from features.simulate.projects import Projects


@dataclass(frozen=True)
class Records:
    """Quarterly records: row of the project, its day, part of the duration gone, day learnt."""

    row: Ints
    day: Ints
    done: Floats
    known_day: Ints

    def __len__(self) -> int:
        return len(self.row)


def recorded(rng: np.random.Generator, p: Projects, quarter_ends: Ints, as_of: int) -> Records:
    """Return the records of each project: quarterly until it pays, then the day after a payout."""
    first = p.payout_due_on[:, :1]
    early = np.broadcast_to(quarter_ends, (len(p), len(quarter_ends)))
    days = np.concatenate([np.where(early <= first, early, 0), p.payout_due_on + 1], axis=1)
    lag = np.where(days <= first, rng.integers(12, 30, days.shape), 1)
    row, place = np.nonzero((days >= p.approved_on[:, None]) & (days + lag <= as_of))
    day, known = days[row, place], (days + lag)[row, place]
    return Records(row, day, np.clip((day - p.approved_on[row]) / p.duration[row], 0, 1), known)
