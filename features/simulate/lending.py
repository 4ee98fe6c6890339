"""Two rounds of lending: who asks, what is granted, what then happens.

A household may ask twice; what happened to the first loan stands in its arrears when it asks again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from features.frame import Floats
from features.simulate import risk
from features.simulate.borrowers import Borrowers, looked_at
from features.simulate.calendar import Calendar, add_months
from features.simulate.cooperatives import Cooperatives
from features.simulate.households import Flags, Households, Ints
from features.simulate.organisations import Organisations
from features.simulate.pledges import Pledges, pledged, promises, secured
from features.simulate.profiles import Profiles
from features.simulate.settings import APPLICATIONS_PER_HOUSEHOLD, CREDIT_SHARE
from features.simulate.shocks import Shocks
from features.simulate.stacking import concatenated
from features.simulate.streams import Streams

CREDIT, DEPOSIT = 0, 1
PRODUCTS = ("credit", "deposit")
TERM_SHARE = {CREDIT: (0.04, 0.56, 0.20, 0.20, 0.0), DEPOSIT: (0.0, 0.36, 0.26, 0.31, 0.07)}
RATE = {CREDIT: 0.0455, DEPOSIT: 0.0435}
"""LPR(1Y) + 30…180 bp (2.1); 4.15 % + 0.5 % seen at 资溪 (2.2)."""
CREDIT_RANGE, DEPOSIT_RANGE = (5_000, 300_000), (10_000, 3_000_000)
SECOND_SHARE = 0.32
LEAST_GAP = 10
NINETY_DAYS, COMPENSATION, CALL, RESTRUCTURED = range(4)


@dataclass(frozen=True)
class Requests:
    """r requests for a loan; money in yuan, days since 1970-01-01.

    Attributes
    ----------
    who, org
        Household or organisation that asks, -1 where it is the other.
    start
        Month of the request, counted from the first month in which anyone may ask.
    log_hazard, pd_window, pd_12m
        Structural log-hazard and the true PD that follows from it.
    granted, granted_on
        Whether the bank lent by `as_of`, and the day.
    default_day, default_kind
        Day of default on the county's own path (0 = none) and how it comes to light.
    """

    who: Ints
    org: Ints
    product: Ints
    start: Ints
    day: Ints
    amount: Floats
    term: Ints
    log_hazard: Floats
    pd_window: Floats
    pd_12m: Floats
    granted: Flags
    granted_on: Ints
    default_day: Ints
    default_kind: Ints

    def __len__(self) -> int:
        return len(self.who)


@dataclass(frozen=True)
class Lending:
    """All requests with their borrowers and pledges, and the households as the loans left them."""

    requests: Requests
    borrowers: Borrowers
    pledges: Pledges
    homes: Households


@dataclass(frozen=True)
class World:
    """What lending needs to know of the county."""

    streams: Streams
    calendar: Calendar
    shocks: Shocks
    profiles: Profiles
    coops: Cooperatives
    exposed: risk.Exposure
    orgs: Organisations


def lent(world: World, homes: Households) -> Lending:
    """Return everything asked for and lent in the years before `as_of`."""
    rng = world.streams.of("asking")
    opening, months = world.calendar.opening, world.calendar.months
    asks = np.flatnonzero(rng.random(len(homes)) < APPLICATIONS_PER_HOUSEHOLD / (1 + SECOND_SHARE))
    rounds = []
    month = opening + np.floor((months - opening) * rng.random(len(asks)) ** 1.15).astype(np.int64)
    for number in ("first", "second"):
        made = _round(world, homes, number, asks, month)
        rounds.append(made)
        homes = made.homes
        keen = rng.random(len(asks)) < np.where(
            made.requests.default_day > 0, 0.05, SECOND_SHARE * 1.4
        )
        month = month + LEAST_GAP + rng.integers(0, 20, len(asks))
        again = keen & (month < months)
        asks, month = asks[again], month[again]
    first, second = rounds
    late = replace(second.pledges, request=second.pledges.request + len(first.requests))
    return Lending(
        concatenated([first.requests, second.requests]),
        concatenated([first.borrowers, second.borrowers]),
        concatenated([first.pledges, late]),
        homes,
    )


def _round(world: World, homes: Households, number: str, who: Ints, month: Ints) -> Lending:
    rng = world.streams.of(f"request {number}")
    calendar = world.calendar
    day = np.minimum(calendar.start(month) + rng.integers(0, 27, len(who)), calendar.as_of)
    borrowers = looked_at(rng, homes, world.profiles, who, month, calendar.opening)
    product = np.where(rng.random(len(who)) < CREDIT_SHARE, CREDIT, DEPOSIT)
    term, amount = _wanted(rng, product, borrowers)
    service = yearly_service(amount, term)
    terms = risk.Terms(amount, term, service)
    deposits = np.flatnonzero(product == DEPOSIT)
    pledges = pledged(
        rng,
        deposits,
        homes.trade[who[deposits]],
        day[deposits],
        amount[deposits],
        term[deposits],
        homes.prudence[who[deposits]],
        world.coops,
    )
    log_hazard = _log_hazard(homes, world, borrowers, product, terms, pledges, day)
    start = month - calendar.opening
    cell = (
        start,
        homes.trade[who],
        risk.insurance_class(homes.insured[who]),
        np.searchsorted(risk.TERMS, term),
    )
    granted = _granted(rng, borrowers, product, terms)
    nobody = np.full(len(who), -1)
    requests = decided(
        rng,
        world,
        Ask(who, nobody, product, start, day, amount, term),
        log_hazard,
        cell,
        granted,
        pledges,
    )
    return Lending(requests, borrowers, pledges, _marked(homes, calendar, requests))


@dataclass(frozen=True)
class Ask:
    """What is asked for, by whom, when."""

    who: Ints
    org: Ints
    product: Ints
    start: Ints
    day: Ints
    amount: Floats
    term: Ints


def decided(
    rng: np.random.Generator,
    world: World,
    ask: Ask,
    log_hazard: Floats,
    cell: tuple[Ints, ...],
    granted: Flags,
    pledges: Pledges,
) -> Requests:
    """Return the requests with their true PD and what became of them on the county's own path."""
    count = len(ask.who)
    truth = risk.true_pd(log_hazard, cell, world.exposed)
    granted_on = ask.day + rng.integers(2, 12, count)
    granted = granted & (granted_on <= world.calendar.as_of)
    promised = np.isin(np.arange(count), pledges.request[promises(pledges)])
    lost = risk.default_month(rng, log_hazard, cell, world.exposed)
    default_day = _default_day(
        rng, world.calendar, granted_on, ask.term, np.where(granted, lost, 0)
    )
    return Requests(
        ask.who,
        ask.org,
        ask.product,
        ask.start,
        ask.day,
        ask.amount,
        ask.term,
        log_hazard,
        truth.window,
        truth.year,
        granted,
        granted_on,
        default_day,
        _kinds(rng, count, promised),
    )


def _wanted(rng: np.random.Generator, product: Ints, borrowers: Borrowers) -> tuple[Ints, Floats]:
    """Return term in months and amount in yuan, whole thousands inside the product's range (2.1, 2.2)."""
    count = len(product)
    draw = rng.random(count)
    place = np.where(
        product == CREDIT,
        np.searchsorted(np.cumsum(TERM_SHARE[CREDIT])[:-1], draw),
        np.searchsorted(np.cumsum(TERM_SHARE[DEPOSIT])[:-1], draw),
    )
    term = np.array(risk.TERMS)[place]
    need = borrowers.income * np.exp(
        np.where(product == CREDIT, -0.95, -0.95)
        + 0.012 * (term - 18)
        + 0.62 * rng.standard_normal(count)
    )
    low = np.where(product == CREDIT, CREDIT_RANGE[0], DEPOSIT_RANGE[0])
    high = np.where(product == CREDIT, CREDIT_RANGE[1], DEPOSIT_RANGE[1])
    return term, np.clip(np.round(need, -3), low, high)


def yearly_service(amount: Floats, term: Ints) -> Floats:
    """Return principal due on the loan in a year, yuan: level over the term (10.4)."""
    return amount * np.minimum(12 / term, 1)


def _log_hazard(
    homes: Households,
    world: World,
    borrowers: Borrowers,
    product: Ints,
    terms: risk.Terms,
    pledges: Pledges,
    day: Ints,
) -> Floats:
    base = risk.borrower_part(borrowers, homes, world.profiles, terms)
    security = secured(pledges, len(product), day, terms.amount, terms.term, world.coops)
    own = risk.LEVEL["credit"] + base + risk.credit_part(borrowers, terms)
    pledged_risk = (
        risk.LEVEL["deposit"] + 0.8 * base + np.nan_to_num(risk.security_part(security, terms))
    )
    return np.where(product == CREDIT, own, pledged_risk)


def _granted(rng: np.random.Generator, b: Borrowers, product: Ints, terms: risk.Terms) -> Flags:
    """Return what an officer grants: she stops at public bad marks and dislikes strain."""
    strain = (b.service + terms.service) / b.income
    doubt = (
        -3.4
        + 1.3 * strain
        + 0.018 * b.max_dpd
        + 0.22 * b.lenders
        + 0.15 * b.inquiries
        - 0.4 * (product == DEPOSIT)
    )
    refused = rng.random(len(product)) < 1 / (1 + np.exp(-doubt))
    return ~(refused | b.dishonest | (b.overdue_now > 0) | (b.max_dpd >= 90))


def _kinds(rng: np.random.Generator, count: int, promised: Flags) -> Ints:
    """Return how a default would come to light: 90 days, compensation, call or restructuring."""
    draw = rng.random(count)
    kind = np.where(draw < 0.62, NINETY_DAYS, np.where(draw < 0.85, COMPENSATION, RESTRUCTURED))
    return np.where(promised & (draw < 0.45), CALL, kind)


def _default_day(
    rng: np.random.Generator, calendar: Calendar, granted_on: Ints, term: Ints, month: Ints
) -> Ints:
    """Return the day of default inside its month, inside the window, on or before `as_of`; 0 = none."""
    begin = add_months(granted_on, month - 1)
    inside = begin + rng.integers(2, 28, len(month))
    latest = add_months(granted_on, term) + 89
    when = np.minimum(inside, latest)
    return np.where((month > 0) & (when <= calendar.as_of), when, 0)


def _marked(homes: Households, calendar: Calendar, requests: Requests) -> Households:
    """Return the households with the arrears that their defaults leave in the months after."""
    overdue = homes.overdue.copy()
    bad = np.flatnonzero(requests.default_day)
    who = requests.who[bad]
    ends = calendar.end(np.arange(calendar.months))
    days = ends[None] - (requests.default_day[bad] - 90)[:, None]
    open_months = (days > 0) & (days < 480)
    overdue[who] = np.maximum(
        overdue[who], np.where(open_months, np.minimum(days, 480), 0)
    ).astype(np.int16)
    return replace(homes, overdue=overdue)
