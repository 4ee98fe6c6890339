"""The waterfall sums exactly, whatever the score."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.doors.pages.waterfall import MOST_BARS, Contribution, Score, Waterfall, draw


def a_score(base: int, points: list[int]) -> Score:
    contributions = [Contribution(feature=f"f{i}", points=p) for i, p in enumerate(points)]
    return Score(base_points=base, points=base + sum(points), contributions=contributions)


scores = st.builds(a_score, st.integers(300, 900), st.lists(st.integers(-80, 80), max_size=40))


@given(scores)
def test_signed_widths_lead_from_base_to_total_exactly(score: Score) -> None:
    drawing = draw(score)
    way = sum(
        (bar.width if bar.end > bar.start else -bar.width for bar in drawing.bars), Decimal(0)
    )
    assert drawing.base_at + way == drawing.total_at


@given(scores)
def test_every_bar_starts_where_the_last_one_ended(score: Score) -> None:
    drawing = draw(score)
    level, tip = drawing.base, drawing.base_at
    for bar in drawing.bars:
        near, far = bar.left, bar.left + bar.width
        assert bar.start == level
        assert tip in (near, far)
        assert bar.tip == (far if bar.end > bar.start else near)
        level, tip = bar.end, bar.tip
    assert (level, tip) == (drawing.total, drawing.total_at)


@given(scores)
def test_widths_are_in_proportion_to_points(score: Score) -> None:
    drawing = draw(score)
    one_point = points_to_percent(drawing)
    for bar in drawing.bars:
        assert abs(bar.width - abs(bar.step.points) * one_point) <= Decimal("0.001")


def points_to_percent(drawing: Waterfall) -> Decimal:
    levels = [drawing.base, *(bar.end for bar in drawing.bars)]
    return Decimal(100) / (max(levels) - min(levels) + 12)


@given(scores)
def test_everything_stays_inside_the_drawing(score: Score) -> None:
    for bar in draw(score).bars:
        assert 0 <= bar.left <= bar.left + bar.width <= 100


def test_small_steps_are_taken_together_and_counted() -> None:
    drawing = draw(a_score(600, [30, *[1] * 20]))
    assert len(drawing.bars) == MOST_BARS
    rest = drawing.bars[-1].step
    assert (rest.feature, rest.count, rest.points) == ("", 8, 8)


def test_a_score_that_does_not_add_up_is_not_drawn() -> None:
    score = a_score(600, [10, -5])
    score["points"] += 1
    with pytest.raises(ValueError, match="lead to 605 points, the score says 606"):
        draw(score)
