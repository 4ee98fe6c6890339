"""The table `organisation`: yearly records with shareholders, subsidies, lists and links."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from features.simulate import organisation_conduct as conduct
from features.simulate.calendar import instant, office_hour
from features.simulate.draws import Flags, Ints, happens, one_in, when
from features.simulate.organisation_records import Records, recorded, year_of
from features.simulate.organisations import (
    COLLECTIVE,
    ENTITIES,
    PROJECT_COMPANY,
    Organisations,
)
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
MOST_HOLDERS = 3
STATEMENTS, KWH_MONTHS = 3, 24
YEAR_DAYS = 365
HELD = ((0.5, 7.0), (11.0, 30.0))
"""Value of resources held over the capital paid in: of most, and of those that grab."""


def sheet(
    rng: np.random.Generator, orgs: Organisations, year_ends: Ints, as_of: int, stopped_on: Ints
) -> Sheet:
    """Return the last yearly records of every organisation.

    `stopped_on` is the day on which each stopped to spend on its projects, 0 = it goes on.
    """
    r = recorded(rng, orgs, year_ends, as_of)
    audited = orgs.entity[r.row] <= COLLECTIVE
    learnt = instant(r.known_day, office_hour(rng, len(r)))
    columns = {**_registry(rng, orgs, r), **_conduct(rng, orgs, r)}
    children = {
        "electricity_kwh": _electricity(rng, orgs, r),
        "yearly": _yearly(orgs, r),
        "shareholders": _shareholders(rng, orgs, r),
        "subsidies": conduct.subsidies(rng, orgs, r, stopped_on),
        "list_entries": conduct.listed(rng, orgs, r),
        "penalties": conduct.penalties(rng, orgs, r),
        "permits": _permits(rng, r),
        "links": conduct.links(rng, orgs, r),
    }
    quality = words(audited, ("reported", "audited"))
    return Sheet("organisation", r.day, learnt, quality, columns, children)


def _registry(rng: np.random.Generator, orgs: Organisations, r: Records) -> dict[str, Cells]:
    row, count = r.row, len(r)
    subscribed = fen(orgs.capital)[row]
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
        "capital_paid": np.rint(subscribed * orgs.paid_share[row]),
        "capital_due": np.rint(subscribed * orgs.due_share[row]),
    }


def _conduct(rng: np.random.Generator, orgs: Organisations, r: Records) -> dict[str, Cells]:
    row, count = r.row, len(r)
    bad, hoards = orgs.predatory[row], orgs.marks["hoards"][row]
    grabs = orgs.predatory & (orgs.marks["hoards"] | orgs.marks["shell"])
    usual, much = (rng.uniform(*span, len(orgs)) for span in HELD)
    times = np.where(grabs, much, usual)
    held = when(orgs.developing[row], np.round(orgs.capital * orgs.paid_share * times)[row])
    idle = np.where(hoards, rng.uniform(0.35, 0.9, count), rng.uniform(0.0, 0.25, count))
    area = np.round(held / 6.0, 1)
    profit = np.maximum(year_of(orgs.profit, row, r.back), 0)
    staff = 4 + year_of(orgs.revenue, row, r.back) / 250_000
    enforced = happens(rng, np.where(bad, 0.19, 0.04), count)
    return {
        "tax_paid_12m": when(happens(rng, 0.8, count), fen(profit * 0.2)),
        "enforcement_amount": np.where(enforced, fen(orgs.capital[row] * 0.1), 0.0),
        "social_insured_staff": np.rint(np.where(bad, 2, staff)),
        "counties_active": np.where(
            hoards & bad, rng.integers(2, 7, count), rng.integers(1, 3, count)
        ),
        "resources_held_value": fen(held),
        "resources_held_area": area,
        "resources_idle_area": np.round(area * idle, 1),
    }


def _electricity(rng: np.random.Generator, orgs: Organisations, r: Records) -> Child:
    """Return power used: it moves with revenue, but not with a shell's."""
    newest = np.append(np.diff(r.row) > 0, True)
    there: Flags = happens(rng, 0.7, len(orgs))[r.row] & newest
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
    assets, debt = year_of(orgs.assets, row, back), year_of(orgs.debt, row, back)
    profit = year_of(orgs.profit, row, back)
    columns: dict[str, Cells] = {
        "year": ended - place,
        "revenue": fen(year_of(orgs.revenue, row, back)),
        "net_profit": fen(profit),
        "cfo": fen(profit * 0.9),
        "total_assets": fen(assets),
        "total_liabilities": fen(year_of(orgs.liabilities, row, back)),
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
