"""Kinds of cooperative: sound ones, and those that are troubled in one distinct way each.

Six troubles stand in the balance sheet, seven in the registers; those of the registers begin in a
quarter of their own, so that a supervisor sees a line turn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.draws import Flags, Ints


@dataclass(frozen=True)
class Kind:
    """How one sort of cooperative is run; shares are of total assets unless said.

    Attributes
    ----------
    share
        How common it is.
    leverage, leverage_end
        Liabilities over assets at the start and what it drifts to.
    cash, current, inventory
        Cash, current assets and stored resources over assets.
    short
        Share of interest-bearing debt due within a year.
    debt
        Share of liabilities that bears interest.
    turnover, margin
        Yearly revenue over assets; ebit over revenue.
    rate
        Yearly cost of debt.
    punctual
        Chance that a payout to households is on time.
    """

    name: str
    share: float
    leverage: float
    leverage_end: float
    cash: float
    current: float
    inventory: float
    short: float
    debt: float
    turnover: float
    margin: float
    rate: float
    punctual: float


# share, leverage, its end, cash, current, stock, short, debt, turnover, margin, rate, punctual
KINDS = (
    Kind("sound", 0.34, 0.38, 0.36, 0.17, 0.52, 0.12, 0.3, 0.55, 0.34, 0.17, 0.038, 0.999),
    Kind("steady", 0.26, 0.48, 0.47, 0.15, 0.5, 0.11, 0.34, 0.58, 0.3, 0.15, 0.04, 0.996),
    Kind("indebted", 0.04, 0.6, 0.79, 0.15, 0.46, 0.14, 0.2, 0.7, 0.24, 0.24, 0.045, 0.96),
    Kind("illiquid", 0.04, 0.52, 0.57, 0.10, 0.31, 0.21, 0.3, 0.45, 0.26, 0.13, 0.043, 0.92),
    Kind("cashless", 0.04, 0.52, 0.56, 0.035, 0.35, 0.14, 0.6, 0.62, 0.28, 0.13, 0.043, 0.87),
    Kind("stretched", 0.04, 0.54, 0.6, 0.18, 0.5, 0.12, 0.26, 0.68, 0.17, 0.13, 0.055, 0.975),
    Kind("losing", 0.04, 0.46, 0.58, 0.14, 0.48, 0.15, 0.34, 0.55, 0.2, -0.06, 0.043, 0.94),
    Kind("young", 0.04, 0.3, 0.42, 0.24, 0.6, 0.08, 0.25, 0.15, 0.14, 0.06, 0.039, 0.99),
    Kind("entangled", 0.03, 0.46, 0.47, 0.17, 0.5, 0.11, 0.3, 0.55, 0.32, 0.16, 0.039, 0.99),
    Kind("surety", 0.02, 0.45, 0.46, 0.17, 0.5, 0.11, 0.3, 0.55, 0.32, 0.16, 0.039, 0.99),
    Kind("overpromised", 0.03, 0.46, 0.48, 0.11, 0.5, 0.12, 0.38, 0.57, 0.31, 0.15, 0.04, 0.985),
    Kind("backed", 0.02, 0.47, 0.49, 0.16, 0.5, 0.11, 0.32, 0.57, 0.31, 0.15, 0.04, 0.99),
    Kind("fundraiser", 0.02, 0.46, 0.48, 0.16, 0.5, 0.11, 0.32, 0.57, 0.31, 0.15, 0.04, 0.98),
    Kind("undocumented", 0.02, 0.45, 0.46, 0.17, 0.5, 0.11, 0.3, 0.55, 0.32, 0.16, 0.039, 0.99),
    Kind("lopsided", 0.02, 0.45, 0.46, 0.17, 0.5, 0.11, 0.3, 0.55, 0.32, 0.16, 0.039, 0.99),
)
NAMES = tuple(kind.name for kind in KINDS)
HEALTHY = ("sound", "steady")
SHARED_OUT = (
    *("sound", "steady", "entangled", "sound", "illiquid", "surety", "indebted"),
    *("steady", "overpromised", "steady", "cashless", "backed", "sound", "fundraiser"),
    *("sound", "stretched", "steady", "undocumented", "losing", "steady", "lopsided"),
    *("sound", "young", "steady", "sound", "steady", "sound", "steady"),
)
"""Kinds of the first cooperatives, so that the smallest county shows each."""
ESSENTIAL = tuple(NAMES.index(name) for name in SHARED_OUT)


def trait(name: str, kind: Ints) -> Floats:
    """Return a number of `Kind` for each cooperative."""
    return np.asarray(np.array([float(getattr(k, name)) for k in KINDS])[kind])


def of_kind(kind: Ints, *names: str) -> Flags:
    """Return which cooperatives are of one of the kinds named."""
    return np.isin(kind, [NAMES.index(name) for name in names])


def drawn(rng: np.random.Generator, count: int) -> Ints:
    """Return the kind of each cooperative, an index into `KINDS`."""
    shares = np.array([k.share for k in KINDS])
    random: Ints = rng.choice(len(KINDS), count, p=shares / shares.sum())
    return np.concatenate([np.array(ESSENTIAL), random])[:count]
