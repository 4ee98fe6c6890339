"""The table `household`: what forms, bureau, registers and survey show of a borrower.

Figures are noisy; optional ones are missing for about half of the small people, and not at random:
those who keep their affairs in order hand in more papers.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from features.frame import Floats
from features.simulate.borrowers import LOOK_BACK, Borrowers
from features.simulate.calendar import Calendar, instant
from features.simulate.draws import Flags, Ints, happens, when
from features.simulate.households import Households
from features.simulate.profiles import Profiles
from features.simulate.settings import COUNTY_CODE, HOMESTAY, TRADES, VILLAGES_PER_TOWN
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

GRADES = ("D", "C", "B", "A", "AA", "AAA")
LABELS = ("红", "黄", "浅绿", "深绿")
VILLAGE_GRADES = ("none", "A", "AA", "AAA")
ECO_SCALE = 1000.0
SUM_INSURED = 800_000.0
"""云和: up to 80 万元 a guest (1.1, S15)."""
EXPIRED_SHARE = 0.015
WAGE_LEADS = 0.5
"""A month's income is called wage where wages are more than this part of it."""
PAPERS = {
    "people": -1.8,
    "experience": -1.95,
    "credit_line": -1.35,
    "op_cash": -1.1,
    "subsidy": -0.75,
    "deposits": -0.5,
    "insurance": -0.2,
    "title": 0.0,
    "land": 0.15,
    "income_monthly": 0.2,
    "real_estate": 0.3,
    "tax": 1.2,
}
"""How diligent a household must be to hand in a group of papers, noise of 1 on both sides."""

There = Mapping[str, Flags]


def village_codes(village: Ints) -> pa.Array:
    """Return the 12-digit code of each village: county, township, village."""
    town, number = 100 + village // VILLAGES_PER_TOWN, 200 + village % VILLAGES_PER_TOWN
    return ids(COUNTY_CODE, town * 1000 + number, 6)


def sheet(
    rng: np.random.Generator,
    homes: Households,
    profiles: Profiles,
    b: Borrowers,
    as_of: Ints,
    known_day: Ints,
    calendar: Calendar,
    people: pa.Array,
) -> Sheet:
    """Return one record for each look at a household; `people` is each household's token."""
    count = len(b)
    there = {
        name: homes.diligence[b.who] + rng.standard_normal(count) > level
        for name, level in PAPERS.items()
    }
    expired = happens(rng, EXPIRED_SHARE, count)
    lasts = np.where(expired, -rng.integers(1, 300, count), rng.integers(60, 730, count))
    verified = happens(rng, 0.35, count)
    columns: dict[str, Cells] = {
        "household_id": ids("H", b.who),
        "subject_token": people.take(pa.array(b.who)),
        "consent_id": ids("C", b.who),
        "county_code": constant(COUNTY_CODE, count),
        "village_code": village_codes(homes.village[b.who]),
        "consent_expiry": as_of + lasts,
        "operator_type": words(homes.trade[b.who], [trade.operator for trade in TRADES]),
        **_people(profiles, b, there),
        **_income(rng, profiles, b, there),
        **_debt(rng, b, there),
        **_record(b),
        **_ecology(rng, profiles, b),
        **_assets(rng, homes, profiles, b, there),
    }
    learnt = instant(known_day, 8.5 + 0.5 * rng.random(count))
    children = {"income_monthly": _income_monthly(homes, b, calendar, there["income_monthly"])}
    return Sheet(
        "household", as_of, learnt, words(verified, ("reported", "verified")), columns, children
    )


def _noisy(rng: np.random.Generator, values: Floats, sd: float) -> Floats:
    return np.asarray(values * np.exp(sd * rng.standard_normal(len(values))))


def _people(profiles: Profiles, b: Borrowers, there: There) -> dict[str, Cells]:
    who = b.who
    return {
        "household_size": when(there["people"], profiles.size[who]),
        "labour_count": when(there["people"], profiles.labour[who]),
        "dependants": when(there["people"], profiles.dependants[who]),
        "experience_years": when(there["experience"], b.experience),
        "birth_year": profiles.birth_year[who],
        "sex": words(profiles.female[who], ("male", "female")),
    }


def _income(
    rng: np.random.Generator, profiles: Profiles, b: Borrowers, there: There
) -> dict[str, Cells]:
    eco = profiles.eco_compensation[b.who]
    subsidy = b.income * profiles.subsidy_share[b.who] + eco
    return {
        "annual_income": fen(_noisy(rng, b.income, 0.10).round(-2)),
        "op_cash_12m": when(there["op_cash"], fen(_noisy(rng, b.op_cash, 0.12).round(-1))),
        "deposits_avg_3m": when(there["deposits"], fen(_noisy(rng, b.deposits, 0.15).round())),
        "subsidy_income_12m": when(there["subsidy"], fen(subsidy.round())),
        "eco_compensation_12m": when(there["subsidy"], fen(eco.round())),
    }


def _debt(rng: np.random.Generator, b: Borrowers, there: There) -> dict[str, Cells]:
    debt = fen(_noisy(rng, b.debt, 0.05).round())
    line = np.round(b.debt * 1.2 + 0.35 * b.income, -3)
    return {
        "total_debt": debt,
        "debt_service_12m": fen(_noisy(rng, b.service, 0.05).round()),
        "guarantees_given": fen(b.guarantees.round(-2)),
        "current_overdue_amount": np.minimum(fen(b.overdue_now.round()), debt),
        "credit_line_total": when(there["credit_line"], fen(line)),
        "credit_line_used": when(there["credit_line"], fen((line * b.utilisation).round(-2))),
        "lender_count": b.lenders,
        "max_dpd_24m": b.max_dpd,
        "overdue_count_24m": b.late_months,
        "inquiries_6m": b.inquiries,
        "credit_history_m": b.credit_history,
        "months_since_overdue": when(b.months_since_late >= 0, b.months_since_late),
        "restructured_24m": b.restructured,
    }


def _record(b: Borrowers) -> dict[str, Cells]:
    return {
        "dishonest_flag": b.dishonest,
        "enforcement_amount": fen(b.enforcement.round(-2)),
        "admin_penalties_24m": b.penalties,
        "env_penalties_24m": b.env_penalties,
    }


def _ecology(rng: np.random.Generator, profiles: Profiles, b: Borrowers) -> dict[str, Cells]:
    who, count = b.who, len(b)
    member = profiles.eco_member[who]
    pct = np.clip(profiles.eco_pct[who] + 0.02 * rng.standard_normal(count), 0, 1)
    grade = np.minimum(np.floor(pct * len(GRADES)), len(GRADES) - 1).astype(np.int64)
    return {
        "eco_credit_score": when(member, np.rint(pct * ECO_SCALE)),
        "eco_credit_scale": when(member, np.full(count, ECO_SCALE)),
        "eco_grade": blank(words(grade, GRADES), ~member),
        "carbon_label": blank(words(profiles.carbon_label[who], LABELS), ~member),
        "credit_village_grade": words(profiles.village_grade[who], VILLAGE_GRADES),
        "eco_positive_12m": when(member, rng.poisson(2.0 * pct)),
    }


def _assets(
    rng: np.random.Generator, homes: Households, profiles: Profiles, b: Borrowers, there: There
) -> dict[str, Cells]:
    who, homestay = b.who, homes.trade[b.who] == HOMESTAY
    insured_house = profiles.homestay_insured[who]
    tax = b.income * 0.01 * rng.random(len(b))
    return {
        "land_area_titled": when(there["land"], profiles.land_area[who]),
        "forest_area_titled": when(there["land"], profiles.forest_area[who]),
        "title_share": when(there["title"], profiles.title_share[who]),
        "agri_insured_share": when(there["insurance"], homes.insured[who].round(2)),
        "real_estate_value": when(there["real_estate"], fen(profiles.real_estate[who])),
        "tax_paid_12m": when(there["tax"], fen(tax.round())),
        "homestay_insured": when(homestay, insured_house),
        "homestay_sum_insured_pp": when(insured_house, fen(np.full(len(b), SUM_INSURED))),
    }


def _income_monthly(homes: Households, b: Borrowers, calendar: Calendar, there: Flags) -> Child:
    """Return 24 months of income where its reading is consented; the kind is what brought most."""
    parent, place = repeated(np.where(there, LOOK_BACK, 0))
    amounts = b.income_months[there].reshape(-1).astype(np.float64)
    who = b.who[parent]
    wage = homes.wage_share[who] * homes.base_income[who] / 12
    kind = np.where(wage > WAGE_LEADS * amounts, len(TRADES), homes.trade[who])
    columns: dict[str, Cells] = {
        "month": calendar.start(b.month[parent] - LOOK_BACK + place),
        "source_kind": words(kind, [*(trade.name for trade in TRADES), "wage"]),
        "amount": fen(amounts.round()),
    }
    return Child(parent, columns, there)
