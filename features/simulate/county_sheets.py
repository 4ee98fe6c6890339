"""The tables `county`, `guarantee_body` and `bank`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from features.frame import Floats
from features.simulate import gep_ledger
from features.simulate.calendar import Calendar, instant, office_hour
from features.simulate.draws import Ints
from features.simulate.projects import Projects
from features.simulate.requests import PRODUCTS
from features.simulate.settings import (
    CAPITAL_FLOOR,
    COUNTY_CODE,
    FESTIVALS,
    LPR,
    SECTOR_BENCHMARK,
    SORTS,
    TRADES,
)
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
from features.simulate.shocks import PRICE_MEMORY, Shocks

PRICE_MONTHS, PRICED_ON = 38, 14
"""Months of prices in a reading, enough for 24 before any day; the day of the month, from 0."""
PRICE_GROWTH = 0.002
DEAL_LIMIT = 100_000.0
ELIGIBLE_SINCE = 18_993
"""2022-01-01."""
REPORTED_AFTER = 25
"""Days after a quarter in which guarantee bodies and banks report."""
OWN_LIABILITY = 4.0e8
BODIES = {
    "cap": (15.0, 10.0, 10.0),
    "multiple": (6.0, 5.5, 9.3),
    "party": (0.03, 0.045, 0.085),
    "group": (0.05, 0.07, 0.11),
}
"""Three guarantee bodies: two sound ones, and one near its limits (3.2)."""
BANKS = {"size": (2.0e9, 4.0e9, 6.0e9), "party": (0.04, 0.06, 0.085), "group": (0.06, 0.09, 0.11)}


def prices(rng: np.random.Generator, shocks: Shocks, calendar: Calendar) -> Floats:
    """Return yuan per 亩 or unit of each sort of resource in each month, (sorts, months)."""
    path = np.zeros((len(SORTS), calendar.months))
    path[: len(TRADES)] = shocks.price
    sd = np.array([sort.price_sd for sort in SORTS[len(TRADES) :]])
    for month in range(1, calendar.months):
        step = sd * rng.standard_normal(len(sd))
        path[len(TRADES) :, month] = PRICE_MEMORY * path[len(TRADES) :, month - 1] + step
    level = np.array([sort.price for sort in SORTS])[:, None]
    return np.asarray(
        np.round(level * np.exp(path + PRICE_GROWTH * np.arange(calendar.months)), 2)
    )


def county(
    rng: np.random.Generator,
    calendar: Calendar,
    price: Floats,
    quality: Floats,
    works: Projects,
) -> Sheet:
    """Return a monthly record of the county.

    Parameters
    ----------
    price
        Of `prices`.
    quality
        Balance, non-performing, over 90 days, yuan, (months, products, 3).
    """
    month = np.arange(calendar.opening - 1, calendar.months)
    known = calendar.end(month) + rng.integers(2, 9, len(month))
    month, known = (part[known <= calendar.as_of] for part in (month, known))
    day, count = calendar.end(month), len(month)
    changed = np.array([on for on, _ in LPR], "datetime64[D]").astype(np.int64)
    rates = np.array([rate for _, rate in LPR])
    festivals = np.array(FESTIVALS, "datetime64[D]").astype(np.int64)
    ahead = np.minimum(np.searchsorted(festivals, day), len(festivals) - 1)
    columns: dict[str, Cells] = {
        "county_code": constant(COUNTY_CODE, count),
        "sector_benchmark": np.full(count, SECTOR_BENCHMARK),
        "sector_capital_floor": np.full(count, CAPITAL_FLOOR),
        "lpr_1y": rates[np.searchsorted(changed, day, side="right") - 1],
        "spring_festival": festivals[ahead],
        "deal_limit": fen(np.full(count, DEAL_LIMIT)),
    }
    ledger = gep_ledger.entered(rng, works)
    children = {
        "prices": _prices(calendar, month, price),
        "products": _products(month, quality),
        "eligible_resources": _eligible(month),
        "delegated_documents": nobody({"rule_id": ""}),
        "gep_ledger": gep_ledger.rows(ledger, day),
    }
    learnt = instant(known, office_hour(rng, count))
    return Sheet("county", day, learnt, constant("verified", count), columns, children)


def _prices(calendar: Calendar, month: Ints, price: Floats) -> Child:
    shown = np.minimum(PRICE_MONTHS, month + 1)
    parent, place = repeated(shown * len(SORTS))
    sort, back = place % len(SORTS), place // len(SORTS)
    at = month[parent] - back
    columns: dict[str, Cells] = {
        "type": words(sort, [s.type for s in SORTS]),
        "commodity": words(sort, [s.commodity for s in SORTS]),
        "on": calendar.start(at) + PRICED_ON,
        "price": fen(price[sort, at]),
    }
    return Child(parent, columns)


def _products(month: Ints, quality: Floats) -> Child:
    parent, place = repeated(np.full(len(month), len(PRODUCTS)))
    balance, doubtful, over = fen(quality[month[parent], place]).T
    columns: dict[str, Cells] = {
        "product": words(place, PRODUCTS),
        "loan_balance": balance,
        "npl_balance": doubtful,
        "overdue_90_balance": over,
    }
    return Child(parent, columns)


def _eligible(month: Ints) -> Child:
    kinds = list(dict.fromkeys(sort.type for sort in SORTS))
    parent, place = repeated(np.full(len(month), len(kinds)))
    columns: dict[str, Cells] = {
        "type": words(place, kinds),
        "from": np.full(len(parent), ELIGIBLE_SINCE),
        "doc_id": ids("ELI", place, 3),
    }
    return Child(parent, columns)


def _quarterly(count: int, quarter_ends: Ints, as_of: int) -> tuple[Ints, Ints]:
    """Return row and day of the quarterly reports of `count` bodies that came by `as_of`."""
    row, place = repeated(np.full(count, len(quarter_ends)))
    day = quarter_ends[place]
    kept = day + REPORTED_AFTER <= as_of
    return row[kept], day[kept]


def _traits(table: Mapping[str, tuple[float, ...]], row: Ints) -> dict[str, Floats]:
    return {name: np.array(values)[row] for name, values in table.items()}


def guarantee_bodies(quarter_ends: Ints, as_of: int, covered: float) -> Sheet:
    """Return three guarantee bodies' quarterly figures; `covered` is lent with them, yuan."""
    row, day = _quarterly(len(BODIES["cap"]), quarter_ends, as_of)
    body, count = _traits(BODIES, row), len(row)
    liability = (covered * 0.5 + OWN_LIABILITY) / (1 + 1.5 * row)
    assets = fen(np.round(liability / body["multiple"]))
    columns: dict[str, Cells] = {
        "body_id": ids("G", row + 1, 2),
        "licence_no": ids("浙融担", row + 1, 4),
        "leverage_cap": body["cap"],
        "weighted_liability": fen(np.round(liability)),
        "body_net_assets": assets,
        "largest_party_liability": np.rint(assets * body["party"]),
        "largest_group_liability": np.rint(assets * body["group"]),
        "controller_guarantees": np.zeros(count),
    }
    learnt = instant(day + REPORTED_AFTER, np.full(count, 10.0))
    return Sheet("guarantee_body", day, learnt, constant("verified", count), columns)


def banks(quarter_ends: Ints, as_of: int) -> Sheet:
    """Return three banks' quarterly figures."""
    row, day = _quarterly(len(BANKS["size"]), quarter_ends, as_of)
    bank, count = _traits(BANKS, row), len(row)
    grown = 1 + 0.01 * np.searchsorted(quarter_ends, day)
    capital = fen(np.round(bank["size"] * grown))
    columns: dict[str, Cells] = {
        "bank_code": ids("B", row + 1, 2),
        "bank_capital_net": capital,
        "bank_tier1_net": np.rint(capital * 0.8),
        "largest_borrower_loans": np.rint(capital * bank["party"]),
        "largest_group_exposure": np.rint(capital * bank["group"]),
    }
    learnt = instant(day + REPORTED_AFTER, np.full(count, 10.0))
    return Sheet("bank", day, learnt, constant("audited", count), columns)
