"""Idle months and progress of a project, by hand numbers (money in 分)."""

from __future__ import annotations

from collections.abc import Callable
from math import nan

import numpy as np
import pytest

from features.arrays import Floats, Rows
from features.project import operation


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, expected, equal_nan=True)


def days(*texts: str | None) -> Floats:
    dates = np.array([text or "NaT" for text in texts], dtype="datetime64[D]")
    return np.where(np.isnat(dates), nan, dates.astype(np.int64).astype(np.float64))


def of(count: int, declared: bool = True) -> Rows:
    return Rows(np.array([0, count]), np.array([declared]))


TODAY = days("2026-03-31")
NEVER = col(0)
BLANK = days(None)
BUILT: Callable[..., Floats] = operation.idle_months_built


def worked(milestones: Floats, spent_on: Floats, amounts: Floats) -> Floats:
    return operation.last_work_on(
        milestones, of(len(milestones)), spent_on, amounts, of(len(spent_on)), TODAY
    )


def test_last_work_is_the_later_of_milestone_and_spending() -> None:
    reached = days("2025-02-01", "2025-01-01")
    assert same(worked(reached, col(), col()), reached[0])
    assert same(worked(reached, days("2025-03-01"), col(5)), days("2025-03-01")[0])
    assert same(worked(reached, days("2025-01-15"), col(5)), reached[0])
    assert same(worked(col(), col(), col()), 0)


def test_what_is_only_planned_or_costs_nothing_is_no_work() -> None:
    assert same(worked(days("2026-04-01"), days("2026-05-01"), col(5)), 0)
    assert same(worked(col(), days("2025-03-01"), col(0)), 0)
    assert same(worked(days("2026-03-31"), col(), col()), TODAY[0])


def test_work_not_declared_is_unknown() -> None:
    unknown = of(0, declared=False)
    assert same(operation.last_work_on(col(), unknown, col(), col(), of(0), TODAY), nan)
    assert same(operation.last_work_on(col(), of(0), col(), col(), unknown, TODAY), nan)


def land(
    kind: Floats,
    handed: Floats,
    project_handed: Floats = BLANK,
    work: Floats = NEVER,
    sensed: Floats | None = None,
    unchanged: Floats | None = None,
) -> Floats:
    blank = np.full(len(kind), nan)
    return operation.idle_months_land(
        kind,
        handed,
        blank if sensed is None else sensed,
        blank if unchanged is None else unchanged,
        of(len(kind)),
        project_handed,
        work,
        TODAY,
    )


def test_land_is_idle_since_it_was_handed_over() -> None:
    assert same(land(col(1), days("2025-03-31")), 12)
    assert same(land(col(1), days("2025-04-01")), 11)
    assert same(land(col(1), BLANK, days("2025-09-30")), 6)
    assert same(land(col(1), days("2025-03-31"), days("2020-01-01")), 12)
    assert same(land(col(1), days("2026-05-01")), 0)


def test_work_and_a_sensed_change_end_the_idleness() -> None:
    handed, seen = days("2024-03-31"), days("2025-12-31")
    assert same(land(col(1), handed, work=days("2026-01-31")), 2)
    assert same(land(col(1), handed, work=days("2020-01-01")), 24)
    assert same(land(col(1), handed, sensed=seen, unchanged=col(0)), 3)
    assert same(land(col(1), handed, sensed=seen, unchanged=col(1)), 24)
    assert same(land(col(1), handed, sensed=seen, unchanged=col(nan)), 24)


def test_the_worst_land_counts_and_other_resources_do_not() -> None:
    handed = days("2025-09-30", "2025-03-31", "2020-03-31")
    assert same(land(col(1, 1, 0), handed), 12)
    assert same(land(col(0, 0), days(None, None)), 0)
    assert same(land(col(), col()), 0)


def test_land_not_handed_over_or_of_no_known_kind_is_unknown() -> None:
    assert same(land(col(1), BLANK), nan)
    assert same(land(col(nan), days("2025-03-31")), nan)
    assert same(land(col(1), days("2025-03-31"), work=col(nan)), nan)


def built(kind: int | None, handed: Floats, work: Floats) -> Floats:
    flags = [col(float(place == kind)) for place in range(6)]
    return BUILT(*flags, handed, BLANK, BLANK, of(1), days("2024-09-30"), work, TODAY)


@pytest.mark.parametrize("kind", range(6))
def test_houses_and_works_are_idle_alike(kind: int) -> None:
    assert same(built(kind, days("2025-03-31"), NEVER), 12)
    assert same(built(kind, BLANK, NEVER), 18)
    assert same(built(kind, BLANK, days("2026-02-28")), 1)
    assert same(built(kind, BLANK, col(nan)), nan)


def test_a_sensed_change_ends_the_idleness_of_a_house() -> None:
    flags = [col(1), *[col(0)] * 5]
    seen = BUILT(
        *flags, days("2024-03-31"), days("2025-12-31"), col(0), of(1), BLANK, NEVER, TODAY
    )
    assert same(seen, 3)


def test_what_is_no_building_never_stands_idle() -> None:
    assert same(built(None, BLANK, NEVER), 0)


def test_plan_and_spending_are_summed_to_the_day_of_the_record() -> None:
    on, amounts, as_of = days("2025-01-01", "2026-03-31", "2026-04-01"), col(100, 20, 3), TODAY
    for side in (operation.planned_to_date, operation.spent_to_date):
        assert same(side(on, amounts, of(3), as_of), 120)
        assert same(side(on, col(100, 20, nan), of(3), as_of), 120)
        assert same(side(on, col(100, nan, 3), of(3), as_of), nan)
        assert same(side(col(), col(), of(0), as_of), 0)
        assert same(side(col(), col(), of(0, declared=False), as_of), nan)
