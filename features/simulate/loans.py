"""Loans: the life of each and its monthly readings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.frame import Floats
from features.simulate.calendar import Calendar, add_months, instant
from features.simulate.households import Flags, Households, Ints
from features.simulate.lending import (
    CALL,
    COMPENSATION,
    CREDIT,
    DEPOSIT,
    RATE,
    RESTRUCTURED,
    Requests,
)

from features.simulate.sheets import Sheet, blank, fen, ids, repeated, words

RENEWALS = ("none", "compliant", "distressed")
CALL_REASONS = ("credit", "death", "disaster", "agreed")
BULLET_SHARE = 0.6
UNDRAWN_SHARE, EARLY_SHARE, DEATH_SHARE, RENEWED_SHARE, DEFERRED_SHARE = (
    0.015,
    0.06,
    0.003,
    0.05,
    0.012,
)
FOLLOWED_AFTER_DEFAULT = 300
"""Days for which a defaulted loan is still read before it is written off."""


@dataclass(frozen=True)
class Loans:
    """Granted loans; money in yuan, days since 1970-01-01, 0 = it did not happen."""

    request: Ints
    number: Ints
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
    count = len(row)
    granted_on = requests.granted_on[row]
    term = requests.term[row]
    maturity = add_months(granted_on, term)
    default_day, kind = requests.default_day[row], requests.default_kind[row]
    length = maturity - granted_on
    chance = rng.random((4, count))
    moment = granted_on + (length * (0.15 + 0.8 * rng.random(count))).astype(np.int64)
    early = (chance[0] < EARLY_SHARE) & (term >= 12)
    death = ~early & (chance[0] > 1 - DEATH_SHARE)
    ended = np.where(early | death, moment, 0)
    first = (
        (ended > 0) & ((default_day == 0) | (ended < default_day - 90)) & (ended <= calendar.as_of)
    )
    default_day = np.where(first, 0, default_day)
    undrawn = (chance[1] < UNDRAWN_SHARE) & (default_day == 0)
    quiet = (default_day == 0) & ~first & ~undrawn
    bullet = (rng.random(count) < BULLET_SHARE) | (term <= 6)
    renewed = (
        quiet & bullet & (term == 12) & (chance[2] < RENEWED_SHARE) & (maturity <= calendar.as_of)
    )
    restructured = (kind == RESTRUCTURED) & (default_day > 0)
    late = np.where(
        kind == COMPENSATION,
        rng.integers(60, 90, count),
        np.where(kind == RESTRUCTURED, rng.integers(30, 80, count), 90),
    )
    extended = np.where(renewed, add_months(maturity, np.full(count, 12)), maturity)
    ends = np.where(
        default_day > 0, default_day + _followed(kind), np.where(first, ended, extended)
    )
    return Loans(
        request=row,
        number=np.arange(count),
        amount=requests.amount[row],
        rate=np.where(requests.product[row] == CREDIT, RATE[CREDIT], RATE[DEPOSIT])
        + 0.004 * rng.integers(-2, 3, count),
        bullet=bullet,
        granted_on=granted_on,
        drawn_on=np.where(undrawn, 0, granted_on + rng.integers(0, 15, count)),
        maturity=maturity,
        unpaid_from=np.where(default_day > 0, default_day - late, 0),
        default_day=default_day,
        kind=kind,
        renewed_on=np.where(renewed, maturity, np.where(restructured, default_day, 0)),
        renewal=np.where(renewed, 1, np.where(restructured, 2, 0)),
        death_on=np.where(death & first, ended, 0),
        deferred_from=np.where(quiet & (chance[3] < DEFERRED_SHARE), moment, 0),
        closed_on=np.where(ends <= calendar.as_of, ends, 0),
    )


def _followed(kind: Ints) -> Ints:
    return np.where(kind == COMPENSATION, 0, FOLLOWED_AFTER_DEFAULT)


@dataclass(frozen=True)
class Readings:
    """Month-end readings; `loan` is the row of each one's loan."""

    loan: Ints
    day: Ints
    month: Ints


def read(loans: Loans, calendar: Calendar) -> Readings:
    """Return every month-end from grant to close or the last known one."""
    last = np.where(loans.closed_on > 0, loans.closed_on, calendar.as_of)
    begin = calendar.index_of(loans.granted_on)
    final = calendar.index_of(last)
    unfinished = calendar.end(final) > np.where(
        loans.closed_on > 0, calendar.as_of - 5, calendar.as_of - 5
    )
    count = np.maximum(final - begin + 1 - unfinished, 0)
    loan, place = repeated(count)
    month = begin[loan] + place
    return Readings(loan, calendar.end(month), month)


def days_past_due(
    rng: np.random.Generator, loans: Loans, readings: Readings, who: Ints, homes: Households
) -> Ints:
    """Return days past due at each reading: passing arrears of the household, then the default's own."""
    loan, day = readings.loan, readings.day
    passing = homes.overdue[who[loan], readings.month].astype(np.int64)
    passing = np.where(
        (who[loan] >= 0) & (passing < 90) & (rng.random(len(loan)) < 0.4), passing, 0
    )
    start = loans.unpaid_from[loan]
    own = np.where(start > 0, day - start, 0)
    signed = (
        (loans.kind[loan] == RESTRUCTURED)
        & (loans.default_day[loan] > 0)
        & (day >= loans.default_day[loan])
    )
    own = np.where(signed, 0, np.maximum(own, 0))
    drawn = (loans.drawn_on[loan] > 0) & (day >= loans.drawn_on[loan]) & _running(loans, readings)
    deferred = (loans.deferred_from[loan] > 0) & (day >= loans.deferred_from[loan])
    return np.where(drawn & ~deferred & ~signed, np.maximum(np.where(own > 0, 0, passing), own), 0)


def _running(loans: Loans, readings: Readings) -> Flags:
    closed = loans.closed_on[readings.loan]
    return (closed == 0) | (readings.day < closed)


def balances(loans: Loans, readings: Readings) -> Floats:
    """Return the balance in yuan at each reading: bullet, or level principal each month."""
    loan, day = readings.loan, readings.day
    life = np.maximum(loans.maturity - loans.granted_on, 1)[loan]
    stopped = np.where(loans.unpaid_from[loan] > 0, np.minimum(day, loans.unpaid_from[loan]), day)
    part = np.clip((stopped - loans.granted_on[loan]) / life, 0, 1)
    unpaid = np.where(
        loans.bullet[loan],
        1.0,
        np.clip(1 - np.floor(part * life / 30.44) / np.ceil(life / 30.44), 0, 1),
    )
    drawn = (loans.drawn_on[loan] > 0) & (day >= loans.drawn_on[loan])
    return np.where(
        drawn & _running(loans, readings), np.round(loans.amount[loan] * unpaid, 2), 0.0
    )


def sheet(
    rng: np.random.Generator,
    loans: Loans,
    requests: Requests,
    security: Floats,
    ltv_cap: Floats,
    homes: Households,
    calendar: Calendar,
) -> Sheet:
    """Return the table `loan`; `security` is the valuation in yuan by request, NaN without."""
    readings = read(loans, calendar)
    loan, day = readings.loan, readings.day
    who = requests.who[loans.request]
    dpd = days_past_due(rng, loans, readings, who, homes)
    balance = balances(loans, readings)
    interest = np.round(
        balance * loans.rate[loan] * np.where(dpd > 0, np.minimum(dpd + 30, 400), 30) / 360, 2
    )
    mature = day >= loans.maturity[loan]
    due = np.where(mature | (dpd >= 90), balance, np.minimum(balance, 0.06 * balance + 100))
    request = loans.request[loan]
    secured = ~np.isnan(security[request])
    called = (loans.kind == CALL) & (loans.default_day > 0)
    known = np.minimum(day + rng.integers(1, 6, len(day)), calendar.as_of)
    return Sheet(
        "loan",
        day,
        instant(known, 9 + 8 * rng.random(len(day))),
        words(np.zeros(len(day), np.int64), ("reported",)),
        {
            "loan_id": ids("L", loans.number).take(pa.array(loan)),
            "application_id": ids("A", loans.request).take(pa.array(loan)),
            "balance": fen(balance),
            "overdue_amount": np.where(dpd > 0, fen(np.round(due, 2)), 0.0),
            "secured_balance": np.where(secured, fen(balance), 0.0),
            "accrued_interest": fen(interest),
            "dpd": dpd,
            "secured": secured,
            "valuation": fen(security[request]),
            "ltv_cap": ltv_cap[request],
            "renewal_kind": words(
                np.where(_since(loans.renewed_on, readings), loans.renewal[loan], 0), RENEWALS
            ),
            "call_reason": blank(
                words(np.zeros(len(loan), np.int64), CALL_REASONS),
                ~_since(np.where(called, loans.default_day, 0), readings),
            ),
            "deferral_doc_id": blank(ids("DEF", loan), ~_deferral(loans, readings)),
            "granted_on": loans.granted_on[loan],
            "first_drawn_on": _shown(loans.drawn_on, readings),
            "maturity": _maturity(loans, readings),
            "closed_on": _shown(loans.closed_on, readings),
            "compensation_paid_on": _shown(_day_of(loans, COMPENSATION), readings),
            "renewal_signed_on": _shown(loans.renewed_on, readings),
            "called_on": _shown(_day_of(loans, CALL), readings),
            "death_on": _shown(loans.death_on, readings),
        },
    )


def _day_of(loans: Loans, kind: int) -> Ints:
    return np.where(loans.kind == kind, loans.default_day, 0)


def _since(event: Ints, readings: Readings) -> Flags:
    return (event[readings.loan] > 0) & (event[readings.loan] <= readings.day)


def _shown(event: Ints, readings: Readings) -> Floats:
    """Return the day of an event once it has happened, else NaN."""
    return np.where(_since(event, readings), event[readings.loan].astype(np.float64), np.nan)


def _deferral(loans: Loans, readings: Readings) -> Flags:
    begun = _since(loans.deferred_from, readings)
    return begun & (readings.day < loans.deferred_from[readings.loan] + 92)


def _maturity(loans: Loans, readings: Readings) -> Ints:
    extended = add_months(loans.maturity, np.full(len(loans), 12))
    return np.where(
        _since(loans.renewed_on, readings), extended[readings.loan], loans.maturity[readings.loan]
    )
