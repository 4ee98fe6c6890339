"""The tables `application` and `resource` of the households' requests."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from features.frame import Floats
from features.simulate.calendar import add_months, instant
from features.simulate.cooperatives import Cooperatives
from features.simulate.households import Flags, Households, Ints
from features.simulate.household_sheet import village_codes
from features.simulate.lending import DEPOSIT, PRODUCTS, Lending, Requests
from features.simulate.organisations import Organisations
from features.simulate.pledges import MODES, SORTS, Pledges
from features.simulate.settings import COUNTY_CODE
from features.simulate.sheets import (
    Cells,
    Child,
    Sheet,
    blank,
    constant,
    fen,
    ids,
    repeated,
    tokens,
    words,
)

BANKS = ("B01", "B02", "B03")
PURPOSES = ("A0151", "A0169", "A0220", "A0212", "H6110", "A0513")
ENHANCERS = ("none", "guarantor", "农担", "政府性担保", "pool")
SEGMENTS = ("household", "organisation")
VILLAGE_COLLECTIVE = 2
TITLES = ("confirmed", "contested", "none")
EVIDENCE = ("certificate", "contract", "发包方备案", "contractor_consent")
METHODS = ("market", "income", "cost")
LIQUIDITY = ("A", "B", "C", "D")
LAYERS = ("生态保护红线", "公益林", "永久基本农田")
CHANGES = ("none", "growth")
GATE = (100_000, 3_000_000)
"""农担 takes loans of 10-300 万元 (3.2)."""


def applications(
    rng: np.random.Generator,
    lending: Lending,
    holders: pa.Array,
    orgs: Organisations,
    security: Floats,
    ltv_cap: Floats,
) -> Sheet:
    """Return one row a request, with the resources behind it."""
    r = lending.requests
    count = len(r)
    firm = r.org >= 0
    collective = firm & (orgs.entity[r.org] == VILLAGE_COLLECTIVE)
    green = rng.random(count) < 0.22
    pledges = lending.pledges
    order = np.argsort(pledges.request, kind="stable")
    return Sheet(
        "application",
        r.day,
        instant(r.day, 9 + 8 * rng.random(count)),
        constant("reported", count),
        {
            "application_id": ids("A", np.arange(count)),
            "bank_code": words(rng.integers(0, 3, count), BANKS),
            "purpose_code": words(rng.integers(0, len(PURPOSES), count), PURPOSES),
            "subject_token": blank(holders.take(pa.array(np.maximum(r.who, 0))), firm),
            "household_id": blank(ids("H", r.who), firm),
            "org_id": blank(orgs.org_id.take(pa.array(np.maximum(r.org, 0))), ~firm),
            "product": words(r.product, PRODUCTS),
            "segment": words(firm.astype(np.int64), SEGMENTS),
            "amount": fen(r.amount),
            "term_m": r.term,
            "enhancer_kind": words(_enhancers(rng, r), ENHANCERS),
            "security_giver_kind": words(
                np.where(r.product == DEPOSIT, 0, 1), ("borrower", "none")
            ),
            "secured": r.product == DEPOSIT,
            "borrower_is_collective": collective,
            "collective_limit": np.where(collective, 3.0e7, np.nan),
            "assembly_decision_doc_id": blank(
                ids("ASM", np.arange(count)), ~collective | (rng.random(count) < 0.15)
            ),
            "valuation": fen(security),
            "ltv_cap": ltv_cap,
            **_green(rng, green, r),
        },
        {
            "resources": Child(
                pledges.request[order],
                {"resource_id": ids("R", order)},
            )
        },
    )


def _enhancers(rng: np.random.Generator, r: Requests) -> Ints:
    draw = rng.random(len(r))
    inside = (r.amount >= GATE[0]) & (r.amount <= GATE[1])
    deposit = r.product == DEPOSIT
    return np.where(
        deposit,
        np.where(inside & (draw < 0.45), 2, np.where(draw < 0.75, 4, 3)),
        np.where(inside & (draw < 0.25), 2, np.where(draw > 0.82, 1, 0)),
    )


def _green(rng: np.random.Generator, green: Flags, r: Requests) -> dict[str, Cells]:
    count = len(r)
    return {
        "green_catalog_code": blank(
            words(rng.integers(0, 4, count), ("4.1.1", "4.2.3", "5.1.2", "3.4.1")), ~green
        ),
        "catalog_version": blank(
            words((r.day >= 20_362).astype(np.int64), ("2021", "2025")), ~green
        ),
        "env_benefit_amount": np.where(green, np.round(rng.gamma(2.0, 6.0, count), 1), np.nan),
        "env_benefit_unit": blank(constant("亩", count), ~green),
    }


def ltv_caps(pledges: Pledges, requests: int) -> Floats:
    """Return the lowest cap of each request's resources, NaN without (2.2)."""
    caps = np.array([sort.ltv_cap for sort in SORTS])[pledges.sort]
    out = np.full(requests, np.inf)
    np.minimum.at(out, pledges.request, caps)
    return np.where(np.isinf(out), np.nan, out)


def resources(
    rng: np.random.Generator, lending: Lending, homes: Households, holders: pa.Array
) -> Sheet:
    """Return each deposited resource as seen for the request."""
    p, r = lending.pledges, lending.requests
    count = len(p)
    who, org = r.who[p.request], r.org[p.request]
    firm = org >= 0
    sort = p.sort
    number = np.arange(count)
    insured_known = rng.random(count) < 0.75
    return Sheet(
        "resource",
        p.seen_on,
        instant(p.seen_on + rng.integers(0, 3, count), 9 + 8 * rng.random(count)),
        words((rng.random(count) < 0.6).astype(np.int64), ("reported", "verified")),
        {
            "resource_id": ids("R", number),
            "parcel_id": ids(f"{COUNTY_CODE}-", number, 8),
            "county_code": constant(COUNTY_CODE, count),
            "village_code": village_codes(np.where(firm, 0, homes.village[who])),
            "coop_id": ids("K", p.coop, 3),
            "holder_token": holders.take(pa.array(np.where(firm, len(homes) + org, who))),
            "title_no": blank(ids("T", number), p.title == 2),
            "appraiser_id": ids("P", rng.integers(0, 9, count), 2),
            "type": words(sort, [s.type for s in SORTS]),
            "commodity": words(sort, [s.commodity for s in SORTS]),
            "right_type": words(sort, [s.right for s in SORTS]),
            "holder_kind": words(firm.astype(np.int64), ("household", "firm")),
            "title_state": words(p.title, TITLES),
            "deposit_mode": words(p.mode, MODES),
            "liquidity_class": words(p.liquidity, LIQUIDITY),
            "area": p.area,
            "geometry": ids("CGCS2000:", number, 8),
            "right_expiry": p.right_expiry,
            "handover_date": np.where(p.worked | (rng.random(count) < 0.9), p.handover, np.nan),
            "sensing_date": np.where(
                p.worked,
                p.seen_on - 30 * p.idle_months,
                np.where(rng.random(count) < 0.4, p.seen_on - 20, np.nan),
            ),
            "sensing_change": blank(
                words(p.worked.astype(np.int64), CHANGES), ~p.worked & (rng.random(count) < 0.4)
            ),
            "valuation": fen(p.valuation),
            "second_valuation": fen(p.second),
            "valuation_date": p.valued_on,
            "valuation_method": words(rng.choice(3, count, p=(0.5, 0.42, 0.08)), METHODS),
            "valuation_age_cap": np.array([s.age_cap for s in SORTS])[sort],
            "rent": np.where(p.mode < 2, fen(np.round(p.valuation * 0.05, 0)), np.nan),
            "insured_amount": np.where(insured_known, fen(p.insured), np.nan),
            "insurable": np.array([s.insurable for s in SORTS])[sort],
            "loss_payee": np.where(p.insured > 0, insured_known, np.nan),
        },
        {
            "title_evidence": _evidence(rng, p),
            "overlaps": _overlaps(rng, p),
            "claims": _claims(p),
            "deals": Child(
                np.empty(0, np.int64),
                {"deal_price": np.empty(0), "on": np.empty(0), "channel": constant("open", 0)},
            ),
        },
    )


def _evidence(rng: np.random.Generator, p: Pledges) -> Child:
    counts = np.where(p.title == 2, 0, 1 + rng.integers(0, 3, len(p)))
    parent, place = repeated(counts)
    return Child(
        parent,
        {
            "kind": words(place, EVIDENCE),
            "doc_id": ids("DOC", np.arange(len(parent)), 7),
            "date": p.seen_on[parent] - 200 - 30 * place,
        },
        rng.random(len(p)) < 0.92,
    )


def _overlaps(rng: np.random.Generator, p: Pledges) -> Child:
    parent = np.flatnonzero(p.protected)
    count = len(parent)
    permit = rng.random(count) < 0.5
    return Child(
        parent,
        {
            "layer": words(p.protected[parent] - 1, LAYERS),
            "basis": constant("computed", count),
            "area": np.round(p.area[parent] * rng.uniform(0.05, 0.6, count), 2),
            "activity_code": constant("竹林采伐", count),
            "permit_doc_id": blank(ids("PER", parent), ~permit),
        },
    )


def _claims(p: Pledges) -> Child:
    parent = np.arange(len(p))
    return Child(
        parent,
        {
            "parcel_id": ids(f"{COUNTY_CODE}-", parent, 8),
            "holder": ids("K", p.coop, 3),
            "kind": constant("pledge", len(p)),
            "from": p.seen_on,
            "disclosed": np.ones(len(p), bool),
            "rank": np.ones(len(p)),
        },
    )
