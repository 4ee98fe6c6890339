"""Projects of the cooperatives: who develops them, how fast, how they pay households."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.cooperative_kinds import of_kind
from features.simulate.cooperatives import Cooperatives
from features.simulate.draws import Flags, Ints, happens
from features.simulate.organisations import Organisations

PER_COOPERATIVE = 3
PAYOUT_EVERY = 91
HISTORY_DAYS, AHEAD_DAYS = 1_900, 560
"""Days before and after the book's last day for which payouts are planned."""
PAYOUT_SHARE = 0.012
"""A quarter's payout over the investment."""
APPROVED, FOUNDED_BEFORE = (150, 2_100), (10, 30)
"""Days before the last day on which projects are approved; days a shell is old by then."""
STOPPED, GOES_ON, OLD_ENOUGH = (400, 700), 10**6, 800
"""Days before the last day on which some stop to spend; for good = never; how old those are."""
IDLE_AFTER, EXIT_AFTER = (100, 200), 30
"""Days after its approval when a hoarder leaves a project idle; days from a stop to an exit."""
PER_PROJECT = ("front_loads", "drifts", "jumps")
"""Marks of a developer that only some of its projects bear."""
WORST = {"harm": 0.25, "slow": 0.6, "early": 0.4, "unassessed": 0.35, "thin": 0.35}
FLAWS = {"harm": 0.015, "slow": 0.03, "early": 0.01, "unassessed": 0.015, "thin": 0.015}
"""What predators' projects, and others now and then, have amiss."""


@dataclass(frozen=True)
class Projects:
    """p projects; money in yuan, days since 1970-01-01; payouts (p, k).

    Attributes
    ----------
    coop, developer
        Rows of its cooperative and of the organisation that develops it.
    flaws
        Harm to nature, slow spending, works before their papers, no environmental assessment, thin
        capital: one array of flags a name.
    pace
        Spending over plan.
    front_loads, short_of_cash
        Whether payouts are made out of new funding; whether its operation earns less than them.
    stops_on, leaves
        Day after which nothing is spent or built, and whether it then leaves.
    drifts, jumps
        Whether its farmland was built on, and its resources are valued too high.
    silent
        Whether some registers are undeclared.
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
    flaws: dict[str, Flags]
    front_loads: Flags
    short_of_cash: Flags
    stops_on: Ints
    leaves: Flags
    drifts: Flags
    jumps: Flags
    silent: Flags
    payout_due_on: Ints
    payout: Floats
    payout_delay: Ints

    def __len__(self) -> int:
        return len(self.coop)

    def stopped_on(self, organisations: int) -> Ints:
        """Return the day on which each organisation had stopped to spend on all, 0 = never."""
        last = np.zeros(organisations, np.int64)
        np.maximum.at(last, self.developer, self.stops_on)
        return np.where(last < GOES_ON, last, 0)


def planned(
    rng: np.random.Generator, coops: Cooperatives, orgs: Organisations, as_of: int
) -> Projects:
    """Return three projects a cooperative, each with its payouts to households."""
    coop = np.repeat(np.arange(len(coops)), PER_COOPERATIVE)
    count = len(coop)
    developer = rng.choice(np.flatnonzero(orgs.developing), count)
    marks, predatory = orgs.marks, orgs.predatory[developer]
    shell = marks["shell"][developer]
    approved_on = as_of - rng.integers(*APPROVED, count)
    fresh = orgs.founded[developer] + rng.integers(*FOUNDED_BEFORE, count)
    approved_on = np.where(shell, fresh, approved_on)
    investment: Floats = np.exp(rng.normal(15.6, 0.7, count)).round(-4)
    drawn = rng.random((count, len(FLAWS)))
    chance = np.where(predatory[:, None], list(WORST.values()), list(FLAWS.values()))
    flaws = dict(zip(FLAWS, (drawn < chance).T, strict=True))
    slow, steady = rng.uniform(0.2, 0.65, count), rng.uniform(0.85, 1.1, count)
    stops_on = _stops(rng, approved_on, as_of, marks["hoards"][developer] & predatory)
    halts = marks["stops"][developer] & (approved_on < as_of - OLD_ENOUGH)
    stops_on = np.where(halts, as_of - rng.integers(*STOPPED, len(orgs))[developer], stops_on)
    marked = {name: marks[name][developer] & _some(rng, developer) for name in PER_PROJECT}
    due_on, payout, delay = _payouts(rng, approved_on, investment, coops.punctual[coop], as_of)
    return Projects(
        coop=coop,
        developer=developer,
        predatory=predatory,
        approved_on=approved_on,
        duration=rng.integers(500, 1300, count),
        investment=investment,
        area=np.exp(rng.normal(11.5, 0.8, count)).round(1),
        pace=np.where(flaws["slow"], slow, steady),
        fixed_asset=happens(rng, 0.6, count),
        flaws=flaws,
        front_loads=marked["front_loads"],
        short_of_cash=of_kind(coops.kind[coop], "fundraiser"),
        stops_on=stops_on,
        leaves=halts & happens(rng, 0.5, count),
        drifts=marked["drifts"],
        jumps=marked["jumps"],
        silent=happens(rng, 0.12, len(orgs))[developer],
        payout_due_on=due_on,
        payout=payout,
        payout_delay=delay,
    )


def _some(rng: np.random.Generator, developer: Ints) -> Flags:
    """Return the first project of each developer, and of its others one in four."""
    first = np.zeros(len(developer), np.bool_)
    first[np.unique(developer, return_index=True)[1]] = True
    return first | happens(rng, 0.25, len(developer))


def _stops(rng: np.random.Generator, approved_on: Ints, as_of: int, hoards: Flags) -> Ints:
    """Return the day after which a hoarder's project lies idle; one in three goes on."""
    count = len(approved_on)
    idle = approved_on + rng.integers(*IDLE_AFTER, count)
    return np.where(hoards & happens(rng, 0.65, count), idle, as_of + GOES_ON)


def _payouts(
    rng: np.random.Generator, approved_on: Ints, investment: Floats, punctual: Floats, as_of: int
) -> tuple[Ints, Floats, Ints]:
    """Return due days, amounts and days of delay, (p, k)."""
    count = len(approved_on)
    first = np.maximum(approved_on + 120, as_of - HISTORY_DAYS)
    first = first + rng.integers(0, PAYOUT_EVERY, count)
    shape = (count, (HISTORY_DAYS + AHEAD_DAYS) // PAYOUT_EVERY)
    late = ~happens(rng, punctual[:, None], shape)
    usual = np.round(investment * PAYOUT_SHARE)[:, None]
    return (
        first[:, None] + PAYOUT_EVERY * np.arange(shape[1]),
        usual * rng.uniform(0.8, 1.2, shape).round(2),
        np.where(late, rng.integers(3, 75, shape), -rng.integers(0, 5, shape)),
    )
