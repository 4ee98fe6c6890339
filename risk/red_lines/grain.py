"""Grains: how a column of each unit becomes a whole number, and back into what people read."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Grain:
    """The fineness at which one unit is compared (design 10.2).

    Attributes
    ----------
    unit
        Word shown beside a value.
    multiplier
        Whole grains in 1.0 of a frame's column; a value is rounded half-even to a grain.
    scale
        Whole grains in one unit as people write it: 100 分 in a yuan.
    beyond_at
        Whether a value that stands exactly at its limit is beyond it (domain 7.0.3).
    """

    unit: str
    multiplier: int
    scale: int
    beyond_at: bool = False

    def shown(self, grains: int) -> Decimal:
        """Return whole grains in the unit people read, exactly.

        Examples
        --------
        >>> GRAINS["fen"].shown(12345)
        Decimal('123.45')
        """
        return Decimal(grains).scaleb(-(len(str(self.scale)) - 1))

    def grains(self, written: Decimal) -> float:
        """Return what a written value is in a frame's column."""
        return float(written * self.scale / self.multiplier)


MILLIONTH = 10**6
TENTHS_OF_CM2 = 10**4

GRAINS = {
    "fen": Grain("yuan", 1, 100),
    "ratio": Grain("ratio", MILLIONTH, MILLIONTH),
    "number": Grain("number", MILLIONTH, MILLIONTH),
    "area": Grain("m2", TENTHS_OF_CM2, TENTHS_OF_CM2),
    "count": Grain("count", 1, 1, beyond_at=True),
    "days": Grain("days", 1, 1, beyond_at=True),
    "months": Grain("months", 1, 1, beyond_at=True),
    "rank": Grain("rank", 1, 1, beyond_at=True),
    "flag": Grain("flag", 1, 1, beyond_at=True),
    "text": Grain("text", 1, 1),
    "date": Grain("date", 1, 1, beyond_at=True),
}
