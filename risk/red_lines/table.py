"""Verdicts as a table: one row each, the first test's figures as columns (design 11.13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.frame import Floats
from risk.red_lines.book import Verdicts
from risk.red_lines.columns import Column, Columns, Mask
from risk.red_lines.grain import Grain
from risk.red_lines.rule import RedLine, Test
from risk.red_lines.state import Level, State
from risk.red_lines.vector import Resolved, Sides, judge_test, resolve, times
from risk.red_lines.whole import SAFE, Whole

FIGURE = pa.decimal128(24, 6)
WIDE = 38
COMPARED = (State.PASS, State.WARN, State.BREACH)


@dataclass(frozen=True)
class Figures:
    """The first test of a line over n rows, in the units people read.

    Attributes
    ----------
    over, under, headroom
        Exact decimals, null where there is none; headroom is in the unit of `over`.
    value
        Quotient or value, NaN where there is none.
    limits
        Level to the limit, NaN where it has no value.
    """

    over: pa.Array
    under: pa.Array
    value: Floats
    limits: dict[Level, Floats]
    headroom: pa.Array


def figures(line: RedLine, columns: Columns) -> Figures:
    """Return the figures of the first test of a line."""
    test = line.tests[0]
    rows = len(columns.none)
    sides = Sides.of(test, columns)
    limits = [resolve(limit, columns, line.inputs) for limit in test.limits]
    compared = np.isin(judge_test(test, columns, line.inputs), COMPARED)
    binding = limits[test.binding] if limits and test.kind != "flag" else None
    room = None if binding is None else _headroom(test, sides, binding)
    return Figures(
        _shown(sides.over, test.over.grain),
        _nulls(rows) if sides.under is None else _shown(sides.under, _grain_under(test)),
        _value(sides),
        {limit.level: _fractions(limit, rows) for limit in limits if test.kind != "flag"},
        _nulls(rows) if room is None else decimals(room, ~compared, test.over.grain),
    )


def _grain_under(test: Test) -> Grain:
    return (test.under or test.over).grain


def _nulls(rows: int) -> pa.Array:
    return pa.nulls(rows, FIGURE)


def _shown(column: Column, grain: Grain) -> pa.Array:
    return decimals(column.whole.values, column.missing | column.infinite, grain)


def _value(sides: Sides) -> Floats:
    bottom = sides.b.values if isinstance(sides.b, Whole) else sides.b
    base = np.asarray(bottom, dtype=np.float64)
    there = ~(sides.missing() | sides.infinite()) & (base != 0)
    top = sides.a.values.astype(np.float64)
    value: Floats = np.divide(top, base, out=np.full(len(top), np.nan), where=there)
    return value


def _fractions(limit: Resolved, rows: int) -> Floats:
    top = limit.p.values.astype(np.float64) if isinstance(limit.p, Whole) else float(limit.p)
    return np.where(limit.missing, np.nan, np.broadcast_to(top / limit.q, rows))


def _headroom(test: Test, sides: Sides, limit: Resolved) -> NDArray[Any]:
    """Return the grains that `over` may still move, as `scalar.headroom` does for one row."""
    over = sides.over.whole.values
    top = times(limit.p, sides.b)
    bottom = limit.q * test.factors[0]
    if not test.high_is_bad:
        first = top // bottom + 1 if test.beyond_at else -(-top // bottom)
        return np.asarray(over - _exact(first))
    last = -(-top // bottom) - 1 if test.beyond_at else top // bottom
    room = np.asarray(_exact(last) - over)
    return room if sides.under is None else np.where(sides.under.whole.values <= 0, -over, room)


def _exact(numbers: NDArray[Any] | int) -> NDArray[Any]:
    """Return numbers as an array that what is taken off them cannot overflow."""
    wide = isinstance(numbers, int) and abs(numbers) >= SAFE
    return np.asarray(numbers, dtype=object if wide else None)


def decimals(grains: NDArray[Any], absent: Mask, grain: Grain) -> pa.Array:
    """Return whole grains as exact decimals of six places, null where absent."""
    places = len(str(grain.scale)) - 1
    if grains.dtype == object:
        shown = [None if gone else grain.shown(n) for n, gone in zip(grains, absent, strict=True)]
        return pa.array([None if n is None else Decimal(n) for n in shown], FIGURE)
    words = np.empty((len(grains), 2), dtype=np.int64)
    words[:, 0] = grains
    words[:, 1] = np.where(grains < 0, -1, 0)
    valid = pa.array(~absent).buffers()[1]
    exact = pa.Array.from_buffers(
        pa.decimal128(WIDE, places), len(grains), [valid, pa.py_buffer(words)]
    )
    return exact.cast(FIGURE)


def missing_of(verdicts: Verdicts, line: RedLine) -> pa.Array:
    """Return the names of what was missing, row by row.

    They follow from which columns are missing and which flags hold, so one row of each pattern is
    judged and speaks for all.
    """
    rows = len(verdicts.frame)
    read = [verdicts.columns[given] for given in line.inputs.values()]
    lacking = np.flatnonzero(np.logical_or.reduce([c.missing | c.infinite for c in read]))
    kinds: list[Sequence[str]] = [()]
    place = np.zeros(rows, dtype=np.int64)
    if len(lacking):
        patterns = _patterns(line, verdicts.columns)[lacking]
        _, first, inverse = np.unique(patterns, axis=0, return_index=True, return_inverse=True)
        kinds += [verdicts.verdict(line.id, int(row)).missing for row in lacking[first]]
        place[lacking] = inverse.reshape(-1) + 1
    return pa.array([list(kind) for kind in kinds], pa.list_(pa.string())).take(pa.array(place))


def _patterns(line: RedLine, columns: Columns) -> NDArray[np.uint8]:
    """Return per row which columns are missing and which flags hold, packed into bytes."""
    read = [columns[given] for given in line.inputs.values()]
    flags = [columns[given] for given in line.inputs.values() if given.unit == "flag"]
    bits = [bit for column in read for bit in (column.missing, column.infinite)]
    bits += [flag.whole.values != 0 for flag in flags]
    return np.packbits(np.column_stack(bits), axis=1)


def table_of(verdicts: Verdicts) -> pa.Table:
    """Return all verdicts, line by line, each line's rows in the order of the frame."""
    return pa.concat_tables([_of_line(verdicts, line) for line in verdicts.lines.values()])


def _of_line(verdicts: Verdicts, line: RedLine) -> pa.Table:
    frame, rows = verdicts.frame, len(verdicts.frame)
    seen = figures(line, verdicts.columns)
    words = pa.array([state.word for state in State])
    blank = np.full(rows, np.nan)

    def same(text: str) -> pa.Array:
        return pa.repeat(pa.scalar(text), rows)

    def floats(values: Floats) -> pa.Array:
        return pa.array(values, mask=np.isnan(values))

    return pa.table(
        {
            "rule": same(line.id),
            "subject_kind": same(verdicts.kind),
            "subject_id": pa.array(frame.keys, pa.string()),
            "as_of": pa.array(frame.as_of.astype("datetime64[D]")),
            "state": words.take(pa.array(verdicts.states(line.id))),
            "severity": same(line.severity),
            "over": seen.over,
            "under": seen.under,
            "value": floats(seen.value),
            "warn": floats(seen.limits.get(Level.WARN, blank)),
            "breach": floats(seen.limits.get(Level.BREACH, blank)),
            "headroom": seen.headroom,
            "missing": missing_of(verdicts, line),
            "rule_version": same(f"sha256:{line.rule_version}"),
            "policy": same(f"sha256:{verdicts.policy.sha256}"),
        }
    )
