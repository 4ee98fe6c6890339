"""Borrowers: what is true of a household on a day, before anyone writes it down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from features.frame import Floats
from features.simulate.draws import Flags, Ints, happens
from features.simulate.households import Households
from features.simulate.profiles import Profiles

T = TypeVar("T", bound=np.generic)

YEAR, LOOK_BACK = 12, 24
TECHNICAL_DAYS = 7
"""Days past due that a bureau counts as technical (6.2)."""
OVERDUE_PART = 0.04
"""Of the debt, what is overdue while an arrear is open."""


@dataclass(frozen=True)
class Borrowers:
    """r looks at households; money in yuan, `month` is the first month not yet over.

    Attributes
    ----------
    who, month
        Household and month index of each look, (r,).
    income, op_cash, debt, service, deposits
        The last twelve months' income and cash from operations, debt, a year's service, deposits.
    max_dpd, late_months, months_since_late
        Worst arrears and months in arrears of 24 months; months since the last (-1 = never).
    income_cv, gap_months
        Unevenness of the last twelve months; how many of them fell short of a month's service.
    income_months
        Income of the last 24 months, oldest first, (r, 24) float32.
    """

    who: Ints
    month: Ints
    income: Floats
    op_cash: Floats
    debt: Floats
    service: Floats
    deposits: Floats
    guarantees: Floats
    enforcement: Floats
    lenders: Ints
    utilisation: Floats
    inquiries: Ints
    max_dpd: Ints
    late_months: Ints
    months_since_late: Ints
    overdue_now: Floats
    restructured: Flags
    dishonest: Flags
    penalties: Ints
    env_penalties: Ints
    credit_history: Ints
    experience: Floats
    income_cv: Floats
    gap_months: Ints
    income_months: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.who)


def _window(matrix: NDArray[T], who: Ints, month: Ints, width: int) -> NDArray[T]:
    """Return the `width` months before `month` of each row, (r, width)."""
    view: NDArray[T] = sliding_window_view(matrix, width, axis=1)
    return np.asarray(view[who, month - width])


def looked_at(
    rng: np.random.Generator,
    homes: Households,
    profiles: Profiles,
    who: Ints,
    month: Ints,
    opening: int,
) -> Borrowers:
    """Return what is true of household `who` when month `month` begins."""
    count, prudence = len(who), homes.prudence[who]
    noise = rng.standard_normal((4, count))
    months = _window(homes.income, who, month, LOOK_BACK)
    last = months[:, -YEAR:].astype(np.float64)
    income = last.sum(axis=1)
    debt = income * homes.debt_ratio[who] * np.exp(0.12 * noise[0])
    service = debt * homes.service_ratio[who]
    arrears = _window(homes.overdue, who, month, LOOK_BACK).astype(np.int64)
    late = arrears > 0
    restructured = month - profiles.restructured_from[who]
    experience = profiles.experience_at_opening[who] + (month - opening) / YEAR
    return Borrowers(
        who=who,
        month=month,
        income=income,
        op_cash=income * np.clip(0.80 + 0.16 * noise[1], 0.15, 1.3),
        debt=debt,
        service=service,
        deposits=income * homes.buffer[who] * np.exp(0.25 * noise[2]),
        guarantees=income * profiles.guarantee_ratio[who],
        enforcement=income * profiles.enforcement_ratio[who],
        lenders=profiles.lenders[who],
        utilisation=np.clip(profiles.utilisation[who] + 0.05 * noise[3], 0, 1.05),
        inquiries=rng.poisson(0.85 * np.exp(-0.40 * prudence)),
        max_dpd=arrears.max(axis=1),
        late_months=late.sum(axis=1),
        months_since_late=np.where(late.any(axis=1), late[:, ::-1].argmax(axis=1), -1),
        overdue_now=np.where(arrears[:, -1] > TECHNICAL_DAYS, OVERDUE_PART * debt, 0.0),
        restructured=(restructured >= 0) & (restructured < LOOK_BACK),
        dishonest=month >= profiles.dishonest_from[who],
        penalties=happens(rng, 0.02 * np.exp(-0.3 * prudence), count).astype(np.int64),
        env_penalties=happens(rng, 0.013 * np.exp(-0.4 * prudence), count).astype(np.int64),
        credit_history=np.maximum(month - homes.credit_since[who], 0),
        experience=np.floor(np.maximum(experience, 0)),
        income_cv=last.std(axis=1) / last.mean(axis=1),
        gap_months=(last < (service / YEAR)[:, None]).sum(axis=1),
        income_months=months,
    )
