"""The table `project`: plans, payouts, permits and ecology, quarter by quarter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.frame import Floats
from features.simulate.calendar import instant, office_hour
from features.simulate.draws import Ints, happens, one_in, when
from features.simulate.organisations import Organisations
from features.simulate.projects import PAYOUT_EVERY, Projects
from features.simulate.sheets import (
    Cells,
    Child,
    Sheet,
    constant,
    fen,
    ids,
    nobody,
    repeated,
    words,
)

STATES = ("准入", "在营", "整改")
ADMITTED, OPERATING, RECTIFYING = range(3)
BEGUN, HALF_WAY = 0.08, 0.5
PAYOUTS_SHOWN = 12
"""Payouts listed in a reading: three years of them, none that is still to fall due."""
YEAR_DAYS = 365
INSTALMENTS = 8
SPENT_ON = ("construction", "planting", "equipment", "operation")
FUNDING, FUNDING_SHARE = ("equity", "loan"), np.array((0.3, 0.5))
MILESTONES = {
    "立项": 0.0,
    "用地": 0.03,
    "环评": 0.05,
    "施工": 0.08,
    "construction_start": 0.1,
    "construction_half": 0.5,
    "construction_end": 1.0,
}
"""When each is reached, in parts of the planned duration."""
PAPERS = ("立项", "用地", "环评")
START_PLACE, ASSESSMENT_PLACE = 4, 2
TOO_EARLY = 0.04
"""Where a predator starts to build before its papers."""
GEP_PER_M2, REGULATING, BAND, GAIN, LOSS = 8.0, 0.7, 0.01, 0.006, -0.03
PRICE_BASE = 2020


@dataclass(frozen=True)
class Records:
    """Quarterly records: row of the project, its day, part of the duration gone, day learnt."""

    row: Ints
    day: Ints
    done: Floats
    known_day: Ints

    def __len__(self) -> int:
        return len(self.row)


def _recorded(rng: np.random.Generator, p: Projects, quarter_ends: Ints, as_of: int) -> Records:
    """Return records of each running project every quarter, learnt two to four weeks later."""
    row, place = repeated(np.full(len(p), len(quarter_ends)))
    day = quarter_ends[place]
    known = day + rng.integers(12, 30, len(day))
    kept = (day >= p.approved_on[row]) & (known <= as_of)
    row, day, known = row[kept], day[kept], known[kept]
    return Records(row, day, np.clip((day - p.approved_on[row]) / p.duration[row], 0, 1), known)


def sheet(
    rng: np.random.Generator, p: Projects, quarter_ends: Ints, as_of: int, orgs: Organisations
) -> Sheet:
    """Return every record of every project."""
    r = _recorded(rng, p, quarter_ends, as_of)
    columns = {**_what(p, r, orgs), **_money(p, r), **_ecology(p, r)}
    children = {
        "invest_plan": _spending(p, r, planned=True),
        "invest_actual": _spending(p, r, planned=False),
        "funding": _funding(p, r),
        "milestones": _milestones(p, r),
        "payouts": _payouts(p, r),
        "permits": _permits(p, r),
        "penalties": _none(r, {"kind": "", "level": "", "date": 0}),
        "overlaps": _overlaps(p, r),
        "resources": _none(r, {"resource_id": ""}),
        "events": _events(rng, r),
    }
    learnt = instant(r.known_day, office_hour(rng, len(r)))
    return Sheet("project", r.day, learnt, constant("reported", len(r)), columns, children)


def _what(p: Projects, r: Records, orgs: Organisations) -> dict[str, Cells]:
    row, count = r.row, len(r)
    begun = np.where(r.done < BEGUN, ADMITTED, OPERATING)
    state = np.where(p.predatory[row] & (r.done > HALF_WAY), RECTIFYING, begun)
    return {
        "project_id": ids("J", row, 4),
        "coop_id": ids("K", p.coop[row], 3),
        "activity_code": constant("生态旅游", count),
        "developer_id": orgs.org_id.take(pa.array(p.developer[row])),
        "decision_doc_id": ids("DEC", 9000 + row, 5),
        "life_state": words(state, STATES),
        "stake_coop": np.round(0.2 + 0.05 * (row % 8), 2),
        "fixed_asset_project": p.fixed_asset[row],
        "listed_key_project": one_in(4, row),
        "weather_normalised": np.ones(count),
        "approved_on": p.approved_on[row],
        "handover_date": p.approved_on[row] + 60,
        "planned_end": p.approved_on[row] + p.duration[row],
        "project_area": p.area[row],
        "geometry": ids("CGCS2000:J", row, 4),
        "households": 20 + row % 150,
        "jobs_local": 3 + row % 40,
    }


def _money(p: Projects, r: Records) -> dict[str, Cells]:
    row, bad = r.row, p.predatory[r.row]
    total = fen(p.investment)[row]
    capital = np.rint(total * np.where(bad, 0.21, 0.30))
    due_on, day = p.payout_due_on[row], r.day[:, None]
    next_year = (due_on > day) & (due_on <= day + YEAR_DAYS)
    due = (fen(p.payout)[row] * next_year).sum(axis=1)
    return {
        "total_investment": total,
        "project_capital_planned": capital,
        "project_capital_due": np.rint(capital * r.done),
        "project_capital_paid": np.rint(capital * r.done * np.where(bad, 0.4, 1.0)),
        "payout_reserve": np.rint(due * 0.3),
        "op_cash_12m": np.rint(due * np.where(bad, 0.7, 1.25)),
    }


def _ecology(p: Projects, r: Records) -> dict[str, Cells]:
    count = len(r)
    before = fen(p.area[r.row] * GEP_PER_M2)
    gain = 1 + np.where(p.harm[r.row], LOSS, GAIN)
    return {
        "gep_method": constant("provincial", count),
        "price_base": np.full(count, PRICE_BASE),
        "gep_before": before,
        "gep_after": np.rint(before * gain),
        "gep_offset_accepted": np.zeros(count),
        "gep_band": np.rint(before * BAND),
        "gep_reg_before": np.rint(before * REGULATING),
        "gep_reg_after": np.rint(before * REGULATING * gain),
        "gep_reg_offset_accepted": np.zeros(count),
        "gep_reg_band": np.rint(before * REGULATING * BAND),
    }


def _none(r: Records, columns: dict[str, str | int]) -> Child:
    empty = nobody(columns)
    return Child(empty.parent, empty.columns, ~one_in(7, r.row))


def _spending(p: Projects, r: Records, *, planned: bool) -> Child:
    """Return the plan's instalments, or those paid by the day at the project's own pace."""
    parent, place = repeated(np.full(len(r), INSTALMENTS))
    row = r.row[parent]
    on = p.approved_on[row] + p.duration[row] * (place + 1) // INSTALMENTS
    pace = np.ones(len(row)) if planned else p.pace[row]
    amount = np.floor(fen(p.investment[row]) / INSTALMENTS * pace)
    kept = on <= np.where(planned, on, r.day[parent])
    kind = words(place[kept] % len(SPENT_ON), SPENT_ON)
    return Child(parent[kept], {"on": on[kept], "amount": amount[kept], "kind": kind})


def _funding(p: Projects, r: Records) -> Child:
    parent, place = repeated(np.full(len(r), len(FUNDING)))
    amount = np.rint(fen(p.investment[r.row[parent]]) * FUNDING_SHARE[place])
    return Child(parent, {"kind": words(place, FUNDING), "amount": amount})


def _reached(p: Projects, row: Ints, part: Floats) -> Ints:
    return p.approved_on[row] + (p.duration[row] * part).astype(np.int64)


def _milestones(p: Projects, r: Records) -> Child:
    parent, place = repeated(np.full(len(r), len(MILESTONES)))
    row = r.row[parent]
    early = p.predatory[row] & (place == START_PLACE) & one_in(2, row)
    usual = np.array(list(MILESTONES.values()))[place]
    on = _reached(p, row, np.where(early, TOO_EARLY, usual))
    kept = on <= r.day[parent]
    return Child(parent[kept], {"kind": words(place[kept], list(MILESTONES)), "on": on[kept]})


def _payouts(p: Projects, r: Records) -> Child:
    """Return payouts that fell due in the last three years; paid ones carry their day."""
    due_on, day = p.payout_due_on[r.row], r.day[:, None]
    shown = (due_on > day - PAYOUTS_SHOWN * PAYOUT_EVERY) & (due_on <= day)
    parent, column = np.nonzero(shown)
    at = (r.row[parent], column)
    paid_on = p.payout_due_on[at] + p.payout_delay[at]
    paid = paid_on <= r.day[parent]
    due = fen(p.payout[at])
    columns: dict[str, Cells] = {
        "due_on": p.payout_due_on[at],
        "due": due,
        "paid_on": when(paid, paid_on),
        "paid": when(paid, due),
    }
    return Child(parent, columns)


def _permits(p: Projects, r: Records) -> Child:
    """Return required papers; a predator has no environmental assessment."""
    parent, place = repeated(np.full(len(r), len(PAPERS)))
    row = r.row[parent]
    on = _reached(p, row, np.array([MILESTONES[paper] for paper in PAPERS])[place])
    issued = ~(p.predatory[row] & (place == ASSESSMENT_PLACE)) & (on <= r.day[parent])
    columns: dict[str, Cells] = {
        "kind": words(place, PAPERS),
        "required": np.ones(len(row)),
        "issued_on": when(issued, on),
        "expires_on": when(issued, on + 2_500),
        "doc_id": ids("PER", row * len(PAPERS) + place),
    }
    return Child(parent, columns)


def _overlaps(p: Projects, r: Records) -> Child:
    parent = np.flatnonzero(p.harm[r.row])
    columns: dict[str, Cells] = {
        "layer": constant("生态保护红线", len(parent)),
        "basis": constant("computed", len(parent)),
        "area": np.round(p.area[r.row[parent]] * 0.02, 1),
    }
    return Child(parent, columns)


def _events(rng: np.random.Generator, r: Records) -> Child:
    parent = np.flatnonzero(happens(rng, 0.3, len(r)))
    columns: dict[str, Cells] = {
        "kind": constant("inspection", len(parent)),
        "on": r.day[parent] - 20,
        "doc_id": ids("EVT", parent),
    }
    return Child(parent, columns)
