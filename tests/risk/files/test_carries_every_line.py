"""The format carries what the other lines of the catalogue need, on columns we have today."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from features.frame import Frame
from risk.files.cases import Alone
from risk.files.strict_yaml import PolicyFault
from risk.red_lines import Level, RedLine, State, judge, judge_one
from tests.risk.files.sheets import SOUND, STANDS, read

DAY = date(2026, 3, 31)
HEAD = SOUND[: SOUND.index("tests:")]
TAIL = "action: {zh: 停, en: stop}\ncases:\n"


def line(folder: Path, tests: str, cases: str, head: str = HEAD) -> RedLine:
    return RedLine.of(read(folder, head + tests + TAIL + cases).on(DAY, {}))


def case(given: str, expect: str) -> str:
    return f"  - {{name: told, given: {{{given}}}, as_of: 2026-03-31, expect: {expect}}}\n"


def frame(**columns: float) -> Frame:
    arrays = {name: np.array([value]) for name, value in columns.items()}
    return Frame("cooperative", ["C1"], np.array([20543]), arrays)


def test_flag_that_opens_the_exit(tmp_path: Path) -> None:
    tests = f"tests:\n  - id: t1\n    flag: is_lgfv\n    limits: [{{level: exit, {STANDS}}}]\n"
    rule = line(tmp_path, tests, case("is_lgfv: true", "breach") + case("is_lgfv: false", "pass"))
    seen = judge_one(frame(is_lgfv=1.0), Alone(rule))[0]
    assert (seen.state, seen.tests[0].level) == (State.BREACH, Level.EXIT)
    assert judge_one(frame(is_lgfv=0.0), Alone(rule))[0].state is State.PASS


def test_several_tests_with_limits_of_their_own_the_worst_holds(tmp_path: Path) -> None:
    tests = f"""\
tests:
  - id: t1
    ratio: {{over: cash_restricted, under: total_assets}}
    under_is: capacity
    bad: high
    limits: [{{level: warn, at: "0.3", {STANDS}}}, {{level: breach, at: "0.5", {STANDS}}}]
  - id: t2
    value: public_good_capital
    bad: high
    limits: [{{level: breach, at: "0", unit: 元, {STANDS}}}]
"""
    cases = case("cash_restricted: 1, total_assets: 10, public_good_capital: 0", "pass") + case(
        "cash_restricted: 4, total_assets: 10, public_good_capital: '0.01'", "breach"
    )
    rule = line(tmp_path, tests, cases)
    seen = judge_one(
        frame(cash_restricted=400.0, total_assets=1000.0, public_good_capital=1.0), Alone(rule)
    )[0]
    assert [test.state for test in seen.tests] == [State.WARN, State.BREACH]
    assert seen.state is State.BREACH


def test_limit_that_is_a_parameter_of_the_file(tmp_path: Path) -> None:
    tests = f"""\
tests:
  - id: t1
    value: public_good_capital
    bad: high
    limits: [{{level: breach, at: {{parameter: small_amount}}, {STANDS}}}]
parameters:
  small_amount:
    - {{at: "100", unit: 元, {STANDS}}}
    - {{at: "200", unit: 元, {STANDS.replace("2024", "2027")}}}
"""
    cases = case("public_good_capital: 100", "pass") + case("public_good_capital: 101", "breach")
    rule = line(tmp_path, tests, cases)
    assert judge_one(frame(public_good_capital=10_001.0), Alone(rule))[0].state is State.BREACH
    assert judge_one(frame(public_good_capital=10_000.0), Alone(rule))[0].state is State.PASS


def test_lawful_act_passes_with_its_condition(tmp_path: Path) -> None:
    tests = f"""\
tests:
  - id: t1
    value: public_good_capital
    bad: high
    limits: [{{level: breach, at: "0", {STANDS}}}]
conditions:
  - when: guarantee_exemption_doc_id
    expiry: guarantee_licence_to
    text: {{zh: 须持续有效, en: must stay valid}}
"""
    cases = case("public_good_capital: 0", "pass") + case("public_good_capital: 1", "breach")
    rule = line(tmp_path, tests, cases)
    licensed = frame(
        public_good_capital=0.0, guarantee_exemption_doc_id=1.0, guarantee_licence_to=20_600.0
    )
    conditions = judge_one(licensed, Alone(rule))[0].document()["conditions"]
    assert conditions == [
        {
            "text": {"zh": "须持续有效", "en": "must stay valid"},
            "doc": "guarantee_exemption_doc_id",
            "expiry": "2026-05-27",
        }
    ]
    assert judge_one(frame(public_good_capital=0.0), Alone(rule))[0].document()["conditions"] == []


def test_applies_when_of_the_file_holds_for_each_test(tmp_path: Path) -> None:
    tests = f"""\
applies_when: investment_type
tests:
  - id: t1
    value: loss_years
    bad: high
    limits: [{{level: warn, at: "2", {STANDS}}}]
"""
    cases = (
        case("investment_type: true, loss_years: 2", "warn")
        + case("investment_type: true, loss_years: 1", "pass")
        + case("investment_type: false, loss_years: 9", "not_applicable")
    )
    rule = line(tmp_path, tests, cases)
    for values, expected in (
        ({"investment_type": 1.0, "loss_years": 2.0}, State.WARN),
        ({"investment_type": 0.0}, State.NOT_APPLICABLE),
        ({"loss_years": 0.0}, State.UNKNOWN),
    ):
        assert judge_one(frame(**values), Alone(rule))[0].state is expected
        assert judge(frame(**values), Alone(rule)).states("RL-90")[0] == expected


def test_minimum_over_nothing_is_not_applicable(tmp_path: Path) -> None:
    tests = f"""\
tests:
  - id: t1
    value: loss_years
    bad: low
    limits: [{{level: warn, at: "60", {STANDS}}}]
"""
    cases = case("loss_years: 60", "warn") + case("loss_years: 61", "pass")
    rule = line(tmp_path, tests, cases)
    nothing = frame(loss_years=float("inf"))
    assert judge_one(nothing, Alone(rule))[0].state is State.NOT_APPLICABLE
    assert judge(nothing, Alone(rule)).states("RL-90")[0] == State.NOT_APPLICABLE


def test_unit_of_a_limit_must_be_the_values_own(tmp_path: Path) -> None:
    tests = f"""\
tests:
  - id: t1
    value: loss_years
    bad: high
    limits: [{{level: warn, at: "2", unit: 元, {STANDS}}}]
"""
    with pytest.raises(PolicyFault, match="counted in count"):
        line(tmp_path, tests, case("loss_years: 2", "warn") + case("loss_years: 1", "pass"))


def test_repealed_limit_is_not_in_force(tmp_path: Path) -> None:
    repeal = STANDS.replace("2024", "2027")
    text = SOUND.replace(
        "cure:",
        f"      - {{level: warn, at: null, {repeal}}}\n"
        f"      - {{level: breach, at: null, {repeal}}}\ncure:",
    )
    file = read(tmp_path, text)
    for day, expected in (
        (date(2027, 1, 1), State.NOT_IN_FORCE),
        (date(2026, 12, 31), State.PASS),
    ):
        rule = RedLine.of(file.on(day, {}))
        rich = frame(cash_unrestricted=200.0, short_debt_total=100.0)
        assert judge_one(rich, Alone(rule))[0].state is expected
        assert judge(rich, Alone(rule)).states("RL-90")[0] == expected
