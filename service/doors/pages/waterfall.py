"""The waterfall of a score: bars from the base points to the total, that sum exactly.

Positions are percentages of the drawing's width, so the same SVG fits a phone and a wide screen.
A bar reaches from the rounded position of its start to that of its end: widths telescope, and
their signed sum is the distance from base to total to the last digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import TypedDict

MOST_BARS = 14
MARGIN = 6
PLACES = Decimal("0.001")
ROW_HEIGHT = 40


class Contribution(TypedDict):
    """What the drawing reads of a contribution."""

    feature: str
    points: int


class Score(TypedDict):
    """What the drawing reads of a score as design section 9 writes it."""

    base_points: int
    points: int
    contributions: Sequence[Contribution]


@dataclass(frozen=True)
class Step:
    """What one feature, or the rest of them together, adds.

    Attributes
    ----------
    feature
        Name of the feature; empty for the rest together.
    count
        How many features it stands for.
    points
        Whole points, as the document has them.
    """

    feature: str
    count: int
    points: int


@dataclass(frozen=True)
class Bar:
    """A step as drawn.

    Attributes
    ----------
    step
        What is drawn.
    start, end
        Points before and after it.
    left, width, tip
        Left edge, width and the end of the bar, in percent of the drawing's width.
    top
        Upper edge of its row, in pixels.
    """

    step: Step
    start: int
    end: int
    left: Decimal
    width: Decimal
    tip: Decimal
    top: int


@dataclass(frozen=True)
class Waterfall:
    """Base, bars and total with their places on one axis."""

    base: int
    total: int
    base_at: Decimal
    total_at: Decimal
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        """Return the drawing's height in pixels: a row for base, each bar and total."""
        return ROW_HEIGHT * (len(self.bars) + 2)


def draw(score: Score, most: int = MOST_BARS) -> Waterfall:
    """Return the waterfall of a score.

    Raises
    ------
    ValueError
        When the contributions do not sum to points less base points: no picture may hide that.
    """
    base, total = score["base_points"], score["points"]
    steps = largest_first(score["contributions"], most)
    levels = list(accumulate((step.points for step in steps), initial=base))
    if levels[-1] != total:
        raise ValueError(f"contributions lead to {levels[-1]} points, the score says {total}")
    lowest, highest = min(levels) - MARGIN, max(levels) + MARGIN

    def place(level: int) -> Decimal:
        return (Decimal(100 * (level - lowest)) / (highest - lowest)).quantize(PLACES)

    bars = tuple(
        _bar(step, (start, end), (place(start), place(end)), ROW_HEIGHT * row)
        for row, (step, (start, end)) in enumerate(zip(steps, pairwise(levels), strict=True), 1)
    )
    return Waterfall(base, total, place(base), place(total), bars)


def largest_first(contributions: Sequence[Contribution], most: int) -> list[Step]:
    """Return the steps that move the score, the largest first, the small ones taken together."""
    moving = [Step(item["feature"], 1, item["points"]) for item in contributions if item["points"]]
    moving.sort(key=lambda step: -abs(step.points))
    if len(moving) <= most:
        return moving
    shown, rest = moving[: most - 1], moving[most - 1 :]
    return [*shown, Step("", len(rest), sum(step.points for step in rest))]


def _bar(step: Step, levels: tuple[int, int], places: tuple[Decimal, Decimal], top: int) -> Bar:
    left, right = min(places), max(places)
    return Bar(step, *levels, left, right - left, places[1], top)
