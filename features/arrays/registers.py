"""Entries of public registers: what holds on a day, what is claimed twice, what follows what.

Same laws as `child_rows`: missing over an undeclared child or a missing value, unless what is
known decides alone.
"""

from __future__ import annotations

from math import inf, isnan, nan

import numpy as np

from features.arrays.compiled import loop, three
from features.arrays.units import Floats, Rows


@three
def in_force(day: float, start: float, end: float) -> float:
    """Return the flag start ≤ day < end, for good where `end` is left out.

    Missing where the day or the start is.
    """
    if isnan(day) or isnan(start):
        return nan
    return 1.0 if start <= day and not day >= end else 0.0


@loop
def any_row(flags: Floats, rows: Rows) -> Floats:
    """Return whether a flag of the subject's child rows is 1.

    Missing where none is and one of them, or the child, is unknown; 0 over an empty child.
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if rows.declared[i]:
            acc = 0.0
            for j in range(rows.offsets[i], rows.offsets[i + 1]):
                if flags[j] == 1.0:
                    acc = 1.0
                    break
                acc += flags[j]
            out[i] = acc
    return out


@loop
def any_within(
    dates: Floats, rows: Rows, chosen: Floats, starts: Floats, ends: Floats, others: Rows
) -> Floats:
    """Return whether a date of one child lies in start ≤ date ≤ end of a row of another.

    Parameters
    ----------
    dates, rows
        Dates of one child, +inf = never.
    chosen, starts, ends, others
        Whether a row of the other child counts, and its period.
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if not rows.declared[i] or not others.declared[i]:
            continue
        acc = 0.0
        for j in range(rows.offsets[i], rows.offsets[i + 1]):
            for k in range(others.offsets[i], others.offsets[i + 1]):
                if dates[j] == inf or chosen[k] == 0.0 or acc == 1.0:
                    continue
                known = 0.0 * (dates[j] + chosen[k] + starts[k] + ends[k])
                acc = 1.0 if starts[k] <= dates[j] <= ends[k] and known == 0.0 else acc + known
        out[i] = acc
    return out


@loop
def value_on(values: Floats, dates: Floats, rows: Rows, day: Floats) -> Floats:
    """Return the value of the latest child row up to a day, missing where there is none.

    Rows may stand in any order; of one date the last one holds.
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if rows.declared[i]:
            latest = -inf
            for j in range(rows.offsets[i], rows.offsets[i + 1]):
                if latest <= dates[j] <= day[i]:
                    latest, out[i] = dates[j], values[j]
    return out


@loop
def pairs_across(groups: Floats, marks: Floats, others: Floats, rows: Rows) -> Floats:
    """Return how many pairs of child rows of different groups share a mark of either kind.

    A pair that shares both counts once; a mark that is left out is shared with none. Missing where
    a row of such a pair lacks its group. Every row is laid beside every other, for registers of a
    few rows a subject.
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if not rows.declared[i]:
            continue
        acc = 0.0
        for j in range(rows.offsets[i], rows.offsets[i + 1]):
            for k in range(rows.offsets[i], j):
                if marks[j] == marks[k] or others[j] == others[k]:
                    acc += 0.0 * (groups[j] + groups[k]) + (1.0 if groups[j] != groups[k] else 0.0)
        out[i] = acc
    return out


@loop
def _year_value(
    values: Floats, years: Floats, start: int, end: int, year: float
) -> tuple[bool, float]:
    """Return whether a year has a row, and its value."""
    for j in range(start, end):
        if years[j] == year:
            return True, values[j]
    return False, 0.0


@loop
def latest_years(
    values: Floats,
    years: Floats,
    rows: Rows,
    due: Floats,
    last: Floats,
    since: Floats,
    count: float,
) -> Floats:
    """Return the sum over the latest `count` years that have a value.

    Parameters
    ----------
    values, years, rows
        Value and year of each child row.
    due, last
        The latest year that must be there, and the latest that may be.
    since
        First year the subject lived through from its first day; an earlier one may be left out
        and then adds 0.

    Notes
    -----
    Missing where a year that must be there is not, or a row lacks its year.
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if not rows.declared[i] or isnan(due[i]) or isnan(last[i]) or isnan(since[i]):
            continue
        start, end, newest = rows.offsets[i], rows.offsets[i + 1], due[i]
        acc = 0.0
        for j in range(start, end):
            acc += 0.0 * years[j]
            if newest < years[j] <= last[i]:
                newest = years[j]
        for back in range(int(count)):
            there, value = _year_value(values, years, start, end, newest - back)
            acc += value if there or newest - back < since[i] else nan
        out[i] = acc
    return out


@loop
def names_another(
    first: Floats, second: Floats, own: Floats, parent: Floats, rows: Rows
) -> Floats:
    """Return, beside each child row, whether one of its two codes is a stranger's.

    A stranger is neither the subject itself nor its parent, which may be left out. Missing where
    no stranger is named and a code is left out.
    """
    out = np.full(len(first), nan)
    for i in range(len(rows.declared)):
        for j in range(rows.offsets[i], rows.offsets[i + 1]):
            here = first[j] == own[i] or first[j] == parent[i] or isnan(first[j])
            there = second[j] == own[i] or second[j] == parent[i] or isnan(second[j])
            out[j] = 0.0 * (first[j] + second[j]) if here and there else 1.0
            out[j] += 0.0 * own[i]
    return out
