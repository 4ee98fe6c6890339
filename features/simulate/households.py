"""Households: what they are, and the months they live through.

Each has two latent traits that no record holds, earning power and prudence, both partly shared in
a village. Income follows its trade's seasons and the county's shocks; arrears come from lack of
prudence and from bad months. What a record shows is a noisy look at this (`borrowers`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.frame import Floats
from features.simulate.calendar import Calendar
from features.simulate.draws import Flags, Ints, happens
from features.simulate.settings import (
    HOMESTAY,
    HOUSEHOLDS_PER_VILLAGE,
    MAX_VILLAGES,
    MIN_VILLAGES,
    TRADES,
)
from features.simulate.shocks import Shocks

Floats32 = NDArray[np.float32]
Days16 = NDArray[np.int16]

INCOME_GROWTH = 0.04
SPECIALISATION = 5.0
"""How alike villages are in their trades; lower is more specialised."""
LOST_PER_STRESS, INSURED_BACK = 0.22, 0.6
"""Log income lost per unit of stress, and the part that full insurance gives back."""
OVERDUE_QUANTILES, OVERDUE_DAYS = (0.0, 0.5, 0.8, 0.95, 1.0), (0, 7, 30, 60, 89)
"""Days past due of an arrear that no default follows, by quantile."""


@dataclass(frozen=True)
class Villages:
    """Villages of the county; `fortune` is shared by a village's households."""

    fortune: Floats
    trade_mix: Floats

    @classmethod
    def founded(cls, rng: np.random.Generator, households: int) -> Villages:
        """Return the villages of a county of so many households."""
        count = int(np.clip(households // HOUSEHOLDS_PER_VILLAGE, MIN_VILLAGES, MAX_VILLAGES))
        share = np.array([trade.share for trade in TRADES])
        fortune = 0.4 * rng.standard_normal(count)
        return cls(fortune, rng.dirichlet(SPECIALISATION * share, count))


@dataclass(frozen=True)
class Households:
    """n households and their monthly paths.

    Attributes
    ----------
    village, trade
        Index of village and trade, (n,).
    earning, prudence
        Latent traits, about standard normal, (n,).
    wage_share, base_income
        Share of income from wages; yearly income in an ordinary first year, yuan, (n,).
    income
        Net income, yuan a month, (n, months).
    overdue
        Worst days past due of any debt in the month, (n, months).
    debt_ratio, service_ratio
        Debt over yearly income and a year's service over debt, 0 without debt, (n,).
    buffer
        Deposits in years of income, (n,).
    credit_since
        Month index of the first loan (may be negative), (n,).
    insured
        Share of the crop or house insured, (n,).
    diligence
        How ready the household is to hand in papers, (n,).
    """

    village: Ints
    trade: Ints
    earning: Floats
    prudence: Floats
    wage_share: Floats
    base_income: Floats
    income: Floats32
    overdue: Days16
    debt_ratio: Floats
    service_ratio: Floats
    buffer: Floats
    credit_since: Ints
    insured: Floats
    diligence: Floats

    def __len__(self) -> int:
        return len(self.trade)

    @property
    def indebted(self) -> Flags:
        """Return which households owe anything."""
        return np.asarray(self.debt_ratio > 0)


def born(
    rng: np.random.Generator, calendar: Calendar, shocks: Shocks, villages: Villages, count: int
) -> Households:
    """Return `count` households of the county."""
    village, trade = _settled(rng, villages, count)
    fortune = villages.fortune[village]
    earning = rng.standard_normal(count) + 0.5 * fortune
    prudence = rng.standard_normal(count) + 0.8 * fortune
    median = np.array([t.income for t in TRADES])[trade]
    base = median * np.exp(0.45 * earning + 0.15 * rng.standard_normal(count))
    wage_share = np.clip(rng.beta(1.7, 1.9, count) - 0.15 * (trade >= HOMESTAY), 0.0, 0.98)
    careful = happens(rng, 0.45 + 0.10 * np.tanh(prudence), count)
    insured = np.where(careful, rng.beta(5.0, 1.3, count), 0.25 * rng.random(count))
    owes = happens(rng, 0.72, count)
    owed = np.exp(-0.75 + 0.75 * rng.standard_normal(count) - 0.22 * prudence)
    known_for = rng.gamma(1.6, 34.0, count) * np.exp(0.2 * prudence)
    begun = np.floor(calendar.opening - known_for).astype(np.int64)
    credit_since = np.where(owes | happens(rng, 0.5, count), begun, calendar.months)
    cushion = 1.05 * rng.standard_normal(count) + 0.40 * prudence + 0.15 * earning
    return Households(
        village=village,
        trade=trade,
        earning=earning,
        prudence=prudence,
        wage_share=wage_share,
        base_income=base,
        income=_monthly_income(rng, calendar, shocks, trade, base, wage_share, insured),
        overdue=_monthly_overdue(rng, shocks, trade, prudence, credit_since),
        debt_ratio=np.where(owes, owed, 0.0),
        service_ratio=np.clip(0.24 * np.exp(0.40 * rng.standard_normal(count)), 0.06, 1.1),
        buffer=0.09 * np.exp(cushion),
        credit_since=credit_since,
        insured=insured,
        diligence=0.45 * prudence + 0.35 * earning + rng.standard_normal(count),
    )


def _settled(rng: np.random.Generator, villages: Villages, count: int) -> tuple[Ints, Ints]:
    """Return village and trade of each household."""
    village = np.sort(rng.integers(len(villages.fortune), size=count))
    bounds = np.cumsum(villages.trade_mix, axis=1)[village]
    return village, (rng.random(count)[:, None] > bounds[:, :-1]).sum(axis=1)


def _monthly_income(
    rng: np.random.Generator,
    calendar: Calendar,
    shocks: Shocks,
    trade: Ints,
    base: Floats,
    wage_share: Floats,
    insured: Floats,
) -> Floats32:
    """Return net income in yuan, (n, months): seasons, shocks, growth and noise."""
    season = np.array([t.season for t in TRADES], np.float32)
    season /= season.sum(axis=1, keepdims=True)
    lost = (1 - np.exp(-LOST_PER_STRESS * shocks.stress)).astype(np.float32)
    borne = (1 - INSURED_BACK * insured).astype(np.float32)[:, None]
    growth = np.float32(1 + INCOME_GROWTH) ** (np.arange(calendar.months, dtype=np.float32) / 12)
    wage = wage_share[:, None].astype(np.float32)
    noise = rng.standard_normal((len(trade), calendar.months), dtype=np.float32)
    path: Floats32 = season[:, calendar.month_of_year][trade] * (1 - lost[trade] * borne)
    path *= (1 - wage) * np.exp(np.float32(0.35) * noise - np.float32(0.06))
    path += wage / 12
    path *= base[:, None].astype(np.float32) * growth
    return path


def _monthly_overdue(
    rng: np.random.Generator, shocks: Shocks, trade: Ints, prudence: Floats, credit_since: Ints
) -> Days16:
    """Return days past due in each month, (n, months), below 90: defaults come with the loans."""
    count, months = len(trade), shocks.stress.shape[1]
    level = (0.010 * np.exp(-0.85 * prudence)).astype(np.float32)
    chance = level[:, None] * np.exp(0.30 * shocks.stress).astype(np.float32)[trade]
    late = rng.random((count, months), dtype=np.float32) < chance
    late &= np.arange(months) > credit_since[:, None]
    who, month = np.nonzero(late)
    severity = rng.random(len(who)) ** np.exp(0.25 * np.clip(prudence[who], -2, 2))
    days = 1 + np.floor(np.interp(severity, OVERDUE_QUANTILES, OVERDUE_DAYS))
    overdue = np.zeros((count, months), np.int16)
    overdue[who, month] = np.minimum(days, OVERDUE_DAYS[-1])
    return overdue
