"""Penalties, permits and works before their papers, by hand numbers."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, nan

import numpy as np
import pytest

from features.arrays import Floats, Rows
from features.project import papers


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


def minor(on: Floats, repaired_on: Floats, level: Floats | None = None) -> Floats:
    flags = np.ones(len(on)) if level is None else level
    return papers.penalties_minor(
        flags, on, repaired_on, of(len(on)), TODAY, penalty_window_months=col(24)
    )


def major(on: Floats, repaired_on: Floats, level: Floats, window: float = 24) -> Floats:
    return papers.penalties_major(
        level, on, repaired_on, of(len(on)), TODAY, penalty_window_months=col(window)
    )


def test_penalties_count_for_24_months_to_the_judged_day() -> None:
    on = days("2024-03-30", "2024-03-31", "2025-06-01", "2026-03-31", "2026-04-01")
    never = days(*[None] * 5)
    assert same(minor(on, never), 3)
    assert same(major(on, never, np.ones(5)), 3)
    assert same(major(on, never, np.ones(5), window=9), 1)


def test_a_penalty_repaired_by_today_counts_no_more() -> None:
    on = days(*["2025-06-01"] * 3)
    repaired = days("2025-07-01", "2026-03-31", "2026-04-01")
    assert same(minor(on, repaired), 1)
    assert same(major(on, repaired, np.ones(3)), 1)


def test_levels_are_counted_apart() -> None:
    on, never = days("2025-06-01", "2025-06-01"), days(None, None)
    assert same(minor(on, never, col(1, 0)), 1)
    assert same(major(on, never, col(0, 1)), 1)
    assert same(minor(on, never, col(1, nan)), nan)
    assert same(major(on, never, col(nan, 1)), nan)


@pytest.mark.parametrize(
    ("criminal", "major", "relic", "repaired_on", "harm"),
    [
        (1, 0, 0, None, 1),
        (1, 0, 0, "2026-01-01", 0),
        (0, 1, 1, None, 1),
        (0, 1, 0, None, 0),
        (0, 0, 1, None, 0),
        (0, 1, nan, None, nan),
    ],
)
def test_harm_that_opens_the_exit(
    criminal: float, major: float, relic: float, repaired_on: str | None, harm: float
) -> None:
    seen = papers.env_crime_or_relic_harm(
        col(criminal), col(major), col(relic), days(repaired_on), of(1), TODAY
    )
    assert same(seen, harm)


@pytest.mark.parametrize(("declared", "count"), [(True, 0), (False, nan)])
def test_no_penalty_is_none_and_penalties_not_declared_are_unknown(
    declared: bool, count: float
) -> None:
    none, rows = col(), of(0, declared)
    for side in (papers.penalties_minor, papers.penalties_major):
        assert same(side(none, none, none, rows, TODAY, penalty_window_months=col(24)), count)
    assert same(papers.env_crime_or_relic_harm(none, none, none, none, rows, TODAY), count)


REQUIRED = col(1, 1, 1, 1, 0)
ISSUED = days("2024-01-01", "2024-01-01", None, "2026-04-01", None)
EXPIRES = days("2026-05-30", "2026-03-30", None, None, None)


def missing(required: Floats, issued: Floats, expires: Floats) -> Floats:
    return papers.permits_missing(required, issued, expires, of(len(required)), TODAY)


def left(required: Floats, issued: Floats, expires: Floats, declared: bool = True) -> Floats:
    return papers.permit_days_left(required, issued, expires, of(len(required), declared), TODAY)


def test_permits_missing_are_not_issued_or_expired() -> None:
    assert same(missing(REQUIRED, ISSUED, EXPIRES), 3)
    assert same(missing(col(nan), days(None), days(None)), nan)
    assert same(missing(col(), col(), col()), 0)


def test_a_permit_holds_through_its_last_day() -> None:
    issued, last = days("2024-01-01"), days("2026-03-31")
    assert same(missing(col(1), issued, last), 0)
    assert same(left(col(1), issued, last), 0)
    assert same(left(col(1), issued, days("2026-05-30")), 60)
    assert same(left(REQUIRED, ISSUED, EXPIRES), -1)


def test_no_permit_that_runs_out_has_no_days_left() -> None:
    issued = days("2024-01-01")
    assert same(left(col(), col(), col()), inf)
    assert same(left(col(1), issued, days(None)), inf)
    assert same(left(col(0), issued, days("2026-04-30")), inf)
    assert same(left(col(1), days(None), days("2026-04-30")), inf)
    assert same(left(col(nan), issued, days("2026-04-30")), nan)
    assert same(left(col(), col(), col(), declared=False), nan)


KINDS = ("立项", "用地", "环评", "施工")
COMPLETE: Callable[..., Floats] = papers.papers_complete_on
Permit = tuple[str, float, str | None]


def complete_on(permits: list[Permit], reached: list[tuple[str, str]]) -> Floats:
    permit_kinds = [col(*(float(kind == each) for each, _, _ in permits)) for kind in KINDS]
    milestone_kinds = [col(*(float(kind == each) for each, _ in reached)) for kind in KINDS]
    return COMPLETE(
        *permit_kinds,
        col(*(required for _, required, _ in permits)),
        days(*(on for _, _, on in permits)),
        of(len(permits)),
        *milestone_kinds,
        days(*(on for _, on in reached)),
        of(len(reached)),
    )


ALL: list[Permit] = [(kind, 1.0, f"2025-0{place + 1}-01") for place, kind in enumerate(KINDS)]


def test_the_papers_are_complete_with_the_last_of_four() -> None:
    assert same(complete_on(ALL, []), days("2025-04-01")[0])
    assert same(complete_on(ALL[::-1], []), days("2025-04-01")[0])


def test_each_paper_stands_from_its_first_day_as_permit_or_milestone() -> None:
    again: list[Permit] = [*ALL, ("施工", 1.0, "2026-01-01")]
    assert same(complete_on(again, []), days("2025-04-01")[0])
    assert same(complete_on(ALL, [("施工", "2025-03-15")]), days("2025-03-15")[0])
    assert same(complete_on([], [(kind, "2025-05-05") for kind in KINDS]), days("2025-05-05")[0])


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_that_is_not_there_is_waited_for_unless_not_required(kind: str) -> None:
    rest = [permit for permit in ALL if permit[0] != kind]
    assert same(complete_on(rest, []), inf)
    assert same(complete_on([*rest, (kind, 1.0, None)], []), inf)
    others = max(str(on) for _, _, on in rest)
    assert same(complete_on([*rest, (kind, 0.0, None)], []), days(others)[0])


@pytest.mark.parametrize("undeclared", ["permits", "milestones"])
def test_papers_not_declared_are_unknown(undeclared: str) -> None:
    four = (col(),) * 4
    seen = COMPLETE(
        *four,
        col(),
        col(),
        of(0, undeclared != "permits"),
        *four,
        col(),
        of(0, undeclared != "milestones"),
    )
    assert same(seen, nan)


def early(on: Floats, complete: Floats, start: Floats | None = None) -> Floats:
    first = np.ones(len(on)) if start is None else start
    none = np.zeros(len(on))
    return papers.milestones_before_permit(first, none, none, on, of(len(on)), complete, TODAY)


def test_milestones_before_the_papers_are_counted() -> None:
    on = days("2025-03-31", "2025-04-01", "2025-04-02")
    assert same(early(on, days("2025-04-01")), 1)
    assert same(early(on, col(inf)), 3)
    assert same(early(on, col(nan)), nan)


def test_only_milestones_of_construction_that_were_reached_count() -> None:
    on = days("2025-03-31", "2026-04-01")
    assert same(early(on, col(inf)), 1)
    assert same(early(on, col(inf), col(0, 0)), 0)
    assert same(early(col(), col(inf)), 0)
    half, end, none = col(1, 0), col(0, 1), col(0, 0)
    begun = days("2025-01-01", "2025-02-01")
    seen = papers.milestones_before_permit(none, half, end, begun, of(2), col(inf), TODAY)
    assert same(seen, 2)
