"""The statements of cooperatives that reached us: which quarter, of whom, learnt when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.simulate.cooperatives import Cooperatives
from features.simulate.draws import Flags, Ints, happens, one_in
from features.simulate.sheets import repeated

SILENT_OF, SILENT_PLACE = 5, 4
"""One small cooperative in five leaves registers undeclared."""


@dataclass(frozen=True)
class Statements:
    """s statements: row of the cooperative, quarter, its last day and the day it was learnt."""

    coop: Ints
    quarter: Ints
    day: Ints
    known_day: Ints

    def __len__(self) -> int:
        return len(self.coop)

    @property
    def silent(self) -> Flags:
        """Return statements of small cooperatives that leave some registers undeclared."""
        return one_in(SILENT_OF, self.coop, SILENT_PLACE)


def filed(
    rng: np.random.Generator, coops: Cooperatives, quarter_ends: Ints, as_of: int
) -> Statements:
    """Return every statement that reached us by `as_of`; a few come after the 30 days."""
    coop, quarter = repeated(np.full(len(coops), len(quarter_ends)))
    day, count = quarter_ends[quarter], len(quarter)
    late = happens(rng, 0.07, count)
    known = day + np.where(late, rng.integers(31, 50, count), rng.integers(14, 31, count))
    kept = (quarter >= coops.first_quarter[coop]) & (known <= as_of)
    return Statements(coop[kept], quarter[kept], day[kept], known[kept])
