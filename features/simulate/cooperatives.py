"""Cooperatives quarter by quarter: balance sheets whose totals are the sums of their parts.

Most are healthy; the others are troubled in one distinct way each, and some slide into it over the
years, so that a supervisor sees lines turn from pass to warn to breach. Equity is what assets and
liabilities leave: what profit does not explain of its change is capital paid in or out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.cooperative_kinds import HEALTHY, drawn, of_kind, trait
from features.simulate.draws import Flags, Ints, happens
from features.simulate.settings import (
    HOUSEHOLDS_PER_COOPERATIVE,
    MAX_COOPERATIVES,
    MIN_COOPERATIVES,
)

TAX = 0.05
SEASON = np.array((0.8, 0.9, 1.0, 1.3)) / 4
COUNTY, TOWNSHIP = 1, 2
COUNTY_OWN = 2
"""The first cooperatives are the county's own; the others are the townships'."""
SIZE, COUNTY_SIZES, SMALL = 3.0e9, 8.0, 0.4
"""Median assets of a township's cooperative in 分; those of the county's own, and of overpromised
ones, over it."""
DRAINED = 0.12
"""What calls have left of the pool of an overpromised one, over its restricted cash."""
BEGINS = (5, 15)
"""Quarters between which a trouble of the registers begins."""
RESTS_ON_STATE, PLEDGED_AWAY, HIDDEN_SHARE = 0.04, 0.27, 0.03
"""Assets of public use in `backed`; more pledged and invested in `lopsided`; equity that is debt
in `indebted`; over total assets."""


@dataclass(frozen=True)
class Cooperatives:
    """j cooperatives over q quarters; amounts are whole 分, (j, q) unless said.

    Attributes
    ----------
    kind
        Index into `KINDS`, (j,).
    level
        0 city, 1 county, 2 township, (j,).
    first_quarter, opened_on
        First quarter with a statement, and the day it opened, (j,).
    punctual
        Chance that a payout is on time, (j,).
    begins
        Quarter from which a trouble of the registers shows, (j,).
    balance, flows
        Balance-sheet items; flows of the single quarter.
    """

    kind: Ints
    level: Ints
    first_quarter: Ints
    opened_on: Ints
    punctual: Floats
    begins: Ints
    balance: dict[str, Floats]
    flows: dict[str, Floats]

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def healthy(self) -> Flags:
        """Return which cooperatives are in no trouble."""
        return of_kind(self.kind, *HEALTHY)

    def troubled(self, name: str, coop: Ints, quarter: Ints) -> Flags:
        """Return at which statements a cooperative shows a trouble of the registers."""
        return of_kind(self.kind[coop], name) & (quarter >= self.begins[coop])


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
    rng: np.random.Generator,
    count: int,
    quarter_ends: Ints,
    quarter_of_year: Ints,
    households: int = 0,
) -> Cooperatives:
    """Return the cooperatives with every quarter's balance and flows.

    They are the larger the more `households` each serves.
    """
    quarters = len(quarter_ends)
    kind = drawn(rng, count)
    level = np.where(np.arange(count) < COUNTY_OWN, COUNTY, TOWNSHIP)
    served = max(households / count / HOUSEHOLDS_PER_COOPERATIVE, 1.0)
    size = SIZE * served * np.exp(0.7 * rng.standard_normal(count))
    size = size * np.where(level == COUNTY, COUNTY_SIZES, 1.0)
    size = size * np.where(of_kind(kind, "overpromised"), SMALL, 1.0)
    young = of_kind(kind, "young")
    first = np.where(young, max(quarters - 7, 0), 0)
    growth = np.exp(np.linspace(0, 0.30, quarters))[None] * _wobble(rng, (count, quarters), 0.025)
    assets = np.rint(size[:, None] * growth)
    flows = _flows(rng, kind, assets, quarter_of_year)
    balance = _balance(rng, kind, level, assets, flows)
    opened = quarter_ends[0] - 700 - 37 * np.arange(count)
    return Cooperatives(
        kind,
        level,
        first,
        np.where(young, quarter_ends[first] - 80, opened),
        np.clip(trait("punctual", kind) - 0.004 * rng.random(count), 0, 1),
        np.minimum(rng.integers(*BEGINS, count), quarters - 1),
        balance,
        flows,
    )


def _flows(
    rng: np.random.Generator, kind: Ints, assets: Floats, quarter_of_year: Ints
) -> dict[str, Floats]:
    """Return revenue, ebit, subsidies and investment of each quarter in 分."""
    shape = assets.shape
    revenue = (
        assets
        * trait("turnover", kind)[:, None]
        * SEASON[quarter_of_year]
        * _wobble(rng, shape, 0.06)
    )
    margin = trait("margin", kind)[:, None] + 0.012 * rng.standard_normal(shape)
    subsidies = revenue * 0.02 * rng.random(shape)
    return {
        "revenue": np.rint(revenue),
        "ebit": np.rint(revenue * margin + subsidies),
        "subsidies": np.rint(subsidies),
        "off_purpose": np.rint(revenue * 0.002 * happens(rng, 0.06, shape)),
    }


def _balance(
    rng: np.random.Generator, kind: Ints, level: Ints, assets: Floats, flows: dict[str, Floats]
) -> dict[str, Floats]:
    """Return the balance sheet; interest, profit and cash of each quarter go into `flows`."""
    shape = assets.shape
    drift = np.linspace(0, 1, shape[1])[None]
    start, end = trait("leverage", kind)[:, None], trait("leverage_end", kind)[:, None]
    leverage = (start + (end - start) * drift) * _wobble(rng, shape, 0.02)
    liabilities = np.rint(assets * np.clip(leverage, 0.02, 1.1))
    debt = liabilities * trait("debt", kind)[:, None] * _wobble(rng, shape, 0.02)
    parts = _debt_parts(rng, kind, debt)
    trade_payables = np.rint((liabilities - debt) * 0.62)
    current_liabilities = (
        parts["short_debt"] + parts["ltd_due_12m"] + parts["notes_payable"] + trade_payables
    )
    long_parts = parts["long_debt"] + parts["lease_liab"]
    liabilities = np.maximum(liabilities, current_liabilities + long_parts)
    interest = np.rint(debt * trait("rate", kind)[:, None] / 4)
    profit = flows["ebit"] - interest
    flows["interest"] = interest
    flows["capitalised"] = np.rint(interest * 0.08 * happens(rng, 0.5, shape))
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
    short = debt * np.clip(trait("short", kind)[:, None] * _wobble(rng, debt.shape, 0.05), 0, 0.9)
    rest = debt - short
    lease = happens(rng, 0.3, len(kind))[:, None] * 0.05 * rest
    return {
        "short_debt": np.rint(short * 0.70),
        "ltd_due_12m": np.rint(short * 0.22),
        "notes_payable": np.rint(short * 0.08),
        "long_debt": np.rint(rest - lease),
        "lease_liab": np.rint(lease),
        "nonstandard_debt": np.rint(rest * 0.12 * happens(rng, 0.35, len(kind))[:, None]),
    }


def _assets(
    rng: np.random.Generator, kind: Ints, level: Ints, assets: Floats
) -> dict[str, Floats]:
    shape = assets.shape
    cash = np.rint(
        assets * np.clip(trait("cash", kind)[:, None] * _wobble(rng, shape, 0.10), 0.004, 0.5)
    )
    restricted = np.rint(cash * 0.18 * _wobble(rng, shape, 0.05).clip(0.5, 1.6))
    inventory = np.rint(assets * trait("inventory", kind)[:, None] * _wobble(rng, shape, 0.06))
    others = {
        "receivables_gov": np.rint(assets * 0.03 * _wobble(rng, shape, 0.15)),
        "receivables_other": np.rint(assets * 0.05 * _wobble(rng, shape, 0.10)),
        "inventory_other": np.rint(assets * 0.02 * _wobble(rng, shape, 0.10)),
        "prepaid": np.rint(assets * 0.02 * _wobble(rng, shape, 0.15)),
    }
    listed = cash + inventory + sum(others.values())
    current = np.minimum(
        np.maximum(listed, np.rint(assets * trait("current", kind)[:, None])), assets
    )
    backed, lopsided, over = (
        of_kind(kind, name)[:, None] for name in ("backed", "lopsided", "overpromised")
    )
    invested, pledged = 0.06 * (1 + (level == COUNTY))[:, None], 0.10 * _wobble(rng, shape, 0.2)
    return {
        "cash_total": cash,
        "cash_restricted": restricted,
        "pool_cash": np.rint(restricted * np.where(over, DRAINED, 0.6)),
        "inventory_resources": inventory,
        **others,
        "current_assets": current,
        "investment_associates": np.rint(assets * (invested + PLEDGED_AWAY * lopsided)),
        "assets_pledged": np.rint(assets * (pledged + PLEDGED_AWAY * lopsided)),
        "public_good_capital": np.rint(assets * RESTS_ON_STATE * backed),
        "buyback_equity_unbooked": np.rint(
            assets * HIDDEN_SHARE * of_kind(kind, "indebted")[:, None]
        ),
    }
