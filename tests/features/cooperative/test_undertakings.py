"""What lenders may call for, and what there is to pay it with, by hand numbers (money in 分)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given as holds_for
from hypothesis import strategies as st

from features.arrays import Floats, Rows
from features.cooperative import undertakings as u
from tests.features.cooperative.registers import Cell, Register, Row, number, seen

DAY = "2026-03-31"
PROMISE: Row = {
    "resource_id": "R1",
    "beneficiary": "lender",
    "trigger": "default",
    "cap": 1000,
    "own_share": 0.2,
    "expiry": "2028-01-01",
    "called_on": None,
    "called_amount": 0,
    "call_reason": None,
}
BANK: Row = {"resource_id": "R1", "kind": "bank", "share": 0.2, "contract_doc_id": "C1"}
BODY: Row = {**BANK, "kind": "guarantee_body", "share": 0.6}
CALLED: dict[str, Cell] = {"called_on": "2026-01-10", "call_reason": "credit"}
CREDIT = (u.undertaking_exposure, u.undertaking_gross, u.undertakings_alone)
WINDOW = (u.calls_12m_amount, u.calls_counted_12m)


def of(
    feature: Callable[..., Floats],
    *rows: dict[str, Cell],
    sharers: Register = (BANK, BODY),
    day: str | None = DAY,
) -> float:
    own: dict[str, Cell] = {"as_of": day}
    if feature in WINDOW:
        own["call_window_months"] = 12
    if feature is u.calls_counted_12m:
        own["fewest_calls"] = 3
    promises = [{**PROMISE, **row} for row in rows]
    registers = {"undertakings": promises, "co_sharers": sharers, "guarantees": ()}
    return seen(feature, registers, **own)


def test_exposure_is_the_own_share_of_each_cap() -> None:
    rows: list[dict[str, Cell]] = [{}, {"cap": 5, "own_share": 0.5}, {"cap": 7, "own_share": 0.5}]
    assert of(u.undertaking_exposure, *rows) == 200 + 2 + 4
    assert of(u.undertaking_gross, *rows) == 1012


@pytest.mark.parametrize(
    "sharers",
    [
        (),
        ({**BANK, "contract_doc_id": None},),
        ({**BANK, "resource_id": "R2"},),
        ({**BANK, "share": 0.0},),
    ],
)
def test_without_a_co_sharer_bound_by_contract_all_of_it_counts(sharers: Sequence[Row]) -> None:
    assert of(u.undertaking_exposure, {}, sharers=sharers) == 1000
    assert of(u.undertakings_alone, {}, sharers=sharers) == 1
    assert of(u.undertaking_exposure, {}, sharers=(*sharers, BANK)) == 200


def test_co_sharers_that_are_not_declared_are_unknown() -> None:
    assert isnan(of(u.undertaking_exposure, {}, sharers=None))
    assert isnan(of(u.undertakings_alone, {}, sharers=None))
    assert of(u.undertaking_gross, {}, sharers=None) == 1000


@pytest.mark.parametrize(
    ("beneficiary", "trigger", "counts"),
    [
        ("lender", "delivery", True),
        ("holder", "default", True),
        ("holder", "delivery", False),
        ("lender", None, True),
    ],
)
def test_a_promise_to_a_lender_or_upon_default_is_a_guarantee_in_substance(
    beneficiary: str, trigger: str | None, counts: bool
) -> None:
    row: dict[str, Cell] = {"beneficiary": beneficiary, "trigger": trigger}
    for feature in CREDIT:
        assert (of(feature, row, sharers=()) > 0) is counts


def test_a_floor_price_order_needs_no_co_sharers() -> None:
    row: dict[str, Cell] = {"beneficiary": "holder", "trigger": "delivery", "cap": None}
    for feature in CREDIT:
        assert of(feature, row, sharers=None) == 0


@pytest.mark.parametrize("feature", [*CREDIT, u.covered_count])
@pytest.mark.parametrize(
    ("change", "live"),
    [
        ({"expiry": "2026-04-01"}, True),
        ({"expiry": DAY}, False),
        ({"called_on": DAY}, False),
        ({"called_on": "2026-04-01"}, True),
    ],
)
def test_a_promise_is_live_until_it_expires_or_is_called(
    feature: Callable[..., Floats], change: dict[str, Cell], live: bool
) -> None:
    assert (of(feature, change, sharers=()) > 0) is live


@pytest.mark.parametrize(
    ("sharers", "alone"),
    [((BANK, BODY), 0), ((BANK,), 1), ((BODY,), 1), ((BANK, {**BODY, "resource_id": "R2"}), 1)],
)
def test_only_bank_and_guarantee_body_together_are_company(
    sharers: Sequence[Row], alone: int
) -> None:
    assert of(u.undertakings_alone, {}, sharers=sharers) == alone
    assert of(u.undertakings_alone, {}, {"resource_id": "R9"}, sharers=sharers) == alone + 1


def test_a_co_sharer_of_no_kind_is_unknown_where_it_decides() -> None:
    nobody: Row = {**BODY, "kind": None}
    assert isnan(of(u.undertakings_alone, {}, sharers=(BANK, nobody)))
    assert of(u.undertakings_alone, {}, sharers=(BANK, BODY, nobody)) == 0


def test_exposures_add_up() -> None:
    assert u.contingent_exposure(np.array([30.0]), np.array([12.0])).tolist() == [42]
    assert np.isnan(u.contingent_exposure(np.array([nan, 1.0]), np.array([1.0, nan]))).all()


@pytest.mark.parametrize(
    ("given", "cash"), [((5, 20, 300, 100), 225), ((5, 20, 100, 300), 25), ((0, 0, 0, 0), 0)]
)
def test_short_debt_comes_before_calls_and_takes_no_pool_cash(
    given: tuple[float, ...], cash: float
) -> None:
    assert u.cash_for_calls(*(np.array([float(value)]) for value in given)).tolist() == [cash]
    for place in range(4):
        parts = [np.array([nan if at == place else 1.0]) for at in range(4)]
        assert np.isnan(u.cash_for_calls(*parts)).all()


@pytest.mark.parametrize(
    ("called_on", "inside"),
    [("2025-03-31", False), ("2025-04-01", True), (DAY, True), ("2026-04-01", False)],
)
def test_calls_of_twelve_months_end_with_the_day(called_on: str, inside: bool) -> None:
    row: dict[str, Cell] = {**CALLED, "called_on": called_on, "called_amount": 60}
    assert of(u.calls_12m_amount, row, row) == 120 * inside
    assert of(u.calls_counted_12m, row, row, row) == 3 * inside


def test_calls_are_paid_for_every_reason_and_counted_for_credit_alone() -> None:
    death: dict[str, Cell] = {**CALLED, "call_reason": "death", "called_amount": 50}
    credit: dict[str, Cell] = {**CALLED, "called_amount": 7}
    assert of(u.calls_12m_amount, death, credit, {}) == 57
    assert of(u.calls_counted_12m, death, credit, credit, credit, {}) == 3


@pytest.mark.parametrize(("calls", "counted"), [(0, 0), (1, 0), (2, 0), (3, 3), (4, 4)])
def test_fewer_calls_than_three_say_nothing(calls: int, counted: int) -> None:
    assert of(u.calls_counted_12m, *[CALLED] * calls) == counted


def test_a_call_without_its_reason_or_amount_is_unknown() -> None:
    assert isnan(of(u.calls_counted_12m, {**CALLED, "call_reason": None}))
    assert isnan(of(u.calls_12m_amount, {**CALLED, "called_amount": None}))
    old: dict[str, Cell] = {"called_on": "2020-01-10", "called_amount": None}
    assert of(u.calls_counted_12m, old) == of(u.calls_12m_amount, old) == 0


def test_what_is_covered_is_live_promises_and_live_guarantees() -> None:
    papers: Sequence[Row] = [
        {"from": "2025-01-01", "to": "2027-01-01"},
        {"from": "2025-01-01", "to": "2026-01-01"},
        {"from": "2026-01-01", "to": "2027-01-01"},
    ]
    promises: Sequence[Row] = [PROMISE, {**PROMISE, **CALLED}, PROMISE, PROMISE]
    both = {"undertakings": promises, "guarantees": papers}
    assert seen(u.covered_count, both, as_of=DAY) == 3 + 2
    for register in both:
        assert isnan(seen(u.covered_count, {**both, register: None}, as_of=DAY))


def test_the_mean_looks_back_over_twelve_month_ends() -> None:
    readings = ("2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31")
    mean = u.covered_count_avg_12m(
        np.array([50.0]),
        np.array([number(DAY, {})]),
        np.array([10.0, 20.0, 30.0, 40.0]),
        np.array([number(day, {}) for day in readings]),
        Rows(np.array([0, 4]), np.array([True])),
        call_window_months=np.array([12.0]),
    )
    assert mean.tolist() == [(2 * 10 + 3 * 20 + 3 * 30 + 3 * 40 + 50) / 12]


@pytest.mark.parametrize("feature", [*CREDIT, *WINDOW, u.covered_count])
def test_without_promises_it_is_zero_and_without_a_register_or_a_day_missing(
    feature: Callable[..., Floats],
) -> None:
    assert of(feature) == 0
    registers = {"undertakings": None, "co_sharers": (), "guarantees": ()}
    own: dict[str, Cell] = {"as_of": DAY, "call_window_months": 12, "fewest_calls": 3}
    assert isnan(seen(feature, registers, **own))
    assert isnan(of(feature, CALLED if feature in WINDOW else {}, sharers=(), day=None))


@pytest.mark.parametrize(
    ("feature", "column"),
    [
        (u.undertaking_exposure, "cap"),
        (u.undertaking_exposure, "own_share"),
        (u.undertaking_exposure, "resource_id"),
        (u.undertaking_gross, "cap"),
        (u.undertakings_alone, "resource_id"),
        *((feature, "expiry") for feature in (*CREDIT, u.covered_count)),
    ],
)
def test_a_missing_part_makes_it_missing(feature: Callable[..., Floats], column: str) -> None:
    assert isnan(of(feature, {column: None}, sharers=(BANK,)))


@holds_for(st.integers(0, 10**12), st.integers(0, 10**6), st.booleans())
def test_the_net_maximum_is_never_more_than_the_gross_one(
    cap: int, share: int, bound: bool
) -> None:
    row: dict[str, Cell] = {"cap": cap, "own_share": share / 10**6}
    sharers = (BANK,) if bound else ()
    net = of(u.undertaking_exposure, row, sharers=sharers)
    assert 0 <= net <= of(u.undertaking_gross, row, sharers=sharers) == cap
    assert bound or net == cap
