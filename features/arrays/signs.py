"""How many of several signs a row shows, where some of them are not known."""

from __future__ import annotations

from math import isnan, nan

import numpy as np

from features.arrays.compiled import loop
from features.arrays.units import Floats


@loop
def enough_signs(one: Floats, two: Floats, three: Floats, four: Floats, wanted: Floats) -> Floats:
    """Return, row by row, the flag that at least `wanted` of four flags are 1.

    Missing only where the missing flags decide: three of four are enough of 3, whatever the last
    one is, and two that are 0 are too many.
    """
    out = np.full(len(wanted), nan)
    for j in range(len(wanted)):
        seen, open_ = 0.0, 0.0
        for flag in (one[j], two[j], three[j], four[j]):
            if isnan(flag):
                open_ += 1.0
            else:
                seen += flag
        if seen >= wanted[j]:
            out[j] = 1.0
        elif seen + open_ < wanted[j]:
            out[j] = 0.0
    return out
