"""The table `household`: what forms, bureau, registers and survey show of a borrower.

Figures are noisy, optional ones are missing for about half of the small people, and not at random: those
who keep their affairs in order hand in more papers.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from features.frame import Floats
from features.simulate.borrowers import LOOK_BACK, Borrowers
from features.simulate.calendar import Calendar, instant
from features.simulate.households import Flags, Households, Ints
from features.simulate.profiles import ECO_SCALE, HOMESTAY, Profiles
from features.simulate.settings import COUNTY_CODE, TRADES, VILLAGES_PER_TOWN
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

OPERATORS = ("农户", "家庭农场", "民宿", "个体户")
GRADES = ("D", "C", "B", "A", "AA", "AAA")
LABELS = ("红", "黄", "浅绿", "深绿")
VILLAGE_GRADES = ("none", "A", "AA", "AAA")
SEXES = ("female", "male")
QUALITIES = ("reported", "verified")
KEEPS = {
    "income_monthly": 0.15,
    "op_cash_12m": -0.75,
    "deposits_avg_3m": -0.35,
    "credit_line": -0.9,
    "title_share": 0.0,
    "agri_insured_share": -0.15,
    "real_estate_value": 0.2,
    "tax_paid_12m": 0.8,
    "experience_years": -1.3,
    "subsidy": -0.5,
    "people": -1.2,
    "land": 0.1,
}
"""How diligent a household must be for a group of columns to be there, in standard deviations."""
EXPIRED_SHARE = 0.015


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
    """Return one record for each look at a household."""
    count = len(b)
    there = {name: _kept(rng, homes.diligence[b.who], level) for name, level in KEEPS.items()}
    children = {"income_monthly": _income_monthly(homes, b, calendar, there["income_monthly"])}
    columns: dict[str, Cells] = {
        "household_id": ids("H", b.who),
        "subject_token": people.take(pa.array(b.who)),
        "consent_id": ids("C", b.who),
        "county_code": constant(COUNTY_CODE, count),
        "village_code": village_codes(homes.village[b.who]),
        "consent_expiry": as_of
        + np.where(
            rng.random(count) < EXPIRED_SHARE,
            -rng.integers(1, 300, count),
            rng.integers(60, 730, count),
        ),
        "operator_type": words(homes.trade[b.who], [trade.operator for trade in TRADES]),
        **_people(profiles, b, there),
        **_income(rng, profiles, b, there),
        **_debt(rng, b, there),
        **_record(b),
        **_ecology(rng, profiles, b),
        **_assets(rng, homes, profiles, b, there),
    }
    return Sheet(
        "household",
        as_of,
        instant(known_day, 8.5 + 0.5 * rng.random(count)),
        words((rng.random(count) < 0.35).astype(np.int64), QUALITIES),
        columns,
        children,
    )


def _kept(rng: np.random.Generator, diligence: Floats, level: float) -> Flags:
    return diligence + rng.standard_normal(len(diligence)) > level * 1.5


def _where(values: Floats | Ints | Flags, there: Flags) -> Floats:
    return np.where(there, values, np.nan)


def _noisy(rng: np.random.Generator, values: Floats, sd: float) -> Floats:
    return values * np.exp(sd * rng.standard_normal(len(values)))


def _people(profiles: Profiles, b: Borrowers, there: dict[str, Flags]) -> dict[str, Cells]:
    who = b.who
    return {
        "household_size": _where(profiles.size[who], there["people"]),
        "labour_count": _where(profiles.labour[who], there["people"]),
        "dependants": _where(profiles.dependants[who], there["people"]),
        "experience_years": _where(b.experience, there["experience_years"]),
        "birth_year": profiles.birth_year[who],
        "sex": words(1 - profiles.female[who], SEXES),
    }


def _income(
    rng: np.random.Generator, profiles: Profiles, b: Borrowers, there: dict[str, Flags]
) -> dict[str, Cells]:
    eco = profiles.eco_compensation[b.who]
    subsidy = b.income * profiles.subsidy_share[b.who] + eco
    return {
        "annual_income": fen(np.round(_noisy(rng, b.income, 0.10), -2)),
        "op_cash_12m": _where(
            fen(np.round(_noisy(rng, b.op_cash, 0.12), -1)), there["op_cash_12m"]
        ),
        "deposits_avg_3m": _where(
            fen(np.round(_noisy(rng, b.deposits, 0.15), 0)), there["deposits_avg_3m"]
        ),
        "subsidy_income_12m": _where(fen(np.round(subsidy, 0)), there["subsidy"]),
        "eco_compensation_12m": _where(fen(np.round(eco, 0)), there["subsidy"]),
    }


def _debt(rng: np.random.Generator, b: Borrowers, there: dict[str, Flags]) -> dict[str, Cells]:
    debt = np.round(_noisy(rng, b.debt, 0.05), 0)
    line = np.round(b.debt * 1.2 + 0.35 * b.income, -3)
    return {
        "total_debt": fen(debt),
        "debt_service_12m": fen(np.round(_noisy(rng, b.service, 0.05), 0)),
        "guarantees_given": fen(np.round(b.guarantees, -2)),
        "current_overdue_amount": np.minimum(fen(np.round(b.overdue_now, 0)), fen(debt)),
        "credit_line_total": _where(fen(line), there["credit_line"]),
        "credit_line_used": _where(fen(np.round(line * b.utilisation, -2)), there["credit_line"]),
        "lender_count": b.lenders,
        "max_dpd_24m": b.max_dpd,
        "overdue_count_24m": b.late_months,
        "inquiries_6m": b.inquiries,
        "credit_history_m": b.credit_history,
        "months_since_overdue": _where(b.months_since_late, b.months_since_late >= 0),
        "restructured_24m": b.restructured,
    }


def _record(b: Borrowers) -> dict[str, Cells]:
    return {
        "dishonest_flag": b.dishonest,
        "enforcement_amount": fen(np.round(b.enforcement, -2)),
        "admin_penalties_24m": b.penalties,
        "env_penalties_24m": b.env_penalties,
    }


def _ecology(rng: np.random.Generator, profiles: Profiles, b: Borrowers) -> dict[str, Cells]:
    who, member = b.who, profiles.eco_member[b.who]
    pct = np.clip(profiles.eco_pct[who] + 0.02 * rng.standard_normal(len(who)), 0, 1)
    grade = np.clip(np.floor(pct * 6), 0, 5).astype(np.int64)
    return {
        "eco_credit_score": _where(np.rint(pct * ECO_SCALE), member),
        "eco_credit_scale": _where(np.full(len(who), ECO_SCALE), member),
        "eco_grade": words(grade, GRADES, ~member),
        "carbon_label": words(profiles.carbon_label[who], LABELS, ~member),
        "credit_village_grade": words(profiles.village_grade[who], VILLAGE_GRADES),
        "eco_positive_12m": _where(rng.poisson(2.0 * pct), member),
    }


def _assets(
    rng: np.random.Generator,
    homes: Households,
    profiles: Profiles,
    b: Borrowers,
    there: dict[str, Flags],
) -> dict[str, Cells]:
    who, homestay = b.who, homes.trade[b.who] == HOMESTAY
    insured_house = profiles.homestay_insured[who]
    return {
        "land_area_titled": _where(profiles.land_area[who], there["land"]),
        "forest_area_titled": _where(profiles.forest_area[who], there["land"]),
        "title_share": _where(profiles.title_share[who], there["title_share"]),
        "agri_insured_share": _where(np.round(homes.insured[who], 2), there["agri_insured_share"]),
        "real_estate_value": _where(fen(profiles.real_estate[who]), there["real_estate_value"]),
        "tax_paid_12m": _where(
            fen(np.round(b.income * 0.01 * rng.random(len(who)), 0)), there["tax_paid_12m"]
        ),
        "homestay_insured": _where(insured_house, homestay),
        "homestay_sum_insured_pp": _where(
            fen(np.where(insured_house, 800_000.0, 0.0)), homestay & insured_house
        ),
    }


def _income_monthly(homes: Households, b: Borrowers, calendar: Calendar, there: Flags) -> Child:
    """Return 24 months of income where its reading is consented; the kind is what brought most."""
    counts = np.where(there, LOOK_BACK, 0)
    parent, place = repeated(counts)
    amounts = b.income_months[there].reshape(-1)
    who = b.who[parent]
    wage = homes.wage_share[who] * homes.base_income[who] / 12
    trade = homes.trade[who]
    kind = np.where(wage > 0.5 * amounts, len(TRADES), trade)
    return Child(
        parent,
        {
            "month": calendar.start(b.month[parent] - LOOK_BACK + place),
            "source_kind": words(kind, [*(t.name for t in TRADES), "wage"]),
            "amount": np.rint(amounts.astype(np.float64)) * 100,
        },
        there,
    )
