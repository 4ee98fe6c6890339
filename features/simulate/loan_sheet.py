"""The table `loan`, a reading a month, and the county's loan quality by product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate import loans as lives
from features.simulate.calendar import Calendar, instant, office_hour
from features.simulate.draws import Flags, Ints, when
from features.simulate.households import Households
from features.simulate.loans import DEFAULTED, Loans, Readings, since
from features.simulate.pledges import Pledges, ltv_caps, total_valuation
from features.simulate.requests import CALL, COMPENSATION, PRODUCTS, Requests
from features.simulate.sheets import Sheet, blank, constant, fen, ids, words

RENEWALS = ("none", "compliant", "distressed")
DEFERRED_DAYS = 92
INSTALMENT = 0.06
"""Share of the balance that a missed instalment is."""


@dataclass(frozen=True)
class LoanBook:
    """Loans with all their readings; balance in yuan and days past due at each."""

    loans: Loans
    readings: Readings
    balance: Floats
    dpd: Ints


def kept(
    rng: np.random.Generator, requests: Requests, homes: Households, calendar: Calendar
) -> LoanBook:
    """Return the bank's loan book."""
    loans = lives.disbursed(rng, requests, calendar)
    readings = lives.read(loans, calendar)
    dpd = lives.days_past_due(rng, loans, readings, homes)
    return LoanBook(loans, readings, lives.balances(loans, readings), dpd)


def sheet(
    rng: np.random.Generator, book: LoanBook, pledges: Pledges, requests: int, calendar: Calendar
) -> Sheet:
    """Return the table `loan`; `requests` is how many there are."""
    loans, readings, balance, dpd = book.loans, book.readings, book.balance, book.dpd
    loan, day, count = readings.loan, readings.day, len(readings.day)
    security = total_valuation(pledges, requests)[loans.request][loan]
    pledged = ~np.isnan(security)
    overdue = np.where(dpd > 0, _due(loans, readings, balance, dpd), 0.0)
    owing = np.where(dpd > 0, np.minimum(dpd + 30, 400), 30)
    interest = balance * loans.rate[loan] * owing / 360
    known = np.minimum(day + rng.integers(1, lives.READ_WITHIN + 1, count), calendar.as_of)
    renewal = np.where(since(loans.renewed_on, readings), loans.renewal[loan], 0)
    columns = {
        "loan_id": ids("L", loan),
        "application_id": ids("A", loans.request[loan]),
        "balance": fen(balance),
        "overdue_amount": fen(overdue),
        "secured_balance": fen(np.where(pledged, balance, 0.0)),
        "accrued_interest": fen(interest),
        "dpd": dpd,
        "secured": pledged,
        "valuation": fen(security),
        "ltv_cap": ltv_caps(pledges, requests)[loans.request][loan],
        "renewal_kind": words(renewal, RENEWALS),
        "call_reason": blank(constant("credit", count), ~since(_day_of(loans, CALL), readings)),
        "deferral_doc_id": blank(ids("DEF", loan), ~_deferred(loans, readings)),
        "granted_on": loans.granted_on[loan],
        "first_drawn_on": _shown(loans.drawn_on, readings),
        "maturity": lives.maturities(loans, readings),
        "closed_on": _shown(loans.closed_on, readings),
        "compensation_paid_on": _shown(_day_of(loans, COMPENSATION), readings),
        "renewal_signed_on": _shown(loans.renewed_on, readings),
        "called_on": _shown(_day_of(loans, CALL), readings),
        "death_on": _shown(loans.death_on, readings),
    }
    learnt = instant(known, office_hour(rng, count))
    return Sheet("loan", day, learnt, constant("reported", count), columns)


def _due(loans: Loans, readings: Readings, balance: Floats, dpd: Ints) -> Floats:
    """Return what is overdue in yuan: all after maturity or 90 days, else an instalment."""
    whole = (readings.day >= loans.maturity[readings.loan]) | (dpd >= DEFAULTED)
    return np.where(whole, balance, np.round(INSTALMENT * balance, 2))


def _day_of(loans: Loans, kind: int) -> Ints:
    return np.where(loans.kind == kind, loans.default_day, 0)


def _shown(event: Ints, readings: Readings) -> Floats:
    """Return the day of an event once it has happened, else NaN."""
    return when(since(event, readings), event[readings.loan])


def _deferred(loans: Loans, readings: Readings) -> Flags:
    over = readings.day >= loans.deferred_from[readings.loan] + DEFERRED_DAYS
    return since(loans.deferred_from, readings) & ~over


def quality(book: LoanBook, product: Ints, calendar: Calendar) -> Floats:
    """Return balance, non-performing and over-90-day balance in yuan, (months, products, 3).

    `product` is that of every request. A restructured loan is non-performing, not overdue.
    """
    loans, readings = book.loans, book.readings
    cell = readings.month * len(PRODUCTS) + product[loans.request][readings.loan]
    over = book.dpd >= DEFAULTED
    distressed = (loans.renewal == lives.DISTRESSED)[readings.loan]
    doubtful = over | (distressed & since(loans.renewed_on, readings))
    size = calendar.months * len(PRODUCTS)
    weights = (book.balance, book.balance * doubtful, book.balance * over)
    figures = np.stack([np.bincount(cell, weight, size) for weight in weights], axis=1)
    return np.asarray(figures.reshape(calendar.months, len(PRODUCTS), len(weights)), np.float64)
