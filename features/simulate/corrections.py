"""Corrections: a small share of records comes again, later, with its reason and approver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.simulate.calendar import DAY_MICROSECONDS, instant
from features.simulate.sheets import Cells, Sheet, constant, stacked, words

REASONS = ("录入错误", "补充材料", "对账差异")
APPROVERS = ("复核员01", "复核员02", "复核员03")
LAG_DAYS = (8, 150)


@dataclass(frozen=True)
class Slip:
    """How often a table's records are corrected and by what factor a money column was off."""

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
    slip = SLIPS[sheet.table]
    rows = np.flatnonzero(rng.random(len(sheet)) < slip.share)
    day = sheet.known_at[rows] // DAY_MICROSECONDS + rng.integers(*LAG_DAYS, len(rows))
    rows, day = rows[day < as_of], day[day < as_of]
    wrong = sheet.take(rows)
    value = wrong.columns[slip.column]
    changed: dict[str, Cells] = {
        slip.column: np.rint(np.asarray(value) * slip.factor),
        "correction_reason": words(rng.integers(0, len(REASONS), len(rows)), REASONS),
        "approved_by": words(rng.integers(0, len(APPROVERS), len(rows)), APPROVERS),
    }
    later = wrong.with_columns(instant(day, 9 + 8 * rng.random(len(rows))), changed)
    return stacked([sheet, later])
