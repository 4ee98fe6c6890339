"""What organisations ask for: a few requests, judged by their red lines and a person, scored by nobody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from features.frame import Floats
from features.simulate import risk
from features.simulate.households import Ints
from features.simulate.lending import DEPOSIT, Ask, Lending, Requests, World, decided
from features.simulate.pledges import Pledges, pledged
from features.simulate.settings import TRADES
from features.simulate.stacking import concatenated

MIN_REQUESTS, ORGANISATIONS_PER_REQUEST = 10, 3
LEVEL = -5.0
PARTLY_INSURED = 1
TERMS = (12, 24, 36)
RANGE = (50_000, 3_000_000)


def with_organisations(lending: Lending, world: World) -> Lending:
    """Return the lending with the organisations' requests after the households'."""
    requests, pledges = asked(world)
    after = replace(pledges, request=pledges.request + len(lending.requests))
    return replace(
        lending,
        requests=concatenated([lending.requests, requests]),
        pledges=concatenated([lending.pledges, after]),
    )


def asked(world: World) -> tuple[Requests, Pledges]:
    """Return the organisations' requests and what they pledge; `request` counts from 0."""
    rng, orgs, calendar = world.streams.of("organisation requests"), world.orgs, world.calendar
    count = max(MIN_REQUESTS, len(orgs) // ORGANISATIONS_PER_REQUEST)
    org = rng.integers(0, len(orgs), count)
    start = rng.integers(0, calendar.months - calendar.opening, count)
    day = np.minimum(
        calendar.start(start + calendar.opening) + rng.integers(0, 27, count), calendar.as_of
    )
    product = (np.arange(count) % 3 == 1).astype(np.int64) * DEPOSIT
    term = np.array(TERMS)[rng.integers(0, len(TERMS), count)]
    amount = np.clip(np.round(orgs.revenue[org, -1] * rng.uniform(0.05, 0.35, count), -4), *RANGE)
    secured = np.flatnonzero(product == DEPOSIT)
    trade = org % len(TRADES)
    pledges = pledged(
        rng,
        secured,
        trade[secured],
        day[secured],
        amount[secured],
        term[secured],
        orgs.quality[org][secured],
        world.coops,
    )
    ask = Ask(np.full(count, -1), org, product, start, day, amount, term)
    cell = (start, trade, np.full(count, PARTLY_INSURED), np.searchsorted(risk.TERMS, term))
    granted = rng.random(count) < np.where(orgs.predatory[org], 0.35, 0.75)
    return decided(
        rng, world, ask, _log_hazard(world, org, amount), cell, granted, pledges
    ), pledges


def _log_hazard(world: World, org: Ints, amount: Floats) -> Floats:
    orgs = world.orgs
    leverage = orgs.liabilities[org, -1] / orgs.assets[org, -1]
    return (
        LEVEL
        - 0.7 * orgs.quality[org]
        + 3.0 * risk.above(leverage, 0.5, 0.95)
        + 1.5 * np.minimum(amount / orgs.revenue[org, -1], 1)
        + 0.8 * (orgs.profit[org, -1] < 0)
    )
