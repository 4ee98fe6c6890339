"""A subject's readings as they stood at each of the last month-ends."""

from __future__ import annotations

from math import isnan, nan

import numpy as np

from features.arrays.calendar import day_number, month_number
from features.arrays.compiled import loop
from features.arrays.units import Floats, Rows


@loop
def month_end_mean(
    values: Floats, ends: Floats, rows: Rows, own: Floats, today: Floats, months: Floats
) -> Floats:
    """Return the mean, over the last month-ends, of the latest reading up to each.

    Parameters
    ----------
    values, ends, rows
        Value and date of the earlier readings, oldest first.
    own, today
        Value and date of the subject's newest reading; its month is the last one.
    months
        How many month-ends, that of the newest reading included.

    Notes
    -----
    Month-ends before the first reading are left out. A reading that speaks for one and has no
    value makes the mean missing.
    """
    n = len(rows.declared)
    out = np.full(n, nan)
    for i in range(n):
        if not rows.declared[i] or isnan(today[i]) or not months[i] >= 1.0:
            continue
        month, place = month_number(today[i]), rows.offsets[i + 1] - 1
        acc, count = own[i], 1
        for back in range(1, int(months[i])):
            next_month = month - back + 1
            end = day_number(next_month // 12, next_month % 12 + 1, 1) - 1
            while place >= rows.offsets[i] and ends[place] > end:
                place -= 1
            if place < rows.offsets[i]:
                break
            acc += values[place]
            count += 1
        out[i] = acc / count
    return out
