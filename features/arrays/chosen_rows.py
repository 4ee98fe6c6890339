"""Some of a subject's child rows: a minimum over chosen ones, a sum of the later of two bases.

Same laws as `child_rows`: missing over an undeclared child, or where a chosen value is missing.
"""

from __future__ import annotations

from math import inf, isnan, nan

import numpy as np

from features.arrays.compiled import loop
from features.arrays.units import Floats, Rows


@loop
def lowest_where(values: Floats, chosen: Floats, rows: Rows) -> Floats:
    """Return each subject's least value on the child rows whose flag is 1; +inf over none.

    Missing where a flag is, or a chosen value.
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if rows.declared[i]:
            acc = inf
            for j in range(rows.offsets[i], rows.offsets[i + 1]):
                value = inf if chosen[j] == 0.0 else values[j] + 0.0 * chosen[j]
                if not acc <= value:
                    acc = value if acc == acc else acc
            out[i] = acc
    return out


@loop
def _by_age(
    values: Floats,
    chosen: Floats,
    attested: Floats,
    on: Floats,
    document: Floats,
    start: int,
    end: int,
    day: float,
    sums: Floats,
    counts: Floats,
) -> None:
    """Add up rows that are computed, attested before, on and after a day; NaN where unknown."""
    sums[:] = 0.0
    counts[:] = 0.0
    for j in range(start, end):
        if chosen[j] == 0.0:
            continue
        place = 0
        if attested[j] != 0.0:
            place = 1 if on[j] < day else (2 if on[j] == day else 3)
        nameless = place > 0 and (isnan(on[j]) or isnan(document[j]))
        unknown = isnan(chosen[j]) or isnan(attested[j]) or nameless
        sums[place] += nan if unknown else values[j]
        counts[place] += nan if unknown else 1.0


@loop
def later_total(
    values: Floats,
    chosen: Floats,
    attested: Floats,
    on: Floats,
    document: Floats,
    rows: Rows,
    day: Floats,
) -> Floats:
    """Return each subject's sum of the chosen rows that the later basis gives.

    Computed and attested rows say the same thing twice and are equal in rank, so the later stands.

    Parameters
    ----------
    values, chosen
        What is summed (≥ 0), and the flag of the rows that say it, one layer at a time.
    attested, on, document
        Flag of rows attested by a document, its day, and its number; the other rows are computed.
    rows, day
        Child rows, and the day of the subject's record, on which its rows were computed.

    Notes
    -----
    A document later than the record replaces what was computed; an earlier one is replaced by it;
    of two of one day neither is later, and the greater stands. Where nothing was computed all
    documents stand together. A document without number or day makes the sum missing.
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    sums, counts = np.empty(4), np.empty(4)
    for i in range(n):
        if not rows.declared[i]:
            continue
        start, end = rows.offsets[i], rows.offsets[i + 1]
        _by_age(values, chosen, attested, on, document, start, end, day[i], sums, counts)
        if isnan(counts.sum()) or isnan(day[i]):
            continue
        if counts[0] == 0.0:
            out[i] = sums[1] + sums[2] + sums[3]
        elif counts[3] > 0.0:
            out[i] = sums[2] + sums[3]
        else:
            out[i] = sums[0] if not sums[2] > sums[0] else sums[2]
            out[i] += 0.0 * sums[2]
    return out
