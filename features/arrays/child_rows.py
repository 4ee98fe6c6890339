"""Functions over child rows: one number per subject, in one pass, whatever the batch.

Over an undeclared child, or a missing value, each is missing; over an empty child a sum, count or
maximum is 0 and a minimum +inf (design 10.4). Loops, since NumPy's reduceat gives an empty child
the next row's value, and so that one subject alone has the bits it has among a million.
"""

from __future__ import annotations

from math import inf, nan

import numpy as np

from features.arrays.compiled import loop
from features.arrays.units import Floats, Rows


@loop
def total(values: Floats, rows: Rows) -> Floats:
    """Return the sum of each subject's child values."""
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if rows.declared[i]:
            acc = 0.0
            for j in range(rows.offsets[i], rows.offsets[i + 1]):
                acc += values[j]
            out[i] = acc
    return out


@loop
def count_rows(rows: Rows) -> Floats:
    """Return the number of each subject's child rows."""
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if rows.declared[i]:
            out[i] = rows.offsets[i + 1] - rows.offsets[i]
    return out


@loop
def highest(values: Floats, rows: Rows) -> Floats:
    """Return each subject's greatest child value; 0 over an empty child."""
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if rows.declared[i]:
            start, end = rows.offsets[i], rows.offsets[i + 1]
            acc = values[start] if end > start else 0.0
            for j in range(start + 1, end):
                if not acc >= values[j]:
                    acc = values[j] if acc == acc else acc
            out[i] = acc
    return out


@loop
def lowest(values: Floats, rows: Rows) -> Floats:
    """Return each subject's least child value; +inf over an empty child."""
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if rows.declared[i]:
            acc = inf
            for j in range(rows.offsets[i], rows.offsets[i + 1]):
                if not acc <= values[j]:
                    acc = values[j] if acc == acc else acc
            out[i] = acc
    return out


@loop
def where_any(own: Floats, rows: Rows) -> Floats:
    """Return the subject's own value where it has a child row, else missing.

    For values that mean nothing over an empty child, where 0 or +inf would pass for the best.
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if rows.declared[i] and rows.offsets[i + 1] > rows.offsets[i]:
            out[i] = own[i]
    return out


@loop
def spread(own: Floats, rows: Rows) -> Floats:
    """Return each subject's own value beside each of its child rows."""
    out = np.empty(rows.offsets[-1])
    for i in range(len(rows.declared)):
        out[rows.offsets[i] : rows.offsets[i + 1]] = own[i]
    return out
