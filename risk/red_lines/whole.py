"""Whole numbers in vectors that never overflow: int64 where safe, else Python's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.frame import Floats

SAFE = 2**62


@dataclass(frozen=True)
class Whole:
    """n whole numbers, none of them further from 0 than `peak`.

    Attributes
    ----------
    values
        int64, or Python integers where a product could pass 2^62.
    """

    values: NDArray[Any]
    peak: int

    def __mul__(self, other: Whole | int) -> Whole:
        """Return the exact product."""
        factor, size = (other.values, other.peak) if isinstance(other, Whole) else (other, other)
        peak = self.peak * abs(size)
        if peak < SAFE and abs(size) < SAFE:
            return Whole(self.values * factor, peak)
        wide = factor.astype(object) if isinstance(factor, np.ndarray) else factor
        return Whole(self.values.astype(object) * wide, peak)

    def floor(self, divisor: int) -> Whole:
        """Return each value over a positive divisor, rounded down."""
        return Whole(self.values // divisor, self.peak // divisor + 1)


def whole(values: Floats, multiplier: int) -> Whole:
    """Return finite values as whole grains, half-even.

    Examples
    --------
    >>> [whole(np.array([value]), 1).values.item() for value in (2.5, 3.5)]
    [2, 4]
    """
    grains = np.rint(values if multiplier == 1 else values * multiplier)
    peak = max(abs(float(grains.max())), abs(float(grains.min()))) if len(grains) else 0.0
    if peak < SAFE:
        return Whole(grains.astype(np.int64), int(peak))
    return Whole(np.array([int(grain) for grain in grains], dtype=object), int(peak))
