"""The tables `county`, `guarantee_body` and `bank`."""

from __future__ import annotations

import numpy as np

from features.frame import Floats
from features.simulate.calendar import Calendar, instant
from features.simulate.households import Ints
from features.simulate.lending import PRODUCTS
from features.simulate.pledges import SORTS
from features.simulate.projects import Projects
from features.simulate.settings import COUNTY_CODE, TRADES
from features.simulate.sheets import Child, Sheet, constant, fen, ids, repeated, words
from features.simulate.shocks import PRICE_MEMORY, Shocks

SECTOR_BENCHMARK, CAPITAL_FLOOR = 0.58, 0.20
LPR = (
    ("1970-01-01", 0.0385),
    ("2021-12-20", 0.0380),
    ("2022-01-20", 0.0370),
    ("2022-08-22", 0.0365),
    ("2023-06-20", 0.0355),
    ("2023-08-21", 0.0345),
    ("2024-07-22", 0.0335),
    ("2024-10-21", 0.0310),
    ("2025-05-20", 0.0300),
)
"""One-year LPR from the day it was announced (public; from memory)."""
FESTIVALS = (
    "2022-02-01",
    "2023-01-22",
    "2024-02-10",
    "2025-01-29",
    "2026-02-17",
    "2027-02-06",
    "2028-01-26",
    "2029-02-13",
    "2030-02-03",
)
PRICE_MONTHS = 38
DEAL_LIMIT = 100_000.0
GENTLE_GROWTH = 0.002


def prices(rng: np.random.Generator, shocks: Shocks, calendar: Calendar) -> Floats:
    """Return yuan per 亩 or unit of each sort of resource in each month, (sorts, months)."""
    own = np.zeros((len(SORTS), calendar.months))
    own[: len(TRADES)] = shocks.price
    for sort in range(len(TRADES), len(SORTS)):
        steps = SORTS[sort].price_sd * rng.standard_normal(calendar.months)
        for month in range(1, calendar.months):
            own[sort, month] = PRICE_MEMORY * own[sort, month - 1] + steps[month]
    level = np.array([sort.price_per_mu for sort in SORTS])[:, None]
    return np.round(level * np.exp(own + GENTLE_GROWTH * np.arange(calendar.months)), 2)


def county(rng: np.random.Generator, calendar: Calendar, price: Floats, quality: Floats) -> Sheet:
    """Return a monthly record; `quality` = balance, non-performing, over 90 days by product, (months, 2, 3) yuan."""
    month = np.arange(calendar.opening - 1, calendar.months)
    day = calendar.end(month)
    known = day + rng.integers(2, 9, len(day))
    kept = known <= calendar.as_of
    month, day, known = month[kept], day[kept], known[kept]
    changed = np.array([on for on, _ in LPR], "datetime64[D]").astype(np.int64)
    rates = np.array([rate for _, rate in LPR])
    festivals = np.array(FESTIVALS, "datetime64[D]").astype(np.int64)
    ahead = np.minimum(np.searchsorted(festivals, day), len(festivals) - 1)
    return Sheet(
        "county",
        day,
        instant(known, 9 + 8 * rng.random(len(day))),
        constant("verified", len(day)),
        {
            "county_code": constant(COUNTY_CODE, len(day)),
            "sector_benchmark": np.full(len(day), SECTOR_BENCHMARK),
            "sector_capital_floor": np.full(len(day), CAPITAL_FLOOR),
            "lpr_1y": rates[np.searchsorted(changed, day, side="right") - 1],
            "spring_festival": festivals[ahead],
            "deal_limit": np.full(len(day), fen(np.array(DEAL_LIMIT))),
        },
        {
            "prices": _prices(calendar, month, price),
            "products": _products(month, quality),
            "eligible_resources": _eligible(month),
            "delegated_documents": Child(
                np.empty(0, np.int64), {"rule_id": constant("", 0)}, np.ones(len(month), bool)
            ),
            "gep_ledger": Child(
                np.empty(0, np.int64), {"project_id": constant("", 0)}, np.ones(len(month), bool)
            ),
        },
    )


def _prices(calendar: Calendar, month: Ints, price: Floats) -> Child:
    shown = np.minimum(PRICE_MONTHS, month + 1)
    parent, place = repeated(shown * len(SORTS))
    sort, back = place % len(SORTS), place // len(SORTS)
    when = month[parent] - back
    return Child(
        parent,
        {
            "type": words(sort, [s.type for s in SORTS]),
            "commodity": words(sort, [s.commodity for s in SORTS]),
            "on": calendar.start(when) + 14,
            "price": fen(price[sort, when]),
        },
    )


def _products(month: Ints, quality: Floats) -> Child:
    parent, place = repeated(np.full(len(month), len(PRODUCTS)))
    figures = fen(quality[month[parent], place])
    return Child(
        parent,
        {
            "product": words(place, PRODUCTS),
            "loan_balance": figures[:, 0],
            "npl_balance": figures[:, 1],
            "overdue_90_balance": figures[:, 2],
        },
    )


def _eligible(month: Ints) -> Child:
    kinds = list(dict.fromkeys(sort.type for sort in SORTS))
    parent, place = repeated(np.full(len(month), len(kinds)))
    return Child(
        parent,
        {
            "type": words(place, kinds),
            "from": np.full(len(parent), 18_993),
            "doc_id": ids("ELI", place, 3),
        },
    )


def guarantee_bodies(quarter_ends: Ints, as_of: int, balance: float) -> Sheet:
    """Return two guarantee bodies' quarterly figures; `balance` is what they cover in yuan."""
    row, place = repeated(np.full(2, len(quarter_ends)))
    day = quarter_ends[place]
    kept = day + 25 <= as_of
    row, day = row[kept], day[kept]
    liability = np.full(len(row), balance * 0.5 + 4.0e8) * np.where(row == 0, 1.0, 0.4)
    assets = fen(np.round(liability / np.where(row == 0, 6.0, 9.3), 0))
    return Sheet(
        "guarantee_body",
        day,
        instant(day + 25, np.full(len(day), 10.0)),
        constant("verified", len(day)),
        {
            "body_id": ids("G", row + 1, 2),
            "licence_no": ids("浙融担", row + 1, 4),
            "leverage_cap": np.where(row == 0, 15.0, 10.0),
            "weighted_liability": fen(np.round(liability, 0)),
            "body_net_assets": assets,
            "largest_party_liability": np.rint(assets * np.where(row == 0, 0.03, 0.085)),
            "largest_group_liability": np.rint(assets * np.where(row == 0, 0.05, 0.11)),
            "controller_guarantees": np.zeros(len(row)),
        },
    )


def banks(quarter_ends: Ints, as_of: int) -> Sheet:
    """Return three banks' quarterly figures."""
    row, place = repeated(np.full(3, len(quarter_ends)))
    day = quarter_ends[place]
    kept = day + 25 <= as_of
    row, day = row[kept], day[kept]
    capital = fen(np.round(2.0e9 * (1 + row) * (1 + 0.01 * place[kept]), 0))
    return Sheet(
        "bank",
        day,
        instant(day + 25, np.full(len(day), 10.0)),
        constant("audited", len(day)),
        {
            "bank_code": ids("B", row + 1, 2),
            "bank_capital_net": capital,
            "bank_tier1_net": np.rint(capital * 0.8),
            "largest_borrower_loans": np.rint(capital * np.array((0.04, 0.06, 0.085))[row]),
            "largest_group_exposure": np.rint(capital * np.array((0.06, 0.09, 0.11))[row]),
        },
    )
