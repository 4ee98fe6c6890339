"""Cooperatives quarter by quarter: flows feed equity, growth is paid for by debt.

Most are healthy; the others are troubled in one distinct way each, and slide into it over the years,
so that a supervisor sees lines turn from pass to warn to breach.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.households import Ints


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


KINDS = (
    Kind(
        name="sound",
        share=0.34,
        leverage=0.38,
        leverage_end=0.36,
        cash=0.17,
        current=0.52,
        inventory=0.12,
        short=0.3,
        debt=0.55,
        turnover=0.34,
        margin=0.17,
        rate=0.038,
        punctual=0.999,
    ),
    Kind(
        name="steady",
        share=0.26,
        leverage=0.48,
        leverage_end=0.47,
        cash=0.15,
        current=0.5,
        inventory=0.11,
        short=0.34,
        debt=0.58,
        turnover=0.3,
        margin=0.15,
        rate=0.04,
        punctual=0.996,
    ),
    Kind(
        name="over-indebted",
        share=0.08,
        leverage=0.6,
        leverage_end=0.79,
        cash=0.13,
        current=0.46,
        inventory=0.14,
        short=0.3,
        debt=0.7,
        turnover=0.24,
        margin=0.16,
        rate=0.045,
        punctual=0.96,
    ),
    Kind(
        name="illiquid",
        share=0.07,
        leverage=0.5,
        leverage_end=0.55,
        cash=0.09,
        current=0.36,
        inventory=0.21,
        short=0.44,
        debt=0.55,
        turnover=0.26,
        margin=0.13,
        rate=0.043,
        punctual=0.92,
    ),
    Kind(
        name="short of cash",
        share=0.07,
        leverage=0.52,
        leverage_end=0.56,
        cash=0.035,
        current=0.44,
        inventory=0.14,
        short=0.6,
        debt=0.62,
        turnover=0.28,
        margin=0.13,
        rate=0.043,
        punctual=0.87,
    ),
    Kind(
        name="thinly covered",
        share=0.07,
        leverage=0.54,
        leverage_end=0.6,
        cash=0.18,
        current=0.5,
        inventory=0.12,
        short=0.34,
        debt=0.68,
        turnover=0.17,
        margin=0.13,
        rate=0.055,
        punctual=0.975,
    ),
    Kind(
        name="losing",
        share=0.06,
        leverage=0.46,
        leverage_end=0.58,
        cash=0.14,
        current=0.48,
        inventory=0.15,
        short=0.34,
        debt=0.55,
        turnover=0.2,
        margin=-0.06,
        rate=0.043,
        punctual=0.94,
    ),
    Kind(
        name="young",
        share=0.05,
        leverage=0.3,
        leverage_end=0.42,
        cash=0.24,
        current=0.6,
        inventory=0.08,
        short=0.25,
        debt=0.15,
        turnover=0.14,
        margin=0.06,
        rate=0.039,
        punctual=0.99,
    ),
)
ESSENTIAL = (0, 1, 2, 0, 3, 1, 4, 0, 5, 1, 6, 7)
"""Kinds of the first cooperatives, so that the smallest county shows each."""
TAX = 0.05
SEASON = np.array((0.8, 0.9, 1.0, 1.3)) / 4
MIN_COOPERATIVES, MAX_COOPERATIVES, HOUSEHOLDS_PER_COOPERATIVE = 12, 40, 1_500


@dataclass(frozen=True)
class Cooperatives:
    """j cooperatives over q quarters; amounts are whole 分, (j, q) unless said.

    Attributes
    ----------
    kind
        Index into `KINDS`, (j,).
    level
        0 city, 1 county, 2 township, (j,).
    first_quarter
        First quarter with a statement, (j,).
    punctual
        Chance that a payout is on time, (j,).
    balance, flows
        Balance-sheet items; flows of the single quarter.
    """

    kind: Ints
    level: Ints
    first_quarter: Ints
    punctual: Floats
    balance: dict[str, Floats]
    flows: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.kind)


def _trait(name: str, kind: Ints) -> Floats:
    return np.array([getattr(k, name) for k in KINDS])[kind]


def _wobble(rng: np.random.Generator, shape: tuple[int, int], sd: float) -> Floats:
    """Return slow positive noise about 1, (j, q)."""
    steps = rng.standard_normal(shape)
    path = np.empty(shape)
    path[:, 0] = steps[:, 0]
    for quarter in range(1, shape[1]):
        path[:, quarter] = 0.8 * path[:, quarter - 1] + 0.6 * steps[:, quarter]
    return np.exp(sd * path)


def count_of(households: int) -> int:
    """Return how many cooperatives a county of so many households has."""
    return int(
        np.clip(households // HOUSEHOLDS_PER_COOPERATIVE, MIN_COOPERATIVES, MAX_COOPERATIVES)
    )


def run(
    rng: np.random.Generator, count: int, quarters: int, quarter_of_year: Ints
) -> Cooperatives:
    """Return the cooperatives with every quarter's balance and flows."""
    kind = np.concatenate([ESSENTIAL, rng.choice(len(KINDS), count, p=_shares())])[:count]
    level = np.where(np.arange(count) < 2, 1, 2)
    size = 3.0e9 * np.exp(0.7 * rng.standard_normal(count)) * np.where(level == 1, 8.0, 1.0)
    young = np.array([k.name == "young" for k in KINDS])[kind]
    first = np.where(young, max(quarters - 7, 0), 0)
    growth = np.exp(np.linspace(0, 0.30, quarters))[None] * _wobble(rng, (count, quarters), 0.025)
    assets = np.rint(size[:, None] * growth)
    flows = _flows(rng, kind, assets, quarter_of_year)
    balance = _balance(rng, kind, level, assets, flows)
    return Cooperatives(
        kind,
        level,
        first,
        np.clip(_trait("punctual", kind) - 0.004 * rng.random(count), 0, 1),
        balance,
        flows,
    )


def _shares() -> Floats:
    shares = np.array([k.share for k in KINDS])
    return shares / shares.sum()


def _flows(
    rng: np.random.Generator, kind: Ints, assets: Floats, quarter_of_year: Ints
) -> dict[str, Floats]:
    """Return revenue, ebit, subsidies and investment of each quarter in 分."""
    shape = assets.shape
    revenue = (
        assets
        * _trait("turnover", kind)[:, None]
        * SEASON[quarter_of_year]
        * _wobble(rng, shape, 0.06)
    )
    margin = _trait("margin", kind)[:, None] + 0.012 * rng.standard_normal(shape)
    subsidies = revenue * 0.02 * rng.random(shape)
    return {
        "revenue": np.rint(revenue),
        "ebit": np.rint(revenue * margin + subsidies),
        "subsidies": np.rint(subsidies),
        "off_purpose": np.rint(revenue * 0.002 * (rng.random(shape) < 0.06)),
    }


def _balance(
    rng: np.random.Generator, kind: Ints, level: Ints, assets: Floats, flows: dict[str, Floats]
) -> dict[str, Floats]:
    """Return the balance sheet, each total the sum of its parts to the 分; adds interest and profit to `flows`."""
    shape = assets.shape
    drift = np.linspace(0, 1, shape[1])[None]
    start, end = _trait("leverage", kind)[:, None], _trait("leverage_end", kind)[:, None]
    leverage = (start + (end - start) * drift) * _wobble(rng, shape, 0.02)
    liabilities = np.rint(assets * np.clip(leverage, 0.02, 1.1))
    debt = liabilities * _trait("debt", kind)[:, None] * _wobble(rng, shape, 0.02)
    parts = _debt_parts(rng, kind, debt)
    trade_payables = np.rint((liabilities - debt) * 0.62)
    current_liabilities = (
        parts["short_debt"] + parts["ltd_due_12m"] + parts["notes_payable"] + trade_payables
    )
    long_parts = parts["long_debt"] + parts["lease_liab"]
    liabilities = np.maximum(liabilities, current_liabilities + long_parts)
    interest = np.rint(debt * _trait("rate", kind)[:, None] / 4)
    profit = flows["ebit"] - interest
    flows["interest"] = interest
    flows["capitalised"] = np.rint(interest * 0.08 * (rng.random(shape) < 0.5))
    flows["profit"] = np.rint(profit - TAX * np.maximum(profit, 0))
    flows["cfo"] = np.rint(
        flows["profit"] * (0.9 + 0.3 * rng.standard_normal(shape))
        + 0.004 * assets * np.where(profit > 0, 1, -1)
    )
    flows["service"] = np.rint(interest + parts["ltd_due_12m"] / 4)
    return {
        **_assets(rng, kind, level, assets),
        **parts,
        "total_assets": assets,
        "total_liabilities": liabilities,
        "current_liabilities": current_liabilities,
        "equity": assets - liabilities,
        "special_payables": np.rint((liabilities - current_liabilities - long_parts) * 0.3),
    }


def _debt_parts(rng: np.random.Generator, kind: Ints, debt: Floats) -> dict[str, Floats]:
    short = debt * np.clip(_trait("short", kind)[:, None] * _wobble(rng, debt.shape, 0.05), 0, 0.9)
    rest = debt - short
    lease = (rng.random(len(kind)) < 0.3)[:, None] * 0.05 * rest
    return {
        "short_debt": np.rint(short * 0.70),
        "ltd_due_12m": np.rint(short * 0.22),
        "notes_payable": np.rint(short * 0.08),
        "long_debt": np.rint(rest - lease),
        "lease_liab": np.rint(lease),
        "nonstandard_debt": np.rint(rest * 0.12 * (rng.random(len(kind)) < 0.35)[:, None]),
    }


def _assets(
    rng: np.random.Generator, kind: Ints, level: Ints, assets: Floats
) -> dict[str, Floats]:
    shape = assets.shape
    cash = np.rint(
        assets * np.clip(_trait("cash", kind)[:, None] * _wobble(rng, shape, 0.10), 0.004, 0.5)
    )
    restricted = np.rint(cash * 0.18 * _wobble(rng, shape, 0.05).clip(0.5, 1.6))
    inventory = np.rint(assets * _trait("inventory", kind)[:, None] * _wobble(rng, shape, 0.06))
    others = {
        "receivables_gov": np.rint(assets * 0.03 * _wobble(rng, shape, 0.15)),
        "receivables_other": np.rint(assets * 0.05 * _wobble(rng, shape, 0.10)),
        "inventory_other": np.rint(assets * 0.02 * _wobble(rng, shape, 0.10)),
        "prepaid": np.rint(assets * 0.02 * _wobble(rng, shape, 0.15)),
    }
    listed = cash + inventory + sum(others.values())
    current = np.minimum(
        np.maximum(listed, np.rint(assets * _trait("current", kind)[:, None])), assets
    )
    public_good = (rng.random(len(kind)) < 0.06)[:, None] * np.rint(assets * 0.03)
    return {
        "cash_total": cash,
        "cash_restricted": restricted,
        "pool_cash": np.rint(restricted * 0.6),
        "inventory_resources": inventory,
        **others,
        "current_assets": current,
        "investment_associates": np.rint(assets * 0.06 * (1 + (level == 1))[:, None]),
        "assets_pledged": np.rint(assets * 0.10 * _wobble(rng, shape, 0.2)),
        "public_good_capital": public_good,
    }
