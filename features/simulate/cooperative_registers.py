"""Registers of a cooperative: debts due, associates, guarantees, undertakings and more.

What marks a cooperative stays with it from quarter to quarter: a firm, a stake, a missing paper.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.frame import Floats
from features.simulate.calendar import add_months
from features.simulate.cooperatives import Cooperatives
from features.simulate.draws import Flags, Ints, apart, happens, one_in, when
from features.simulate.organisations import Organisations
from features.simulate.pledges import Pledges, promises
from features.simulate.requests import CALL, Requests
from features.simulate.sheets import (
    Cells,
    Child,
    blank,
    constant,
    fen,
    ids,
    nobody,
    repeated,
    words,
)

BASELINE_DAY = 19_539
"""2023-07-01, when the guidance came into force."""
DEBT_MONTHS, NEAR, PEAK_MONTH, PEAK_SHARE = 36, 12, 5, 0.25
"""Months of the debt ledger; one of the next twelve carries more than its part."""
MOST_ASSOCIATES, MOST_GUARANTEES = 4, 4
FLOOR_SHARE = 0.9
"""Cap of a promise over the loan it backs."""
OWN_SHARE, BANK_SHARE, GUARANTEE_SHARE = 0.2, 0.2, 0.6
"""A shared promise: 储蓄贷 in the gate leaves the pool 20 % (section 8)."""


@dataclass(frozen=True)
class Statements:
    """s statements: row of the cooperative, quarter, its last day and the day it was learnt."""

    coop: Ints
    quarter: Ints
    day: Ints
    known_day: Ints

    def __len__(self) -> int:
        return len(self.coop)

    @property
    def silent(self) -> Flags:
        """Return statements of small cooperatives that leave some registers undeclared."""
        return one_in(5, self.coop, 4)


def filed(
    rng: np.random.Generator, coops: Cooperatives, quarter_ends: Ints, as_of: int
) -> Statements:
    """Return every statement that reached us by `as_of`; a few come after the 30 days."""
    coop, quarter = repeated(np.full(len(coops), len(quarter_ends)))
    day, count = quarter_ends[quarter], len(quarter)
    late = happens(rng, 0.07, count)
    known = day + np.where(late, rng.integers(31, 50, count), rng.integers(14, 31, count))
    kept = (quarter >= coops.first_quarter[coop]) & (known <= as_of)
    return Statements(coop[kept], quarter[kept], day[kept], known[kept])


def registers(
    rng: np.random.Generator,
    coops: Cooperatives,
    filing: Statements,
    pledges: Pledges,
    requests: Requests,
    orgs: Organisations,
) -> dict[str, Child]:
    """Return every child table of the statements."""
    backed = _backed(filing, pledges, requests)
    return {
        "debt_due_by_month": _debt_due(coops, filing),
        "associates": _associates(rng, coops, filing, orgs),
        "guarantees": _guarantees(rng, coops, filing, orgs),
        "undertakings": _undertakings(filing, requests, backed),
        "co_sharers": _co_sharers(backed),
        "documents": _documents(filing),
        "hidden_debt_items": _none(filing, {"item_id": "", "first_seen": 0, "balance": 0}),
        "acts": _acts(coops, filing),
        "trades": _trades(rng, coops, filing, orgs),
        "money_in": _none(filing, {"source_kind": "", "amount": 0, "on": 0}),
    }


def _none(filing: Statements, columns: dict[str, str | int]) -> Child:
    empty = nobody(columns)
    return Child(empty.parent, empty.columns, ~filing.silent)


def _debt_due(coops: Cooperatives, filing: Statements) -> Child:
    parent, place = repeated(np.full(len(filing), DEBT_MONTHS))
    at = (filing.coop[parent], filing.quarter[parent])
    debts = coops.balance
    short = debts["short_debt"][at] + debts["ltd_due_12m"][at] + debts["notes_payable"][at]
    usual = (1 - PEAK_SHARE) / (NEAR - 1)
    near = short * np.where(place == PEAK_MONTH, PEAK_SHARE, usual)
    far = debts["long_debt"][at] * 0.55 / (DEBT_MONTHS - NEAR)
    amount = np.rint(np.where(place < NEAR, near, far))
    return Child(parent, {"month_no": place + 1, "amount": amount})


def _associates(
    rng: np.random.Generator, coops: Cooperatives, filing: Statements, orgs: Organisations
) -> Child:
    """Return associates; every sixth cooperative funds one beyond its stake."""
    number = rng.integers(0, MOST_ASSOCIATES, len(coops))
    number[:3] = (3, 2, 0)
    parent, place = repeated(number[filing.coop])
    coop = filing.coop[parent]
    shape = (len(coops), MOST_ASSOCIATES)
    stake = rng.uniform(0.1, 0.49, shape).round(2)[coop, place]
    size = rng.uniform(0.5, 1.5, shape)[coop, place]
    lends = happens(rng, 0.45, shape)[coop, place]
    which = rng.integers(0, len(orgs), shape)[coop, place]
    excess = one_in(6, coop, 2) & (place == 0)
    equity = np.rint(coops.balance["total_assets"][coop, filing.quarter[parent]] * 0.03 * size)
    loan = np.rint(equity * lends * np.where(excess, 0.75, 0.20))
    columns: dict[str, Cells] = {
        "associate_id": orgs.org_id.take(pa.array(which)),
        "stake": stake,
        "control": np.zeros(len(parent)),
        "loan": loan,
        "all_shareholder_funding": np.rint(loan / stake * np.where(excess, 0.3, 1.0)),
        "equity_paid": equity,
        "equity_paid_total": np.rint(equity / stake),
        "dpd": np.where(one_in(7, coop, 3) & (loan > 0), 45, 0),
        "decision_doc_id": ids("DEC", coop * 10 + place, 5),
    }
    return Child(parent, columns)


def _guarantees(
    rng: np.random.Generator, coops: Cooperatives, filing: Statements, orgs: Organisations
) -> Child:
    gives = happens(rng, 0.45, len(coops))
    number = np.where(gives, rng.integers(1, MOST_GUARANTEES, len(coops)), 0)
    parent, place = repeated(number[filing.coop])
    coop, count = filing.coop[parent], len(parent)
    shape = (len(coops), MOST_GUARANTEES)
    linked = happens(rng, 0.85, shape)[coop, place]
    weak = happens(rng, 0.07, shape)[coop, place]
    part = rng.uniform(0.01, 0.07, shape)[coop, place]
    which = apart(rng.integers(0, len(orgs), shape), len(orgs))[coop, place]
    equity = np.maximum(coops.balance["equity"][coop, filing.quarter[parent]], 0)
    columns: dict[str, Cells] = {
        "party_id": orgs.org_id.take(pa.array(which)),
        "party_kind": words(linked, ("enterprise", "associate")),
        "kind": words(one_in(3, which), ("连带", "一般")),
        "giver": constant("parent", count),
        "equity_link": linked,
        "party_insolvent": np.zeros(count),
        "party_cfo_negative": weak,
        "party_loss_years": np.where(weak, 3, 0),
        "own_share": np.ones(count),
        "stake": when(linked, np.full(count, 0.3)),
        "balance": np.rint(equity * part),
        "all_guarantees": np.rint(equity * part / 0.3),
        "from": filing.day[parent] - 200,
        "to": filing.day[parent] + 400,
        "decision_doc_id": ids("DEC", 5000 + coop * 10 + place, 5),
    }
    return Child(parent, columns)


@dataclass(frozen=True)
class Backed:
    """Promises to buy that run on each statement's day: statement, resource, its request."""

    parent: Ints
    resource: Ints
    request: Ints
    alone: Flags


def _backed(filing: Statements, pledges: Pledges, requests: Requests) -> Backed:
    promised = np.flatnonzero(promises(pledges) & requests.granted[pledges.request])
    request = pledges.request[promised]
    begin, end = requests.granted_on[request], _expiry(requests)[request]
    coop = pledges.coop[promised]
    running = [
        promised[(coop == host) & (begin <= day) & (day < end)]
        for host, day in zip(filing.coop, filing.day, strict=True)
    ]
    resource = np.concatenate(running)
    parent = np.repeat(np.arange(len(filing)), [len(rows) for rows in running])
    return Backed(parent, resource, pledges.request[resource], one_in(37, resource))


def _expiry(requests: Requests) -> Ints:
    return add_months(requests.granted_on, requests.term)


def _undertakings(filing: Statements, requests: Requests, backed: Backed) -> Child:
    request, count = backed.request, len(backed.request)
    default_day = requests.default_day[request]
    called = (requests.default_kind[request] == CALL) & (default_day > 0)
    called &= default_day <= filing.day[backed.parent]
    cap: Floats = fen(np.round(requests.amount[request] * FLOOR_SHARE, -2))
    loan = np.cumsum(requests.granted) - 1
    columns: dict[str, Cells] = {
        "resource_id": ids("R", backed.resource),
        "loan_id": ids("L", loan[request]),
        "beneficiary": constant("lender", count),
        "trigger": constant("default", count),
        "cap": cap,
        "own_share": np.where(backed.alone, 1.0, OWN_SHARE),
        "expiry": _expiry(requests)[request],
        "called_on": when(called, default_day),
        "called_amount": np.where(called, cap, 0.0),
        "call_reason": blank(constant("credit", count), ~called),
        "decision_doc_id": ids("DEC", backed.resource, 7),
    }
    return Child(backed.parent, columns)


def _co_sharers(backed: Backed) -> Child:
    shared, place = repeated(np.where(backed.alone, 0, 2))
    resource = backed.resource[shared]
    columns: dict[str, Cells] = {
        "resource_id": ids("R", resource),
        "party_id": words(place, ("B01", "G01")),
        "kind": words(place, ("bank", "guarantee_body")),
        "share": np.where(place == 0, BANK_SHARE, GUARANTEE_SHARE),
        "contract_doc_id": ids("CON", resource, 7),
    }
    return Child(backed.parent[shared], columns)


def _documents(filing: Statements) -> Child:
    """Return government documents: capped compensation, and one bare promise in three."""
    parent = np.flatnonzero(one_in(4, filing.coop, 1))
    coop, count = filing.coop[parent], len(parent)
    promise = one_in(12, coop, 9)
    columns: dict[str, Cells] = {
        "doc_id": ids("GOV", coop, 4),
        "kind": words(promise, ("风险补偿", "commitment")),
        "issuer_kind": constant("government", count),
        "capped": ~promise,
        "return_guaranteed": np.zeros(count),
        "budget_doc_id": blank(ids("BUD", coop, 4), promise),
        "date": np.minimum(filing.day[parent], BASELINE_DAY + 200),
    }
    return Child(parent, columns, ~filing.silent | one_in(4, filing.coop, 1))


def _acts(coops: Cooperatives, filing: Statements) -> Child:
    """Return two acts a quarter; every ninth cooperative borrows without its paper."""
    parent, place = repeated(np.full(len(filing), 2))
    coop = filing.coop[parent]
    missing = one_in(9, coop, 5) & (place == 1)
    assets = coops.balance["total_assets"][coop, filing.quarter[parent]]
    columns: dict[str, Cells] = {
        "kind": words(place, ("purchase", "borrowing")),
        "amount": np.rint(assets * 0.02),
        "date": filing.day[parent] - 40 - 20 * place,
        "decision_doc_id": blank(ids("DEC", parent * 2 + place, 7), missing),
        "body": constant("董事会", len(parent)),
    }
    return Child(parent, columns)


def _trades(
    rng: np.random.Generator, coops: Cooperatives, filing: Statements, orgs: Organisations
) -> Child:
    """Return trades of every third cooperative; a few are financing dressed as trade."""
    parent = np.flatnonzero(one_in(3, filing.coop))
    coop, day = filing.coop[parent], filing.day[parent]
    hollow = one_in(11, coop, 6)
    buyer, seller = rng.integers(0, len(orgs), (2, len(parent)))
    columns: dict[str, Cells] = {
        "buyer": orgs.org_id.take(pa.array(buyer)),
        "seller": orgs.org_id.take(pa.array(seller)),
        "amount": np.rint(coops.flows["revenue"][coop, filing.quarter[parent]] * 0.2),
        "margin": np.where(hollow, 0.003, 0.09),
        "in_on": day - 30,
        "out_on": np.where(hollow, day - 30, day - 12),
        "goods_moved": ~hollow,
        "related": hollow,
    }
    return Child(parent, columns)
