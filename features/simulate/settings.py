"""The simulator's own settings: what the invented county looks like.

None of these numbers is policy and none decides about anybody. A comment names the part of the
domain page that a level leans on; the others were chosen so that the book has default rates, bin
shares and a spread of true PD as a county bank would know them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

DEFAULT_AS_OF = date(2025, 12, 31)
SOURCE = "simulate"
VERSION = "1"

HISTORY_MONTHS = 36
APPLICATION_MONTHS = 48
"""Applications over four years, so that most 12-month loans have a finished window."""

QUARTERS = 21
"""Statements of a cooperative: five full years and a quarter, enough for `loss_years`."""

COUNTY_CODE = "330899"
"""An unassigned code: no county is meant."""
CITY_CODE = "330800"


@dataclass(frozen=True)
class Trade:
    """What one trade earns, when, and what hurts it.

    Attributes
    ----------
    name, operator, commodity, resource
        Codes of the dictionary.
    share
        Share of the county's households.
    income
        Median yearly household income, yuan.
    season
        Weights of the twelve months, January first.
    price_sd
        Monthly innovation of the log price.
    price, typhoon, pest
        How strongly each shock stresses the trade.
    """

    name: str
    operator: str
    commodity: str
    resource: str
    share: float
    income: float
    season: tuple[float, ...]
    price_sd: float
    price: float
    typhoon: float
    pest: float


TRADES = (
    # 胡柚 brings about 20,000 yuan a household and year besides wages (1.1, S5)
    Trade(
        "胡柚",
        "农户",
        "胡柚",
        "经济林",
        0.34,
        92_000,
        (1.6, 1.0, 0.6, 0.4, 0.3, 0.3, 0.3, 0.3, 0.6, 1.4, 3.0, 2.6),
        0.070,
        1.0,
        0.6,
        1.0,
    ),
    Trade(
        "毛竹",
        "农户",
        "毛竹",
        "毛竹",
        0.24,
        74_000,
        (1.4, 1.2, 1.7, 1.6, 1.0, 0.6, 0.5, 0.5, 0.7, 0.9, 1.1, 1.3),
        0.030,
        0.8,
        0.3,
        0.4,
    ),
    Trade(
        "茶",
        "家庭农场",
        "茶",
        "经济林",
        0.18,
        105_000,
        (0.3, 0.6, 3.6, 3.4, 1.4, 0.7, 0.4, 0.3, 0.5, 0.5, 0.3, 0.2),
        0.050,
        0.9,
        0.4,
        0.7,
    ),
    Trade(
        "民宿",
        "民宿",
        "民宿",
        "农房使用权",
        0.12,
        165_000,
        (0.6, 0.8, 0.8, 1.1, 1.5, 1.0, 1.6, 1.7, 1.0, 1.6, 0.6, 0.5),
        0.020,
        0.6,
        1.3,
        0.0,
    ),
    Trade(
        "苗木",
        "个体户",
        "苗木",
        "苗木",
        0.12,
        128_000,
        (0.8, 1.4, 2.4, 1.6, 0.6, 0.4, 0.3, 0.3, 0.7, 1.5, 1.6, 1.0),
        0.130,
        0.9,
        0.5,
        0.8,
    ),
)

HOUSEHOLDS_PER_VILLAGE = 60
VILLAGES_PER_TOWN = 14
MIN_VILLAGES, MAX_VILLAGES = 6, 400

APPLICATIONS_PER_HOUSEHOLD = 1.1
CREDIT_SHARE = 0.62
"""The rest asks for the deposit product."""

PATHS = 48
"""Shock futures over which a true PD is averaged."""

MAX_TERM = 60
