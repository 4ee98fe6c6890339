"""Subsidies, public lists, penalties and ties of organisations: where their marks stand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from features.simulate.draws import Flags, Ints, happens, when
from features.simulate.organisation_records import Records, year_of
from features.simulate.organisations import Organisations
from features.simulate.settings import COUNTY_CODE
from features.simulate.sheets import Cells, Child, blank, constant, fen, ids, repeated, words

KINDS, PROGRAMMES = ("operation", "investment", "公益林", "insurance"), 12
MODEST, HARVEST = (0.005, 0.05), (1.1, 1.6)
"""One subsidy over a year's revenue: of most, and of those that live on them."""
RECENT_DAYS, PAST_DAYS = 330, 700
LANDED_DAYS = (10, 80)
"""Days before the last spending on which the subsidy had landed that was waited for."""
LISTS = ("经营异常", "失信", "骗补", "严重违法")
ABNORMAL, LISTED_ONCE = 0, 0.03
FIELDS = ("environment", "land", "forest")
RARE, HARD = ("address", "phone", "officer"), ("control", "account", "family")
TIES = RARE + HARD
APPRAISERS = 9
FEW, WHOLE_VILLAGE = 2, 25
"""How many parties share what ties two of them."""


def subsidies(
    rng: np.random.Generator, orgs: Organisations, r: Records, stopped_on: Ints
) -> Child:
    """Return subsidies: two claims of one parcel, and a harvest, stand in them where marked.

    Who stops to spend (`stopped_on`, 0 = nobody) does so once its first subsidy has landed.
    """
    marks, count = orgs.marks, len(r)
    lives_on, twice, stops = (marks[name][r.row] for name in ("harvests", "claims_twice", "stops"))
    number = np.where(lives_on, rng.integers(4, 6, count), rng.integers(0, 3, count))
    number = np.maximum(number, 2 * twice | stops)
    parent, place = repeated(number)
    row, size = r.row[parent], len(parent)
    share = np.where(lives_on[parent], rng.uniform(*HARVEST, size), rng.uniform(*MODEST, size))
    same = twice[parent] & (place <= 1)
    paper = np.where(same, row, len(orgs) + np.arange(size))
    age = np.where(lives_on[parent], RECENT_DAYS, PAST_DAYS)
    received = r.day[parent] - 5 - (rng.random(size) * age).astype(np.int64)
    landed = stopped_on[row] - rng.integers(*LANDED_DAYS, size)
    first = stops[parent] & (place == 0) & (stopped_on[row] > 0) & (landed <= r.day[parent])
    invoiced = ~same & happens(rng, 0.3, size)
    columns: dict[str, Cells] = {
        "programme": ids("PRG", (row + place) % PROGRAMMES, 2),
        "kind": words(np.where(first, 0, (row + place) % len(KINDS)), KINDS),
        "amount": fen(np.round(year_of(orgs.revenue, row, r.back[parent]) * share)),
        "received_on": np.where(first, landed, received),
        "parcel_id": ids(f"{COUNTY_CODE}-", 10_000_000 + paper, 8),
        "invoice_hash": blank(ids("", 4_000_000 + paper, 16), invoiced),
    }
    return Child(parent, columns, happens(rng, 0.95, count) | (number > 0))


def listed(rng: np.random.Generator, orgs: Organisations, r: Records) -> Child:
    """Return entries in public lists: grave and open ones where marked, old repaired ones else."""
    marked = orgs.marks["listed"]
    parent = np.flatnonzero((marked | happens(rng, LISTED_ONCE, len(orgs)))[r.row])
    row, count = r.row[parent], len(parent)
    bad = (marked & orgs.predatory)[row]
    grave = rng.integers(1, len(LISTS), len(orgs))[row]
    repaired = ~marked[row] | happens(rng, np.where(bad, 0.15, 0.4), count)
    columns: dict[str, Cells] = {
        "list": words(np.where(bad, grave, ABNORMAL), LISTS),
        "about": constant("firm", count),
        "from": r.day[parent] - rng.integers(30, 600, count),
        "repaired_on": when(repaired, r.day[parent] - 10),
    }
    return Child(parent, columns)


def penalties(rng: np.random.Generator, orgs: Organisations, r: Records) -> Child:
    """Return penalties, more often of predators."""
    parent = np.flatnonzero(happens(rng, np.where(orgs.predatory[r.row], 0.3, 0.06), len(r)))
    count = len(parent)
    columns: dict[str, Cells] = {
        "kind": words(rng.integers(0, len(FIELDS), count), FIELDS),
        "level": words(happens(rng, 0.15, count), ("minor", "major")),
        "date": r.day[parent] - rng.integers(30, 900, count),
        "repaired_on": when(happens(rng, 0.5, count), r.day[parent] - 5),
    }
    return Child(parent, columns)


def links(rng: np.random.Generator, orgs: Organisations, r: Records) -> Child:
    """Return ties: rare or hard ones where marked, and addresses that a whole village shares."""
    marked = orgs.marks["ties"]
    village: Flags = ~marked & orgs.small & happens(rng, 0.3, len(orgs))
    parent = np.flatnonzero((marked | village)[r.row])
    row = r.row[parent]
    theirs = rng.integers(0, len(TIES), len(orgs))
    kind = np.where(orgs.predatory, theirs, theirs % len(RARE))
    kind = np.where(village, 0, kind)
    columns: dict[str, Cells] = {
        "party_a": orgs.org_id.take(pa.array(row)),
        "party_b": ids("P", row % APPRAISERS, 2),
        "kind": words(kind[row], TIES),
        "shared_by": np.where(village[row], WHOLE_VILLAGE, FEW),
    }
    return Child(parent, columns)
