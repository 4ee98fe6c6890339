"""Corrections: a small share of records comes again, later, with its reason and its approver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.calendar import DAY_MICROSECONDS, instant, office_hour
from features.simulate.draws import Ints, happens
from features.simulate.sheets import Sheet, stacked, words

REASONS = ("录入错误", "补充材料", "对账差异")
APPROVERS = ("复核员01", "复核员02", "复核员03")
LAG_DAYS = (8, 150)
TAKEN_BACK = 0.1
"""Share of corrections that are themselves corrected to the first figure."""


@dataclass(frozen=True)
class Slip:
    """How often a table's records are corrected, and by what factor a money column was off."""

    share: float
    column: str
    factor: float


SLIPS: Mapping[str, Slip] = {
    "household": Slip(0.012, "debt_service_12m", 1.15),
    "cooperative": Slip(0.04, "subsidies_12m", 1.3),
    "resource": Slip(0.015, "valuation", 0.92),
    "project": Slip(0.01, "payout_reserve", 0.8),
}


def corrected(rng: np.random.Generator, sheet: Sheet, as_of: int) -> Sheet:
    """Return the sheet with later versions of some rows, none learnt after `as_of`."""
    if sheet.table not in SLIPS:
        return sheet
    slip = SLIPS[sheet.table]
    first = sheet.take(np.flatnonzero(happens(rng, slip.share, len(sheet))))
    right = np.rint(np.asarray(first.columns[slip.column]) * slip.factor)
    second = _later(rng, first, slip.column, right, as_of)
    back = second.take(np.flatnonzero(happens(rng, TAKEN_BACK, len(second))))
    was = np.rint(np.asarray(back.columns[slip.column]) / slip.factor)
    return stacked([sheet, second, _later(rng, back, slip.column, was, as_of)])


def _later(
    rng: np.random.Generator, sheet: Sheet, column: str, value: Floats, as_of: int
) -> Sheet:
    """Return the rows as they were learnt again, those of them that were by `as_of`."""
    count = len(sheet)
    day: Ints = sheet.known_at // DAY_MICROSECONDS + rng.integers(*LAG_DAYS, count)
    changed = {
        column: value,
        "correction_reason": words(rng.integers(0, len(REASONS), count), REASONS),
        "approved_by": words(rng.integers(0, len(APPROVERS), count), APPROVERS),
    }
    later = sheet.with_columns(instant(day, office_hour(rng, count)), changed)
    return later.take(np.flatnonzero(day < as_of))
