"""The simulator's own settings: what the invented county looks like.

None of these numbers is policy and none decides about anybody. A note names the part of the
domain page that a level leans on; the others were chosen so that the book has default rates, bin
shares and a spread of true PD as a county bank would know them. Numbers that only shape one draw
stand at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

DEFAULT_AS_OF = date(2025, 12, 31)
SOURCE = "simulate"

HISTORY_MONTHS = 36
APPLICATION_MONTHS = 48
"""Applications over four years, so that most 12-month loans have a finished window."""

QUARTERS = 21
"""Statements of a cooperative: five full years and a quarter, enough for `loss_years`."""

COUNTY_CODE = "330899"
"""An unassigned code: no county is meant."""

HOUSEHOLDS_PER_VILLAGE, VILLAGES_PER_TOWN = 60, 14
MIN_VILLAGES, MAX_VILLAGES = 6, 400
HOUSEHOLDS_PER_COOPERATIVE, MIN_COOPERATIVES, MAX_COOPERATIVES = 1_500, 28, 44
HOUSEHOLDS_PER_ORGANISATION, MIN_ORGANISATIONS, MIN_DEVELOPERS = 60, 24, 8
PREDATORY_SHARE = 0.2
"""Share of developers that are predatory (11.1)."""

APPLICATIONS_PER_HOUSEHOLD, SECOND_SHARE = 1.1, 0.32
CREDIT_SHARE = 0.62
"""The rest asks for the deposit product."""

CREDIT_RANGE, DEPOSIT_RANGE = (5_000, 300_000), (10_000, 3_000_000)
"""Amounts in yuan: 0.5-30 万元 (2.1), 1-300 万元 (2.2)."""
CREDIT_RATE, DEPOSIT_RATE = 0.0455, 0.0435
"""LPR(1Y) + 30…180 bp (2.1); 4.15 % + 0.5 % was seen at 资溪 (2.2)."""
GATE = (100_000, 3_000_000)
"""农担 takes loans of 10-300 万元 (3.2)."""

TERMS = (6, 12, 24, 36, 60)
CREDIT_TERMS, DEPOSIT_TERMS = (0.04, 0.56, 0.20, 0.20, 0.0), (0.0, 0.36, 0.26, 0.31, 0.07)
"""Shares of the terms: ≤ 36 months usual (2.1), ≤ 60 (2.2)."""

CREDIT_LEVEL, DEPOSIT_LEVEL, ORGANISATION_LEVEL = -3.75, -5.15, -5.0
"""Log-hazard of a loan's life where nothing else speaks: about 3 % and 3.5 % default (6.2)."""
FUTURES = 48
"""Paths of county shocks over which a true PD is averaged."""

SECTOR_BENCHMARK, CAPITAL_FLOOR = 0.58, 0.20
"""Leverage of the sector (section 4 shows 0.60); 20 % project capital is usual (section 4)."""

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
    *("2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17"),
    *("2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03"),
)
"""First days of Spring Festival."""


@dataclass(frozen=True)
class Trade:
    """What one trade earns, when, and what hurts it.

    Attributes
    ----------
    name, operator
        Name, and code of `operator_type`.
    share
        Share of the county's households.
    income
        Median yearly household income, yuan.
    price_sd
        Monthly innovation of the log price.
    price, typhoon, pest
        How strongly each shock stresses the trade.
    season
        Weights of the twelve months, January first.
    """

    name: str
    operator: str
    share: float
    income: float
    price_sd: float
    price: float
    typhoon: float
    pest: float
    season: tuple[float, ...]


# 胡柚 brings about 20,000 yuan a household and year besides wages (1.1, S5)
HUYOU = (1.6, 1.0, 0.6, 0.4, 0.3, 0.3, 0.3, 0.3, 0.6, 1.4, 3.0, 2.6)
BAMBOOS = (1.4, 1.2, 1.7, 1.6, 1.0, 0.6, 0.5, 0.5, 0.7, 0.9, 1.1, 1.3)
TEA = (0.3, 0.6, 3.6, 3.4, 1.4, 0.7, 0.4, 0.3, 0.5, 0.5, 0.3, 0.2)
GUESTS = (0.6, 0.8, 0.8, 1.1, 1.5, 1.0, 1.6, 1.7, 1.0, 1.6, 0.6, 0.5)
SAPLINGS = (0.8, 1.4, 2.4, 1.6, 0.6, 0.4, 0.3, 0.3, 0.7, 1.5, 1.6, 1.0)
TRADES = (
    Trade("胡柚", "农户", 0.34, 92_000, 0.070, 1.0, 0.6, 1.0, HUYOU),
    Trade("毛竹", "农户", 0.24, 74_000, 0.030, 0.8, 0.3, 0.4, BAMBOOS),
    Trade("茶", "家庭农场", 0.18, 105_000, 0.050, 0.9, 0.4, 0.7, TEA),
    Trade("民宿", "民宿", 0.12, 165_000, 0.020, 0.6, 1.3, 0.0, GUESTS),
    Trade("苗木", "个体户", 0.12, 128_000, 0.130, 0.9, 0.5, 0.8, SAPLINGS),
)
BAMBOO, HOMESTAY = 1, 3
"""Places of 毛竹 and 民宿 in `TRADES`."""


@dataclass(frozen=True)
class Sort:
    """One sort of resource: its codes, price, size and how well it can be sold.

    Attributes
    ----------
    type, commodity, right
        Codes of the dictionary.
    price
        Yuan per 亩 or unit; for `price_sd` see `Trade`.
    liquidity
        Usual class, 0 = A to 3 = D.
    age_cap, ltv_cap
        Months a valuation holds; highest loan to value (2.2).
    """

    type: str
    commodity: str
    right: str
    price: float
    price_sd: float
    liquidity: float
    age_cap: int
    ltv_cap: float
    insurable: bool


SORTS = (
    Sort("经济林", "胡柚", "operation", 9_000, 0.070, 0.75, 12, 0.50, True),
    Sort("毛竹", "毛竹", "operation", 3_200, 0.030, 0.55, 12, 0.50, True),
    Sort("经济林", "茶", "operation", 11_000, 0.050, 0.65, 12, 0.50, True),
    Sort("农房使用权", "民宿", "use", 600_000, 0.020, 1.15, 12, 0.55, True),
    Sort("苗木", "苗木", "ownership", 16_000, 0.130, 1.55, 6, 0.40, True),
    Sort("林地经营权", "木材", "operation", 2_400, 0.035, 0.85, 12, 0.50, True),
    Sort("土地经营权", "粮食", "operation", 2_000, 0.018, 1.05, 12, 0.50, False),
    Sort("经济林", "香榧", "operation", 21_000, 0.095, 1.25, 12, 0.50, True),
)
"""The first stand in the order of `TRADES`: what each trade itself would pledge."""
