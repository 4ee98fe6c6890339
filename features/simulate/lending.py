"""Two rounds of lending to households: who asks, for what, and what it does to them.

A household may ask twice; what happened to the first loan stands in its arrears when it asks
again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from features.frame import Floats
from features.simulate import risk
from features.simulate.borrowers import Borrowers, looked_at
from features.simulate.calendar import Calendar
from features.simulate.draws import Flags, Ints, happens, logistic
from features.simulate.hazard import insurance_class
from features.simulate.households import Households
from features.simulate.pledges import Pledges, ltv_caps, pledged, secured
from features.simulate.requests import CREDIT, DEPOSIT, Ask, Requests, World, decided
from features.simulate.settings import (
    APPLICATIONS_PER_HOUSEHOLD,
    CREDIT_RANGE,
    CREDIT_SHARE,
    CREDIT_TERMS,
    DEPOSIT_RANGE,
    DEPOSIT_TERMS,
    SECOND_SHARE,
    TERMS,
)
from features.simulate.stacking import concatenated

LEAST_GAP, GAP_SPREAD = 10, 20
"""Months between two requests of a household."""
AGAIN, AGAIN_AFTER_DEFAULT = 1.4 * SECOND_SHARE, 0.05
"""Chance to ask again; some would ask after the last day, so that `SECOND_SHARE` do."""
ROOM, STRICT = 0.04, 0.85
"""How far a loan may be above its LTV cap, and how many of those beyond are refused."""
DEFAULTED, SHOWN_DAYS = 90, 480
"""Days past due of a default, and up to which it still shows as open."""


@dataclass(frozen=True)
class Lending:
    """All requests with their borrowers and pledges, and the households as the loans left them."""

    requests: Requests
    borrowers: Borrowers
    pledges: Pledges
    homes: Households


def lent(world: World, homes: Households) -> Lending:
    """Return everything asked for and lent in the years before `as_of`."""
    rng = world.streams.of("asking")
    opening, months = world.calendar.opening, world.calendar.months
    ever = happens(rng, APPLICATIONS_PER_HOUSEHOLD / (1 + SECOND_SHARE), len(homes))
    who = np.flatnonzero(ever)
    span = (months - opening) * rng.random(len(who)) ** 1.15
    month = opening + np.floor(span).astype(np.int64)
    first = _round(world, homes, "first", who, month)
    defaulted = first.requests.default_day > 0
    keen = rng.random(len(who)) < np.where(defaulted, AGAIN_AFTER_DEFAULT, AGAIN)
    month = month + LEAST_GAP + rng.integers(0, GAP_SPREAD, len(who))
    again = keen & (month < months)
    second = _round(world, first.homes, "second", who[again], month[again])
    later = replace(second.pledges, request=second.pledges.request + len(first.requests))
    return Lending(
        concatenated([first.requests, second.requests]),
        concatenated([first.borrowers, second.borrowers]),
        concatenated([first.pledges, later]),
        second.homes,
    )


def _round(world: World, homes: Households, name: str, who: Ints, month: Ints) -> Lending:
    """Return one round of requests in which each household asks at most once."""
    rng = world.streams.of(f"{name} requests")
    calendar = world.calendar
    borrowers = looked_at(rng, homes, world.profiles, who, month, calendar.opening)
    ask = _asked(rng, calendar, who, month, borrowers)
    pledges = _pledged(rng, world, homes, ask)
    terms = risk.Terms(ask.amount, ask.term)
    security = secured(pledges, ask.day, ask.amount, ask.term, world.coops)
    log_hazard = np.where(
        ask.product == CREDIT,
        risk.credit_log_hazard(borrowers, homes, world.profiles, terms),
        risk.deposit_log_hazard(borrowers, homes, world.profiles, terms, security),
    )
    cell = (
        ask.start,
        homes.trade[who],
        insurance_class(homes.insured[who]),
        np.searchsorted(TERMS, ask.term),
    )
    beyond = ask.amount / security.valuation > ltv_caps(pledges, len(ask.who)) + ROOM
    granted = _granted(rng, borrowers, ask.product, terms)
    granted &= ~(beyond & happens(rng, STRICT, len(granted)))
    requests = decided(rng, world, ask, log_hazard, cell, granted, pledges)
    return Lending(requests, borrowers, pledges, _marked(homes, calendar, requests))


def _asked(
    rng: np.random.Generator, calendar: Calendar, who: Ints, month: Ints, borrowers: Borrowers
) -> Ask:
    """Return product, day, term and amount; whole thousands inside the product's range."""
    count = len(who)
    day = np.minimum(calendar.start(month) + rng.integers(0, 27, count), calendar.as_of)
    credit = happens(rng, CREDIT_SHARE, count)
    draw = rng.random(count)
    place = np.where(credit, _place(draw, CREDIT_TERMS), _place(draw, DEPOSIT_TERMS))
    term = np.array(TERMS)[place]
    need = np.exp(-0.95 + 0.012 * (term - 18) + 0.62 * rng.standard_normal(count))
    low, high = (np.where(credit, *pair) for pair in zip(CREDIT_RANGE, DEPOSIT_RANGE, strict=True))
    amount = np.clip(np.round(borrowers.income * need, -3), low, high)
    product = np.where(credit, CREDIT, DEPOSIT)
    start = month - calendar.opening
    return Ask(who, np.full(count, -1), product, start, day, amount, term)


def _place(draw: Floats, shares: tuple[float, ...]) -> Ints:
    return np.searchsorted(np.cumsum(shares)[:-1], draw)


def _pledged(rng: np.random.Generator, world: World, homes: Households, ask: Ask) -> Pledges:
    row = np.flatnonzero(ask.product == DEPOSIT)
    who = ask.who[row]
    return pledged(
        rng,
        row,
        homes.trade[who],
        ask.day[row],
        ask.amount[row],
        ask.term[row],
        homes.prudence[who],
        world.coops,
    )


def _granted(rng: np.random.Generator, b: Borrowers, product: Ints, terms: risk.Terms) -> Flags:
    """Return what an officer grants: she stops at public bad marks and dislikes strain."""
    doubt = (
        -3.4
        + 1.3 * (b.service + terms.service) / b.income
        + 0.018 * b.max_dpd
        + 0.22 * b.lenders
        + 0.15 * b.inquiries
        - 0.4 * (product == DEPOSIT)
    )
    refused = happens(rng, logistic(doubt), len(product))
    return ~(refused | b.dishonest | (b.overdue_now > 0) | (b.max_dpd >= DEFAULTED))


def _marked(homes: Households, calendar: Calendar, requests: Requests) -> Households:
    """Return the households with the arrears that their defaults leave in the months after."""
    bad = np.flatnonzero(requests.default_day)
    who = requests.who[bad]
    ends = calendar.end(np.arange(calendar.months))
    days = ends - (requests.default_day[bad] - DEFAULTED)[:, None]
    shown = np.where((days > 0) & (days < SHOWN_DAYS), days, 0)
    overdue = homes.overdue.copy()
    overdue[who] = np.maximum(overdue[who], shown).astype(np.int16)
    return replace(homes, overdue=overdue)
