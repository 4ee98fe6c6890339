"""Rows of the table `resource` for estates of projects: seen every quarter, valued every year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.arrays.units import SQUARE_METRES_A_MU
from features.frame import Floats
from features.simulate.calendar import Calendar, instant, office_hour
from features.simulate.draws import Ints, happens, when
from features.simulate.estates import ASSET, HOUSE, LAND, VALUED_EVERY, Estates
from features.simulate.household_sheet import village_codes
from features.simulate.settings import COUNTY_CODE
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
    tokens,
    words,
)

TYPES = ("土地经营权", "农房使用权", "集体资产")
RIGHTS, HOLDERS = ("operation", "use", "income"), ("household", "household", "collective")
MODES, COMMODITIES = ("流转", "租赁", "入股"), ("粮食", "民宿", "民宿")
HOUSE_AREA = 140.0
"""㎡ of a house or asset."""
AGE_CAP, SEEN_BEFORE = 12, 9
RENT = 0.05
PRIVATE, CHEAP, LOWERED = 0.03, 0.03, 0.04
"""Deals outside the open exchange, below their price, and lowered by a vote."""
EVIDENCE = ("contract", "发包方备案")


@dataclass(frozen=True)
class Sightings:
    """Readings: row of the estate, its day, and the day learnt."""

    row: Ints
    day: Ints
    known_day: Ints

    def __len__(self) -> int:
        return len(self.row)


def _seen(rng: np.random.Generator, e: Estates, quarter_ends: Ints, as_of: int) -> Sightings:
    """Return a sighting at handover and at each quarter's end that reached us by `as_of`."""
    ends = np.broadcast_to(quarter_ends, (len(e), len(quarter_ends)))
    days = np.concatenate([e.handover[:, None], np.maximum(ends, e.handover[:, None])], axis=1)
    again = np.concatenate([np.ones((len(e), 1), bool), ends > e.handover[:, None]], axis=1)
    known = days + rng.integers(2, 15, days.shape)
    row, place = np.nonzero(again & (known <= as_of))
    return Sightings(row, days[row, place], known[row, place])


def sheet(
    rng: np.random.Generator,
    e: Estates,
    price: Floats,
    calendar: Calendar,
    quarter_ends: Ints,
) -> Sheet:
    """Return every reading of every estate; `price` is yuan, (sorts, months)."""
    r = _seen(rng, e, quarter_ends, calendar.as_of)
    row, count = r.row, len(r)
    sort = e.sort[row]
    asset = sort == ASSET
    columns: dict[str, Cells] = {
        "resource_id": e.ids(row),
        "parcel_id": ids(f"{COUNTY_CODE}-", 20_000_000 + row, 8),
        "county_code": constant(COUNTY_CODE, count),
        "village_code": village_codes(e.village[row]),
        "coop_id": ids("K", e.coop[row], 3),
        "holder_token": tokens(rng, len(e)).take(pa.array(row)),
        "holder_kind": words(sort, HOLDERS),
        "title_no": ids("TP", row, 5),
        "title_state": constant("confirmed", count),
        "type": words(sort, TYPES),
        "commodity": blank(words(sort, COMMODITIES), asset),
        "right_type": words(sort, RIGHTS),
        "deposit_mode": words(sort, MODES),
        "liquidity_class": words(1 + sort % 2, ("A", "B", "C")),
        "area": np.round(np.where(sort == LAND, e.size[row] * SQUARE_METRES_A_MU, HOUSE_AREA), 2),
        "unit_count": when(sort == HOUSE, e.size[row]),
        "geometry": ids("CGCS2000:P", row, 6),
        "right_expiry": e.right_expiry[row],
        "handover_date": e.handover[row],
        **_sensed(e, r),
        **_valued(e, r, price, calendar),
    }
    learnt = instant(r.known_day, office_hour(rng, count))
    quality = constant("verified", count)
    return Sheet(
        "resource", r.day, learnt, quality, columns, _children(rng, e, r, price, calendar)
    )


def _sensed(e: Estates, r: Sightings) -> dict[str, Cells]:
    """Return what was seen from above: growth in use, nothing where it lies idle, a building."""
    idle = r.day > e.stops_on[r.row]
    change = np.where(e.built_on[r.row], 2, np.where(idle, 0, 1))
    return {
        "sensing_date": np.maximum(r.day - SEEN_BEFORE, e.handover[r.row]),
        "sensing_change": words(change, ("none", "growth", "building")),
    }


def _valued(e: Estates, r: Sightings, price: Floats, calendar: Calendar) -> dict[str, Cells]:
    """Return the latest of the yearly valuations."""
    years = (r.day - e.handover[r.row]) // VALUED_EVERY
    on = e.handover[r.row] + VALUED_EVERY * years
    valuation = e.valuation(r.row, on, price, calendar)
    rented = e.sort[r.row] != ASSET
    return {
        "appraiser_id": ids("P", e.appraiser[r.row], 2),
        "valuation": fen(valuation),
        "second_valuation": fen(np.round(valuation * e.second[r.row], -2)),
        "valuation_date": on,
        "valuation_method": constant("market", len(r)),
        "valuation_age_cap": np.full(len(r), AGE_CAP),
        "rent": when(rented, fen(np.round(valuation * RENT))),
        "insurable": e.sort[r.row] == HOUSE,
    }


def _children(
    rng: np.random.Generator, e: Estates, r: Sightings, price: Floats, calendar: Calendar
) -> dict[str, Child]:
    parent, place = repeated(np.full(len(r), len(EVIDENCE)))
    row = r.row[parent]
    evidence: dict[str, Cells] = {
        "kind": words(place, EVIDENCE),
        "doc_id": ids("DOP", len(EVIDENCE) * row + place, 6),
        "date": e.handover[row] - 30,
    }
    claims: dict[str, str | int] = {
        "parcel_id": "",
        "holder": "",
        "kind": "",
        "from": 0,
        "disclosed": 0,
    }
    return {
        "title_evidence": Child(parent, evidence),
        "overlaps": _overlaps(e, r),
        "claims": nobody(claims),
        "deals": _deals(rng, e, r, price, calendar),
    }


def _overlaps(e: Estates, r: Sightings) -> Child:
    """Return farm land that was built on without its paper."""
    parent = np.flatnonzero(e.built_on[r.row])
    row = r.row[parent]
    columns: dict[str, Cells] = {
        "layer": words(row % 2, ("其他农田", "永久基本农田")),
        "basis": constant("computed", len(parent)),
        "area": np.round(e.size[row] * SQUARE_METRES_A_MU * 0.1, 2),
    }
    return Child(parent, columns)


def _deals(
    rng: np.random.Generator, e: Estates, r: Sightings, price: Floats, calendar: Calendar
) -> Child:
    """Return the deal of each collective asset: openly and at its price, but for a few."""
    count = len(e)
    private, cheap = happens(rng, PRIVATE, count), happens(rng, CHEAP, count)
    voted = happens(rng, LOWERED, count)
    over = np.where(cheap | voted, 0.88, rng.uniform(1.0, 1.15, count))
    appraised = np.round(e.valuation(np.arange(count), e.handover, price, calendar), -2)
    parent = np.flatnonzero(e.sort[r.row] == ASSET)
    row = r.row[parent]
    columns: dict[str, Cells] = {
        "deal_price": fen(np.round(appraised * over, -2))[row],
        "appraised": fen(appraised)[row],
        "reserve_price": fen(np.round(appraised * 0.95, -2))[row],
        "channel": words(private[row], ("open", "private")),
        "on": e.handover[row],
        "decision_doc_id": blank(ids("VOT", row, 5), ~voted[row]),
    }
    return Child(parent, columns)
