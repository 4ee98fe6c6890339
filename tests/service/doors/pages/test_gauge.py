"""A value against its limits: which side is bad, and where everything stands."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.doors.pages.gauge import draw

AMOUNTS = st.decimals("0.01", "1000", places=2)


def a_test(value: str | None, headroom: str | None, **limits: str | None) -> dict[str, Any]:
    rows = [{"level": level, "at": at} for level, at in limits.items()]
    return {"value": value, "headroom": headroom, "limits": rows}


def states(drawn: Any) -> list[str]:
    return [zone.state for zone in drawn.zones]


def test_two_limits_tell_which_side_is_bad() -> None:
    assert states(draw(a_test("0.2", "1", warn="0.25", breach="0.4"))) == [
        "pass",
        "warn",
        "breach",
    ]
    assert states(draw(a_test("2", "1", warn="1.2", breach="1.0"))) == ["breach", "warn", "pass"]


def test_one_limit_is_told_by_the_headroom() -> None:
    assert states(draw(a_test("0", "5", breach="0.01"))) == ["pass", "breach"]
    assert states(draw(a_test("2", "5", breach="1"))) == ["breach", "pass"]
    assert states(draw(a_test("2", "-5", breach="1"))) == ["pass", "breach"]
    assert states(draw(a_test("0.5", "-5", breach="1"))) == ["breach", "pass"]


def test_where_nothing_tells_no_side_is_coloured_unless_it_is_said() -> None:
    at_the_limit = a_test("1", "-1", breach="1")
    assert states(draw(at_the_limit)) == []
    assert states(draw(at_the_limit, high=True)) == ["pass", "breach"]
    assert states(draw(at_the_limit, high=False)) == ["breach", "pass"]


def test_without_a_value_a_limit_or_an_axis_there_is_no_drawing() -> None:
    assert draw(a_test(None, None, breach="1")) is None
    assert draw(a_test("1", None, breach=None)) is None
    assert draw(a_test("0", "0", breach="0")) is None


def test_a_value_off_the_axis_stands_at_its_end() -> None:
    far = draw(a_test("436.18", "9", warn="0.15", breach="0.1"))
    assert far is not None
    assert (far.value, far.is_beyond) == (Decimal(100), True)
    below = draw(a_test("-3", "9", warn="0.15", breach="0.2"))
    assert below is not None
    assert (below.value, below.is_beyond) == (Decimal(0), False)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_zones_cover_the_axis_without_a_gap(value: Decimal, one: Decimal, two: Decimal) -> None:
    drawn = draw(a_test(str(value), "1", warn=str(one), breach=str(two)))
    assert drawn is not None
    end = Decimal(0)
    for zone in drawn.zones:
        assert zone.left == end
        end = zone.left + zone.width
    assert not drawn.zones or end == 100
    assert all(0 <= at <= 100 for _, at in drawn.limits)
