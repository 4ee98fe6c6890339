"""Estates: land, houses and collective assets that a cooperative gives into a project."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.frame import Floats
from features.simulate.calendar import Calendar
from features.simulate.draws import Flags, Ints, happens
from features.simulate.organisations import Organisations
from features.simulate.projects import Projects
from features.simulate.sheets import ids

LAND, HOUSE, ASSET = range(3)
SORT_OF = (6, 3, 3)
"""Places in `SORTS`; an asset has no price of the county."""
MORE_SHARE, MOST_SHARE = 0.6, 0.25
"""Projects with a second and with a third estate."""
LAND_MU, UNITS, ASSET_VALUE = (30, 220), (1, 4), (80_000, 900_000)
SPREAD, JUMP, GAP = 0.08, (1.45, 2.2), (0.92, 1.08)
"""Sd of honest appraisals, how far others jump, and a second valuation over the first."""
DISTANT = 0.7
"""A second valuation over the first where one of them jumps."""
HANDED_OVER, VALUED_EVERY, RIGHT_DAYS = 60, 350, (6_000, 9_000)
APPRAISERS = 9


@dataclass(frozen=True)
class Estates:
    """e estates; money in yuan, days since 1970-01-01.

    Attributes
    ----------
    project
        Row of the project that uses it, ascending.
    sort
        0 farm land, 1 house, 2 collective asset.
    size
        亩, or units.
    factor
        Valuation over the county's price, or an asset's own value.
    second
        Second valuation over the first, NaN where nobody asked for one.
    """

    project: Ints
    sort: Ints
    coop: Ints
    village: Ints
    size: Floats
    factor: Floats
    second: Floats
    appraiser: Ints
    handover: Ints
    right_expiry: Ints
    built_on: Flags
    stops_on: Ints

    def __len__(self) -> int:
        return len(self.project)

    def ids(self, which: Ints) -> pa.Array:
        """Return the resource_id of some of them."""
        return ids("RP", which, 5)

    def valuation(self, which: Ints, day: Ints, price: Floats, calendar: Calendar) -> Floats:
        """Return the value of some of them at a day, yuan; `price` is (sorts, months)."""
        sort = np.array(SORT_OF)[self.sort[which]]
        priced = price[sort, calendar.index_of(day)] * self.size[which]
        base = np.where(self.sort[which] == ASSET, self.size[which], priced)
        return np.asarray(np.round(base * self.factor[which], -2))


def given(rng: np.random.Generator, p: Projects, orgs: Organisations, villages: int) -> Estates:
    """Return one to three estates a project; those of some developers are valued too high."""
    more = happens(rng, MORE_SHARE, len(p))
    project = np.repeat(np.arange(len(p)), 1 + more + (more & happens(rng, MOST_SHARE, len(p))))
    count, developer = len(project), p.developer[project]
    first = np.concatenate([[True], np.diff(project) > 0])
    sort = np.where(first, LAND, rng.integers(HOUSE, ASSET + 1, count))
    size = np.where(sort == LAND, rng.integers(*LAND_MU, count), rng.integers(*UNITS, count))
    size = np.where(sort == ASSET, rng.integers(*ASSET_VALUE, count), size)
    jumps = p.jumps[project] & first
    factor = np.exp(SPREAD * np.clip(rng.standard_normal(count), -2.5, 2.5))
    near = np.where(happens(rng, 0.6, count) | (sort == HOUSE), rng.uniform(*GAP, count), np.nan)
    ties = orgs.marks["ties"] & orgs.predatory
    handover = p.approved_on[project] + HANDED_OVER
    return Estates(
        project=project,
        sort=sort,
        coop=p.coop[project],
        village=rng.integers(0, villages, count),
        size=size.astype(np.float64),
        factor=np.where(jumps, rng.uniform(*JUMP, count), factor),
        second=np.where(jumps & (project % 2 == 0), DISTANT, near),
        appraiser=np.where(
            ties[developer], developer % APPRAISERS, APPRAISERS + rng.integers(0, 6, count)
        ),
        handover=handover,
        right_expiry=handover + rng.integers(*RIGHT_DAYS, count),
        built_on=p.drifts[project] & first,
        stops_on=p.stops_on[project],
    )
