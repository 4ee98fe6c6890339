"""Reviews of pledges: what a bank asks for before it lends, and what a cooperative renews.

A resource is seen for the request. Where the bank lends, it first asks for a fresh valuation, a
second one that agrees, a policy that covers the loan and a right that outlives it; each year a
cooperative values again what it holds. A few are overlooked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.calendar import Calendar, add_months
from features.simulate.draws import Flags, Ints, happens, when
from features.simulate.pledges import Pledges, of_sort, total_valuation
from features.simulate.requests import Requests

LEAD_DAYS, LEARNT_WITHIN = 20, 3
"""Days before a valuation expires on which the next is made."""
MONTH = 30.44
OVERLOOKED, UNINSURED, APART = 0.02, 0.015, 0.015
"""Pledges that nobody reviews, whose policy lapses, whose two valuations never meet."""
COVER = (1.2, 1.6)
AGREED, DISPUTED = (0.88, 1.12), 0.66
"""A second valuation over the first, and one that never met it."""
LEAST_GAP, RENEWABLE_GAP, RENEWABLE = 14, 26, 12
"""Months a right must outlive a loan, and one that may be renewed for a year."""
DRIFT = 0.03
SECOND_ABOVE = 1_000_000.0
"""Yuan above which there are always two valuations (2.2)."""


@dataclass(frozen=True)
class Readings:
    """r readings of pledges, in order of their pledge and day; money in yuan.

    Attributes
    ----------
    row
        The pledge.
    first
        Whether it is the one for the request.
    """

    row: Ints
    day: Ints
    known_day: Ints
    first: Flags
    valued_on: Ints
    valuation: Floats
    second: Floats
    insured: Floats
    right_expiry: Ints
    seen_growing: Flags

    def __len__(self) -> int:
        return len(self.row)


def read(
    rng: np.random.Generator, p: Pledges, r: Requests, price: Floats, calendar: Calendar
) -> Readings:
    """Return every reading learnt by the last day; `price` is yuan, (sorts, months)."""
    row, day, first, lag = _days(rng, p, r, calendar)
    count = len(row)
    valued_on = np.where(first, p.valued_on[row], day - 1)
    valuation = np.where(first, p.valuation[row], _renewed(rng, p, row, day, price, calendar))
    granted = r.granted[p.request]
    asked = granted & (r.granted_on[p.request] <= calendar.as_of)
    second = _second(rng, p, row, first, valuation)
    cover = _cover(rng, p, r)
    gap = np.where(r.term <= RENEWABLE, RENEWABLE_GAP, LEAST_GAP)[p.request]
    least = add_months(r.granted_on[p.request], r.term[p.request] + gap)
    expiry = np.where(asked[row] & ~first, np.maximum(p.right_expiry, least)[row], 0)
    return Readings(
        row=row,
        day=day,
        known_day=day + lag,
        first=first,
        valued_on=valued_on,
        valuation=valuation,
        second=second,
        insured=np.where(first, p.insured[row], np.where(asked, cover, p.insured)[row]),
        right_expiry=np.where(expiry > 0, expiry, p.right_expiry[row]),
        seen_growing=happens(rng, 0.93, count),
    )


def _days(
    rng: np.random.Generator, p: Pledges, r: Requests, calendar: Calendar
) -> tuple[Ints, Ints, Flags, Ints]:
    """Return pledge, day, whether it is the first, and days until learnt, of each reading."""
    granted = r.granted[p.request]
    base = np.where(granted, r.granted_on[p.request], p.seen_on)
    every = (of_sort("age_cap", p.sort) * MONTH).astype(np.int64) - LEAD_DAYS
    overlooked = happens(rng, OVERLOOKED, len(p))
    rounds = int((calendar.as_of - base.min()) // every.min()) + 1
    later = base[:, None] + every[:, None] * np.arange(rounds)
    there = later <= np.where(overlooked, base, calendar.as_of)[:, None]
    there[:, 0] &= granted
    days = np.concatenate([p.seen_on[:, None], later], axis=1)
    lag = rng.integers(0, LEARNT_WITHIN, days.shape)
    kept = np.concatenate([np.ones((len(p), 1), bool), there], axis=1)
    kept[:, 1:] &= (days + lag)[:, 1:] <= calendar.as_of
    row, place = np.nonzero(kept)
    return row, days[row, place], place == 0, lag[row, place]


def _renewed(
    rng: np.random.Generator, p: Pledges, row: Ints, day: Ints, price: Floats, calendar: Calendar
) -> Floats:
    """Return what a pledge is worth at a later day: it moves with its price."""
    sort = p.sort[row]
    then = price[sort, calendar.index_of(p.seen_on)[row]]
    now = price[sort, calendar.index_of(day)]
    drift = np.exp(DRIFT * rng.standard_normal(len(row)))
    return np.asarray(np.round(p.valuation[row] * now / then * drift, -2) + 100)


def _second(
    rng: np.random.Generator, p: Pledges, row: Ints, first: Flags, valuation: Floats
) -> Floats:
    """Return the second valuation: settled where it was not near, asked for where it must be."""
    count = len(p)
    asked = ~np.isnan(p.second) | (p.valuation > SECOND_ABOVE)
    near = np.where(happens(rng, APART, count), DISPUTED, rng.uniform(*AGREED, count))
    must = asked[row] | (valuation > SECOND_ABOVE)
    renewed = when(must, np.round(valuation * near[row], -2))
    return np.where(first, p.second[row], renewed)


def _cover(rng: np.random.Generator, p: Pledges, r: Requests) -> Floats:
    """Return the sum insured that a bank asks for: each pledge's part of the loan, and more."""
    part = p.valuation / total_valuation(p, len(r))[p.request]
    due = np.ceil(r.amount[p.request] * part * rng.uniform(*COVER, len(p)) / 100) * 100
    lapsed = happens(rng, UNINSURED, len(p))
    cover = np.fmax(np.where(lapsed, 0.0, due), np.where(lapsed, 0.0, p.insured))
    return when(of_sort("insurable", p.sort) > 0, cover)
