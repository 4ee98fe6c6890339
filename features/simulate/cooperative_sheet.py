"""The table `cooperative`: quarterly statements with their registers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.frame import Floats
from features.simulate.calendar import Calendar, instant
from features.simulate.cooperatives import KINDS, Cooperatives
from features.simulate.households import Flags, Ints
from features.simulate.organisations import Organisations
from features.simulate.pledges import Pledges, promises
from features.simulate.lending import Requests
from features.simulate.settings import CITY_CODE, COUNTY_CODE
from features.simulate.sheets import (
    Cells,
    Child,
    Sheet,
    blank,
    constant,
    fen,
    ids,
    repeated,
    words,
)

LEVELS = ("市", "县", "乡")
DEBT_MONTHS = 36
STALE_LINE = 0.02
BASELINE_DAY = 19_539
"""2023-07-01, when the guidance came into force."""


@dataclass(frozen=True)
class Statements:
    """s statements: row of the cooperative, quarter, its last day and when it was learnt."""

    coop: Ints
    quarter: Ints
    day: Ints
    known_day: Ints


def filed(
    rng: np.random.Generator, coops: Cooperatives, quarter_ends: Ints, as_of: int
) -> Statements:
    """Return every statement that reached us by `as_of`, three to six weeks after its quarter."""
    quarters = np.arange(len(quarter_ends))
    coop, quarter = (
        grid.ravel() for grid in np.meshgrid(np.arange(len(coops)), quarters, indexing="ij")
    )
    day = quarter_ends[quarter]
    known = day + np.where(
        rng.random(len(day)) < 0.93, rng.integers(14, 31, len(day)), rng.integers(31, 50, len(day))
    )
    kept = (quarter >= coops.first_quarter[coop]) & (known <= as_of)
    return Statements(coop[kept], quarter[kept], day[kept], known[kept])


def trailing(values: Floats, quarters: int = 4) -> Floats:
    """Return sums over the last four quarters, (j, q); the first ones are scaled up."""
    total = np.cumsum(values, axis=1)
    total[:, quarters:] -= np.cumsum(values, axis=1)[:, :-quarters]
    head = (
        np.arange(1, quarters)
        if values.shape[1] >= quarters
        else np.arange(1, values.shape[1] + 1)
    )
    total[:, : len(head)] = np.rint(total[:, : len(head)] * quarters / head)
    return total


def year_to_date(values: Floats, quarter_of_year: Ints) -> Floats:
    """Return sums since January, (j, q)."""
    out = values.copy()
    for quarter in range(1, values.shape[1]):
        if quarter_of_year[quarter] > 0:
            out[:, quarter] += out[:, quarter - 1]
    if quarter_of_year[0] > 0:
        out[:, 0] *= quarter_of_year[0] + 1
    return out


def sheet(
    rng: np.random.Generator,
    coops: Cooperatives,
    filing: Statements,
    quarter_of_year: Ints,
    pledges: Pledges,
    requests: Requests,
    orgs: Organisations,
    calendar: Calendar,
) -> Sheet:
    """Return all statements."""
    at = (filing.coop, filing.quarter)
    balance = {name: values[at] for name, values in coops.balance.items() if name != "equity"}
    equity = balance["total_assets"] - balance["total_liabilities"]
    flows = {name: trailing(values)[at] for name, values in coops.flows.items()}
    count = len(filing.coop)
    small = coops.level[filing.coop] == 2
    full_year = quarter_of_year[filing.quarter] == 3
    columns: dict[str, Cells] = {
        "coop_id": ids("K", filing.coop, 3),
        "county_code": constant(COUNTY_CODE, count),
        "parent_id": blank(ids("K", np.zeros(count, np.int64), 3), ~small),
        "level": words(coops.level[filing.coop], LEVELS),
        "reporting_scope": constant("entity", count),
        "is_lgfv": np.zeros(count),
        "investment_type": filing.coop == 1,
        "restricted_name": np.zeros(count),
        "audited": full_year,
        "operating_since": _since(coops, calendar)[filing.coop],
        "hidden_debt_baseline_date": np.full(count, BASELINE_DAY),
        **balance,
        "equity": equity,
        **_flows(rng, coops, at, flows, quarter_of_year),
        **{
            name: np.zeros(count)
            for name in ("buyback_equity", "buyback_equity_unbooked", "guarantee_fee_income_12m")
        },
        **_rare(rng, coops, filing, small),
    }
    return Sheet(
        "cooperative",
        filing.day,
        instant(filing.known_day, 9 + 8 * rng.random(count)),
        words(np.where(full_year, 2, 0), ("reported", "verified", "audited")),
        columns,
        _registers(rng, coops, filing, pledges, requests, orgs),
    )


def _since(coops: Cooperatives, calendar: Calendar) -> Ints:
    """Return when each began to operate; the young ones with their first statement."""
    young = coops.first_quarter > 0
    opened = (
        calendar.as_of - 91 * (coops.balance["total_assets"].shape[1] - coops.first_quarter) - 80
    )
    return np.where(young, opened, calendar.as_of - 2600 - 37 * np.arange(len(coops)))


def _flows(
    rng: np.random.Generator,
    coops: Cooperatives,
    at: tuple[Ints, Ints],
    flows: dict[str, Floats],
    quarter_of_year: Ints,
) -> dict[str, Cells]:
    service = flows["service"]
    return {
        "revenue_12m": flows["revenue"],
        "ebit_12m": flows["ebit"],
        "subsidies_12m": flows["subsidies"],
        "interest_expensed_12m": flows["interest"] - flows["capitalised"],
        "interest_capitalised_12m": flows["capitalised"],
        "net_profit": year_to_date(coops.flows["profit"], quarter_of_year)[at],
        "cfo": year_to_date(coops.flows["cfo"], quarter_of_year)[at],
        "debt_service_12m": service,
        "fiscal_debt_service_12m": np.rint(service * 0.05 * (at[0] % 3 == 0)),
        "drawn_debt_12m": np.rint(service * 1.1),
        "off_purpose_payments_12m": flows["off_purpose"],
        "resources_activated": np.rint(flows["revenue"] * 1.4),
        "industry_revenue": np.rint(flows["revenue"] * 2.2),
        "green_finance_drawn": np.rint(flows["revenue"] * 0.5),
        "farmer_income_gain": np.rint(flows["revenue"] * 0.12),
    }


def _rare(
    rng: np.random.Generator, coops: Cooperatives, filing: Statements, small: Flags
) -> dict[str, Cells]:
    """Return columns that a small cooperative often leaves empty."""
    count = len(small)
    silent = (small & (filing.coop % 4 == 3)) | (rng.random(count) < 0.02)
    at = (filing.coop, filing.quarter)
    return {
        "factoring_recourse": np.where(silent, np.nan, 0.0),
        "sale_leaseback": np.where(silent, np.nan, 0.0),
        "perpetual_equity": np.where(silent, np.nan, 0.0),
        "minority_interests": np.where(silent, np.nan, 0.0),
        "net_assets_parent": np.where(silent, np.nan, np.rint(coops.balance["equity"][at] * 0.97)),
        "committed_lines": np.where(
            silent, np.nan, np.rint(coops.balance["total_assets"][at] * 0.03)
        ),
    }


def _registers(
    rng: np.random.Generator,
    coops: Cooperatives,
    filing: Statements,
    pledges: Pledges,
    requests: Requests,
    orgs: Organisations,
) -> dict[str, Child]:
    undertakings, sharers = _undertakings(rng, filing, pledges, requests)
    return {
        "debt_due_by_month": _debt_due(coops, filing),
        "associates": _associates(rng, coops, filing, orgs),
        "guarantees": _guarantees(rng, coops, filing, orgs),
        "undertakings": undertakings,
        "co_sharers": sharers,
        "documents": _documents(rng, filing),
        "hidden_debt_items": _none(filing, {"item_id": "", "first_seen": 0, "balance": 0}),
        "acts": _acts(rng, coops, filing),
        "trades": _trades(rng, coops, filing, orgs),
        "money_in": _none(
            filing,
            {"source_kind": "", "amount": 0, "public_offer": 0, "promised_return": 0, "on": 0},
        ),
    }


def _none(filing: Statements, columns: dict[str, str | int]) -> Child:
    """Return a child that is declared empty by all but some small cooperatives."""
    cells = {
        name: constant("", 0) if value == "" else np.empty(0) for name, value in columns.items()
    }
    return Child(np.empty(0, np.int64), cells, filing.coop % 5 != 4)


def _debt_due(coops: Cooperatives, filing: Statements) -> Child:
    parent, place = repeated(np.full(len(filing.coop), DEBT_MONTHS))
    at = (filing.coop[parent], filing.quarter[parent])
    near = (
        coops.balance["short_debt"][at]
        + coops.balance["ltd_due_12m"][at]
        + coops.balance["notes_payable"][at]
    )
    far = coops.balance["long_debt"][at]
    peak = np.where(place == 5, 0.25, 0.75 / 11)
    return Child(
        parent,
        {
            "month_no": place + 1,
            "amount": np.rint(np.where(place < 12, near * peak, far * 0.55 / 24)),
        },
    )


def _associates(
    rng: np.random.Generator, coops: Cooperatives, filing: Statements, orgs: Organisations
) -> Child:
    """Return associates; a firm is the same, and its funding alike, from quarter to quarter."""
    number = rng.integers(0, 4, len(coops))
    number[:3] = (3, 2, 0)
    parent, place = repeated(number[filing.coop])
    coop = filing.coop[parent]
    draw = rng.random((len(coops), 4, 4))[coop, place]
    which = rng.integers(0, len(orgs), (len(coops), 4))[coop, place]
    stake = np.round(0.1 + 0.39 * draw[:, 0], 2)
    size = coops.balance["total_assets"][coop, filing.quarter[parent]] * 0.03
    equity = np.rint(size * (0.5 + draw[:, 1]))
    excess = np.where((coop % 6 == 2) & (place == 0), 3.0, 0.8)
    loan = np.rint(equity * 0.25 * (draw[:, 2] < 0.45) * excess)
    return Child(
        parent,
        {
            "associate_id": orgs.org_id.take(pa.array(which)),
            "stake": stake,
            "control": np.zeros(len(parent)),
            "loan": loan,
            "all_shareholder_funding": np.rint(loan / stake * np.where(excess > 1, 0.3, 1.0)),
            "equity_paid": equity,
            "equity_paid_total": np.rint(equity / stake),
            "dpd": np.where((coop % 7 == 3) & (loan > 0), 45, 0),
            "decision_doc_id": ids("DEC", coop * 10 + place, 5),
        },
        np.ones(len(filing.coop), bool),
    )


def _guarantees(
    rng: np.random.Generator, coops: Cooperatives, filing: Statements, orgs: Organisations
) -> Child:
    number = np.where(rng.random(len(coops)) < 0.45, rng.integers(1, 4, len(coops)), 0)
    parent, place = repeated(number[filing.coop])
    coop = filing.coop[parent]
    draw = rng.random((len(coops), 4, 3))[coop, place]
    which = rng.integers(0, len(orgs), (len(coops), 4))[coop, place]
    linked = draw[:, 0] < 0.85
    size = coops.balance["equity"][coop, filing.quarter[parent]]
    return Child(
        parent,
        {
            "party_id": orgs.org_id.take(pa.array(which)),
            "party_kind": words((draw[:, 1] < 0.5).astype(np.int64), ("enterprise", "associate")),
            "kind": words((draw[:, 2] < 0.3).astype(np.int64), ("连带", "一般")),
            "giver": constant("parent", len(parent)),
            "equity_link": linked,
            "party_insolvent": np.zeros(len(parent)),
            "party_cfo_negative": draw[:, 1] > 0.93,
            "party_loss_years": np.where(draw[:, 1] > 0.93, 3, 0),
            "own_share": np.full(len(parent), 1.0),
            "stake": np.where(linked, 0.3, np.nan),
            "balance": np.maximum(np.rint(size * (0.01 + 0.06 * draw[:, 2])), 0.0),
            "all_guarantees": np.maximum(np.rint(size * (0.01 + 0.06 * draw[:, 2]) / 0.3), 0.0),
            "from": filing.day[parent] - 200,
            "to": filing.day[parent] + 400,
            "decision_doc_id": ids("DEC", 5000 + coop * 10 + place, 5),
        },
        np.ones(len(filing.coop), bool),
    )


def _undertakings(
    rng: np.random.Generator, filing: Statements, pledges: Pledges, requests: Requests
) -> tuple[Child, Child]:
    """Return promises to buy that run on each statement's day, and who shares them."""
    live = np.flatnonzero(promises(pledges) & requests.granted[pledges.request])
    r = pledges.request[live]
    begin, end = (
        requests.granted_on[r],
        requests.granted_on[r] + (requests.term[r] * 30.5).astype(np.int64),
    )
    parents, resources = [], []
    for statement in range(len(filing.coop)):
        day = filing.day[statement]
        mine = live[(pledges.coop[live] == filing.coop[statement]) & (begin <= day) & (end > day)]
        parents.append(np.full(len(mine), statement))
        resources.append(mine)
    parent, resource = np.concatenate(parents), np.concatenate(resources)
    request = pledges.request[resource]
    called = (
        (requests.default_kind[request] == 2)
        & (requests.default_day[request] > 0)
        & (requests.default_day[request] <= filing.day[parent])
    )
    cap = np.round(requests.amount[request] * 0.9, -2)
    alone = resource % 37 == 0
    child = Child(
        parent,
        {
            "resource_id": ids("R", resource),
            "loan_id": ids("L", _loan_number(requests)[request]),
            "beneficiary": constant("lender", len(parent)),
            "trigger": constant("default", len(parent)),
            "cap": fen(cap),
            "own_share": np.where(alone, 1.0, 0.2),
            "expiry": requests.granted_on[request]
            + (requests.term[request] * 30.5).astype(np.int64),
            "called_on": np.where(called, requests.default_day[request], np.nan),
            "called_amount": np.where(called, fen(cap), 0.0),
            "call_reason": blank(constant("credit", len(parent)), ~called),
            "decision_doc_id": ids("DEC", resource, 7),
        },
        np.ones(len(filing.coop), bool),
    )
    shared, place = repeated(np.where(alone, 0, 2))
    return child, Child(
        parent[shared],
        {
            "resource_id": ids("R", resource[shared]),
            "party_id": words(place, ("B01", "G01")),
            "kind": words(place, ("bank", "guarantee_body")),
            "share": np.where(place == 0, 0.2, 0.6),
            "contract_doc_id": ids("CON", resource[shared], 7),
        },
        np.ones(len(filing.coop), bool),
    )


def _loan_number(requests: Requests) -> Ints:
    return np.cumsum(requests.granted) - 1


def _documents(rng: np.random.Generator, filing: Statements) -> Child:
    parent = np.flatnonzero(filing.coop % 4 == 1)
    promise = filing.coop[parent] % 12 == 9
    return Child(
        parent,
        {
            "doc_id": ids("GOV", filing.coop[parent], 4),
            "kind": words(promise.astype(np.int64), ("风险补偿", "commitment")),
            "issuer_kind": constant("government", len(parent)),
            "capped": ~promise,
            "return_guaranteed": np.zeros(len(parent)),
            "budget_doc_id": blank(ids("BUD", filing.coop[parent], 4), promise),
            "date": np.full(len(parent), BASELINE_DAY + 200),
        },
        filing.coop % 5 != 4,
    )


def _acts(rng: np.random.Generator, coops: Cooperatives, filing: Statements) -> Child:
    parent, place = repeated(np.full(len(filing.coop), 2))
    coop = filing.coop[parent]
    missing = (coop % 9 == 5) & (place == 1)
    return Child(
        parent,
        {
            "kind": words(place, ("purchase", "borrowing")),
            "amount": np.rint(coops.balance["total_assets"][coop, filing.quarter[parent]] * 0.02),
            "date": filing.day[parent] - 40 - 20 * place,
            "decision_doc_id": blank(ids("DEC", parent * 2 + place, 7), missing),
            "body": constant("董事会", len(parent)),
        },
        np.ones(len(filing.coop), bool),
    )


def _trades(
    rng: np.random.Generator, coops: Cooperatives, filing: Statements, orgs: Organisations
) -> Child:
    parent = np.flatnonzero(filing.coop % 3 == 0)
    empty = filing.coop[parent] % 11 == 6
    which = rng.integers(0, len(orgs), (2, len(parent)))
    return Child(
        parent,
        {
            "buyer": orgs.org_id.take(pa.array(which[0])),
            "seller": orgs.org_id.take(pa.array(which[1])),
            "amount": np.rint(
                coops.flows["revenue"][filing.coop[parent], filing.quarter[parent]] * 0.2
            ),
            "margin": np.where(empty, 0.003, 0.09),
            "in_on": filing.day[parent] - 30,
            "out_on": np.where(empty, filing.day[parent] - 30, filing.day[parent] - 12),
            "goods_moved": ~empty,
            "related": empty,
        },
        np.ones(len(filing.coop), bool),
    )
