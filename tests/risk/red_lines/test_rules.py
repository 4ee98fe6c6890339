"""The rules of judging (domain 7.0), each as a fact."""

from __future__ import annotations

from math import inf, nan

import pytest

from risk.files.cases import Alone
from risk.red_lines import Level, State, judge, judge_one
from tests.risk.red_lines.lines import flag, frame, limit, line, ratio, relative, value

HIGH_CAPACITY = line(ratio("high", "capacity", limit("warn", "0.80"), limit("breach", "1.00")))
HIGH_BURDEN = line(ratio("high", "burden", limit("warn", "0.80"), limit("breach", "1.00")))
LOW_BURDEN = line(ratio("low", "burden", limit("warn", "1.0"), limit("breach", "0.5")))


def state(book: Alone, **values: float) -> State:
    """Return the state that both forms of the judge agree on."""
    judged = frame({name: [number] for name, number in values.items()})
    one = judge_one(judged, book)[0].state
    assert State(judge(judged, book).states("RL-90")[0]) is one
    return one


@pytest.mark.parametrize(
    ("over", "under", "expected"),
    [
        (80, 100, State.PASS),
        (81, 100, State.WARN),
        (100, 100, State.WARN),
        (101, 100, State.BREACH),
        (0, 0, State.PASS),
        (-1, -1, State.PASS),
        (0, 100, State.PASS),
        (1, 0, State.BREACH),
        (1, -100, State.BREACH),
        (nan, 100, State.UNKNOWN),
        (1, nan, State.UNKNOWN),
        (-1, nan, State.UNKNOWN),
        (inf, 100, State.NOT_APPLICABLE),
        (inf, nan, State.UNKNOWN),
    ],
)
def test_high_ratio_over_a_capacity(over: float, under: float, expected: State) -> None:
    assert state(HIGH_CAPACITY, over=over, under=under) is expected


@pytest.mark.parametrize(
    ("over", "under", "expected"),
    [
        (0, 0, State.NOT_APPLICABLE),
        (-1, 0, State.NOT_APPLICABLE),
        (1, 0, State.BREACH),
        (-1, -1, State.PASS),
    ],
)
def test_high_ratio_over_a_burden(over: float, under: float, expected: State) -> None:
    assert state(HIGH_BURDEN, over=over, under=under) is expected


@pytest.mark.parametrize(
    ("over", "under", "expected"),
    [
        (100, 100, State.PASS),
        (99, 100, State.WARN),
        (50, 100, State.WARN),
        (49, 100, State.BREACH),
        (-1, 100, State.BREACH),
        (0, 0, State.NOT_APPLICABLE),
        (1, -1, State.UNKNOWN),
        (nan, 0, State.UNKNOWN),
    ],
)
def test_low_ratio_over_a_burden(over: float, under: float, expected: State) -> None:
    assert state(LOW_BURDEN, over=over, under=under) is expected


@pytest.mark.parametrize("unit", ["count", "days", "months"])
def test_count_and_duration_are_beyond_at_their_limit(unit: str) -> None:
    book = line(value("high", limit("warn", "2"), limit("breach", "3")), over=unit)
    found = [state(book, over=number) for number in (1, 2, 3)]
    assert found == [State.PASS, State.WARN, State.BREACH]
    book = line(value("low", limit("warn", "60")), over=unit)
    assert [state(book, over=number) for number in (61, 60)] == [State.PASS, State.WARN]


@pytest.mark.parametrize(("unit", "one"), [("fen", 1.0), ("area", 0.0001), ("ratio", 0.000001)])
def test_money_area_and_share_are_not_beyond_at_their_limit(unit: str, one: float) -> None:
    at = {"fen": 10_000.0, "area": 100.0, "ratio": 100.0}[unit]
    book = line(value("high", limit("breach", "100")), over=unit)
    assert state(book, over=at) is State.PASS
    assert state(book, over=at + one) is State.BREACH


def test_flag_is_beyond_when_true() -> None:
    book = line(flag("exit"), over="flag")
    assert [state(book, over=number) for number in (0, 1, nan)] == [
        State.PASS,
        State.BREACH,
        State.UNKNOWN,
    ]
    seen = judge_one(frame({"over": [1.0]}), book)[0].tests[0]
    assert seen.level is Level.EXIT


def test_sides_of_different_units_are_compared_at_their_own_grain() -> None:
    book = line(
        ratio("high", "burden", limit("warn", "0.03"), limit("breach", "0.05")),
        over="count",
        under="number",
    )
    assert state(book, over=5, under=100.0) is State.WARN
    assert state(book, over=6, under=100.0) is State.BREACH
    assert state(book, over=5, under=99.999999) is State.BREACH


def test_a_limit_beyond_what_floats_can_tell_apart_is_judged_exactly() -> None:
    book = line(ratio("high", "capacity", limit("breach", "0.333333")))
    base = 3.0 * 10**15
    at = 333333.0 * 3 * 10**9
    assert [state(book, over=at + step, under=base) for step in (-1, 0, 1)] == [
        State.PASS,
        State.PASS,
        State.BREACH,
    ]


FALLBACKS = ({"when": "kind", "at": "0.65"}, {"at": "0.60"})


@pytest.mark.parametrize(
    ("over", "benchmark", "kind", "expected"),
    [
        (55, 0.5, 0, State.PASS),
        (56, 0.5, nan, State.WARN),
        (65, nan, 1, State.PASS),
        (66, nan, 1, State.WARN),
        (60, nan, 0, State.PASS),
        (61, nan, 0, State.WARN),
        (1, nan, nan, State.UNKNOWN),
        (-1, nan, nan, State.UNKNOWN),
    ],
)
def test_relative_limit_and_its_fallbacks(
    over: float, benchmark: float, kind: float, expected: State
) -> None:
    book = line(ratio("high", "capacity", relative("warn", "0.05", *FALLBACKS)))
    assert state(book, over=over, under=100, benchmark=benchmark, kind=kind) is expected


def test_relative_limit_without_fallback_needs_its_reference() -> None:
    book = line(ratio("high", "capacity", relative("warn", "0.05")))
    assert state(book, over=1, under=100, benchmark=nan) is State.UNKNOWN
    verdict = judge_one(frame({"over": [1.0], "under": [100.0]}), book)[0]
    assert verdict.missing == ("benchmark",)


def test_fallback_brings_its_own_basis() -> None:
    book = line(ratio("high", "capacity", relative("warn", "0.05", *FALLBACKS)))
    given = {"over": [1.0], "under": [2.0], "kind": [1.0]}
    seen = judge_one(frame(given), book)[0].tests[0].limits[0]
    assert (seen.fraction, seen.basis) == ((650_000, 1_000_000), "ANALOG")


def test_not_met_condition_goes_before_what_is_missing() -> None:
    test = ratio("high", "capacity", limit("breach", "1"), applies_when="holds")
    book = line(test)
    assert state(book, holds=0) is State.NOT_APPLICABLE
    assert state(book, holds=nan, over=1, under=2) is State.UNKNOWN
    assert state(book, holds=1, over=3, under=2) is State.BREACH


def test_worst_test_wins_and_unknown_outranks_warn() -> None:
    tests = (
        value("high", limit("warn", "2"), limit("breach", "3")),
        {**value("high", limit("breach", "0")), "id": "t2", "over": "under"},
    )
    book = line(*tests, over="count")
    assert state(book, over=2, under=0) is State.WARN
    assert state(book, over=2, under=nan) is State.UNKNOWN
    assert state(book, over=3, under=nan) is State.BREACH
    assert state(book, over=1, under=1) is State.BREACH
    seen = judge_one(frame({"over": [3.0], "under": [nan]}), book)[0]
    assert [test.state for test in seen.tests] == [State.BREACH, State.UNKNOWN]


def test_tests_out_of_force_do_not_count() -> None:
    silent = {**value("high"), "id": "t2"}
    assert state(line(silent), over=9) is State.NOT_IN_FORCE
    both = line(value("high", limit("breach", "1")), silent)
    assert state(both, over=0) is State.PASS


def test_disputed_reading_is_unknown_and_said_to_be() -> None:
    judged = frame({"over": [1.0, 1.0], "under": [100.0, 100.0], "quality__disputed": [1.0, 0.0]})
    assert list(judge(judged, HIGH_CAPACITY).states("RL-90")) == [State.UNKNOWN, State.PASS]
    document = judge_one(judged, HIGH_CAPACITY)[0].document()
    assert document["missing"] == document["disputed"] == ["over", "under"]


def test_products_past_64_bits_do_not_wrap() -> None:
    book = line(ratio("high", "capacity", limit("breach", "0.333333")))
    over = [float(number) * 10**15 for number in range(1, 10)]
    states = judge(frame({"over": over, "under": [1.0] * 9}), book).states("RL-90")
    assert set(states) == {State.BREACH}
