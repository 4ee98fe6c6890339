"""The table `project`: plans, payouts, permits and ecology, quarter by quarter."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from features.frame import Floats
from features.simulate.calendar import instant, office_hour
from features.simulate.draws import Ints, happens, one_in, when
from features.simulate.estates import Estates
from features.simulate.organisations import Organisations
from features.simulate.project_records import Records, recorded
from features.simulate.projects import EXIT_AFTER, PAYOUT_EVERY, Projects
from features.simulate.sheets import (
    Cells,
    Child,
    Sheet,
    blank,
    constant,
    fen,
    ids,
    repeated,
    words,
)

STATES = ("准入", "在营", "整改", "退出")
ADMITTED, OPERATING, RECTIFYING, LEFT = range(4)
BEGUN, HALF_WAY = 0.08, 0.5
PAYOUTS_SHOWN = 12
"""Payouts behind a reading that it lists: three years of them."""
YEAR_DAYS, AHEAD = 365, 460
"""How far ahead payouts are listed: a year after the next reading."""
HANDOVER = 60
INSTALMENTS, UPKEEPS, UPKEEP = 8, 22, 0.003
"""Instalments of the investment, and the quarters of upkeep after it with their share."""
SPENT_ON = ("construction", "planting", "equipment", "operation")
FUNDING, FUNDING_SHARE = ("equity", "loan"), np.array((0.3, 0.5))
FUNDED_AT_FIRST, FUNDED_OVER = 0.4, 2_200
"""Funding of those that pay out of it: what is there at first, and days until all of it is."""
CASH, RESERVE = (1.25, 0.45), (0.30, 0.08)
"""Operating cash and reserve over a year's payouts, and the same where payouts outrun them."""
CAPITAL, THIN_CAPITAL, UNPAID_CAPITAL = 0.30, (0.185, 0.212), 0.4
MILESTONES = {
    "立项": 0.0,
    "用地": 0.03,
    "环评": 0.05,
    "施工": 0.08,
    "construction_start": 0.1,
    "construction_half": 0.5,
    "construction_end": 1.0,
    "operation": 1.02,
}
"""When each is reached, in parts of the planned duration."""
PAPERS = ("立项", "用地", "环评")
START_PLACE, ASSESSMENT_PLACE = 4, 2
TOO_EARLY = 0.04
"""Where some start to build before their papers."""
GEP_PER_M2, REGULATING, BAND, GAIN, LOSS = 8.0, 0.7, 0.01, 0.006, -0.03
PRICE_BASE = 2020
FIELDS = ("environment", "land", "forest")
LAYERS = ("生态保护红线", "湿地", "其他农田", "河道")


def sheet(
    rng: np.random.Generator,
    p: Projects,
    estates: Estates,
    quarter_ends: Ints,
    as_of: int,
    orgs: Organisations,
) -> Sheet:
    """Return every record of every project."""
    r = recorded(rng, p, quarter_ends, as_of)
    columns = {**_what(p, r, orgs), **_money(p, r, orgs), **_ecology(p, r)}
    children = {
        "invest_plan": _spending(p, r, planned=True),
        "invest_actual": _spending(p, r, planned=False),
        "funding": _funding(p, r),
        "milestones": _milestones(p, r),
        "payouts": _payouts(p, r),
        "permits": _permits(p, r),
        "penalties": _penalties(rng, p, r),
        "overlaps": _overlaps(p, r),
        "resources": _resources(p, estates, r),
        "events": _events(rng, r),
    }
    learnt = instant(r.known_day, office_hour(rng, len(r)))
    return Sheet("project", r.day, learnt, constant("reported", len(r)), columns, children)


def _what(p: Projects, r: Records, orgs: Organisations) -> dict[str, Cells]:
    row, count = r.row, len(r)
    begun = np.where(r.done < BEGUN, ADMITTED, OPERATING)
    rectifies = (p.flaws["harm"] | p.flaws["early"])[row] & (r.done > HALF_WAY)
    left = p.leaves[row] & (r.day > p.stops_on[row] + EXIT_AFTER)
    state = np.where(left, LEFT, np.where(rectifies, RECTIFYING, begun))
    return {
        "project_id": ids("J", row, 4),
        "coop_id": ids("K", p.coop[row], 3),
        "activity_code": constant("生态旅游", count),
        "developer_id": orgs.org_id.take(pa.array(p.developer[row])),
        "decision_doc_id": ids("DEC", 9000 + row, 5),
        "life_state": words(state, STATES),
        "exit_reason": blank(constant("voluntary", count), ~left),
        "stake_coop": np.round(0.2 + 0.05 * (row % 8), 2),
        "fixed_asset_project": p.fixed_asset[row],
        "listed_key_project": one_in(4, row),
        "weather_normalised": np.ones(count),
        "approved_on": p.approved_on[row],
        "handover_date": p.approved_on[row] + HANDOVER,
        "planned_end": p.approved_on[row] + p.duration[row],
        "project_area": p.area[row],
        "geometry": ids("CGCS2000:J", row, 4),
        "households": 20 + row % 150,
        "jobs_local": 3 + row % 40,
    }


def _money(p: Projects, r: Records, orgs: Organisations) -> dict[str, Cells]:
    row = r.row
    total = fen(p.investment)[row]
    thin = np.array(THIN_CAPITAL)[row % 2]
    capital = np.rint(total * np.where(p.flaws["thin"][row], thin, CAPITAL))
    unpaid = p.predatory[row] & orgs.marks["unpaid"][p.developer[row]]
    due_on, day = p.payout_due_on[row], r.day[:, None]
    next_year = (due_on > day) & (due_on <= day + YEAR_DAYS)
    due = (fen(p.payout)[row] * next_year).sum(axis=1)
    outrun = (p.front_loads | p.short_of_cash)[row].astype(np.int64)
    return {
        "total_investment": total,
        "project_capital_planned": capital,
        "project_capital_due": np.rint(capital * r.done),
        "project_capital_paid": np.rint(capital * r.done * np.where(unpaid, UNPAID_CAPITAL, 1.0)),
        "payout_reserve": np.rint(due * np.array(RESERVE)[outrun]),
        "op_cash_12m": np.rint(due * np.array(CASH)[outrun]),
    }


def _ecology(p: Projects, r: Records) -> dict[str, Cells]:
    count = len(r)
    before = fen(p.area[r.row] * GEP_PER_M2)
    gain = 1 + np.where(p.flaws["harm"][r.row], LOSS, GAIN)
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


def _resources(p: Projects, estates: Estates, r: Records) -> Child:
    """Return the resources each project uses."""
    number = np.bincount(estates.project, minlength=len(p))
    first = np.cumsum(number) - number
    parent, place = repeated(np.where(p.silent[r.row], 0, number[r.row]))
    which = first[r.row[parent]] + place
    return Child(parent, {"resource_id": estates.ids(which)}, ~p.silent[r.row])


def _spending(p: Projects, r: Records, *, planned: bool) -> Child:
    """Return instalments and upkeep as planned, or those paid by the day at the own pace."""
    parent, place = repeated(np.full(len(r), INSTALMENTS + UPKEEPS))
    row = r.row[parent]
    during, after = np.minimum(place + 1, INSTALMENTS), np.maximum(place + 1 - INSTALMENTS, 0)
    on = p.approved_on[row] + p.duration[row] * during // INSTALMENTS + PAYOUT_EVERY * after
    pace = np.ones(len(row)) if planned else p.pace[row]
    part = np.where(place < INSTALMENTS, 1 / INSTALMENTS, UPKEEP)
    amount = np.floor(fen(p.investment[row]) * part * pace)
    kept = on <= np.where(planned, on, np.minimum(r.day[parent], p.stops_on[row]))
    kind = words(place[kept] % len(SPENT_ON), SPENT_ON)
    return Child(parent[kept], {"on": on[kept], "amount": amount[kept], "kind": kind})


def _funding(p: Projects, r: Records) -> Child:
    parent, place = repeated(np.full(len(r), len(FUNDING)))
    row = r.row[parent]
    gone = np.minimum((r.day[parent] - p.approved_on[row]) / FUNDED_OVER, 1)
    there = np.where(p.front_loads[row], FUNDED_AT_FIRST + (1 - FUNDED_AT_FIRST) * gone, 1.0)
    amount = np.rint(fen(p.investment[row]) * FUNDING_SHARE[place] * there)
    return Child(parent, {"kind": words(place, FUNDING), "amount": amount})


def _reached(p: Projects, row: Ints, part: Floats) -> Ints:
    return p.approved_on[row] + (p.duration[row] * part).astype(np.int64)


def _milestones(p: Projects, r: Records) -> Child:
    parent, place = repeated(np.full(len(r), len(MILESTONES)))
    row = r.row[parent]
    early = p.flaws["early"][row] & (place == START_PLACE)
    usual = np.array(list(MILESTONES.values()))[place]
    on = _reached(p, row, np.where(early, TOO_EARLY, usual))
    kept = on <= np.minimum(r.day[parent], p.stops_on[row])
    return Child(parent[kept], {"kind": words(place[kept], list(MILESTONES)), "on": on[kept]})


def _payouts(p: Projects, r: Records) -> Child:
    """Return payouts of three years and the year ahead; paid ones carry their day."""
    due_on, day = p.payout_due_on[r.row], r.day[:, None]
    shown = (due_on > day - PAYOUTS_SHOWN * PAYOUT_EVERY) & (due_on <= day + AHEAD)
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
    """Return required papers; some have no environmental assessment."""
    parent, place = repeated(np.full(len(r), len(PAPERS)))
    row = r.row[parent]
    on = _reached(p, row, np.array([MILESTONES[paper] for paper in PAPERS])[place])
    issued = ~(p.flaws["unassessed"][row] & (place == ASSESSMENT_PLACE)) & (on <= r.day[parent])
    columns: dict[str, Cells] = {
        "kind": words(place, PAPERS),
        "required": np.ones(len(row)),
        "issued_on": when(issued, on),
        "expires_on": when(issued, on + 2_500),
        "doc_id": ids("PER", row * len(PAPERS) + place),
    }
    return Child(parent, columns)


def _penalties(rng: np.random.Generator, p: Projects, r: Records) -> Child:
    """Return penalties that stand: for harm a major one, now and then a minor one."""
    minor = happens(rng, np.where(p.predatory, 0.25, 0.03), len(p))
    on = p.approved_on + (p.duration * 0.3).astype(np.int64)
    marked = (p.flaws["harm"] | minor) & ~p.silent
    parent = np.flatnonzero(marked[r.row] & (on[r.row] <= r.day))
    row = r.row[parent]
    columns: dict[str, Cells] = {
        "kind": words(row % len(FIELDS), FIELDS),
        "level": words(p.flaws["harm"][row], ("minor", "major")),
        "date": on[row],
        "repaired_on": when((row % 3 == 0) & (on[row] + 90 <= r.day[parent]), on[row] + 90),
    }
    return Child(parent, columns, ~p.silent[r.row])


def _overlaps(p: Projects, r: Records) -> Child:
    """Return land in protected layers: most of it with its paper."""
    number = np.arange(len(p))
    lawful = one_in(12, number, 5) | one_in(17, number, 8)
    bad = p.flaws["harm"] | p.drifts
    layer = np.where(p.flaws["harm"], number % 2, np.where(p.drifts, 2, 2 + number % 2))
    layer = np.where(lawful & ~bad & one_in(12, number, 5), 0, layer)
    parent = np.flatnonzero((lawful | bad)[r.row])
    row, count = r.row[parent], len(parent)
    columns: dict[str, Cells] = {
        "layer": words(layer[row], LAYERS),
        "basis": words(bad[row], ("attested", "computed")),
        "area": np.round(p.area[row] * 0.02, 1),
        "attestation_doc_id": blank(ids("ATT", row, 4), bad[row]),
        "attested_on": when(~bad[row], p.approved_on[row]),
        "activity_code": blank(constant("参观旅游", count), bad[row]),
        "permit_doc_id": blank(ids("OVP", row, 4), bad[row]),
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
