"""Small draws that every part of the county uses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.frame import Floats

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def happens(
    rng: np.random.Generator, chance: Floats | float, count: int | tuple[int, ...]
) -> Flags:
    """Return which of `count` chances come true."""
    return np.asarray(rng.random(count) < chance)


def one_in(count: int, numbers: Ints, place: int = 0) -> Flags:
    """Return every `count`-th number, the first of them `place`: a mark that stays for good."""
    return np.asarray(numbers % count == place)


def when(there: Flags, values: Floats | Ints | Flags) -> Floats:
    """Return the values where they are there, NaN elsewhere."""
    return np.where(there, values, np.nan)


def logistic(values: Floats) -> Floats:
    """Return 1 ÷ (1 + e^−x)."""
    return np.asarray(1 / (1 + np.exp(-values)))


def apart(numbers: Ints, below: int) -> Ints:
    """Return numbers from 0 to `below` of which no row holds one twice: a repeated one moves on.

    Examples
    --------
    >>> apart(np.array([[2, 2, 0]]), 3).tolist()
    [[2, 0, 1]]
    """
    found = numbers.copy()
    for place in range(1, found.shape[1]):
        for _ in range(place):
            taken = (found[:, :place] == found[:, place, np.newaxis]).any(axis=1)
            found[:, place] = (found[:, place] + taken) % below
    return found
