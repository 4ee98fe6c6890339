"""The table `resource`: what stands behind requests, at each of its readings."""

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
from features.simulate.pledges import MODES, RENTED, TITLES, UNTITLED, Pledges, of_sort
from features.simulate.reviews import Readings
from features.simulate.settings import COUNTY_CODE, SORTS
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

EVIDENCE = ("certificate", "contract", "发包方备案")
METHODS = ("market", "income", "cost")
CLASSES = ("A", "B", "C", "D")
LAYERS = ("生态保护红线", "公益林", "永久基本农田")
HOLDERS = ("household", "firm", "collective")
APPRAISERS, RENT = 9, 0.05
CONTESTED = 0.004
"""Pledges on which somebody else has a claim that excludes ours."""
CLAIMS = ("pledge", "sale", "carbon", "GEP")
SEEN_BEFORE = 12


def sheet(
    rng: np.random.Generator,
    lending: Lending,
    readings: Readings,
    homes: Households,
    holders: pa.Array,
    orgs: Organisations,
) -> Sheet:
    """Return each deposited resource at each of its readings.

    `holders` are the tokens of households, then organisations.
    """
    p, q = lending.pledges, readings
    row, count = q.row, len(q)
    org = lending.requests.org[p.request]
    firm = org >= 0
    who = np.where(firm, len(homes) + org, lending.requests.who[p.request])
    village = homes.village[np.where(firm, 0, who)] * ~firm
    kind = np.where(firm, 1 + (orgs.entity[org] == COLLECTIVE), 0)
    per_pledge: dict[str, Cells] = {
        "resource_id": ids("R", np.arange(len(p))),
        "parcel_id": ids(f"{COUNTY_CODE}-", np.arange(len(p)), 8),
        "county_code": constant(COUNTY_CODE, len(p)),
        "village_code": village_codes(village),
        "coop_id": ids("K", p.coop, 3),
        "holder_token": holders.take(pa.array(who)),
        "holder_kind": words(kind, HOLDERS),
        "title_no": blank(ids("T", np.arange(len(p))), p.title == UNTITLED),
        "title_state": words(p.title, TITLES),
        "deposit_mode": words(p.mode, MODES),
        "liquidity_class": words(p.liquidity, CLASSES),
        "area": p.area,
        "geometry": ids("CGCS2000:", np.arange(len(p)), 8),
        "type": words(p.sort, [sort.type for sort in SORTS]),
        "commodity": words(p.sort, [sort.commodity for sort in SORTS]),
        "right_type": words(p.sort, [sort.right for sort in SORTS]),
        "appraiser_id": ids("P", rng.integers(0, APPRAISERS, len(p)), 2),
        "valuation_method": words(rng.choice(len(METHODS), len(p), p=(0.5, 0.42, 0.08)), METHODS),
        "valuation_age_cap": of_sort("age_cap", p.sort),
        "insurable": of_sort("insurable", p.sort),
    }
    columns = {
        **{name: _at(cells, row) for name, cells in per_pledge.items()},
        **_use(rng, p, q),
        **_value(rng, p, q),
    }
    verified = happens(rng, 0.6, len(p))[row] | ~q.first
    learnt = instant(q.known_day, office_hour(rng, count))
    quality = words(verified, ("reported", "verified"))
    return Sheet("resource", q.day, learnt, quality, columns, _children(rng, p, q))


def _at(cells: Cells, row: Ints) -> Cells:
    return cells[row] if isinstance(cells, np.ndarray) else cells.take(pa.array(row))


def _use(rng: np.random.Generator, p: Pledges, q: Readings) -> dict[str, Cells]:
    """Return handover and what was last seen from above: growth where it is in use."""
    quiet = when(happens(rng, 0.4, len(p)), p.seen_on - 20)
    unseen = ~p.worked & np.isnan(quiet)
    handed = when(p.worked | happens(rng, 0.9, len(p)), p.handover)
    seen = np.where(p.worked, p.seen_on - 30 * p.idle_months, quiet)
    grows = q.seen_growing & ~q.first
    known = ~unseen[q.row] | grows
    change = p.worked[q.row] | grows
    return {
        "handover_date": np.where(q.first, handed[q.row], p.handover[q.row]),
        "sensing_date": np.where(grows, q.day - SEEN_BEFORE, seen[q.row]),
        "sensing_change": blank(words(change, ("none", "growth")), ~known),
        "right_expiry": q.right_expiry,
    }


def _value(rng: np.random.Generator, p: Pledges, q: Readings) -> dict[str, Cells]:
    shown = np.where(q.first, happens(rng, 0.75, len(p))[q.row], True)
    rent = fen(np.round(p.valuation * RENT))
    rented = p.mode < RENTED
    return {
        "valuation": fen(q.valuation),
        "second_valuation": fen(q.second),
        "valuation_date": q.valued_on,
        "rent": when(rented, rent)[q.row],
        "guaranteed_payout": np.where(rented, rent, 0.0)[q.row],
        "insured_amount": when(shown, fen(q.insured)),
        "loss_payee": when(q.insured > 0, shown),
    }


def _children(rng: np.random.Generator, p: Pledges, q: Readings) -> dict[str, Child]:
    return {
        "title_evidence": _evidence(rng, p, q),
        "overlaps": _overlaps(rng, p, q),
        "claims": _claims(rng, p, q),
        "deals": nobody(
            {
                "deal_price": 0,
                "appraised": 0,
                "reserve_price": 0,
                "on": 0,
                "channel": "",
                "decision_doc_id": "",
            }
        ),
    }


def _evidence(rng: np.random.Generator, p: Pledges, q: Readings) -> Child:
    papers = np.where(p.title == UNTITLED, 0, 1 + rng.integers(0, len(EVIDENCE), len(p)))
    first = np.cumsum(papers) - papers
    parent, place = repeated(papers[q.row])
    row = q.row[parent]
    columns: dict[str, Cells] = {
        "kind": words(place, EVIDENCE),
        "doc_id": ids("DOC", first[row] + place, 7),
        "date": p.seen_on[row] - 200 - 30 * place,
    }
    declared: Flags = happens(rng, 0.92, len(p)) | (p.title != UNTITLED)
    return Child(parent, columns, declared[q.row])


def _overlaps(rng: np.random.Generator, p: Pledges, q: Readings) -> Child:
    part: Floats = rng.uniform(0.05, 0.6, len(p))
    permitted = happens(rng, 0.5, len(p))
    parent = np.flatnonzero(p.protected[q.row])
    row = q.row[parent]
    columns: dict[str, Cells] = {
        "layer": words(p.protected[row] - 1, LAYERS),
        "basis": constant("computed", len(parent)),
        "area": np.round(p.area * part, 2)[row],
        "activity_code": constant("竹林采伐", len(parent)),
        "permit_doc_id": blank(ids("PER", row), ~permitted[row]),
    }
    return Child(parent, columns)


def _claims(rng: np.random.Generator, p: Pledges, q: Readings) -> Child:
    """Return the pledge of each resource, and of a few a claim that excludes it."""
    count = len(p)
    contested = happens(rng, CONTESTED, count)
    other = rng.integers(0, 3, count)
    parent, place = repeated(1 + contested[q.row])
    row, second = q.row[parent], place == 1
    kind = np.where(second & (other[row] > 0), 1, 0)
    own = ids("K", p.coop[row], 3)
    columns: dict[str, Cells] = {
        "parcel_id": ids(f"{COUNTY_CODE}-", row, 8),
        "holder": pa.compute.if_else(pa.array(second), ids("Z", row), own),
        "kind": words(kind, CLAIMS),
        "from": p.seen_on[row] - 90 * second,
        "disclosed": ~second,
        "rank": 1.0 + second,
    }
    return Child(parent, columns)
