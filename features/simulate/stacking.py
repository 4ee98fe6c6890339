"""Joining dataclasses of arrays row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def concatenated(parts: Sequence[T]) -> T:
    """Return one dataclass whose arrays are those of `parts`, one after another."""
    first = parts[0]
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(first)
    }
    return type(first)(**columns)
