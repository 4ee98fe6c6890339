"""Pledges: the resources that stand behind a loan, and what they amount to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays.units import SQUARE_METRES_A_MU
from features.frame import Floats
from features.simulate.calendar import add_months
from features.simulate.cooperatives import COUNTY_OWN, Cooperatives
from features.simulate.draws import Flags, Ints, happens, when
from features.simulate.settings import BAMBOO, SORTS, TRADES

MONTH = 30.44
MODES = ("租赁", "流转", "入股", "承诺收购")
MODE_SHARE = (0.22, 0.25, 0.18, 0.35)
RENTED, PROMISED = 2, 3
"""Modes below the first pay a rent; the last is a promise to buy at a floor."""
TITLES = ("confirmed", "contested", "none")
CONFIRMED, UNTITLED = 0, 2
CARELESS = -1.75
"""Care below which a title is not in order."""
UNKNOWN_SPREAD = 0.12
"""What the spread of two valuations would be where there is but one."""
OWN_SORT_SHARE, COUNTY_SHARE = 0.72, 0.3
"""How often the pledge is the trade's own sort; how many go to the county's own cooperatives."""
FIRST_STATEMENT_DAYS = 150
WORST_CLASS = 3


@dataclass(frozen=True)
class Pledges:
    """p resources; money in yuan, days since 1970-01-01, NaN where nobody wrote it down.

    Attributes
    ----------
    request
        Row of the request each stands behind, ascending.
    worked, idle_months
        Whether it was seen in use so many months ago; else nothing happened since its handover.
    liquidity
        0 = A to 3 = D.
    protected
        0, or one more than the layer it overlaps.
    """

    request: Ints
    sort: Ints
    coop: Ints
    mode: Ints
    valuation: Floats
    second: Floats
    seen_on: Ints
    valued_on: Ints
    title: Ints
    right_expiry: Ints
    handover: Ints
    worked: Flags
    idle_months: Ints
    liquidity: Ints
    insured: Floats
    area: Floats
    protected: Ints

    def __len__(self) -> int:
        return len(self.request)


def of_sort(name: str, sort: Ints) -> Floats:
    """Return a number of `settings.Sort` for each resource."""
    return np.asarray(np.array([float(getattr(s, name)) for s in SORTS])[sort])


def pledged(
    rng: np.random.Generator,
    request: Ints,
    trade: Ints,
    day: Ints,
    amount: Floats,
    term: Ints,
    prudence: Floats,
    coops: Cooperatives,
) -> Pledges:
    """Return one to three resources behind each request (all arrays of requests)."""
    pieces = 1 + happens(rng, 0.20, len(request)) + happens(rng, 0.05, len(request))
    row = np.repeat(np.arange(len(request)), pieces)
    count = len(row)
    other = rng.integers(len(TRADES), len(SORTS), count)
    sort = np.where(happens(rng, OWN_SORT_SHARE, count), trade[row], other)
    care = 0.6 * prudence[row] + rng.standard_normal(count)
    valuation = _valuation(rng, row, amount)
    seen_on = day[row] - rng.integers(3, 40, count)
    age = np.rint(rng.gamma(1.3, 95.0, count)).astype(np.int64)
    spare = np.rint(rng.gamma(2.2, 52.0, count)).astype(np.int64) + 4
    slack = np.floor(rng.gamma(0.9, 5.0, count) * np.exp(-0.15 * care)).astype(np.int64)
    idle = np.where(sort == BAMBOO, 0, slack)
    worked = happens(rng, 0.72, count)
    held = 30 * rng.integers(3, 40, count) * worked
    liquidity = of_sort("liquidity", sort) + 0.75 * rng.standard_normal(count)
    mu = valuation / of_sort("price", sort) * rng.uniform(0.8, 1.25, count)
    return Pledges(
        request=request[row],
        sort=sort,
        coop=_hosts(rng, seen_on, coops),
        mode=rng.choice(len(MODES), count, p=MODE_SHARE),
        valuation=valuation,
        second=_second(rng, valuation, care),
        seen_on=seen_on,
        valued_on=seen_on - age,
        title=np.where(care > CARELESS, CONFIRMED, 1 + happens(rng, 0.5, count)),
        right_expiry=add_months(day[row], term[row] + spare),
        handover=seen_on - 30 * idle - held,
        worked=worked,
        idle_months=idle,
        liquidity=np.clip(np.rint(liquidity), 0, WORST_CLASS).astype(np.int64),
        insured=_insured(rng, sort, valuation, care),
        area=np.round(mu * SQUARE_METRES_A_MU, 2),
        protected=np.where(happens(rng, 0.012, count), rng.integers(1, 4, count), 0),
    )


def _valuation(rng: np.random.Generator, row: Ints, amount: Floats) -> Floats:
    ltv = np.clip(rng.beta(4.2, 6.6, len(amount)), 0.08, 0.62)
    part = rng.gamma(3.0, 1.0, len(row)) + 0.2
    part /= np.bincount(row, part)[row]
    return np.asarray(np.round(amount[row] / ltv[row] * part, -2) + 100)


def _second(rng: np.random.Generator, valuation: Floats, care: Floats) -> Floats:
    """Return a second appraiser's figure, NaN where none was asked."""
    count = len(care)
    spread = np.exp(rng.normal(-2.35, 0.75, count) - 0.12 * care)
    side = np.where(happens(rng, 0.5, count), 1.0, -1.0)
    return when(happens(rng, 0.55, count), np.round(valuation * (1 + spread) ** side, -2))


def _insured(rng: np.random.Generator, sort: Ints, valuation: Floats, care: Floats) -> Floats:
    """Return the sum insured, 0 without a policy, NaN where nothing can be insured."""
    covered = np.round(valuation * rng.uniform(0.4, 1.0, len(sort)), -3)
    bought = happens(rng, 0.76 + 0.12 * np.tanh(care), len(sort))
    return when(of_sort("insurable", sort) > 0, np.where(bought, covered, 0.0))


def _hosts(rng: np.random.Generator, seen_on: Ints, coops: Cooperatives) -> Ints:
    """Return a cooperative for each resource that was open by then."""
    count = len(seen_on)
    anyone = rng.integers(0, len(coops), count)
    too_young = coops.opened_on[anyone] + FIRST_STATEMENT_DAYS > seen_on
    county = happens(rng, COUNTY_SHARE, count) | too_young
    return np.where(county, rng.integers(0, COUNTY_OWN, count), anyone)


def promises(pledges: Pledges) -> Flags:
    """Return which resources the cooperative promised to buy at a floor."""
    return np.asarray(pledges.mode == PROMISED)


@dataclass(frozen=True)
class Security:
    """What the pledges of each request amount to: the worst resource counts (design 11.17).

    NaN where nothing is pledged.
    """

    valuation: Floats
    titled: Floats
    right_gap: Floats
    spread: Floats
    liquidity: Floats
    price_sd: Floats
    age_months: Floats
    idle_months: Floats
    cover: Floats
    punctual: Floats


def secured(
    pledges: Pledges, day: Ints, amount: Floats, term: Ints, coops: Cooperatives
) -> Security:
    """Return each request's security; `day`, `amount` and `term` are those of all requests."""
    row, requests = pledges.request, len(day)
    valuation = total_valuation(pledges, requests)
    confirmed = pledges.valuation * (pledges.title == CONFIRMED)
    lower = np.fmin(pledges.second, pledges.valuation)
    spread = np.abs(pledges.second - pledges.valuation) / lower

    def worst(values: Floats | Ints, pick: np.ufunc) -> Floats:
        out = np.full(requests, np.nan)
        pick.at(out, row, values)
        return out

    return Security(
        valuation=valuation,
        titled=np.bincount(row, confirmed, requests) / valuation,
        right_gap=worst((pledges.right_expiry - day[row]) / MONTH - term[row], np.fmin),
        spread=worst(np.where(np.isnan(spread), UNKNOWN_SPREAD, spread), np.fmax),
        liquidity=worst(pledges.liquidity, np.fmax),
        price_sd=worst(of_sort("price_sd", pledges.sort) * np.sqrt(12), np.fmax),
        age_months=worst((day[row] - pledges.valued_on) / MONTH, np.fmax),
        idle_months=worst(pledges.idle_months, np.fmax),
        cover=worst(np.nan_to_num(pledges.insured), np.fmin) / amount,
        punctual=worst(coops.punctual[pledges.coop], np.fmin),
    )


def total_valuation(pledges: Pledges, requests: int) -> Floats:
    """Return the valuation in yuan behind each request, NaN without a pledge."""
    total = np.bincount(pledges.request, pledges.valuation, requests)
    return when(total > 0, total)


def ltv_caps(pledges: Pledges, requests: int) -> Floats:
    """Return the lowest cap of each request's resources, NaN without a pledge (2.2)."""
    out = np.full(requests, np.nan)
    np.fmin.at(out, pledges.request, of_sort("ltv_cap", pledges.sort))
    return out
