"""Points: a straight line through log-odds, cut into whole points that sum exactly (design 10.11).

All of it is integer arithmetic: the line is two decimals, a score is a whole number of units, so
points are the floor of a quotient of integers and rise whenever the score falls.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Self

import numpy as np
from numba import njit

from features.errors import BadInput
from models.kernel import Int64s

MOST_PLACES = 9
FEWEST_PLACES = 3
SAFE = 2**62
DEAD_BAND = 1000


@dataclass(frozen=True)
class PointsScale:
    """What a point means: `base` points at `odds` good to one bad, `double` points to double them.

    The default is the design's: 600 at 30:1 and 40 points to double the odds.
    """

    base: Decimal = Decimal(600)
    odds: Decimal = Decimal(30)
    double: Decimal = Decimal(40)

    @property
    def factor(self) -> float:
        """Points per unit of log-odds: 40 / ln 2 = 57.708 by default."""
        return float(self.double) / math.log(2)

    @property
    def at_even_odds(self) -> float:
        """Points at odds of 1:1."""
        return float(self.base) - self.factor * math.log(self.odds)


DESIGN_POINTS = PointsScale()


@dataclass(frozen=True)
class PointsLine:
    """Points of a score s in units of 2^-scale: offset - slope * s * 2^-scale, half up.

    Attributes
    ----------
    offset, slope
        Decimals of as many places as 64-bit integers can carry; slope > 0.
    scale
        The table's k.

    Examples
    --------
    >>> line = PointsLine(Decimal("628.5"), Decimal("1.000"), scale=1)
    >>> [line.points(s) for s in (0, 1, 2, -1)]
    [629, 628, 628, 629]
    """

    offset: Decimal
    slope: Decimal
    scale: int

    @classmethod
    def through(
        cls, points: PointsScale, intercept: float, slope: float, *, scale: int, reach: int
    ) -> Self:
        """Return the line of log-odds a + b s where |s| <= `reach` units.

        Raises
        ------
        BadInput
            Where b is not positive, or no rounding of the line keeps 64-bit integers safe.
        """
        if not slope > 0:
            raise BadInput("a worse score must mean a higher PD", field="b", value=str(slope))
        for places in range(MOST_PLACES, FEWEST_PLACES - 1, -1):
            grain = Decimal(1).scaleb(-places)
            line = cls(
                Decimal(points.at_even_odds - points.factor * intercept).quantize(grain),
                Decimal(points.factor * slope).quantize(grain),
                scale,
            )
            if line.slope and abs(line.height) + line.rise * reach + line.unit < SAFE:
                return line
        raise BadInput("64 bits cannot hold the points of this score", field="b", value=str(slope))

    @cached_property
    def grain(self) -> int:
        """Smallest steps of the slope per point: 10^places."""
        return int(Decimal(1).scaleb(-min(_places(self.offset), _places(self.slope))))

    @cached_property
    def unit(self) -> int:
        """One point, in the integers that are added up."""
        return self.grain << self.scale

    @cached_property
    def height(self) -> int:
        """`offset` in those integers."""
        return int(self.offset * self.grain) << self.scale

    @cached_property
    def rise(self) -> int:
        """What one unit of score costs, in those integers."""
        return int(self.slope * self.grain)

    def points(self, score: int) -> int:
        """Return the whole points of one score in units, half up."""
        return (self.height - self.rise * score + self.unit // 2) // self.unit

    def shared(self, base: int, contributions: Int64s) -> tuple[Int64s, Int64s]:
        """Return (n,) points and (n, f) feature points of (n, f) contributions, in units.

        In each row the feature points sum to the points less those of `base` alone: shares of
        u = -slope * c by largest remainder, ties in feature order, |u| < 0.001 counting as 0.
        """
        points = np.empty(len(contributions), dtype=np.int64)
        shares = np.empty(contributions.shape, dtype=np.int64)
        share_points(contributions, base, self.height, self.rise, self.unit, points, shares)
        return points, shares


def _places(value: Decimal) -> int:
    return int(value.as_tuple().exponent)


@njit(cache=True, error_model="numpy", nogil=True)
def share_points(
    contributions: Int64s,
    base: int,
    height: int,
    rise: int,
    unit: int,
    points: Int64s,
    shares: Int64s,
) -> None:
    """Fill `points` and `shares`, row by row.

    Half up leaves between 0 points and one per feature with a remainder to hand out. Only where
    the dead band has swallowed what tipped the total is there one too few or too many: the
    feature that helps or harms most bears it.
    """
    start = (height - rise * base + unit // 2) // unit
    for row in range(len(points)):
        effect = -rise * contributions[row]
        points[row] = (height - rise * base + effect.sum() + unit // 2) // unit
        felt = np.where(np.abs(effect) < unit // DEAD_BAND, 0, effect)
        shares[row] = felt // unit
        remainder = felt % unit
        left = points[row] - start - shares[row].sum()
        while left > 0:
            most = np.argmax(remainder)
            if remainder[most] == 0:
                most = np.argmax(effect)
            remainder[most] = 0
            shares[row, most] += 1
            left -= 1
        if left < 0:
            shares[row, np.argmin(effect)] += left
