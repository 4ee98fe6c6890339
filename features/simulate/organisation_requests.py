"""What organisations ask for: a few requests, referred to a person and scored by nobody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from features.frame import Floats
from features.simulate.draws import Ints, one_in
from features.simulate.lending import Lending
from features.simulate.pledges import Pledges, pledged
from features.simulate.requests import CREDIT, DEPOSIT, Ask, Requests, World, decided
from features.simulate.risk import above
from features.simulate.settings import DEPOSIT_RANGE, ORGANISATION_LEVEL, TERMS, TRADES
from features.simulate.stacking import concatenated

MIN_REQUESTS, ORGANISATIONS_PER_REQUEST = 10, 3
PARTLY_INSURED = 1
USUAL_TERMS = TERMS[1:4]
GRANTED, GRANTED_TO_PREDATORS = 0.75, 0.35


def with_organisations(lending: Lending, world: World) -> Lending:
    """Return the lending with the organisations' requests after the households'."""
    requests, pledges = _asked(world)
    after = replace(pledges, request=pledges.request + len(lending.requests))
    return replace(
        lending,
        requests=concatenated([lending.requests, requests]),
        pledges=concatenated([lending.pledges, after]),
    )


def _asked(world: World) -> tuple[Requests, Pledges]:
    """Return the requests and what stands behind every third; `request` counts from 0."""
    rng = world.streams.of("organisation requests")
    orgs, calendar = world.orgs, world.calendar
    count = max(MIN_REQUESTS, len(orgs) // ORGANISATIONS_PER_REQUEST)
    org = rng.integers(0, len(orgs), count)
    start = rng.integers(0, calendar.months - calendar.opening, count)
    day = calendar.start(start + calendar.opening) + rng.integers(0, 27, count)
    product = np.where(one_in(3, np.arange(count), 1), DEPOSIT, CREDIT)
    wanted = np.round(orgs.revenue[org, -1] * rng.uniform(0.05, 0.35, count), -4)
    ask = Ask(
        who=np.full(count, -1),
        org=org,
        product=product,
        start=start,
        day=np.minimum(day, calendar.as_of),
        amount=np.clip(wanted, *DEPOSIT_RANGE),
        term=np.array(USUAL_TERMS)[rng.integers(0, len(USUAL_TERMS), count)],
    )
    pledges = _pledged(rng, world, ask)
    trade = org % len(TRADES)
    cell = (start, trade, np.full(count, PARTLY_INSURED), np.searchsorted(TERMS, ask.term))
    chance = np.where(orgs.predatory[org], GRANTED_TO_PREDATORS, GRANTED)
    granted = rng.random(count) < chance
    return decided(rng, world, ask, _log_hazard(world, ask), cell, granted, pledges), pledges


def _pledged(rng: np.random.Generator, world: World, ask: Ask) -> Pledges:
    row = np.flatnonzero(ask.product == DEPOSIT)
    org: Ints = ask.org[row]
    care = world.orgs.quality[org]
    day, amount, term = ask.day[row], ask.amount[row], ask.term[row]
    return pledged(rng, row, org % len(TRADES), day, amount, term, care, world.coops)


def _log_hazard(world: World, ask: Ask) -> Floats:
    orgs, org = world.orgs, ask.org
    revenue = orgs.revenue[org, -1]
    return np.asarray(
        ORGANISATION_LEVEL
        - 0.7 * orgs.quality[org]
        + 3.0 * above(orgs.liabilities[org, -1] / orgs.assets[org, -1], 0.5, 0.95)
        + 1.5 * np.minimum(ask.amount / revenue, 1)
        + 0.8 * (orgs.profit[org, -1] < 0)
    )
