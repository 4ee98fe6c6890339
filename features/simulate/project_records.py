"""The records of projects that reached us: at the approval, then one a quarter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.draws import Ints
from features.simulate.projects import Projects

REPORTED_AFTER = (12, 30)
"""Days after a quarter's end by which its record is known."""


@dataclass(frozen=True)
class Records:
    """Records: row of the project, its day, part of the duration gone, day learnt."""

    row: Ints
    day: Ints
    done: Floats
    known_day: Ints

    def __len__(self) -> int:
        return len(self.row)


def recorded(rng: np.random.Generator, p: Projects, quarter_ends: Ints, as_of: int) -> Records:
    """Return the records that came by `as_of`: of each approval, and of each quarter after it."""
    approved = p.approved_on[:, None]
    ends = np.broadcast_to(quarter_ends, (len(p), len(quarter_ends)))
    days = np.concatenate([approved, ends], axis=1)
    known = days + rng.integers(*REPORTED_AFTER, days.shape)
    known[:, 0] = p.approved_on
    after = np.concatenate([np.ones_like(approved, dtype=bool), ends > approved], axis=1)
    row, place = np.nonzero(after & (known <= as_of))
    day = days[row, place]
    done = np.clip((day - p.approved_on[row]) / p.duration[row], 0, 1)
    return Records(row, day, done, known[row, place])
