"""Requests for a loan, their true PD, and what became of them on the county's own path."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.calendar import Calendar, add_months
from features.simulate.cooperative_kinds import of_kind
from features.simulate.cooperatives import Cooperatives
from features.simulate.draws import Flags, Ints
from features.simulate.hazard import YEAR, Cell, Exposure, default_month, true_pd
from features.simulate.organisations import Organisations
from features.simulate.pledges import Pledges, promises
from features.simulate.profiles import Profiles
from features.simulate.shocks import Shocks
from features.simulate.streams import Streams

CREDIT, DEPOSIT = 0, 1
PRODUCTS = ("credit", "deposit")
NINETY_DAYS, COMPENSATION, CALL, RESTRUCTURED = range(4)
"""How a default comes to light (6.2)."""
KIND_SHARE = (0.62, 0.23, 0.0, 0.15)
CALL_SHARE, CALLS_OF_OVERPROMISED = 0.25, 0.9
"""Of the defaults behind which a cooperative promised to buy, how many it is called for."""
NINETY = 90
"""Days past due of a default."""
EARLY_SHARE, DEATH_SHARE = 0.055, 0.003


@dataclass(frozen=True)
class World:
    """What lending needs to know of the county."""

    streams: Streams
    calendar: Calendar
    shocks: Shocks
    profiles: Profiles
    coops: Cooperatives
    orgs: Organisations
    exposed: Exposure


@dataclass(frozen=True)
class Ask:
    """r asks for a loan; money in yuan, days since 1970-01-01, terms in months.

    Attributes
    ----------
    who, org
        Household or organisation that asks, -1 where it is the other.
    start
        Month of the request, counted from the first month in which anyone may ask.
    """

    who: Ints
    org: Ints
    product: Ints
    start: Ints
    day: Ints
    amount: Floats
    term: Ints


@dataclass(frozen=True)
class Requests(Ask):
    """r asks with what the bank decided and what then happened.

    Attributes
    ----------
    log_hazard, pd_window, pd_12m
        Structural log-hazard and the true PD that follows from it.
    granted, granted_on
        Whether the bank lent by `as_of`, and the day.
    default_day, default_kind
        Day of default on the county's own path (0 = none) and how it comes to light.
    left_on, died
        Day on which the loan ended early (0 = it did not), and whether by death.
    """

    log_hazard: Floats
    pd_window: Floats
    pd_12m: Floats
    granted: Flags
    granted_on: Ints
    default_day: Ints
    default_kind: Ints
    left_on: Ints
    died: Flags

    def __len__(self) -> int:
        return len(self.who)


def decided(
    rng: np.random.Generator,
    world: World,
    ask: Ask,
    log_hazard: Floats,
    cell: Cell,
    granted: Flags,
    pledges: Pledges,
) -> Requests:
    """Return the requests with their true PD and what became of them."""
    count = len(ask.who)
    truth = true_pd(log_hazard, cell, world.exposed)
    granted_on = ask.day + rng.integers(2, 12, count)
    lent = granted & (granted_on <= world.calendar.as_of)
    month = np.where(lent, default_month(rng, log_hazard, cell, world.exposed), 0)
    default_day = _default_day(rng, world.calendar, granted_on, month)
    left_on, died = _left(rng, granted_on, ask.term)
    left_on = np.where(lent & (left_on <= world.calendar.as_of), left_on, 0)
    in_time = (left_on > 0) & ((default_day == 0) | (left_on < default_day - NINETY))
    return Requests(
        **vars(ask),
        log_hazard=log_hazard,
        pd_window=truth.window,
        pd_12m=truth.year,
        granted=lent,
        granted_on=granted_on,
        default_day=np.where(in_time, 0, default_day),
        default_kind=_kinds(rng, count, _called(world.coops, pledges, count)),
        left_on=np.where(in_time, left_on, 0),
        died=in_time & died,
    )


def _called(coops: Cooperatives, pledges: Pledges, count: int) -> Floats:
    """Return the chance that a default is a call on a cooperative, 0 without its promise."""
    promised = np.flatnonzero(promises(pledges))
    over = of_kind(coops.kind[pledges.coop[promised]], "overpromised")
    chance = np.zeros(count)
    share = np.where(over, CALLS_OF_OVERPROMISED, CALL_SHARE)
    np.maximum.at(chance, pledges.request[promised], share)
    return chance


def _kinds(rng: np.random.Generator, count: int, called: Floats) -> Ints:
    """Return how a default would come to light."""
    kind = rng.choice(len(KIND_SHARE), count, p=KIND_SHARE)
    return np.where(rng.random(count) < called, CALL, kind)


def _left(rng: np.random.Generator, granted_on: Ints, term: Ints) -> tuple[Ints, Flags]:
    """Return the day on which a loan would end before its time, 0 = never, and if by death."""
    count, fate = len(term), rng.random(len(term))
    life = add_months(granted_on, term) - granted_on
    day = granted_on + (life * rng.uniform(0.15, 0.95, count)).astype(np.int64)
    died = fate < DEATH_SHARE
    early = died | ((fate < DEATH_SHARE + EARLY_SHARE) & (term >= YEAR))
    return np.where(early, day, 0), died


def _default_day(
    rng: np.random.Generator, calendar: Calendar, granted_on: Ints, month: Ints
) -> Ints:
    """Return the day of default in its month, on or before `as_of`; 0 = none.

    The last month begins two months after maturity, so its first 27 days end inside the window.
    """
    day = add_months(granted_on, month - 1) + rng.integers(2, 28, len(month))
    return np.where((month > 0) & (day <= calendar.as_of), day, 0)
