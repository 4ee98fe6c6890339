"""Projects of the cooperatives: who develops them, how fast, how they pay households."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.cooperatives import Cooperatives
from features.simulate.draws import Flags, Ints, happens
from features.simulate.organisations import Organisations

PER_COOPERATIVE = 3
PAYOUT_EVERY = 91
HISTORY_DAYS, AHEAD_DAYS = 1_900, 400
"""Days before and after the book's last day for which payouts are planned."""
PAYOUT_SHARE = 0.012
"""A quarter's payout over the investment."""


@dataclass(frozen=True)
class Projects:
    """p projects; money in yuan, days since 1970-01-01; payouts (p, k).

    Attributes
    ----------
    coop, developer
        Rows of its cooperative and of the organisation that develops it.
    pace
        Spending over plan.
    harm
        Whether it takes more from nature than it gives.
    payout_delay
        Days after the due day on which a payout is made, negative = before.
    """

    coop: Ints
    developer: Ints
    predatory: Flags
    approved_on: Ints
    duration: Ints
    investment: Floats
    area: Floats
    pace: Floats
    fixed_asset: Flags
    harm: Flags
    payout_due_on: Ints
    payout: Floats
    payout_delay: Ints

    def __len__(self) -> int:
        return len(self.coop)


def planned(
    rng: np.random.Generator, coops: Cooperatives, orgs: Organisations, as_of: int
) -> Projects:
    """Return three projects a cooperative, each with its payouts to households."""
    coop = np.repeat(np.arange(len(coops)), PER_COOPERATIVE)
    count = len(coop)
    developer = rng.choice(orgs.developers, count)
    predatory = orgs.predatory[developer]
    approved_on = as_of - rng.integers(500, 2100, count)
    first = np.maximum(approved_on + 120, as_of - HISTORY_DAYS)
    first = first + rng.integers(0, PAYOUT_EVERY, count)
    payouts = (HISTORY_DAYS + AHEAD_DAYS) // PAYOUT_EVERY
    shape = (count, payouts)
    late = ~happens(rng, coops.punctual[coop][:, None], shape)
    investment: Floats = np.exp(rng.normal(15.6, 0.7, count)).round(-4)
    area: Floats = np.exp(rng.normal(11.5, 0.8, count)).round(1)
    usual = np.round(investment * PAYOUT_SHARE)[:, None]
    slow, steady = rng.uniform(0.2, 0.7, count), rng.uniform(0.85, 1.1, count)
    return Projects(
        coop=coop,
        developer=developer,
        predatory=predatory,
        approved_on=approved_on,
        duration=rng.integers(500, 1300, count),
        investment=investment,
        area=area,
        pace=np.where(predatory, slow, steady),
        fixed_asset=happens(rng, 0.6, count),
        harm=happens(rng, np.where(predatory, 0.25, 0.04), count),
        payout_due_on=first[:, None] + PAYOUT_EVERY * np.arange(payouts),
        payout=usual * rng.uniform(0.8, 1.2, shape).round(2),
        payout_delay=np.where(late, rng.integers(3, 75, shape), -rng.integers(0, 5, shape)),
    )
