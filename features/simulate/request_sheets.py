"""The table `application`."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from features.simulate.calendar import instant, office_hour
from features.simulate.draws import Ints, happens, when
from features.simulate.lending import Lending
from features.simulate.organisations import COLLECTIVE, Organisations
from features.simulate.pledges import (
    ltv_caps,
    total_valuation,
)
from features.simulate.requests import DEPOSIT, PRODUCTS, Requests
from features.simulate.settings import GATE
from features.simulate.sheets import (
    Cells,
    Child,
    Sheet,
    blank,
    constant,
    fen,
    ids,
    words,
)

BANKS = ("B01", "B02", "B03")
PURPOSES = ("A0151", "A0169", "A0220", "A0212", "H6110", "A0513")
ENHANCERS = ("none", "guarantor", "农担", "政府性担保", "pool")
FARM_GUARANTEE, PUBLIC_GUARANTEE, BODIES = 2, 3, ("G01", "G02", "G03")
"""The guarantee body of 农担, and the two of 政府性担保."""
CREDIT_ENHANCERS, DEPOSIT_ENHANCERS = (0.82, 0.18, 0, 0, 0), (0, 0, 0, 0.45, 0.55)
GATED_SHARE = 0.35
"""How many requests inside the gate take 农担."""
CATALOGUES = ("2021", "2025")
CATALOGUE_DAY = 20_362
"""2025-10-01, when the list of 2025 came into force (6.4)."""
CATEGORIES = ("4.1.1", "4.2.3", "5.1.2", "3.4.1")
SEGMENTS = ("household", "organisation")
COLLECTIVE_LIMIT = 300_000.0


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
    enhancer = _enhancers(rng, r)
    body = np.select(
        [enhancer == FARM_GUARANTEE, enhancer == PUBLIC_GUARANTEE], [0, 1 + number % 2], -1
    )
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
        "enhancer_kind": words(enhancer, ENHANCERS),
        "body_id": blank(words(np.maximum(body, 0), BODIES), body < 0),
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
    return np.where(gated, FARM_GUARANTEE, other)


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
