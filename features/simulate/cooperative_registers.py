"""Registers of a cooperative: debts due, associates, guarantees, undertakings and more.

What marks a cooperative stays with it from quarter to quarter: a firm, a stake, a missing paper.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.frame import Floats
from features.simulate.calendar import add_months
from features.simulate.cooperative_filing import Statements
from features.simulate.cooperative_parties import associates, guarantees
from features.simulate.cooperatives import Cooperatives
from features.simulate.draws import Flags, Ints, apart, one_in, when
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
    repeated,
    words,
)

BASELINE_DAY = 19_539
"""2023-07-01, when the guidance came into force."""
DEBT_MONTHS, NEAR, PEAK_MONTH, PEAK_SHARE = 36, 12, 5, 0.25
"""Months of the debt ledger; one of the next twelve carries more than its part."""
FLOOR_SHARE = 0.9
"""Cap of a promise over the loan it backs."""
ALONE_OF = 2
"""Every second promise of an overpromised cooperative has no co-sharer."""
HIDDEN_ITEM, MONEY_IN, PUBLIC_GROWTH, BOND_OF = 0.01, 0.006, 0.15, 0
"""Hidden debt and money taken in over total assets, growth of a fundraiser's, who has a bond."""
SOURCES, HOUSEHOLD = ("shareholder", "fund", "household"), 2
OWN_SHARE, BANK_SHARE, GUARANTEE_SHARE = 0.2, 0.2, 0.6
"""A shared promise: 储蓄贷 in the gate leaves the pool 20 % (section 8)."""


def registers(
    rng: np.random.Generator,
    coops: Cooperatives,
    filing: Statements,
    pledges: Pledges,
    requests: Requests,
    orgs: Organisations,
) -> dict[str, Child]:
    """Return every child table of the statements."""
    backed = _backed(coops, filing, pledges, requests)
    return {
        "debt_due_by_month": _debt_due(coops, filing),
        "associates": associates(rng, coops, filing, orgs),
        "guarantees": guarantees(rng, coops, filing, orgs),
        "undertakings": _undertakings(filing, requests, backed),
        "co_sharers": _co_sharers(backed),
        "documents": _documents(coops, filing),
        "hidden_debt_items": _hidden_debt(coops, filing),
        "acts": _acts(coops, filing),
        "trades": _trades(rng, coops, filing, orgs),
        "money_in": _money_in(coops, filing),
    }


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


@dataclass(frozen=True)
class Backed:
    """Promises to buy that run on each statement's day: statement, resource, its request."""

    parent: Ints
    resource: Ints
    request: Ints
    alone: Flags


def _backed(
    coops: Cooperatives, filing: Statements, pledges: Pledges, requests: Requests
) -> Backed:
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
    at = (filing.coop[parent], filing.quarter[parent])
    alone = coops.troubled("overpromised", *at) & one_in(ALONE_OF, resource)
    return Backed(parent, resource, pledges.request[resource], alone)


def _expiry(requests: Requests) -> Ints:
    return add_months(requests.granted_on, requests.term)


def _undertakings(filing: Statements, requests: Requests, backed: Backed) -> Child:
    request, count = backed.request, len(backed.request)
    default_day = requests.default_day[request]
    called = (requests.default_kind[request] == CALL) & (default_day > 0)
    called &= default_day <= filing.day[backed.parent]
    cap: Floats = fen(np.round(requests.amount[request] * FLOOR_SHARE, -2))
    own = np.where(backed.alone, 1.0, OWN_SHARE)
    loan = np.cumsum(requests.granted) - 1
    columns: dict[str, Cells] = {
        "resource_id": ids("R", backed.resource),
        "loan_id": ids("L", loan[request]),
        "beneficiary": constant("lender", count),
        "trigger": constant("default", count),
        "cap": cap,
        "own_share": own,
        "expiry": _expiry(requests)[request],
        "called_on": when(called, default_day),
        "called_amount": np.where(called, np.rint(cap * own), 0.0),
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


def _documents(coops: Cooperatives, filing: Statements) -> Child:
    """Return government documents: capped compensation in a budget, and bare promises."""
    budgeted = one_in(4, filing.coop, 1)
    bare = coops.troubled("backed", filing.coop, filing.quarter)
    parent = np.flatnonzero(budgeted | bare)
    coop, count, promise = filing.coop[parent], len(parent), bare[parent]
    columns: dict[str, Cells] = {
        "doc_id": ids("GOV", coop, 4),
        "kind": words(promise, ("风险补偿", "commitment")),
        "issuer_kind": constant("government", count),
        "capped": ~promise,
        "return_guaranteed": np.zeros(count),
        "budget_doc_id": blank(ids("BUD", coop, 4), promise),
        "date": np.minimum(filing.day[parent], BASELINE_DAY + 200),
    }
    return Child(parent, columns, ~filing.silent | budgeted | bare)


def _hidden_debt(coops: Cooperatives, filing: Statements) -> Child:
    """Return old items that are being run down, and at `backed` ones a new one."""
    new = coops.troubled("backed", filing.coop, filing.quarter)
    first_seen = BASELINE_DAY + np.where(new, 40 + 3 * filing.coop, -300)
    parent = np.flatnonzero((new | one_in(8, filing.coop)) & (first_seen <= filing.day))
    at = (filing.coop[parent], filing.quarter[parent])
    columns: dict[str, Cells] = {
        "item_id": ids("HDI", at[0], 3),
        "first_seen": first_seen[parent],
        "balance": np.rint(coops.balance["total_assets"][at] * HIDDEN_ITEM),
    }
    return Child(parent, columns, _declared(filing, parent))


def _money_in(coops: Cooperatives, filing: Statements) -> Child:
    """Return what shareholders put in, a licensed bond, and what fundraisers take from anybody."""
    public = coops.troubled("fundraiser", filing.coop, filing.quarter)
    bond = filing.coop == BOND_OF
    parent = np.flatnonzero(public | bond | one_in(6, filing.coop, 3))
    coop, public, bond = filing.coop[parent], public[parent], bond[parent]
    since = (filing.quarter - coops.begins[filing.coop])[parent]
    grown = 1 + PUBLIC_GROWTH * since * public
    source = np.where(public, HOUSEHOLD, bond)
    offered = public | bond
    assets = coops.balance["total_assets"][coop, filing.quarter[parent]]
    columns: dict[str, Cells] = {
        "source_kind": words(source, SOURCES),
        "amount": np.rint(assets * MONEY_IN * grown),
        "public_offer": offered,
        "promised_return": offered,
        "licence_doc_id": blank(ids("LIC", coop, 3), ~bond),
        "on": filing.day[parent] - 50,
    }
    return Child(parent, columns, _declared(filing, parent))


def _declared(filing: Statements, parent: Ints) -> Flags:
    """Return which statements declare a register: those with rows, and all that are not silent."""
    return ~filing.silent | np.isin(np.arange(len(filing)), parent)


def _acts(coops: Cooperatives, filing: Statements) -> Child:
    """Return two acts a quarter; undocumented cooperatives borrow without their paper."""
    parent, place = repeated(np.full(len(filing), 2))
    coop, quarter = filing.coop[parent], filing.quarter[parent]
    missing = coops.troubled("undocumented", coop, quarter) & (place == 1)
    assets = coops.balance["total_assets"][coop, quarter]
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
    """Return trades of every third cooperative; the undocumented dress financing as trade."""
    hollow = coops.troubled("undocumented", filing.coop, filing.quarter)
    parent = np.flatnonzero(one_in(3, filing.coop) | hollow)
    coop, day, hollow = filing.coop[parent], filing.day[parent], hollow[parent]
    buyer, seller = apart(rng.integers(0, len(orgs), (len(parent), 2)), len(orgs)).T
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
