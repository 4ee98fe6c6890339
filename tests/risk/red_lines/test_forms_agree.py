"""The judge of one and the judge of a book are one rule in two forms (property tests)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import inf, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.files.cases import Alone
from risk.red_lines import State, judge, judge_one
from risk.red_lines.table import table_of
from tests.risk.red_lines.lines import frame, limit, line, ratio, relative, value

MONEY = st.one_of(
    st.integers(-3, 3),
    st.integers(-200, 200),
    st.integers(-9 * 10**15, 9 * 10**15),
).map(float)
SIDE = st.one_of(MONEY, st.sampled_from([nan, inf]))
FLAG = st.sampled_from([0.0, 1.0, nan])
SHARE = st.one_of(st.integers(0, 2 * 10**6).map(lambda n: n / 10**6), st.just(nan))
NUMBER = st.integers(1, 3000).map(lambda n: f"{n / 1000:.3f}")


@st.composite
def books(draw: st.DrawFn) -> Alone:
    """Draw a line of one or two tests with ordered limits."""
    bad = draw(st.sampled_from(["high", "low"]))
    numbers = sorted(draw(st.lists(NUMBER, min_size=1, max_size=3, unique=True)), key=float)
    levels = ["warn", "breach", "exit"][-len(numbers) :]
    ordered = numbers if bad == "high" else numbers[::-1]
    limits = [limit(level, at) for level, at in zip(levels, ordered, strict=True)]
    if bad == "high" and draw(st.booleans()):
        limits = [relative("warn", "0.05", {"when": "kind", "at": "0.65"}, {"at": "0.6"})]
    more: dict[str, Any] = {"applies_when": "holds"} if draw(st.booleans()) else {}
    under_is = draw(st.sampled_from(["burden", "capacity"]))
    tests = [ratio(bad, under_is, *limits, **more)]
    unit = draw(st.sampled_from(["fen", "count", "ratio", "area"]))
    if draw(st.booleans()):
        tests.append({**value(bad, *limits), "id": "t2", "over": "other"})
    return line(*tests, other=unit)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "over": SIDE,
            "under": SIDE,
            "other": st.one_of(st.integers(-5, 5).map(float), st.just(nan)),
            "benchmark": SHARE,
            "kind": FLAG,
            "holds": FLAG,
            "quality__disputed": st.sampled_from([0.0, 0.0, 0.0, 1.0, nan]),
        }
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(books(), ROWS)
def test_one_and_book_give_the_same_states_and_figures(
    book: Alone, rows: list[dict[str, float]]
) -> None:
    judged = frame({name: [row[name] for row in rows] for name in rows[0]})
    verdicts = judge(judged, book)
    shown = table_of(verdicts).to_pylist()
    for row in range(len(rows)):
        one = judge_one(judged, book, row=row)[0]
        assert State(verdicts.states("RL-90")[row]) is one.state
        document: Any = one.document()
        test = document["tests"][0]
        assert shown[row]["state"] == document["state"]
        assert shown[row]["missing"] == document["missing"]
        for key in ("over", "under", "headroom"):
            told = test[key]
            assert (None if told is None else f"{float(told):.6f}") == (
                None if shown[row][key] is None else f"{float(shown[row][key]):.6f}"
            )


@settings(max_examples=200, deadline=None)
@given(
    st.integers(-(10**15), 10**15),
    st.integers(1, 10**15),
    NUMBER,
    st.sampled_from(["high", "low"]),
)
def test_comparison_is_that_of_exact_fractions(over: int, under: int, at: str, bad: str) -> None:
    book = line(ratio(bad, "burden", limit("breach", at)))
    judged = frame({"over": [float(over)], "under": [float(under)]})
    quotient, bound = Fraction(over, under), Fraction(at)
    is_beyond = quotient > bound if bad == "high" else quotient < bound
    assert (judge_one(judged, book)[0].state is State.BREACH) == is_beyond


@settings(max_examples=200, deadline=None)
@given(
    st.integers(-(10**12), 10**12),
    st.integers(-(10**12), 10**12),
    st.integers(0, 10**12),
    st.sampled_from(["high", "low"]),
)
def test_worsening_never_improves_a_state(over: int, under: int, step: int, bad: str) -> None:
    ordered = ("0.5", "0.8") if bad == "high" else ("0.8", "0.5")
    book = line(ratio(bad, "burden", limit("warn", ordered[0]), limit("breach", ordered[1])))
    worse = over + step if bad == "high" else over - step
    judged = frame({"over": [float(over), float(worse)], "under": [float(under)] * 2})
    before, after = judge(judged, book).states("RL-90")
    assert after >= before


@settings(max_examples=200, deadline=None)
@given(
    st.integers(-(10**9), 10**9),
    st.integers(1, 10**9),
    NUMBER,
    st.sampled_from(["high", "low"]),
)
def test_headroom_is_what_over_may_move_and_no_more(
    over: int, under: int, at: str, bad: str
) -> None:
    book = line(ratio(bad, "burden", limit("breach", at)))
    seen = judge_one(frame({"over": [float(over)], "under": [float(under)]}), book)[0].tests[0]
    assert seen.headroom is not None
    last = over + (seen.headroom if bad == "high" else -seen.headroom)
    beyond = last + (1 if bad == "high" else -1)
    states = judge(
        frame({"over": [float(last), float(beyond)], "under": [float(under)] * 2}), book
    )
    assert list(states.states("RL-90")) == [State.PASS, State.BREACH]


@settings(max_examples=100, deadline=None)
@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6), st.integers(1, 10**6))
def test_scaling_all_money_changes_no_verdict(over: int, under: int, factor: int) -> None:
    book = line(ratio("high", "capacity", limit("warn", "0.5"), limit("breach", "0.8")))
    scaled = frame({"over": [over, over * factor], "under": [under, under * factor]})
    states = judge(scaled, book).states("RL-90")
    assert states[0] == states[1]


def test_no_rows_give_no_verdicts() -> None:
    book = line(ratio("high", "capacity", limit("breach", "0.5")))
    verdicts = judge(frame({"over": [], "under": []}), book)
    assert len(verdicts.states("RL-90")) == 0
    assert table_of(verdicts).num_rows == 0
    assert sum(verdicts.counts().values()) == 0


def test_vectors_of_every_size_hold_the_guard() -> None:
    book = line(ratio("high", "capacity", limit("breach", "0.999999")))
    near = np.array([9.0e15 - 1, 9.0e15])
    verdicts = judge(frame({"over": list(near * 0.999999), "under": list(near)}), book)
    assert set(verdicts.states("RL-90")) <= {State.PASS, State.BREACH}


@pytest.mark.parametrize("bad", ["high", "low"])
@pytest.mark.parametrize("at", ["999999999999999.000000000001", "0.300000000001"])
@pytest.mark.parametrize("over", [[0.0, 0.0], [0.0, 9.0e15]])
@pytest.mark.parametrize("unit", ["fen", "area", "number"])
def test_the_longest_limits_are_judged_on_nothing_too(
    bad: str, at: str, unit: str, over: list[float]
) -> None:
    figures = {"over": over, "under": [0.0, 1.0]}
    longest = limit("breach", at)
    for test in (ratio(bad, "capacity", longest), value(bad, longest)):
        book = line(test, over=unit, under=unit)
        judged = frame(figures)
        verdicts = judge(judged, book)
        shown = table_of(verdicts).to_pylist()
        for row in range(2):
            one = judge_one(judged, book, row=row)[0]
            assert State(verdicts.states("RL-90")[row]) is one.state
            document: Any = one.document()
            told = document["tests"][0]["headroom"]
            room = shown[row]["headroom"]
            assert (None if told is None else Decimal(told)) == room


def test_reference_taken_over_nothing_is_named_in_both_forms() -> None:
    book = line(ratio("high", "capacity", relative("warn", "0.05")))
    sides = {"over": [1.0, 1.0, nan], "under": [2.0, 2.0, 2.0]}
    judged = frame({**sides, "benchmark": [inf, 0.5, inf]})
    told = table_of(judge(judged, book))["missing"].to_pylist()
    assert told == [["benchmark"], [], ["over", "benchmark"]]
    assert [list(judge_one(judged, book, row=row)[0].missing) for row in range(3)] == told
