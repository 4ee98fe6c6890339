"""The table `organisation`: a yearly record of each, with shareholders, subsidies, lists, links."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from features.frame import Floats
from features.simulate.calendar import instant
from features.simulate.households import Ints
from features.simulate.organisations import ENTITIES, YEARS, Organisations
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

HOLDERS = ("person", "firm", "state", "collective")
SUBSIDIES = ("operation", "investment", "公益林", "insurance")
SIZES = ("micro", "small", "medium")
TAX_GRADES = ("D", "C", "M", "B", "A")
READINGS = 2
"""Yearly records kept of each organisation."""


def sheet(rng: np.random.Generator, orgs: Organisations, year_ends: Ints, as_of: int) -> Sheet:
    """Return the last records that reached us by `as_of`, about four months after the year's end."""
    row, place = repeated(np.full(len(orgs), len(year_ends)))
    known = year_ends[place] + rng.integers(95, 120, len(row))
    kept = (known <= as_of) & (orgs.founded[row] <= year_ends[place])
    newborn = np.flatnonzero(~np.isin(np.arange(len(orgs)), row[kept]))
    row = np.concatenate([row[kept], newborn])
    back = np.concatenate([len(year_ends) - 1 - place[kept], np.zeros(len(newborn), np.int64)])
    day = np.concatenate([year_ends[place[kept]], np.full(len(newborn), as_of - 20)])
    learnt = np.concatenate([known[kept], np.full(len(newborn), as_of - 5)])
    order = np.lexsort((day, row))
    row, back, day, learnt = row[order], back[order], day[order], learnt[order]
    return Sheet(
        "organisation",
        day,
        instant(learnt, 9 + 8 * rng.random(len(row))),
        words(np.where(orgs.entity[row] < 3, 2, 0), ("reported", "verified", "audited")),
        _columns(rng, orgs, row, day, back),
        _children(rng, orgs, row, day, back),
    )


def _columns(
    rng: np.random.Generator, orgs: Organisations, row: Ints, day: Ints, back: Ints
) -> dict[str, Cells]:
    count, bad = len(row), orgs.predatory[row]
    subscribed = fen(orgs.capital)[row]
    held = np.where(
        orgs.entity[row] == 3,
        orgs.capital[row] * np.where(bad, rng.uniform(8, 30, count), rng.uniform(0.5, 7, count)),
        np.nan,
    )
    area = np.round(held / 6.0, 1)
    idle = np.where(bad, rng.uniform(0.35, 0.9, count), rng.uniform(0.0, 0.28, count))
    paid = np.rint(subscribed * orgs.paid_share[row])
    people = tokens(rng, len(orgs))
    return {
        "org_id": orgs.org_id.take(pa.array(row)),
        "entity_type": words(orgs.entity[row], ENTITIES),
        "reg_date": orgs.founded[row],
        "industry_code": words(row % 4, ("A0151", "A0220", "H6110", "N7860")),
        "controller_token": people.take(pa.array(row)),
        "is_lgfv": (orgs.entity[row] == 4) & (row % 9 == 0),
        "restricted_name": np.zeros(count),
        "sme_class": words(np.digitize(orgs.revenue[row, -1], (1e6, 5e6)), SIZES),
        "tax_grade": blank(
            words(np.clip(np.rint(2.5 + orgs.quality[row]), 0, 4).astype(np.int64), TAX_GRADES),
            rng.random(count) < 0.2,
        ),
        "capital_subscribed": subscribed,
        "capital_paid": paid,
        "capital_due": np.rint(
            subscribed * np.where(bad, 0.9, np.minimum(orgs.paid_share[row], 1))
        ),
        "tax_paid_12m": np.where(
            rng.random(count) < 0.8,
            fen(np.maximum(_year(orgs.profit, row, back), 0) * 0.2),
            np.nan,
        ),
        "enforcement_amount": np.where(
            rng.random(count) < 0.04 + 0.15 * bad, subscribed * 0.1, 0.0
        ).round(),
        "social_insured_staff": np.rint(
            np.where(bad, 2, 4 + _year(orgs.revenue, row, back) / 250_000)
        ),
        "counties_active": np.where(bad, rng.integers(2, 7, count), rng.integers(1, 3, count)),
        "resources_held_value": fen(np.round(held, 0)),
        "resources_held_area": area,
        "resources_idle_area": np.round(area * idle, 1),
    }


def _year(values: Floats, row: Ints, back: Ints) -> Floats:
    return values[row, np.maximum(YEARS - 1 - back, 0)]


def _children(
    rng: np.random.Generator, orgs: Organisations, row: Ints, day: Ints, back: Ints
) -> dict[str, Child]:
    return {
        "electricity_kwh": _electricity(rng, orgs, row, back),
        "yearly": _yearly(orgs, row, day, back),
        "shareholders": _shareholders(rng, orgs, row, day),
        "subsidies": _subsidies(rng, orgs, row, day, back),
        "list_entries": _listed(rng, orgs, row, day),
        "penalties": _penalties(rng, orgs, row, day),
        "permits": _permits(rng, row, day),
        "links": _links(rng, orgs, row),
    }


def _electricity(rng: np.random.Generator, orgs: Organisations, row: Ints, back: Ints) -> Child:
    there = (rng.random(len(orgs)) < 0.7)[row] & (back == 0)
    parent, place = repeated(np.where(there, 24, 0))
    busy = np.where(orgs.predatory[row[parent]], 0.1, 1.0)
    kwh = (
        orgs.revenue[row[parent], -1]
        / 12
        * 0.05
        * busy
        * np.exp(0.2 * rng.standard_normal(len(parent)))
    )
    return Child(parent, {"month_no": place + 1, "kwh": np.round(kwh, 1)}, there)


def _yearly(orgs: Organisations, row: Ints, day: Ints, back: Ints) -> Child:
    old = np.clip((day - orgs.founded[row]) // 365 + 1, 1, 3)
    parent, place = repeated(old)
    r, behind = row[parent], back[parent] + place
    assets, liabilities, debt = (
        _year(v, r, behind) for v in (orgs.assets, orgs.liabilities, orgs.debt)
    )
    year = (
        (day[parent].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64))
        + 1970
        - place
    )
    profit = _year(orgs.profit, r, behind)
    return Child(
        parent,
        {
            "year": year,
            "revenue": fen(_year(orgs.revenue, r, behind)),
            "net_profit": fen(profit),
            "cfo": fen(profit * 0.9),
            "total_assets": fen(assets),
            "total_liabilities": fen(liabilities),
            "cash_total": fen(assets * 0.09),
            "short_debt": np.floor(fen(debt) * 0.5),
            "total_debt": fen(debt),
            "ebit": fen(profit + debt * 0.05),
            "interest": fen(debt * 0.05),
        },
    )


def _shareholders(rng: np.random.Generator, orgs: Organisations, row: Ints, day: Ints) -> Child:
    number = 1 + rng.integers(0, 3, len(orgs))
    parent, place = repeated(number[row])
    r = row[parent]
    subscribed = np.floor(fen(orgs.capital[r]) / number[r])
    people = tokens(rng, 4 * len(orgs))
    return Child(
        parent,
        {
            "holder_token": people.take(pa.array(4 * r + place)),
            "holder_kind": words(np.where(orgs.entity[r] == 2, 3, (r + place) % 2), HOLDERS),
            "stake": np.round(1.0 / number[r], 4),
            "subscribed": subscribed,
            "paid": np.floor(subscribed * orgs.paid_share[r]),
            "due": subscribed,
            "paid_on": np.where(
                orgs.paid_share[r] > 0, np.minimum(orgs.founded[r] + 60, day[parent]), np.nan
            ),
        },
        np.ones(len(row), bool),
    )


def _subsidies(
    rng: np.random.Generator, orgs: Organisations, row: Ints, day: Ints, back: Ints
) -> Child:
    bad = orgs.predatory[row]
    number = np.where(bad, rng.integers(2, 6, len(row)), rng.integers(0, 3, len(row)))
    parent, place = repeated(number)
    r = row[parent]
    share = np.where(
        bad[parent], rng.uniform(0.15, 0.5, len(parent)), rng.uniform(0.005, 0.05, len(parent))
    )
    twice = bad[parent] & (place < 2) & (r % 2 == 0)
    return Child(
        parent,
        {
            "programme": ids("PRG", (r + place) % 12, 2),
            "kind": words((r + place) % 4, SUBSIDIES),
            "amount": fen(np.round(_year(orgs.revenue, r, back[parent]) * share, 0)),
            "received_on": day[parent] - rng.integers(5, 700, len(parent)),
            "parcel_id": ids(
                f"{COUNTY_CODE}-",
                10_000_000 + np.where(twice, r, len(row) + np.arange(len(parent))),
                8,
            ),
            "invoice_hash": blank(
                ids("", 4_000_000 + np.where(twice, r, len(row) + np.arange(len(parent))), 16),
                rng.random(len(parent)) < 0.3,
            ),
        },
        rng.random(len(row)) < 0.95,
    )


def _listed(rng: np.random.Generator, orgs: Organisations, row: Ints, day: Ints) -> Child:
    marked = rng.random(len(row)) < np.where(orgs.predatory[row], 0.35, 0.03)
    parent = np.flatnonzero(marked)
    count = len(parent)
    return Child(
        parent,
        {
            "list": words(
                np.where(rng.random(count) < 0.7, 3, 0), ("失信", "严重违法", "骗补", "经营异常")
            ),
            "about": constant("firm", count),
            "from": day[parent] - rng.integers(30, 600, count),
            "repaired_on": np.where(rng.random(count) < 0.4, day[parent] - 10, np.nan),
        },
        rng.random(len(row)) < 0.97,
    )


def _penalties(rng: np.random.Generator, orgs: Organisations, row: Ints, day: Ints) -> Child:
    parent = np.flatnonzero(rng.random(len(row)) < np.where(orgs.predatory[row], 0.3, 0.06))
    count = len(parent)
    return Child(
        parent,
        {
            "kind": words(rng.integers(0, 3, count), ("environment", "land", "forest")),
            "level": words((rng.random(count) < 0.15).astype(np.int64), ("minor", "major")),
            "date": day[parent] - rng.integers(30, 900, count),
            "repaired_on": np.where(rng.random(count) < 0.5, day[parent] - 5, np.nan),
        },
        np.ones(len(row), bool),
    )


def _permits(rng: np.random.Generator, row: Ints, day: Ints) -> Child:
    parent = np.flatnonzero(row % 3 == 0)
    return Child(
        parent,
        {
            "kind": constant("食品经营", len(parent)),
            "required": np.ones(len(parent)),
            "issued_on": day[parent] - 500,
            "expires_on": day[parent] + rng.integers(-30, 1200, len(parent)),
            "doc_id": ids("PER", row[parent]),
        },
        row % 5 != 0,
    )


def _links(rng: np.random.Generator, orgs: Organisations, row: Ints) -> Child:
    parent = np.flatnonzero(rng.random(len(row)) < np.where(orgs.predatory[row], 0.7, 0.06))
    count = len(parent)
    return Child(
        parent,
        {
            "party_a": orgs.org_id.take(pa.array(row[parent])),
            "party_b": ids("P", row[parent] % 9, 2),
            "kind": words(rng.integers(0, 3, count), ("address", "phone", "control")),
            "shared_by": np.full(count, 2),
        },
        rng.random(len(row)) < 0.9,
    )
