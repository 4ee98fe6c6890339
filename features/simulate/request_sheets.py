"""The tables `application` and `resource`."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from features.frame import Floats
from features.simulate.calendar import instant, office_hour
from features.simulate.draws import Flags, Ints, happens, when
from features.simulate.household_sheet import village_codes
from features.simulate.households import Households
from features.simulate.lending import Lending
from features.simulate.organisations import COLLECTIVE, Organisations
from features.simulate.pledges import (
    MODES,
    RENTED,
    TITLES,
    UNTITLED,
    Pledges,
    ltv_caps,
    of_sort,
    total_valuation,
)
from features.simulate.requests import DEPOSIT, PRODUCTS, Requests
from features.simulate.settings import COUNTY_CODE, GATE, SORTS
from features.simulate.sheets import (
    Cells,
    Child,
    Sheet,
    blank,
    constant,
    fen,
    ids,
    nobody,
    repeated,
    words,
)

BANKS = ("B01", "B02", "B03")
PURPOSES = ("A0151", "A0169", "A0220", "A0212", "H6110", "A0513")
ENHANCERS = ("none", "guarantor", "农担", "政府性担保", "pool")
CREDIT_ENHANCERS, DEPOSIT_ENHANCERS = (0.82, 0.18, 0, 0, 0), (0, 0, 0, 0.45, 0.55)
GATED_SHARE = 0.35
"""How many requests inside the gate take 农担."""
CATALOGUES = ("2021", "2025")
CATALOGUE_DAY = 20_362
"""2025-10-01, when the list of 2025 came into force (6.4)."""
CATEGORIES = ("4.1.1", "4.2.3", "5.1.2", "3.4.1")
SEGMENTS = ("household", "organisation")
COLLECTIVE_LIMIT = 300_000.0
EVIDENCE = ("certificate", "contract", "发包方备案")
METHODS = ("market", "income", "cost")
CLASSES = ("A", "B", "C", "D")
LAYERS = ("生态保护红线", "公益林", "永久基本农田")
RENT = 0.05


def applications(
    rng: np.random.Generator, lending: Lending, holders: pa.Array, orgs: Organisations
) -> Sheet:
    """Return one row a request; `holders` are the tokens of households, then organisations."""
    r, pledges = lending.requests, lending.pledges
    count, number = len(r), np.arange(len(r))
    firm = r.org >= 0
    collective = firm & (orgs.entity[r.org] == COLLECTIVE)
    undecided = ~collective | happens(rng, 0.15, count)
    pledged = r.product == DEPOSIT
    columns: dict[str, Cells] = {
        "application_id": ids("A", number),
        "bank_code": words(rng.integers(0, len(BANKS), count), BANKS),
        "purpose_code": words(rng.integers(0, len(PURPOSES), count), PURPOSES),
        "subject_token": blank(holders.take(pa.array(np.maximum(r.who, 0))), firm),
        "household_id": blank(ids("H", r.who), firm),
        "org_id": blank(orgs.org_id.take(pa.array(np.maximum(r.org, 0))), ~firm),
        "product": words(r.product, PRODUCTS),
        "segment": words(firm, SEGMENTS),
        "amount": fen(r.amount),
        "term_m": r.term,
        "enhancer_kind": words(_enhancers(rng, r), ENHANCERS),
        "security_giver_kind": words(pledged, ("none", "borrower")),
        "secured": pledged,
        "valuation": fen(total_valuation(pledges, count)),
        "ltv_cap": ltv_caps(pledges, count),
        "borrower_is_collective": collective,
        "collective_limit": when(collective, fen(np.full(count, COLLECTIVE_LIMIT))),
        "assembly_decision_doc_id": blank(ids("ASM", number), undecided),
        **_green(rng, r),
    }
    behind = Child(pledges.request, {"resource_id": ids("R", np.arange(len(pledges)))})
    learnt = instant(r.day, office_hour(rng, count))
    quality = constant("reported", count)
    return Sheet("application", r.day, learnt, quality, columns, {"resources": behind})


def _enhancers(rng: np.random.Generator, r: Requests) -> Ints:
    count = len(r)
    low, high = GATE
    gated = (r.amount >= low) & (r.amount <= high) & happens(rng, GATED_SHARE, count)
    plain = rng.choice(len(ENHANCERS), count, p=CREDIT_ENHANCERS)
    behind = rng.choice(len(ENHANCERS), count, p=DEPOSIT_ENHANCERS)
    other = np.where(r.product == DEPOSIT, behind, plain)
    return np.where(gated, ENHANCERS.index("农担"), other)


def _green(rng: np.random.Generator, r: Requests) -> dict[str, Cells]:
    count = len(r)
    green = happens(rng, 0.22, count)
    category = words(rng.integers(0, len(CATEGORIES), count), CATEGORIES)
    return {
        "green_catalog_code": blank(category, ~green),
        "catalog_version": blank(words(r.day >= CATALOGUE_DAY, CATALOGUES), ~green),
        "env_benefit_amount": when(green, rng.gamma(2.0, 6.0, count).round(1)),
        "env_benefit_unit": blank(constant("亩", count), ~green),
    }


def resources(
    rng: np.random.Generator, lending: Lending, homes: Households, holders: pa.Array
) -> Sheet:
    """Return each deposited resource as seen for the request."""
    p, r = lending.pledges, lending.requests
    count, number = len(p), np.arange(len(p))
    who, org = r.who[p.request], r.org[p.request]
    firm = org >= 0
    verified = happens(rng, 0.6, count)
    columns: dict[str, Cells] = {
        "resource_id": ids("R", number),
        "parcel_id": ids(f"{COUNTY_CODE}-", number, 8),
        "county_code": constant(COUNTY_CODE, count),
        "village_code": village_codes(np.where(firm, 0, homes.village[who])),
        "coop_id": ids("K", p.coop, 3),
        "holder_token": holders.take(pa.array(np.where(firm, len(homes) + org, who))),
        "holder_kind": words(firm, ("household", "firm")),
        "title_no": blank(ids("T", number), p.title == UNTITLED),
        "title_state": words(p.title, TITLES),
        "deposit_mode": words(p.mode, MODES),
        "liquidity_class": words(p.liquidity, CLASSES),
        "area": p.area,
        "geometry": ids("CGCS2000:", number, 8),
        "right_expiry": p.right_expiry,
        **_nature(p),
        **_use(rng, p),
        **_value(rng, p),
    }
    children = {
        "title_evidence": _evidence(rng, p),
        "overlaps": _overlaps(rng, p),
        "claims": _claims(p),
        "deals": nobody({"deal_price": 0, "on": 0, "channel": ""}),
    }
    learnt = instant(p.seen_on + rng.integers(0, 3, count), office_hour(rng, count))
    quality = words(verified, ("reported", "verified"))
    return Sheet("resource", p.seen_on, learnt, quality, columns, children)


def _nature(p: Pledges) -> dict[str, Cells]:
    return {
        "type": words(p.sort, [sort.type for sort in SORTS]),
        "commodity": words(p.sort, [sort.commodity for sort in SORTS]),
        "right_type": words(p.sort, [sort.right for sort in SORTS]),
    }


def _use(rng: np.random.Generator, p: Pledges) -> dict[str, Cells]:
    """Return handover and what was last seen from above: growth where it is in use."""
    count = len(p)
    quiet = when(happens(rng, 0.4, count), p.seen_on - 20)
    unseen = ~p.worked & np.isnan(quiet)
    return {
        "handover_date": when(p.worked | happens(rng, 0.9, count), p.handover),
        "sensing_date": np.where(p.worked, p.seen_on - 30 * p.idle_months, quiet),
        "sensing_change": blank(words(p.worked, ("none", "growth")), unseen),
    }


def _value(rng: np.random.Generator, p: Pledges) -> dict[str, Cells]:
    count = len(p)
    policy_shown = happens(rng, 0.75, count)
    method = rng.choice(len(METHODS), count, p=(0.5, 0.42, 0.08))
    rented = p.mode < RENTED
    return {
        "appraiser_id": ids("P", rng.integers(0, 9, count), 2),
        "valuation": fen(p.valuation),
        "second_valuation": fen(p.second),
        "valuation_date": p.valued_on,
        "valuation_method": words(method, METHODS),
        "valuation_age_cap": of_sort("age_cap", p.sort),
        "rent": when(rented, fen(np.round(p.valuation * RENT))),
        "guaranteed_payout": np.where(rented, fen(np.round(p.valuation * RENT)), 0.0),
        "insured_amount": when(policy_shown, fen(p.insured)),
        "insurable": of_sort("insurable", p.sort),
        "loss_payee": when(p.insured > 0, policy_shown),
    }


def _evidence(rng: np.random.Generator, p: Pledges) -> Child:
    papers = 1 + rng.integers(0, len(EVIDENCE), len(p))
    parent, place = repeated(np.where(p.title == UNTITLED, 0, papers))
    columns: dict[str, Cells] = {
        "kind": words(place, EVIDENCE),
        "doc_id": ids("DOC", np.arange(len(parent)), 7),
        "date": p.seen_on[parent] - 200 - 30 * place,
    }
    declared: Flags = happens(rng, 0.92, len(p)) | (p.title != UNTITLED)
    return Child(parent, columns, declared)


def _overlaps(rng: np.random.Generator, p: Pledges) -> Child:
    parent = np.flatnonzero(p.protected)
    count = len(parent)
    part: Floats = rng.uniform(0.05, 0.6, count)
    columns: dict[str, Cells] = {
        "layer": words(p.protected[parent] - 1, LAYERS),
        "basis": constant("computed", count),
        "area": np.round(p.area[parent] * part, 2),
        "activity_code": constant("竹林采伐", count),
        "permit_doc_id": blank(ids("PER", parent), happens(rng, 0.5, count)),
    }
    return Child(parent, columns)


def _claims(p: Pledges) -> Child:
    parent = np.arange(len(p))
    columns: dict[str, Cells] = {
        "parcel_id": ids(f"{COUNTY_CODE}-", parent, 8),
        "holder": ids("K", p.coop, 3),
        "kind": constant("pledge", len(p)),
        "from": p.seen_on,
        "disclosed": np.ones(len(p)),
        "rank": np.ones(len(p)),
    }
    return Child(parent, columns)
