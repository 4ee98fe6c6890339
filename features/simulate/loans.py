"""Loans: how each lives and ends, and what a bank reads of it at every month's end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.calendar import Calendar, add_months
from features.simulate.draws import Flags, Ints, happens
from features.simulate.households import Households
from features.simulate.requests import (
    COMPENSATION,
    CREDIT,
    RESTRUCTURED,
    Requests,
)
from features.simulate.settings import CREDIT_RATE, DEPOSIT_RATE
from features.simulate.sheets import repeated

COMPLIANT, DISTRESSED = 1, 2
BULLET_SHARE, UNDRAWN_SHARE = 0.6, 0.015
RENEWED_SHARE, DEFERRED_SHARE = 0.05, 0.012
YEAR, SHORT = 12, 6
"""Terms in months: those that are renewed, and those that are always bullets."""
DEFAULTED = 90
FOLLOWED_AFTER_DEFAULT = 300
"""Days for which a defaulted loan is still read before it is written off."""
READ_WITHIN = 5
"""Days within which a month's reading is known."""
SEEN_SHARE = 0.4
"""Of a household's passing arrears, how many are open on this loan at the month's end."""
MONTH = 30.44


@dataclass(frozen=True)
class Loans:
    """Granted loans; money in yuan, days since 1970-01-01, 0 = it did not happen.

    Attributes
    ----------
    request, who
        Row of its request; its household, -1 for an organisation.
    kind
        How its default comes to light.
    unpaid_from
        Day from which the default's arrears count.
    renewed_on, renewal
        Day of signing, and 0 none, 1 compliant, 2 distressed.
    """

    request: Ints
    who: Ints
    amount: Floats
    rate: Floats
    bullet: Flags
    granted_on: Ints
    drawn_on: Ints
    maturity: Ints
    unpaid_from: Ints
    default_day: Ints
    kind: Ints
    renewed_on: Ints
    renewal: Ints
    death_on: Ints
    deferred_from: Ints
    closed_on: Ints

    def __len__(self) -> int:
        return len(self.request)


def disbursed(rng: np.random.Generator, requests: Requests, calendar: Calendar) -> Loans:
    """Return the loans of the granted requests and how each ends."""
    row = np.flatnonzero(requests.granted)
    count, as_of = len(row), calendar.as_of
    granted_on, term, kind = (
        values[row] for values in (requests.granted_on, requests.term, requests.default_kind)
    )
    maturity = add_months(granted_on, term)
    default_day, left_on = requests.default_day[row], requests.left_on[row]
    moment = granted_on + ((maturity - granted_on) * rng.uniform(0.15, 0.95, count)).astype(int)
    fine = (default_day == 0) & (left_on == 0)
    drawn = ~(fine & happens(rng, UNDRAWN_SHARE, count))
    bullet = happens(rng, BULLET_SHARE, count) | (term <= SHORT)
    renewable = fine & drawn & bullet & (term == YEAR) & (maturity <= as_of)
    renewed = renewable & happens(rng, RENEWED_SHARE, count)
    restructured = (kind == RESTRUCTURED) & (default_day > 0)
    last = np.where(renewed, add_months(maturity, np.full(count, YEAR)), maturity)
    followed = default_day + np.where(kind == COMPENSATION, 0, FOLLOWED_AFTER_DEFAULT)
    closes = np.where(default_day > 0, followed, np.where(left_on > 0, left_on, last))
    base = np.where(requests.product[row] == CREDIT, CREDIT_RATE, DEPOSIT_RATE)
    return Loans(
        request=row,
        who=requests.who[row],
        amount=requests.amount[row],
        rate=base + 0.004 * rng.integers(-2, 3, count),
        bullet=bullet,
        granted_on=granted_on,
        drawn_on=np.where(drawn, granted_on + rng.integers(0, 15, count), 0),
        maturity=maturity,
        unpaid_from=np.where(default_day > 0, default_day - _late(rng, kind), 0),
        default_day=default_day,
        kind=kind,
        renewed_on=np.where(renewed, maturity, np.where(restructured, default_day, 0)),
        renewal=np.where(renewed, COMPLIANT, np.where(restructured, DISTRESSED, 0)),
        death_on=np.where(requests.died[row], left_on, 0),
        deferred_from=np.where(fine & happens(rng, DEFERRED_SHARE, count), moment, 0),
        closed_on=np.where(closes <= as_of, closes, 0),
    )


def _late(rng: np.random.Generator, kind: Ints) -> Ints:
    """Return days past due on the day of default; a payment or a restructuring comes before 90."""
    paid, signed = rng.integers(60, DEFAULTED, len(kind)), rng.integers(30, 80, len(kind))
    early = np.where(kind == RESTRUCTURED, signed, DEFAULTED)
    return np.where(kind == COMPENSATION, paid, early)


@dataclass(frozen=True)
class Readings:
    """Month-end readings; `loan` is the row of each one's loan, `month` the calendar's index."""

    loan: Ints
    day: Ints
    month: Ints


def read(loans: Loans, calendar: Calendar) -> Readings:
    """Return every month-end from grant to close or to the last one known by `as_of`."""
    begin = calendar.index_of(loans.granted_on)
    last = np.where(loans.closed_on > 0, loans.closed_on, calendar.as_of)
    final = calendar.index_of(last)
    final = final - (calendar.end(final) > calendar.as_of - READ_WITHIN)
    loan, place = repeated(np.maximum(final - begin + 1, 0))
    month = begin[loan] + place
    return Readings(loan, calendar.end(month), month)


def since(event: Ints, readings: Readings) -> Flags:
    """Return at which readings an event of the loan has happened."""
    on = event[readings.loan]
    return np.asarray((on > 0) & (on <= readings.day))


def outstanding(loans: Loans, readings: Readings) -> Flags:
    """Return at which readings the loan is drawn and not closed."""
    return since(loans.drawn_on, readings) & ~since(loans.closed_on, readings)


def days_past_due(
    rng: np.random.Generator, loans: Loans, readings: Readings, homes: Households
) -> Ints:
    """Return days past due: passing arrears of the household, then the default's own."""
    loan, day = readings.loan, readings.day
    passing = homes.overdue[loans.who[loan], readings.month].astype(np.int64)
    shown = (loans.who[loan] >= 0) & (passing < DEFAULTED) & happens(rng, SEEN_SHARE, len(loan))
    own = np.where(since(loans.unpaid_from, readings), day - loans.unpaid_from[loan], 0)
    dpd = np.where(own > 0, own, np.where(shown, passing, 0))
    restructured = (loans.renewal[loan] == DISTRESSED) & since(loans.renewed_on, readings)
    stopped = restructured | since(loans.deferred_from, readings)
    return np.where(outstanding(loans, readings) & ~stopped, dpd, 0)


def balances(loans: Loans, readings: Readings) -> Floats:
    """Return the balance in yuan: a bullet until maturity, or level principal each month."""
    loan = readings.loan
    life = np.maximum(loans.maturity - loans.granted_on, 1)
    months = np.ceil(life / MONTH)[loan]
    stopped = np.where(loans.unpaid_from > 0, loans.unpaid_from, loans.maturity)[loan]
    paying = np.minimum(readings.day, stopped) - loans.granted_on[loan]
    unpaid = np.clip(1 - np.floor(np.maximum(paying, 0) / MONTH) / months, 0, 1)
    left = np.where(loans.bullet[loan], 1.0, unpaid) * loans.amount[loan]
    return np.where(outstanding(loans, readings), np.round(left, 2), 0.0)


def maturities(loans: Loans, readings: Readings) -> Ints:
    """Return the maturity as it stood: a renewal adds a year."""
    extended = add_months(loans.maturity, np.full(len(loans), YEAR))
    renewed = since(loans.renewed_on, readings)
    return np.where(renewed, extended[readings.loan], loans.maturity[readings.loan])
