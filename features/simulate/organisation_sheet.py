"""The table `organisation`: yearly records with shareholders, subsidies, lists and links."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.frame import Floats
from features.simulate.calendar import instant, office_hour
from features.simulate.draws import Flags, Ints, happens, one_in, when
from features.simulate.organisations import (
    COLLECTIVE,
    DEVELOPER,
    ENTITIES,
    PROJECT_COMPANY,
    YEARS,
    Organisations,
)
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

INDUSTRIES = ("A0151", "A0220", "H6110", "N7860")
SIZES, SIZE_BOUNDS = ("micro", "small", "medium"), (1.0e6, 5.0e6)
TAX_GRADES, MIDDLE_GRADE = ("D", "C", "M", "B", "A"), 2.5
SUBSIDIES = ("operation", "investment", "公益林", "insurance")
LISTS = ("失信", "经营异常")
LINKS = ("address", "phone", "control")
FIELDS = ("environment", "land", "forest")
APPRAISERS, PROGRAMMES, MOST_HOLDERS = 9, 12, 3
STATEMENTS, KWH_MONTHS = 3, 24
YEAR_DAYS = 365


@dataclass(frozen=True)
class Records:
    """Yearly records: row of the organisation, its day, years before the last, day learnt."""

    row: Ints
    day: Ints
    back: Ints
    known_day: Ints

    def __len__(self) -> int:
        return len(self.row)


def recorded(
    rng: np.random.Generator, orgs: Organisations, year_ends: Ints, as_of: int
) -> Records:
    """Return records that reached us by `as_of`, about four months after the year's end.

    One that is younger than its first yearly record has one of its registration.
    """
    row, place = repeated(np.full(len(orgs), len(year_ends)))
    known = year_ends[place] + rng.integers(95, 120, len(row))
    kept = (known <= as_of) & (orgs.founded[row] <= year_ends[place])
    newborn = np.flatnonzero(~np.isin(np.arange(len(orgs)), row[kept]))
    place = np.concatenate([place[kept], np.full(len(newborn), len(year_ends) - 1)])
    row = np.concatenate([row[kept], newborn])
    day = np.concatenate([year_ends[place[: kept.sum()]], np.full(len(newborn), as_of - 20)])
    known = np.concatenate([known[kept], np.full(len(newborn), as_of - 5)])
    order = np.lexsort((day, row))
    return Records(row[order], day[order], len(year_ends) - 1 - place[order], known[order])


def sheet(rng: np.random.Generator, orgs: Organisations, year_ends: Ints, as_of: int) -> Sheet:
    """Return the last yearly records of every organisation."""
    r = recorded(rng, orgs, year_ends, as_of)
    audited = orgs.entity[r.row] <= COLLECTIVE
    learnt = instant(r.known_day, office_hour(rng, len(r)))
    columns = {**_registry(rng, orgs, r), **_conduct(rng, orgs, r)}
    children = {
        "electricity_kwh": _electricity(rng, orgs, r),
        "yearly": _yearly(orgs, r),
        "shareholders": _shareholders(rng, orgs, r),
        "subsidies": _subsidies(rng, orgs, r),
        "list_entries": _listed(rng, orgs, r),
        "penalties": _penalties(rng, orgs, r),
        "permits": _permits(rng, r),
        "links": _links(rng, orgs, r),
    }
    quality = words(audited, ("reported", "audited"))
    return Sheet("organisation", r.day, learnt, quality, columns, children)


def _registry(rng: np.random.Generator, orgs: Organisations, r: Records) -> dict[str, Cells]:
    row, count = r.row, len(r)
    subscribed = fen(orgs.capital)[row]
    paid = orgs.paid_share[row]
    due = np.where(orgs.predatory[row], 0.9, paid)
    grade = np.clip(np.rint(MIDDLE_GRADE + orgs.quality[row]), 0, len(TAX_GRADES) - 1)
    ungraded = happens(rng, 0.2, count)
    return {
        "org_id": orgs.org_id.take(pa.array(row)),
        "entity_type": words(orgs.entity[row], ENTITIES),
        "reg_date": orgs.founded[row],
        "industry_code": words(row % len(INDUSTRIES), INDUSTRIES),
        "controller_token": tokens(rng, len(orgs)).take(pa.array(row)),
        "is_lgfv": (orgs.entity[row] == PROJECT_COMPANY) & one_in(9, row),
        "restricted_name": np.zeros(count),
        "sme_class": words(np.digitize(orgs.revenue[row, -1], SIZE_BOUNDS), SIZES),
        "tax_grade": blank(words(grade.astype(np.int64), TAX_GRADES), ungraded),
        "capital_subscribed": subscribed,
        "capital_paid": np.rint(subscribed * paid),
        "capital_due": np.rint(subscribed * due),
    }


def _conduct(rng: np.random.Generator, orgs: Organisations, r: Records) -> dict[str, Cells]:
    row, count = r.row, len(r)
    bad = orgs.predatory[row]
    times = np.where(bad, rng.uniform(8, 30, count), rng.uniform(0.5, 7, count))
    held = when(orgs.entity[row] == DEVELOPER, np.round(orgs.capital[row] * times))
    idle = np.where(bad, rng.uniform(0.35, 0.9, count), rng.uniform(0.0, 0.28, count))
    area = np.round(held / 6.0, 1)
    profit = np.maximum(_year(orgs.profit, row, r.back), 0)
    staff = 4 + _year(orgs.revenue, row, r.back) / 250_000
    enforced = happens(rng, np.where(bad, 0.19, 0.04), count)
    return {
        "tax_paid_12m": when(happens(rng, 0.8, count), fen(profit * 0.2)),
        "enforcement_amount": np.where(enforced, fen(orgs.capital[row] * 0.1), 0.0),
        "social_insured_staff": np.rint(np.where(bad, 2, staff)),
        "counties_active": np.where(bad, rng.integers(2, 7, count), rng.integers(1, 3, count)),
        "resources_held_value": fen(held),
        "resources_held_area": area,
        "resources_idle_area": np.round(area * idle, 1),
    }


def _year(values: Floats, row: Ints, back: Ints) -> Floats:
    return np.asarray(values[row, np.maximum(YEARS - 1 - back, 0)])


def _electricity(rng: np.random.Generator, orgs: Organisations, r: Records) -> Child:
    """Return power used: it moves with revenue, but not with a shell's."""
    there: Flags = happens(rng, 0.7, len(orgs))[r.row] & (r.back == 0)
    parent, place = repeated(np.where(there, KWH_MONTHS, 0))
    row = r.row[parent]
    busy = np.where(orgs.predatory[row], 0.1, 1.0) * np.exp(0.2 * rng.standard_normal(len(row)))
    kwh = orgs.revenue[row, -1] / 12 * 0.05 * busy
    return Child(parent, {"month_no": place + 1, "kwh": np.round(kwh, 1)}, there)


def _yearly(orgs: Organisations, r: Records) -> Child:
    old = np.clip((r.day - orgs.founded[r.row]) // YEAR_DAYS + 1, 1, STATEMENTS)
    parent, place = repeated(old)
    row, back = r.row[parent], r.back[parent] + place
    ended = r.day[parent].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    assets, debt = _year(orgs.assets, row, back), _year(orgs.debt, row, back)
    profit = _year(orgs.profit, row, back)
    columns: dict[str, Cells] = {
        "year": ended - place,
        "revenue": fen(_year(orgs.revenue, row, back)),
        "net_profit": fen(profit),
        "cfo": fen(profit * 0.9),
        "total_assets": fen(assets),
        "total_liabilities": fen(_year(orgs.liabilities, row, back)),
        "cash_total": fen(assets * 0.09),
        "short_debt": np.floor(fen(debt) * 0.5),
        "total_debt": fen(debt),
        "ebit": fen(profit + debt * 0.05),
        "interest": fen(debt * 0.05),
    }
    return Child(parent, columns)


def _shareholders(rng: np.random.Generator, orgs: Organisations, r: Records) -> Child:
    number = rng.integers(1, MOST_HOLDERS + 1, len(orgs))
    parent, place = repeated(number[r.row])
    row = r.row[parent]
    subscribed = np.floor(fen(orgs.capital[row]) / number[row])
    people = tokens(rng, MOST_HOLDERS * len(orgs))
    kind = np.where(orgs.entity[row] == COLLECTIVE, 2, (row + place) % 2)
    paid_on = np.minimum(orgs.founded[row] + 60, r.day[parent])
    columns: dict[str, Cells] = {
        "holder_token": people.take(pa.array(MOST_HOLDERS * row + place)),
        "holder_kind": words(kind, ("person", "firm", "collective")),
        "stake": np.round(1.0 / number[row], 4),
        "subscribed": subscribed,
        "paid": np.floor(subscribed * orgs.paid_share[row]),
        "due": subscribed,
        "paid_on": when(orgs.paid_share[row] > 0, paid_on),
    }
    return Child(parent, columns)


def _subsidies(rng: np.random.Generator, orgs: Organisations, r: Records) -> Child:
    """Return subsidies; every other predator hands in one parcel and invoice twice."""
    bad = orgs.predatory[r.row]
    number = np.where(bad, rng.integers(2, 6, len(r)), rng.integers(0, 3, len(r)))
    parent, place = repeated(number)
    row, count = r.row[parent], len(parent)
    share = np.where(bad[parent], rng.uniform(0.15, 0.5, count), rng.uniform(0.005, 0.05, count))
    twice = bad[parent] & (place <= 1) & one_in(2, row)
    paper = np.where(twice, row, len(orgs) + np.arange(count))
    columns: dict[str, Cells] = {
        "programme": ids("PRG", (row + place) % PROGRAMMES, 2),
        "kind": words((row + place) % len(SUBSIDIES), SUBSIDIES),
        "amount": fen(np.round(_year(orgs.revenue, row, r.back[parent]) * share)),
        "received_on": r.day[parent] - rng.integers(5, 700, count),
        "parcel_id": ids(f"{COUNTY_CODE}-", 10_000_000 + paper, 8),
        "invoice_hash": blank(ids("", 4_000_000 + paper, 16), happens(rng, 0.3, count)),
    }
    return Child(parent, columns, happens(rng, 0.95, len(r)) | (number > 0))


def _marked(
    rng: np.random.Generator, orgs: Organisations, r: Records, bad: float, other: float
) -> Ints:
    """Return records with a mark that predators bear with one chance and others with another."""
    chance = np.where(orgs.predatory[r.row], bad, other)
    return np.flatnonzero(happens(rng, chance, len(r)))


def _listed(rng: np.random.Generator, orgs: Organisations, r: Records) -> Child:
    parent = _marked(rng, orgs, r, 0.35, 0.03)
    count = len(parent)
    columns: dict[str, Cells] = {
        "list": words(happens(rng, 0.7, count), LISTS),
        "about": constant("firm", count),
        "from": r.day[parent] - rng.integers(30, 600, count),
        "repaired_on": when(happens(rng, 0.4, count), r.day[parent] - 10),
    }
    return Child(parent, columns)


def _penalties(rng: np.random.Generator, orgs: Organisations, r: Records) -> Child:
    parent = _marked(rng, orgs, r, 0.3, 0.06)
    count = len(parent)
    columns: dict[str, Cells] = {
        "kind": words(rng.integers(0, len(FIELDS), count), FIELDS),
        "level": words(happens(rng, 0.15, count), ("minor", "major")),
        "date": r.day[parent] - rng.integers(30, 900, count),
        "repaired_on": when(happens(rng, 0.5, count), r.day[parent] - 5),
    }
    return Child(parent, columns)


def _permits(rng: np.random.Generator, r: Records) -> Child:
    parent = np.flatnonzero(one_in(3, r.row))
    count = len(parent)
    columns: dict[str, Cells] = {
        "kind": constant("食品经营", count),
        "required": np.ones(count),
        "issued_on": r.day[parent] - 500,
        "expires_on": r.day[parent] + rng.integers(-30, 1200, count),
        "doc_id": ids("PER", r.row[parent]),
    }
    return Child(parent, columns, ~one_in(5, r.row, 1) | one_in(3, r.row))


def _links(rng: np.random.Generator, orgs: Organisations, r: Records) -> Child:
    parent = _marked(rng, orgs, r, 0.7, 0.06)
    count = len(parent)
    columns: dict[str, Cells] = {
        "party_a": orgs.org_id.take(pa.array(r.row[parent])),
        "party_b": ids("P", r.row[parent] % APPRAISERS, 2),
        "kind": words(rng.integers(0, len(LINKS), count), LINKS),
        "shared_by": np.full(count, 2),
    }
    return Child(parent, columns)
