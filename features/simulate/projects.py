"""Projects of the cooperatives and the table `project`: plans, payouts, permits, ecology, quarter by quarter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.frame import Floats
from features.simulate.calendar import instant
from features.simulate.cooperatives import Cooperatives
from features.simulate.households import Flags, Ints
from features.simulate.organisations import Organisations
from features.simulate.sheets import Cells, Child, Sheet, constant, fen, ids, repeated, words

STATES = ("申报", "准入", "在营", "项目关注", "整改", "退出")
PER_COOPERATIVE = 3
PAYOUT_EVERY = 91
PAYOUTS_SHOWN = 12
"""Payouts listed in a reading: three years of them."""
KINDS = ("construction", "planting", "equipment", "operation")


@dataclass(frozen=True)
class Projects:
    """p projects; money in yuan, days since 1970-01-01; payouts are dated (p, k)."""

    coop: Ints
    developer: Ints
    predatory: Flags
    approved_on: Ints
    duration: Ints
    investment: Floats
    area: Floats
    pace: Floats
    fixed_asset: Flags
    harm: Flags
    payout_due_on: Ints
    payout: Floats
    payout_delay: Ints

    def __len__(self) -> int:
        return len(self.coop)


def planned(
    rng: np.random.Generator, coops: Cooperatives, orgs: Organisations, as_of: int
) -> Projects:
    """Return three projects a cooperative, each with its payouts to households."""
    coop = np.repeat(np.arange(len(coops)), PER_COOPERATIVE)
    count = len(coop)
    developers = orgs.developers
    developer = developers[rng.integers(0, len(developers), count)]
    approved = as_of - rng.integers(500, 2100, count)
    first = np.maximum(approved + 120, as_of - 1900) + rng.integers(0, PAYOUT_EVERY, count)
    due_on = first[:, None] + PAYOUT_EVERY * np.arange((1900 + 400) // PAYOUT_EVERY)
    investment = np.round(np.exp(rng.normal(15.6, 0.7, count)), -4)
    late = rng.random(due_on.shape) > coops.punctual[coop][:, None]
    predatory = orgs.predatory[developer]
    return Projects(
        coop,
        developer,
        predatory,
        approved,
        rng.integers(500, 1300, count),
        investment,
        np.round(np.exp(rng.normal(11.5, 0.8, count)), 1),
        np.where(predatory, rng.uniform(0.2, 0.7, count), rng.uniform(0.85, 1.1, count)),
        rng.random(count) < 0.6,
        rng.random(count) < np.where(predatory, 0.25, 0.04),
        due_on,
        np.round(investment * 0.012, 0)[:, None] * rng.uniform(0.8, 1.2, due_on.shape).round(2),
        np.where(late, rng.integers(3, 75, due_on.shape), -rng.integers(0, 5, due_on.shape)),
    )


def sheet(
    rng: np.random.Generator,
    projects: Projects,
    quarter_ends: Ints,
    as_of: int,
    orgs: Organisations,
) -> Sheet:
    """Return a record of each running project every quarter, learnt two to four weeks later."""
    row, place = (
        grid.ravel()
        for grid in np.meshgrid(
            np.arange(len(projects)), np.arange(len(quarter_ends)), indexing="ij"
        )
    )
    day = quarter_ends[place]
    known = day + rng.integers(12, 30, len(day))
    kept = (day >= projects.approved_on[row]) & (known <= as_of)
    row, day, known = row[kept], day[kept], known[kept]
    done = np.clip((day - projects.approved_on[row]) / projects.duration[row], 0, 1)
    columns = {
        **_what(projects, row, done, orgs),
        **_money(projects, row, day, done),
        **_ecology(projects, row),
    }
    return Sheet(
        "project",
        day,
        instant(known, 9 + 8 * rng.random(len(day))),
        constant("reported", len(day)),
        columns,
        _children(rng, projects, row, day),
    )


def _what(p: Projects, row: Ints, done: Floats, orgs: Organisations) -> dict[str, Cells]:
    state = np.where(p.predatory[row] & (done > 0.5), 4, np.where(done < 0.08, 1, 2))
    return {
        "project_id": ids("J", row, 4),
        "coop_id": ids("K", p.coop[row], 3),
        "activity_code": constant("生态旅游", len(row)),
        "developer_id": orgs.org_id.take(pa.array(p.developer[row])),
        "decision_doc_id": ids("DEC", 9000 + row, 5),
        "life_state": words(state, STATES),
        "stake_coop": np.round(0.2 + 0.05 * (row % 8), 2),
        "fixed_asset_project": p.fixed_asset[row],
        "listed_key_project": row % 4 == 0,
        "weather_normalised": np.ones(len(row)),
        "approved_on": p.approved_on[row],
        "handover_date": p.approved_on[row] + 60,
        "planned_end": p.approved_on[row] + p.duration[row],
        "project_area": p.area[row],
        "geometry": ids("CGCS2000:J", row, 4),
        "households": 20 + row % 150,
        "jobs_local": 3 + row % 40,
    }


def _money(p: Projects, row: Ints, day: Ints, done: Floats) -> dict[str, Cells]:
    total = fen(p.investment)[row]
    capital = np.rint(total * np.where(p.predatory[row], 0.21, 0.30))
    ahead = (p.payout_due_on[row] > day[:, None]) & (p.payout_due_on[row] <= day[:, None] + 365)
    due = (fen(p.payout)[row] * ahead).sum(axis=1)
    return {
        "total_investment": total,
        "project_capital_planned": capital,
        "project_capital_due": np.rint(capital * done),
        "project_capital_paid": np.rint(capital * done * np.where(p.predatory[row], 0.4, 1.0)),
        "payout_reserve": np.rint(due * 0.3),
        "op_cash_12m": np.rint(due * np.where(p.predatory[row], 0.7, 1.25)),
    }


def _ecology(p: Projects, row: Ints) -> dict[str, Cells]:
    before = np.rint(p.area[row] * 8.0 * 100)
    gain = np.where(p.harm[row], -0.03, 0.006)
    regulating = np.rint(before * 0.7)
    return {
        "gep_method": constant("provincial", len(row)),
        "price_base": np.full(len(row), 2020),
        "gep_before": before,
        "gep_after": np.rint(before * (1 + gain)),
        "gep_offset_accepted": np.zeros(len(row)),
        "gep_band": np.rint(before * 0.01),
        "gep_reg_before": regulating,
        "gep_reg_after": np.rint(regulating * (1 + gain)),
        "gep_reg_offset_accepted": np.zeros(len(row)),
        "gep_reg_band": np.rint(regulating * 0.01),
    }


def _children(rng: np.random.Generator, p: Projects, row: Ints, day: Ints) -> dict[str, Child]:
    return {
        "invest_plan": _spending(p, row, day, True),
        "invest_actual": _spending(p, row, day, False),
        "funding": _funding(p, row),
        "milestones": _milestones(p, row, day),
        "payouts": _payouts(p, row, day),
        "permits": _permits(p, row),
        "penalties": _nothing(row, {"kind": "", "level": "", "date": 0}),
        "overlaps": _overlaps(p, row),
        "resources": _nothing(row, {"resource_id": ""}),
        "events": _events(rng, row, day),
    }


def _nothing(row: Ints, columns: dict[str, str | int]) -> Child:
    cells = {
        name: constant("", 0) if value == "" else np.empty(0) for name, value in columns.items()
    }
    return Child(np.empty(0, np.int64), cells, row % 7 != 0)


def _spending(p: Projects, row: Ints, day: Ints, plan: bool) -> Child:
    """Return the plan's eight instalments, or those paid by the day at the project's own pace."""
    parent, place = repeated(np.full(len(row), 8))
    r = row[parent]
    on = p.approved_on[r] + (p.duration[r] * (place + 1) / 8).astype(np.int64)
    amount = np.floor(fen(p.investment[r]) / 8 * (1.0 if plan else p.pace[r]))
    kept = np.full(len(parent), True) if plan else on <= day[parent]
    return Child(
        parent[kept],
        {"on": on[kept], "amount": amount[kept], "kind": words(place[kept] % 4, KINDS)},
        np.ones(len(row), bool),
    )


def _funding(p: Projects, row: Ints) -> Child:
    parent, place = repeated(np.full(len(row), 2))
    share = np.where(place == 0, 0.3, 0.5)
    return Child(
        parent,
        {
            "kind": words(place, ("equity", "loan")),
            "amount": np.rint(fen(p.investment[row[parent]]) * share),
        },
        np.ones(len(row), bool),
    )


def _milestones(p: Projects, row: Ints, day: Ints) -> Child:
    kinds = (
        "立项",
        "用地",
        "环评",
        "施工",
        "construction_start",
        "construction_half",
        "construction_end",
    )
    parent, place = repeated(np.full(len(row), len(kinds)))
    r = row[parent]
    after = np.array((0.0, 0.03, 0.05, 0.08, 0.1, 0.5, 1.0))[place]
    early = p.predatory[r] & (place == 4) & (r % 2 == 0)
    on = p.approved_on[r] + (p.duration[r] * np.where(early, 0.04, after)).astype(np.int64)
    kept = on <= day[parent]
    return Child(
        parent[kept], {"kind": words(place[kept], kinds), "on": on[kept]}, np.ones(len(row), bool)
    )


def _payouts(p: Projects, row: Ints, day: Ints) -> Child:
    """Return payouts that fell due in the last three years; paid ones carry their day."""
    due_on = p.payout_due_on[row]
    shown = (due_on > day[:, None] - PAYOUTS_SHOWN * PAYOUT_EVERY) & (due_on <= day[:, None])
    parent, column = np.nonzero(shown)
    at = (row[parent], column)
    paid_on = p.payout_due_on[at] + p.payout_delay[at]
    paid = paid_on <= day[parent]
    due = fen(p.payout[at])
    return Child(
        parent,
        {
            "due_on": p.payout_due_on[at],
            "due": due,
            "paid_on": np.where(paid, paid_on, np.nan),
            "paid": np.where(paid, due, np.nan),
        },
        np.ones(len(row), bool),
    )


def _permits(p: Projects, row: Ints) -> Child:
    kinds = ("立项", "用地", "环评")
    parent, place = repeated(np.full(len(row), len(kinds)))
    r = row[parent]
    on = p.approved_on[r] + (p.duration[r] * np.array((0.0, 0.03, 0.05))[place]).astype(np.int64)
    missing = p.predatory[r] & (place == 2)
    return Child(
        parent,
        {
            "kind": words(place, kinds),
            "required": np.ones(len(parent)),
            "issued_on": np.where(missing, np.nan, on),
            "expires_on": np.where(missing, np.nan, on + 2500),
            "doc_id": ids("PER", r * 3 + place),
        },
        np.ones(len(row), bool),
    )


def _overlaps(p: Projects, row: Ints) -> Child:
    parent = np.flatnonzero(p.harm[row])
    return Child(
        parent,
        {
            "layer": constant("生态保护红线", len(parent)),
            "basis": constant("computed", len(parent)),
            "area": np.round(p.area[row[parent]] * 0.02, 1),
        },
        np.ones(len(row), bool),
    )


def _events(rng: np.random.Generator, row: Ints, day: Ints) -> Child:
    parent = np.flatnonzero(rng.random(len(row)) < 0.3)
    return Child(
        parent,
        {
            "kind": constant("inspection", len(parent)),
            "on": day[parent] - 20,
            "doc_id": ids("EVT", parent),
        },
        np.ones(len(row), bool),
    )
