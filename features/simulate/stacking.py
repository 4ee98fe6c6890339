"""Joining dataclasses of arrays row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, TypeVar, cast

import numpy as np

T = TypeVar("T")


def concatenated(parts: Sequence[T]) -> T:
    """Return one dataclass whose arrays are those of `parts`, one after another."""
    return _map(parts, np.concatenate)


def picked(rows: T, chosen: Any) -> T:
    """Return a dataclass of arrays with some rows only."""
    return _map([rows], lambda arrays: arrays[0][chosen])


def _map(parts: Sequence[T], join: Any) -> T:
    names = [f.name for f in fields(cast(Any, parts[0]))]
    joined = {name: join([getattr(part, name) for part in parts]) for name in names}
    return type(parts[0])(**joined)
