"""What a resource shows of who develops it, by hand numbers (money in 分)."""

from __future__ import annotations

from math import isnan, nan

import pytest

from features.resource import signals
from tests.features.cooperative.registers import Cell, Row, seen

MU = 666.6667


def alike(one: float, other: float) -> bool:
    return one == other or (isnan(one) and isnan(other))


def ground(layer: str, permit: str | None = None, area: float = 100.0) -> Row:
    return {"layer": layer, "permit_doc_id": permit, "area": area}


@pytest.mark.parametrize(
    ("overlaps", "built", "expected"),
    [
        ([ground("其他农田")], 1, 1),
        ([ground("其他农田", "P1")], 1, 0),
        ([ground("永久基本农田", "P1")], 1, 1),
        ([ground("河道")], 1, 0),
        ([ground("其他农田", None, 0.0)], 1, 0),
        ([ground("其他农田")], 0, 0),
        ([ground("其他农田")], None, nan),
        ([ground("河道")], None, 0),
        ([], 1, 0),
        (None, 1, nan),
        (None, 0, 0),
    ],
)
def test_a_building_on_farmland_without_its_paper_is_drift(
    overlaps: list[Row] | None, built: float | None, expected: float
) -> None:
    flag = seen(signals.built_on_farmland, {"overlaps": overlaps}, sensing_change__building=built)
    assert alike(flag, expected)


def test_the_price_is_the_latest_of_the_valuation_day() -> None:
    prices: list[Row] = [
        {"price": 300, "on": "2026-02-15"},
        {"price": 100, "on": "2025-06-15"},
        {"price": 200, "on": "2025-12-15"},
    ]

    def price(day: str) -> float:
        return seen(signals.county_price, {"price": prices}, valuation_date=day)

    assert price("2025-12-15") == 200
    assert price("2026-02-14") == 200
    assert price("2026-06-01") == 300
    assert isnan(price("2025-01-01"))


USUAL: dict[str, Cell] = {
    "valuation": 2600,
    "second_valuation": None,
    "valuation_gap": None,
    "valuation_lower": None,
    "valuation_date": "2026-01-01",
    "area": 10 * MU,
    "unit_count": None,
    "county_price": 200,
    "jump_between_valuations": 0.2,
    "jump_above_county": 0.3,
}


def jump(prices: list[Row] | None, **changed: Cell) -> float:
    return seen(signals.valuation_jump, {"price": prices}, **(USUAL | changed))


PRICED: list[Row] = [{"price": 200, "on": "2025-12-15"}]


def test_far_above_the_countys_price_is_a_jump() -> None:
    assert jump(PRICED) == 0
    assert jump(PRICED, valuation=2601) == 1
    assert jump(PRICED, valuation=2601, unit_count=20) == 0
    assert jump(PRICED, valuation=521, unit_count=2) == 1


def test_two_valuations_far_apart_are_a_jump() -> None:
    second: dict[str, Cell] = {"second_valuation": 2000, "valuation_lower": 2000}
    assert jump(PRICED, **second, valuation_gap=400) == 0
    assert jump(PRICED, **second, valuation_gap=401) == 1
    assert jump([], county_price=None, **second, valuation_gap=401) == 1


def test_a_comparison_nobody_can_make_is_not_made() -> None:
    assert jump([], county_price=None, valuation=9000) == 0
    assert jump(PRICED, county_price=None, valuation=9000) == 0


def test_a_valuation_or_prices_that_are_not_known_are_unknown() -> None:
    assert isnan(jump(None, county_price=None))
    assert isnan(jump([{"price": None, "on": "2025-12-15"}], county_price=None, valuation=9000))
    assert isnan(jump([{"price": 200, "on": None}], county_price=None, valuation=9000))
    assert jump([{"price": None, "on": "2020-01-01"}, *PRICED], valuation=9000) == 1
    assert isnan(jump(PRICED, valuation=None))
    assert isnan(jump(PRICED, area=None))
    assert isnan(jump(PRICED, valuation_date=None, county_price=None))
