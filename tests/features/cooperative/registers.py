"""A feature over hand-written registers of one cooperative, in its array form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from inspect import signature
from math import nan

import numpy as np

from features.arrays import Floats, Rows

Cell = float | str | bool | None
Row = Mapping[str, Cell]
Register = Sequence[Row] | None
"""Rows of a child; None is undeclared."""

_EPOCH = date(1970, 1, 1)


def number(cell: Cell, texts: dict[str, float]) -> float:
    """Return a cell as a feature sees it: days of an ISO date, a code of another text."""
    if cell is None:
        return nan
    if not isinstance(cell, str):
        return float(cell)
    try:
        return float((date.fromisoformat(cell) - _EPOCH).days)
    except ValueError:
        return texts.setdefault(cell, 1.0 + len(texts))


def column(name: str, rows: Sequence[Row], texts: dict[str, float]) -> Floats:
    """Return a column, or the flag column__code, of every row."""
    head, _, code = name.partition("__")
    if not code:
        return np.array([number(row[head], texts) for row in rows], dtype=np.float64)
    flags = [nan if row[head] is None else float(row[head] == code) for row in rows]
    return np.array(flags, dtype=np.float64)


def seen(feature: Callable[..., Floats], registers: Mapping[str, Register], **own: Cell) -> float:
    """Return a feature of one cooperative from its registers, its own values and parameters."""
    texts: dict[str, float] = {}
    given: dict[str, object] = {}
    for name in signature(feature).parameters:
        head, _, inner = name.partition("__")
        if name in own:
            given[name] = np.array([number(own[name], texts)])
        elif inner:
            given[name] = column(inner, registers[head] or (), texts)
        else:
            rows = registers[name]
            given[name] = Rows(np.array([0, len(rows or ())]), np.array([rows is not None]))
    return float(feature(**given)[0])
