"""What happens to a whole county at once: prices, typhoons and pests, month by month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.calendar import Calendar
from features.simulate.settings import TRADES

PRICE_MEMORY = 0.93
TYPHOON_MEMORY = 0.72
PEST_MEMORY = 0.85
TYPHOON_CHANCE = (0.0, 0.0, 0.0, 0.0, 0.01, 0.03, 0.14, 0.16, 0.10, 0.02, 0.0, 0.0)
PEST_CHANCE = 0.012
TYPHOON_SIZE, PEST_SIZE = 1.6, 1.8
PRICE_SCALE = 3.0
"""Stress of one log unit of lost price."""
CALM, WORST = -1.0, 4.0

PRICE_SD = np.array([trade.price_sd for trade in TRADES])
WEIGHTS = np.array([(trade.price, trade.typhoon, trade.pest) for trade in TRADES])


@dataclass(frozen=True)
class State:
    """Shocks in force in one month.

    Attributes
    ----------
    price
        Log deviation of each trade's price from its trend, (..., trades).
    typhoon
        What is left of the last typhoons, (..., 1).
    pest
        What is left of the last pests, (..., trades).
    """

    price: Floats
    typhoon: Floats
    pest: Floats

    def stress(self) -> Floats:
        """Return the stress of each trade, 0 in an ordinary month, higher is worse."""
        raw = (
            -PRICE_SCALE * WEIGHTS[:, 0] * self.price
            + WEIGHTS[:, 1] * self.typhoon
            + WEIGHTS[:, 2] * self.pest
        )
        return np.clip(raw, CALM, WORST)

    def next(self, rng: np.random.Generator, month_of_year: int) -> State:
        """Return the state one month on; `month_of_year` is 0 for January."""
        price = PRICE_MEMORY * self.price + PRICE_SD * rng.standard_normal(self.price.shape)
        landfall = rng.random(self.typhoon.shape) < TYPHOON_CHANCE[month_of_year]
        outbreak = rng.random(self.pest.shape) < PEST_CHANCE
        return State(
            price,
            TYPHOON_MEMORY * self.typhoon + TYPHOON_SIZE * landfall,
            PEST_MEMORY * self.pest + PEST_SIZE * outbreak,
        )

    def repeated(self, paths: int) -> State:
        """Return the same state at the head of several futures."""
        return State(
            *(
                np.repeat(part[None], paths, axis=0)
                for part in (self.price, self.typhoon, self.pest)
            )
        )


def calm() -> State:
    """Return the state of a county without shocks."""
    trades = len(TRADES)
    return State(np.zeros(trades), np.zeros(1), np.zeros(trades))


@dataclass(frozen=True)
class Shocks:
    """The path that the county really took.

    Attributes
    ----------
    states
        One state a simulated month.
    stress
        (trades, months).
    price
        Log deviation of price, (trades, months).
    """

    states: tuple[State, ...]
    stress: Floats
    price: Floats


def realised(rng: np.random.Generator, calendar: Calendar, warm_up: int = 24) -> Shocks:
    """Return the county's own path, begun `warm_up` months earlier from calm."""
    state = calm()
    states = []
    months = np.arange(-warm_up, calendar.months) + calendar.first_month
    for month in months:
        state = state.next(rng, int(month) % 12)
        states.append(state)
    kept = tuple(states[warm_up:])
    return Shocks(
        kept,
        np.stack([state.stress() for state in kept], axis=1),
        np.stack([state.price for state in kept], axis=1),
    )


def futures(
    rng: np.random.Generator,
    shocks: Shocks,
    calendar: Calendar,
    start: int,
    months: int,
    paths: int,
) -> Floats:
    """Return the stress on `paths` futures after month index `start`, (paths, trades, months)."""
    state = shocks.states[start].repeated(paths)
    stress = np.empty((paths, len(TRADES), months))
    for step in range(months):
        state = state.next(rng, (calendar.first_month + start + 1 + step) % 12)
        stress[:, :, step] = state.stress()
    return stress
