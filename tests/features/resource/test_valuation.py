"""Valuations: their age, their spread, and who made them, by hand numbers (money in 分)."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest

from features.arrays import Floats, Rows
from features.resource import valuation as v

LIMIT = 100 * 1_000_000.0
"""100 万元 in 分."""
OURS, HOLDER, DEVELOPER, OTHER = 11.0, 12.0, 13.0, 14.0


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, expected, equal_nan=True)


def days(*texts: str) -> Floats:
    return np.array(texts, dtype="datetime64[D]").astype(np.int64).astype(np.float64)


def rows(count: int, declared: bool = True) -> Rows:
    return Rows(np.array([0, count]), np.array([declared]))


def test_the_age_of_a_valuation_is_counted_to_the_judged_day() -> None:
    today = days("2026-03-31")
    assert same(v.valuation_age_months(days("2025-03-31"), today), 12)
    assert same(v.valuation_age_months(days("2025-04-01"), today), 11)
    assert same(v.valuation_age_months(col(nan), today), nan)


def test_two_valuations_spread_over_the_lower() -> None:
    one, two = col(60, 50, 50, nan, 0), col(50, 60, nan, 50, 0)
    lower, gap = v.valuation_lower(one, two), v.valuation_gap(one, two)
    assert same(lower, 50, 50, nan, nan, 0)
    assert same(gap, 10, 10, nan, nan, 0)
    assert same(v.valuation_spread(gap, lower), 0.2, 0.2, nan, nan, nan)


def test_a_second_valuation_is_due_above_a_million() -> None:
    own, second = col(LIMIT, LIMIT + 1, 5, nan, nan), col(nan, nan, 5, nan, 5)
    above = np.full(5, 1_000_000.0)
    due = v.second_valuation_due(own, second, second_valuation_above=above)
    assert same(due, 0, 1, 1, nan, 1)


def related(
    appraiser: float = OURS,
    *,
    value: float = LIMIT,
    developers: tuple[float, ...] = (DEVELOPER,),
    found: int = 1,
    links: tuple[tuple[float, float], ...] = (),
    soft: float = 0,
    shared_by: float = nan,
    declared: bool = True,
) -> float:
    """Return the flag of a resource whose projects' developers have these links."""
    n = len(links)
    seen = v.appraiser_related(
        col(appraiser),
        col(HOLDER),
        col(value),
        col(*developers),
        rows(len(developers)),
        rows(found),
        col(*(a for a, _ in links)),
        col(*(b for _, b in links)),
        np.zeros(n),
        np.full(n, soft),
        np.zeros(n),
        np.full(n, shared_by),
        rows(n, declared),
        second_valuation_above=col(1_000_000),
        link_shared_by_most=col(5),
    )
    return float(seen[0])


def test_an_appraiser_is_related_by_a_link_on_either_side() -> None:
    assert related() == 0
    assert related(links=((DEVELOPER, OTHER), (OTHER, DEVELOPER))) == 0
    assert related(links=((DEVELOPER, OURS),)) == related(links=((OURS, OTHER),)) == 1


def test_an_appraiser_cannot_be_the_holder_or_the_developer() -> None:
    assert related(HOLDER) == related(DEVELOPER) == 1
    assert related(DEVELOPER, developers=(OTHER, DEVELOPER), found=2) == 1


@pytest.mark.parametrize(("shared_by", "expected"), [(5, 1), (6, 0), (nan, nan)])
def test_a_phone_that_a_whole_village_shares_is_no_link(shared_by: float, expected: float) -> None:
    seen = related(links=((DEVELOPER, OURS),), soft=1, shared_by=shared_by)
    assert same(col(seen), expected)
    assert related(links=((DEVELOPER, OURS),), soft=0, shared_by=shared_by) == 1


def test_a_developer_whose_links_are_not_known_leaves_it_open() -> None:
    assert np.isnan(related(found=0))
    assert np.isnan(related(declared=False))
    assert related(DEVELOPER, found=0) == 1


def test_a_project_without_a_developer_and_no_project_relate_nobody() -> None:
    assert related(developers=(nan,), found=0) == 0
    assert related(developers=(), found=0) == 0


def test_a_small_valuation_may_be_made_inside_and_a_large_one_names_its_appraiser() -> None:
    assert related(nan) == 0
    assert np.isnan(related(nan, value=LIMIT + 1))
    assert np.isnan(related(nan, value=nan))
