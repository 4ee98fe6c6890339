"""Pledges: the resources that households deposit behind a loan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.calendar import add_months
from features.simulate.cooperatives import Cooperatives
from features.simulate.households import Flags, Ints
from features.simulate.profiles import MU


@dataclass(frozen=True)
class Sort:
    """One sort of resource: its codes, price, size and how well it can be sold."""

    type: str
    commodity: str
    right: str
    price_per_mu: float
    price_sd: float
    liquidity: float
    age_cap: int
    ltv_cap: float
    insurable: bool


SORTS = (
    Sort("经济林", "胡柚", "operation", 9_000, 0.070, 1.2, 12, 0.50, True),
    Sort("毛竹", "毛竹", "operation", 3_200, 0.030, 1.0, 12, 0.50, True),
    Sort("经济林", "茶", "operation", 11_000, 0.050, 1.1, 12, 0.50, True),
    Sort("农房使用权", "民宿", "use", 600_000, 0.020, 1.6, 12, 0.55, True),
    Sort("苗木", "苗木", "ownership", 16_000, 0.130, 2.0, 6, 0.40, True),
    Sort("林地经营权", "木材", "operation", 2_400, 0.035, 1.3, 12, 0.50, True),
    Sort("土地经营权", "粮食", "operation", 2_000, 0.018, 1.5, 12, 0.50, False),
    Sort("经济林", "香榧", "operation", 21_000, 0.095, 1.7, 12, 0.50, True),
)
OWN_SORT_SHARE = 0.72
"""How often the pledge is the trade's own resource (sorts stand in the order of `TRADES`)."""
PROMISE = 3
BAMBOO = 1
MODES = ("租赁", "流转", "入股", "承诺收购")


@dataclass(frozen=True)
class Pledges:
    """p resources; `request` is the row of the request each stands behind.

    `worked` resources were seen in use `idle_months` ago, the others not since their handover.
    Money in yuan, days since 1970-01-01, NaN where nobody wrote it down.
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


@dataclass(frozen=True)
class Security:
    """What the pledges of each request amount to: the worst resource counts (design 11.17)."""

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
    pieces = 1 + (rng.random(len(request)) < 0.20) + (rng.random(len(request)) < 0.05)
    row = np.repeat(np.arange(len(request)), pieces)
    count = len(row)
    ltv = np.clip(rng.beta(4.2, 6.6, len(request)), 0.08, 0.62)
    weight = rng.gamma(3.0, 1.0, count) + 0.2
    weight /= np.bincount(row, weight)[row]
    sort = np.where(
        rng.random(count) < OWN_SORT_SHARE, trade[row], rng.integers(5, len(SORTS), count)
    )
    valuation = np.round(amount[row] / ltv[row] * weight, -2) + 100
    seen_on = day[row] - rng.integers(3, 40, count)
    care = 0.6 * prudence[row] + rng.standard_normal(count)
    age = np.rint(rng.gamma(1.3, 95.0, count)).astype(np.int64)
    title = np.where(care > -1.75, 0, np.where(rng.random(count) < 0.5, 1, 2))
    gap = np.rint(rng.gamma(2.2, 52.0, count)) + 4
    idle = np.where(
        sort == BAMBOO, 0, np.floor(rng.gamma(0.9, 5.0, count) * np.exp(-0.15 * care))
    ).astype(np.int64)
    sd = np.exp(rng.normal(-2.35, 0.75, count) - 0.12 * care)
    side = np.where(rng.random(count) < 0.5, 1.0, -1.0)
    worked = rng.random(count) < 0.72
    insurable = np.array([s.insurable for s in SORTS])[sort]
    insured = rng.random(count) < 0.76 + 0.12 * np.tanh(care)
    price = np.array([s.price_per_mu for s in SORTS])[sort]
    liquidity = np.array([s.liquidity for s in SORTS])[sort]
    return Pledges(
        request=request[row],
        sort=sort,
        coop=_hosts(rng, count, len(coops)),
        mode=rng.choice(4, count, p=(0.22, 0.25, 0.18, 0.35)),
        valuation=valuation,
        second=np.where(
            rng.random(count) < 0.55, np.round(valuation * (1 + sd) ** side, -2), np.nan
        ),
        seen_on=seen_on,
        valued_on=seen_on - age,
        title=title,
        right_expiry=add_months(day[row], (term[row] + gap).astype(np.int64)),
        handover=seen_on - 30 * idle - 30 * rng.integers(3, 40, count) * worked,
        worked=worked,
        idle_months=idle,
        liquidity=np.clip(
            np.rint(liquidity - 0.45 + 0.75 * rng.standard_normal(count)), 0, 3
        ).astype(np.int64),
        insured=np.where(
            insurable & insured,
            np.round(valuation * rng.uniform(0.4, 1.0, count), -3),
            np.where(insurable, 0.0, np.nan),
        ),
        area=np.round(valuation / price * MU * rng.uniform(0.8, 1.25, count), 2),
        protected=np.where(rng.random(count) < 0.012, rng.integers(1, 4, count), 0),
    )


def _hosts(rng: np.random.Generator, count: int, coops: int) -> Ints:
    """Return the cooperative of each resource; the county's own takes about a third."""
    return np.where(
        rng.random(count) < 0.3, rng.integers(0, 2, count), rng.integers(0, coops, count)
    )


def secured(
    pledges: Pledges, requests: int, day: Ints, amount: Floats, term: Ints, coops: Cooperatives
) -> Security:
    """Return each request's security; NaN or empty extremes where nothing is pledged."""
    row = pledges.request
    valuation = np.bincount(row, pledges.valuation, requests)
    none = valuation == 0

    def worst(values: Floats, pick: np.ufunc, start: float) -> Floats:
        out = np.full(requests, start)
        pick.at(out, row, values)
        return np.where(none, np.nan, out)

    base = np.where(none, np.nan, valuation)
    ids = pledges.sort
    spread = np.abs(np.nan_to_num(pledges.second, nan=0.0) - pledges.valuation) / np.fmin(
        pledges.second, pledges.valuation
    )
    spread = np.where(np.isnan(pledges.second), 0.12, spread)
    return Security(
        valuation=base,
        titled=np.bincount(row, pledges.valuation * (pledges.title == 0), requests) / base,
        right_gap=worst((pledges.right_expiry - day[row]) / 30.44 - term[row], np.minimum, np.inf),
        spread=worst(spread, np.maximum, 0.0),
        liquidity=worst(pledges.liquidity.astype(np.float64), np.maximum, 0.0),
        price_sd=worst(np.array([s.price_sd for s in SORTS])[ids] * np.sqrt(12), np.maximum, 0.0),
        age_months=worst((day[row] - pledges.valued_on) / 30.44, np.maximum, 0.0),
        idle_months=worst(pledges.idle_months.astype(np.float64), np.maximum, 0.0),
        cover=worst(np.nan_to_num(pledges.insured), np.minimum, np.inf) / amount,
        punctual=worst(coops.punctual[pledges.coop], np.minimum, 1.0),
    )


def promises(pledges: Pledges) -> Flags:
    """Return which resources the cooperative promised to buy at a floor."""
    return pledges.mode == PROMISE
