"""A minimum over some of a subject's child rows."""

from __future__ import annotations

from math import inf, nan

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
