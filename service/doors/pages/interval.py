"""The interval of a probability of default, drawn on a logarithmic axis from 0.1 % to 50 %."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from service.doors.pages.figures import percent

LOWEST, HIGHEST = 0.001, 0.5
TICKS = ("0.001", "0.01", "0.1", "0.5")


@dataclass(frozen=True)
class Interval:
    """Places in percent of the drawing's width, and ticks with their labels."""

    low: Decimal
    middle: Decimal
    high: Decimal
    ticks: tuple[tuple[Decimal, str], ...]

    @property
    def width(self) -> Decimal:
        """Return the interval's width in percent of the drawing."""
        return self.high - self.low


def draw(score: Mapping[str, str]) -> Interval:
    """Return the drawing of `pd`, `pd_low` and `pd_high`."""
    ticks = tuple((place(tick), percent(tick, 1 if tick == TICKS[0] else 0)) for tick in TICKS)
    return Interval(place(score["pd_low"]), place(score["pd"]), place(score["pd_high"]), ticks)


def place(probability: str) -> Decimal:
    """Return where a probability stands on the axis, 0 to 100.

    Examples
    --------
    >>> place("0.001"), place("0.5"), place("0.9")
    (Decimal('0.00'), Decimal('100.00'), Decimal('100.00'))
    """
    within = min(max(float(probability), LOWEST), HIGHEST)
    share = math.log(within / LOWEST) / math.log(HIGHEST / LOWEST)
    return Decimal(f"{100 * share:.2f}")
