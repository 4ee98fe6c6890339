"""One test over a whole frame: the rules of `domain.md` 7.0.3 in vectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk.red_lines.columns import Column, Columns, Mask
from risk.red_lines.grain import MILLIONTH
from risk.red_lines.limit import Limit
from risk.red_lines.rule import Input, Test
from risk.red_lines.state import Level, State
from risk.red_lines.whole import Whole

Codes = NDArray[np.int8]
STATE_OF_LEVEL = np.array([level.state for level in Level], dtype=np.int8)


@dataclass(frozen=True)
class Resolved:
    """A limit p/q for every row: p one number or n of them; `missing` where it has no value."""

    level: Level
    p: Whole | int
    q: int
    missing: Mask


def resolve(limit: Limit, columns: Columns, inputs: Mapping[str, Input]) -> Resolved:
    """Return a limit row by row: absolute, or relative with its fallbacks in their order."""
    if limit.at is None:
        return Resolved(limit.level, 0, 1, columns.none)
    if limit.to is None:
        return Resolved(limit.level, *limit.at.fraction, columns.none)
    reference = columns[inputs[limit.to]]
    top: NDArray[Any] = reference.whole.values + limit.at.millionths
    pending, lost = reference.missing | reference.infinite, columns.none
    for bound in limit.fallbacks:
        taken = pending
        if bound.when is not None:
            flag = columns[inputs[bound.when]]
            lost = lost | (pending & flag.missing)
            pending = pending & ~flag.missing
            taken = pending & (flag.whole.values != 0)
        top = np.where(taken, bound.millionths, top)
        pending = pending & ~taken
    peak = int(np.abs(top).max()) if len(top) else 0
    return Resolved(limit.level, Whole(top, peak), MILLIONTH, lost | pending)


@dataclass(frozen=True)
class Sides:
    """A test's two sides in one unit, a ÷ b; a value has a number for b."""

    over: Column
    under: Column | None
    a: Whole
    b: Whole | int

    @classmethod
    def of(cls, test: Test, columns: Columns) -> Sides:
        """Read the sides of a test."""
        factor_over, factor_under = test.factors
        over = columns[test.over]
        if test.under is None:
            return cls(over, None, over.whole, factor_under)
        under = columns[test.under]
        return cls(over, under, over.whole * factor_over, under.whole * factor_under)

    def missing(self) -> Mask:
        """Return the rows where a side has no value."""
        return self.over.missing if self.under is None else self.over.missing | self.under.missing

    def infinite(self) -> Mask:
        """Return the rows where a side was taken over nothing."""
        if self.under is None:
            return self.over.infinite
        return self.over.infinite | self.under.infinite


def times(left: Whole | int, right: Whole | int) -> NDArray[Any] | int:
    """Return an exact product of columns or numbers."""
    if isinstance(left, Whole):
        return (left * right).values
    return (right * left).values if isinstance(right, Whole) else left * right


def fill(codes: Codes, rows: Mask, code: int) -> None:
    """Set a code on some rows, in place."""
    np.copyto(codes, np.int8(code), where=rows)


def beyond(test: Test, sides: Sides, limit: Resolved) -> Mask:
    """Return the rows beyond one limit: a·q against p·b, never a quotient."""
    left, right = times(sides.a, limit.q), times(limit.p, sides.b)
    if test.high_is_bad:
        outside = left >= right if test.beyond_at else left > right
    else:
        outside = left <= right if test.beyond_at else left < right
    return np.asarray(outside, dtype=bool)


def levels_of(test: Test, sides: Sides, limits: list[Resolved]) -> Codes:
    """Return the furthest level that each row is beyond, all values being there."""
    levels = np.zeros(len(sides.a.values), dtype=np.int8)
    if test.kind == "flag":
        fill(levels, sides.a.values != 0, limits[-1].level)
        return levels
    for limit in limits:
        fill(levels, beyond(test, sides, limit), limit.level)
    if sides.under is not None and test.high_is_bad:
        exposed = sides.over.whole.values > 0
        bare = sides.under.whole.values <= 0
        if bare.any():
            fill(levels, bare & exposed & (levels < Level.BREACH), Level.BREACH)
        fill(levels, ~exposed, Level.NONE)
    return levels


def owed_nothing(test: Test, sides: Sides, states: Codes) -> None:
    """Set the states that a base of 0 or less gives, in place."""
    if sides.under is None:
        return
    base = sides.under.whole.values
    if not test.high_is_bad:
        fill(states, base == 0, State.NOT_APPLICABLE)
        fill(states, base < 0, State.UNKNOWN)
    elif test.is_burden:
        nothing = (base == 0) & (sides.over.whole.values <= 0)
        fill(states, nothing, State.NOT_APPLICABLE)


def judge_test(test: Test, columns: Columns, inputs: Mapping[str, Input]) -> Codes:
    """Return the state of each row; what is missing is unknown before any other rule."""
    if not test.limits:
        return np.full(len(columns.none), State.NOT_IN_FORCE, dtype=np.int8)
    sides = Sides.of(test, columns)
    limits = [resolve(limit, columns, inputs) for limit in test.limits]
    states: Codes = STATE_OF_LEVEL[levels_of(test, sides, limits)]
    owed_nothing(test, sides, states)
    fill(states, sides.infinite(), State.NOT_APPLICABLE)
    fill(states, sides.missing(), State.UNKNOWN)
    for limit in limits:
        if limit.missing is not columns.none:
            fill(states, limit.missing, State.UNKNOWN)
    if test.applies_when is not None:
        flag = columns[inputs[test.applies_when]]
        fill(states, flag.missing, State.UNKNOWN)
        fill(states, ~flag.missing & (flag.whole.values == 0), State.NOT_APPLICABLE)
    return states
