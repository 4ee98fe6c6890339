"""The structural log-hazard: what makes a household's loan go bad.

It adds what borrower, loan and security are in truth: some of it in kinks and products that no
additive score can follow, some from traits that no record shows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.borrowers import TECHNICAL_DAYS, Borrowers
from features.simulate.draws import Ints
from features.simulate.hazard import YEAR
from features.simulate.households import Households
from features.simulate.pledges import Security
from features.simulate.profiles import Profiles
from features.simulate.settings import CREDIT_LEVEL, DEPOSIT_LEVEL, HOMESTAY

UNEVEN, BURDENED = 0.6, 1.4
"""income_cv above which size hurts more; dependants a worker above which a family is stretched."""
SHORT_RIGHT, LONG_RIGHT = 12, 60
"""Months that a right outlives its loan (10.4)."""
PLEDGED = 0.8
"""How much of the borrower's own log-hazard counts where a resource stands behind the loan."""


def above(values: Floats, knee: float, top: float) -> Floats:
    """Return how far each value is above a knee, at most up to `top`.

    Examples
    --------
    >>> above(np.array([0.1, 0.5, 9.0]), 0.3, 1.3).round(6).tolist()
    [0.0, 0.2, 1.0]
    """
    return np.asarray(np.clip(values, knee, top) - knee)


@dataclass(frozen=True)
class Terms:
    """Amounts in yuan and terms in months of the loans asked for."""

    amount: Floats
    term: Ints

    @property
    def service(self) -> Floats:
        """Return the principal due in a year, yuan: level over the term (10.4)."""
        return self.amount * np.minimum(YEAR / self.term, 1)


def credit_log_hazard(b: Borrowers, homes: Households, profiles: Profiles, terms: Terms) -> Floats:
    """Return the log-hazard of an unsecured loan."""
    ratio = terms.amount / b.income
    size = 0.55 * above(ratio, 0.5, 3.0) + 0.6 * above(ratio, 0.8, 2.0) * (b.income_cv > UNEVEN)
    return CREDIT_LEVEL + borrower_part(b, homes, profiles, terms) + size


def deposit_log_hazard(
    b: Borrowers, homes: Households, profiles: Profiles, terms: Terms, security: Security
) -> Floats:
    """Return the log-hazard of a loan with resources behind it, NaN where nothing is pledged."""
    borrower = PLEDGED * borrower_part(b, homes, profiles, terms)
    return DEPOSIT_LEVEL + borrower + security_part(security, terms)


def borrower_part(b: Borrowers, homes: Households, profiles: Profiles, terms: Terms) -> Floats:
    """Return the log-hazard of borrower and loan, up to a constant."""
    return (
        _strain(b, terms)
        + _arrears(b, terms)
        + _reserves(b, terms)
        + _conduct(b)
        + _standing(b, homes, profiles)
        - 0.35 * homes.prudence[b.who]
        - 0.55 * homes.earning[b.who]
    )


def _strain(b: Borrowers, terms: Terms) -> Floats:
    """Return what debt weighs against income."""
    service = b.service + terms.service
    return (
        0.85 * above(service / b.income, 0.30, 1.3)
        + 0.45 * above(-b.op_cash / service, -1.5, -0.4)
        + 0.45 * above(b.debt / b.income, 0.4, 3)
        + 0.07 * b.gap_months
        + 1.2 * above(b.utilisation, 0.70, 1.0)
        + 0.15 * above(b.lenders.astype(np.float64), 1, 5)
        + 0.10 * np.minimum(b.inquiries, 7)
        + 0.20 * np.minimum(b.guarantees / b.income, 3)
    )


def _arrears(b: Borrowers, terms: Terms) -> Floats:
    """Return what past arrears tell, more so of a strained household."""
    strain = (b.service + terms.service) / b.income
    late = b.max_dpd > TECHNICAL_DAYS
    return (
        0.26 * np.log1p(b.max_dpd / TECHNICAL_DAYS)
        + 0.14 * np.log1p(b.late_months)
        + 0.90 * late * above(strain, 0.40, 0.9)
    )


def _reserves(b: Borrowers, terms: Terms) -> Floats:
    """Return what deposits absorb: uneven income hurts those without."""
    cushion = b.deposits / terms.amount
    uneven = 0.55 * np.minimum(b.income_cv, 2) * np.exp(-cushion / 0.25)
    return np.asarray(uneven - 0.45 * (1 - np.exp(-cushion / 0.15)))


def _conduct(b: Borrowers) -> Floats:
    """Return what public record and experience tell."""
    return np.asarray(
        0.35 * (b.enforcement > 0)
        + 0.9 * np.minimum(b.enforcement / b.income, 1)
        + 0.35 * b.penalties
        + 0.45 * b.env_penalties
        + 1.0 * b.restructured
        + 1.2 * b.dishonest
        - 0.55 * np.minimum(b.experience, 12) / 12
        - 0.75 * np.minimum(b.credit_history, 96) / 96
    )


def _standing(b: Borrowers, homes: Households, profiles: Profiles) -> Floats:
    """Return what insurance, papers, family and village tell."""
    who = b.who
    exposed = (homes.trade[who] == HOMESTAY) & ~profiles.homestay_insured[who]
    burdened = profiles.dependants[who] / profiles.labour[who] > BURDENED
    return np.asarray(
        0.70 * exposed
        - 0.35 * homes.insured[who]
        - 0.50 * profiles.title_share[who]
        + 0.40 * burdened
        + 0.90 * above(profiles.subsidy_share[who], 0.12, 0.6)
        - 0.22 * profiles.village_grade[who]
    )


def security_part(security: Security, terms: Terms) -> Floats:
    """Return what the deposited resources add to the log-hazard."""
    ltv = terms.amount / security.valuation
    swings = np.minimum(security.price_sd, 0.6)
    return np.asarray(
        2.4 * above(ltv, 0.25, 0.62)
        + 6.0 * above(ltv, 0.35, 0.62) * swings
        + 1.1 * swings
        + 0.9 * (1 - security.titled)
        + 0.55 * (security.right_gap < SHORT_RIGHT)
        + 0.25 * (security.right_gap < LONG_RIGHT)
        + 1.0 * np.minimum(security.spread, 0.8)
        + 0.16 * security.liquidity
        + 0.035 * np.minimum(security.age_months, 24)
        + 0.04 * np.minimum(security.idle_months, 18)
        - 0.40 * np.minimum(security.cover, 1.0)
        + 4.0 * (1 - security.punctual)
    )
