"""The structural hazard: what makes a loan default, and the true PD that follows.

The log-hazard of a request adds what its borrower, its loan and its security are in truth, some of it
in kinks and products that no additive score can follow, and traits that no record shows. The monthly
hazard is that times a seasoning curve times the county's stress; the true PD averages over futures of
the county that start from the shocks in force when the request was made. What then happens is drawn
from the county's own path.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.borrowers import Borrowers
from features.simulate.calendar import Calendar
from features.simulate.households import Households, Ints
from features.simulate.pledges import Security
from features.simulate.profiles import HOMESTAY, Profiles
from features.simulate.settings import MAX_TERM, PATHS, TRADES
from features.simulate.shocks import Shocks, futures

TERMS = (6, 12, 24, 36, 60)
GRACE = 3
"""Months from maturity to 90 days past due."""
HORIZON = MAX_TERM + GRACE
YEAR = 12
SENSITIVITY = (0.30, 0.55, 0.85)
"""Log-hazard per unit of stress of a well, a partly and a hardly insured household."""
LEVEL = {"credit": -3.75, "deposit": -5.15}
"""Log-hazard of a loan's life where nothing else speaks; set so that about 3 % and 4 % default."""


def above(values: Floats, knee: float, top: float) -> Floats:
    """Return how far each value is above a knee, at most up to `top`."""
    return np.clip(values, knee, top) - knee


@dataclass(frozen=True)
class Terms:
    """Amounts in yuan, terms in months, yearly service of the loan asked for in yuan."""

    amount: Floats
    term: Ints
    service: Floats


def borrower_part(b: Borrowers, homes: Households, profiles: Profiles, terms: Terms) -> Floats:
    """Return the log-hazard of borrower and loan, up to a constant."""
    who = b.who
    dsr = (b.service + terms.service) / b.income
    dscr = b.op_cash / (b.service + terms.service)
    cushion = b.deposits / terms.amount
    homestay = homes.trade[who] == HOMESTAY
    burden = profiles.dependants[who] / profiles.labour[who]
    return (
        0.85 * above(dsr, 0.30, 1.3)
        + 0.45 * above(-dscr, -1.5, -0.4)
        + 0.26 * np.log1p(b.max_dpd / 7)
        + 0.14 * np.log1p(b.late_months)
        + 0.90 * (b.max_dpd > 7) * above(dsr, 0.40, 0.9)
        + 0.10 * np.minimum(b.inquiries, 7)
        + 0.15 * above(b.lenders.astype(float), 1, 5)
        + 1.2 * above(b.utilisation, 0.70, 1.0)
        + 0.45 * above(b.debt / b.income, 0.4, 3)
        + 0.20 * np.minimum(b.guarantees / b.income, 3)
        + 0.55 * np.minimum(b.income_cv, 2) * np.exp(-cushion / 0.25)
        + 0.07 * b.gap_months
        - 0.45 * (1 - np.exp(-cushion / 0.15))
        - 0.55 * np.minimum(b.experience, 12) / 12
        + 0.35 * (b.enforcement > 0)
        + 0.9 * np.minimum(b.enforcement / b.income, 1)
        + 0.35 * b.penalties
        + 0.45 * b.env_penalties
        + 1.0 * b.restructured
        + 1.2 * b.dishonest
        - 0.35 * homes.insured[who]
        + 0.70 * (homestay & ~profiles.homestay_insured[who])
        - 0.75 * np.minimum(b.credit_history, 96) / 96
        - 0.50 * profiles.title_share[who]
        + 0.40 * (burden > 1.4)
        + 0.9 * above(profiles.subsidy_share[who], 0.12, 0.6)
        - 0.22 * profiles.village_grade[who]
        - 0.35 * homes.prudence[who]
        - 0.55 * homes.earning[who]
    )


def credit_part(b: Borrowers, terms: Terms) -> Floats:
    """Return what the size of an unsecured loan adds to the log-hazard."""
    ratio = terms.amount / b.income
    return 0.55 * above(ratio, 0.5, 3.0) + 0.6 * above(ratio, 0.8, 2.0) * (b.income_cv > 0.6)


def security_part(security: Security, terms: Terms) -> Floats:
    """Return what the deposited resources add to the log-hazard."""
    ltv = terms.amount / security.valuation
    return (
        2.4 * above(ltv, 0.25, 0.62)
        + 0.9 * (1 - security.titled)
        + 0.55 * (security.right_gap < 12)
        + 0.25 * (security.right_gap < 60)
        + 1.0 * np.minimum(security.spread, 0.8)
        + 0.16 * security.liquidity
        + 1.1 * np.minimum(security.price_sd, 0.6)
        + 6.0 * above(ltv, 0.35, 0.62) * np.minimum(security.price_sd, 0.6)
        + 0.035 * np.minimum(security.age_months, 24)
        + 0.04 * np.minimum(security.idle_months, 18)
        - 0.40 * np.minimum(security.cover, 1.0)
        + 4.0 * (1 - security.punctual)
    )


def seasoning(term: int) -> Floats:
    """Return the share of the hazard of a loan's whole life that falls in each month, (HORIZON,).

    Nothing before a first due date is 90 days old; then it grows, and the months after maturity,
    when a bullet is due, carry the most. Longer loans carry more in all.
    """
    month = np.arange(1, HORIZON + 1)
    due = (month > GRACE) & (month <= term + GRACE)
    weight = due * (0.6 + 0.4 * month / term) * np.where(month > term, 2.6, 1.0)
    return weight / weight.sum() * (term / YEAR) ** 0.45


SEASONING = np.stack([seasoning(term) for term in TERMS])


def window(term: Ints) -> Ints:
    """Return the months in which a default counts: the later of 12 and maturity plus 90 days."""
    return np.maximum(YEAR, term + GRACE)


def insurance_class(insured: Floats) -> Ints:
    """Return 0 for well insured, 1 for partly, 2 for hardly."""
    return np.where(insured >= 0.8, 0, np.where(insured >= 0.3, 1, 2))


@dataclass(frozen=True)
class Exposure:
    """Cumulated relative hazard, by trade, insurance class and term.

    Attributes
    ----------
    lived
        On the county's own path: [start month, trade, class, term, months elapsed].
    whole, year
        On each future, to the end of the window and of 12 months: [start, trade, class, term, path].
    """

    lived: Floats
    whole: Floats
    year: Floats


def exposure(rng: np.random.Generator, shocks: Shocks, calendar: Calendar) -> Exposure:
    """Return the cumulated hazards of a unit loan granted in each month."""
    starts = range(calendar.opening, calendar.months)
    lived, whole, year = [], [], []
    for start in starts:
        stress = futures(rng, shocks, calendar, start, HORIZON, PATHS)
        ahead = _hazard(stress).cumsum(axis=-1)
        whole.append(ahead[..., -1])
        year.append(ahead[..., YEAR - 1])
        known = np.zeros((1, len(TRADES), HORIZON))
        left = min(HORIZON, calendar.months - 1 - start)
        known[0, :, :left] = shocks.stress[:, start + 1 : start + 1 + left]
        lived.append(_hazard(known)[0].cumsum(axis=-1))
    return Exposure(np.stack(lived), _last_path(whole), _last_path(year))


def _hazard(stress: Floats) -> Floats:
    """Return the hazard of a unit loan: (paths, trades, months) to (paths, trades, classes, terms, months)."""
    relative = np.exp(np.array(SENSITIVITY)[:, None] * stress[:, :, None, :])
    return relative[:, :, :, None, :] * SEASONING


def _last_path(parts: list[Floats]) -> Floats:
    return np.moveaxis(np.stack(parts), 1, -1)


@dataclass(frozen=True)
class TruePd:
    """Probability of default within the window and within 12 months, (r,)."""

    window: Floats
    year: Floats


def true_pd(log_hazard: Floats, cell: tuple[Ints, ...], exposed: Exposure) -> TruePd:
    """Return the probability over all futures; `cell` = (start, trade, class, term) indices."""
    scale = np.exp(log_hazard)[:, None]
    return TruePd(
        1 - np.exp(-scale * exposed.whole[cell]).mean(axis=1),
        1 - np.exp(-scale * exposed.year[cell]).mean(axis=1),
    )


def default_month(
    rng: np.random.Generator, log_hazard: Floats, cell: tuple[Ints, ...], exposed: Exposure
) -> Ints:
    """Return the month after grant in which each loan defaults on the county's path; 0 = not by then.

    Months that lie after the book's last day are drawn as calm; they are cut off later.
    """
    bound = rng.exponential(size=len(log_hazard)) / np.exp(log_hazard)
    reached = exposed.lived[cell] > bound[:, None]
    return np.where(reached.any(axis=1), reached.argmax(axis=1) + 1, 0)
