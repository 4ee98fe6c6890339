"""Every red-line file: its told cases, and the catalogue's own demands on all of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.frame import Frame
from risk.files import load_policy
from risk.files.cases import alone, judge_values, told_values
from risk.files.load import SHIPPED
from risk.files.red_line import RedLineFile
from risk.files.told import Case
from risk.red_lines import RedLine, State, judge, judge_one
from risk.red_lines.subjects import table_of_subject
from tests.policy.catalogue import CATALOGUE

POLICY = load_policy()
DAY = date(2026, 3, 31)
NOW = POLICY.effective(DAY)
TOLD = [(file, case) for file in POLICY.red_lines.values() for case in file.cases]
ROWS = 300
LEVERAGE = tuple(f"RL-0{number}" for number in range(1, 8))


def frame(values: Mapping[str, float], subject: str = "cooperative") -> Frame:
    columns = {name: np.array([value]) for name, value in values.items()}
    return Frame(subject, ["C1"], np.array([20543]), columns)


@pytest.mark.parametrize(
    ("file", "case"), TOLD, ids=[f"{file.id}: {case.name}" for file, case in TOLD]
)
def test_told_case_holds(file: RedLineFile, case: Case) -> None:
    book = alone(file, case.as_of)
    assert judge_values(book, told_values(case, book.line), case.as_of).state.word == case.expect


def told(line: RedLine) -> tuple[str, str, tuple[str, ...]]:
    """Return a line in the words of the catalogue's table."""
    return line.subject, line.severity, tuple(map(told_test, line.content["tests"]))


def told_test(test: Mapping[str, Any]) -> str:
    limits = {row["level"]: told_limit(row) for row in test["limits"]}
    over = test["over"].rpartition("__")[2]
    if test["kind"] == "flag":
        return f"flag {over}: {' '.join(limits)}"
    base = ""
    if test["kind"] == "ratio":
        base = f" ÷ {test['under'].rpartition('__')[2]} {test['under_is'][0]}"
    arrow = {"high": "↑", "low": "↓"}[test["bad"]]
    opens = f" ({limits['exit']})" if "exit" in limits else ""
    return f"{arrow} {over}{base}: {limits.get('warn', '–')} / {limits.get('breach', '–')}{opens}"


def told_limit(row: Mapping[str, Any]) -> str:
    if "to" not in row:
        return plain(row.get("at", "0"))
    others = [
        f", else {plain(other['at'])}" + (f" {other['when']}" if "when" in other else "")
        for other in row.get("else", ())
    ]
    name = row["to"].rpartition("__")[2]
    return f"{{+{plain(row['add'])} {name}{''.join(others)}}}"


def plain(number: str) -> str:
    return f"{Decimal(number).normalize() + 0:f}"


@pytest.mark.parametrize("id", CATALOGUE)
def test_line_is_that_of_the_catalogue(id: str) -> None:
    assert told(NOW.red_lines[id]) == CATALOGUE[id]


def test_the_catalogue_is_whole_and_no_line_stands_outside_it() -> None:
    assert NOW.red_lines.keys() == CATALOGUE.keys()
    assert len(CATALOGUE) == 60


@pytest.mark.parametrize("id", CATALOGUE)
def test_every_number_of_a_line_says_what_it_stands_on(id: str) -> None:
    line = POLICY.red_lines[id]
    rows = [row for test in line.tests for own in test.limits.rows.values() for row in own]
    rows += [row for own in line.parameters.values() for row in own]
    first = date(2023, 7, 1)
    for row in rows:
        assert row.value is not None
        assert row.value["source"]
        assert row.value["approved_by"] == "政策评审组"
        assert row.begins >= first
    assert len(line.cases) >= 3
    assert all(case.name != case.expect for case in line.cases)


@pytest.mark.parametrize(
    "path", sorted((SHIPPED / "red_lines").glob("*.yaml")), ids=lambda p: p.stem
)
def test_file_is_named_as_its_line(path: Path) -> None:
    assert path.stem in POLICY.red_lines


@pytest.mark.parametrize("assets", [0.0, 1e9])
def test_book_of_nothing_and_book_without_debt_breach_nothing(assets: float) -> None:
    names = {name for id in LEVERAGE for name in NOW.red_lines[id].sides()}
    values = dict.fromkeys(names, 0.0)
    values |= dict.fromkeys(
        ("assets_adjusted", "net_assets", "cash_unrestricted", "current_assets_free"), assets
    )
    values |= {"quick_assets": assets, "net_debt": -assets}
    del values["county__sector_benchmark"]
    good = (State.PASS, State.NOT_APPLICABLE)
    for verdict in judge_one(frame(values), NOW, LEVERAGE):
        assert verdict.state in good, verdict.rule.id


def test_leverage_at_half_the_limits_passes() -> None:
    half = {
        "liabilities_adjusted": 30.0,
        "assets_adjusted": 100.0,
        "investment_type": 0.0,
        "net_debt": 40.0,
        "net_assets": 100.0,
        "current_assets_free": 240.0,
        "current_liabilities": 100.0,
        "quick_assets": 160.0,
        "cash_unrestricted": 200.0,
        "short_debt_total": 100.0,
        "ebit_clean_12m": 300.0,
        "interest_total_12m": 100.0,
        "loss_years": 1.0,
    }
    assert {verdict.state for verdict in judge_one(frame(half), NOW, LEVERAGE)} == {State.PASS}


@pytest.mark.parametrize("id", list(NOW.red_lines))
def test_missing_side_of_any_test_is_unknown_and_named(id: str) -> None:
    line = NOW.red_lines[id]
    for place, test in enumerate(line.tests):
        for side in test.sides:
            values = dict.fromkeys(line.inputs, 1.0) | {side: float("nan")}
            judged = frame(values, line.subject)
            verdict = judge_one(judged, NOW, [id])[0]
            assert side in verdict.missing
            assert verdict.tests[place].state is State.UNKNOWN
            assert State(judge(judged, NOW, [id]).states(id)[0]) is verdict.state


@pytest.mark.parametrize(
    ("id", "adjusted", "unadjusted"),
    [
        ("RL-01", "liabilities_adjusted", "total_liabilities"),
        ("RL-03", "current_assets_free", "current_assets"),
        ("RL-04", "quick_assets", "quick_assets_reported"),
    ],
)
def test_unadjusted_figures_stand_beside_and_decide_nothing(
    id: str, adjusted: str, unadjusted: str
) -> None:
    line = NOW.red_lines[id]
    values = dict.fromkeys(line.inputs, 100.0) | {adjusted: 30.0, unadjusted: 60.0}
    seen = judge_one(frame(values), NOW, [id])[0]
    document: Any = seen.document()
    beside = {"over": "0.60", "under": "1.00", "value": "0.600000"}
    assert document["tests"][0]["reported"] == beside
    silent = judge_one(frame(values | {unadjusted: float("nan")}), NOW, [id])[0]
    assert (silent.state, silent.missing) == (seen.state, ())


def test_no_number_of_policy_is_told_twice() -> None:
    words = [path.read_text(encoding="utf-8") for path in SHIPPED.rglob("*.yaml")]
    assert sum("loss_grace_years:" in text for text in words) == 1


@pytest.mark.parametrize("subject", sorted({line.subject for line in NOW.red_lines.values()}))
def test_one_and_book_answer_alike_on_every_line(subject: str) -> None:
    lines = [line for line in NOW.red_lines.values() if line.subject == subject]
    rng = np.random.default_rng(7)
    odd = [0.0, 1.0, -1.0, 3.0, 60.0, 100.0, 9e15, np.nan, np.inf]
    columns = {
        name: np.where(rng.random(ROWS) < 0.5, rng.choice(odd, ROWS), rng.integers(0, 200, ROWS))
        for name in dict.fromkeys(name for line in lines for name in line.sides())
    }
    flags = {name for line in lines for name, side in line.inputs.items() if side.unit == "flag"}
    columns |= {name: rng.choice([0.0, 1.0, np.nan], ROWS, p=[0.3, 0.6, 0.1]) for name in flags}
    columns |= {name: rng.choice([0.0, 1.0], ROWS, p=[0.9, 0.1]) for name in _disputes(lines)}
    keys = [f"K{row}" for row in range(ROWS)]
    judged = Frame(table_of_subject(subject), keys, np.full(ROWS, 20543), columns)
    book = judge(judged, NOW)
    for row in range(ROWS):
        for verdict in judge_one(judged, NOW, row=row):
            assert State(book.states(verdict.rule.id)[row]) is verdict.state
            assert verdict.state is max(seen.state for seen in verdict.tests)


def _disputes(lines: list[RedLine]) -> set[str]:
    inputs = [given for line in lines for given in line.inputs.values()]
    return {record.disputed for given in inputs for record in given.records.values()}
