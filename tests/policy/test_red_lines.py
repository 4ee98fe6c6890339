"""Every red-line file: its told cases, and the catalogue's own demands on all of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.frame import Frame
from risk.files import load_policy
from risk.files.cases import judge_values, told_values
from risk.files.load import SHIPPED
from risk.files.red_line import RedLineFile
from risk.files.told import Case
from risk.red_lines import RedLine, State, judge, judge_one

POLICY = load_policy()
DAY = date(2026, 3, 31)
NOW = POLICY.effective(DAY)
TOLD = [(file, case) for file in POLICY.red_lines.values() for case in file.cases]
LIMITS = {
    "RL-02": ("0.80", "1.00"),
    "RL-03": ("1.2", "1.0"),
    "RL-04": ("0.8", "0.6"),
    "RL-05": ("1.0", "0.5"),
    "RL-06": ("1.5", "1.0"),
    "RL-07": ("2", "3"),
}
SEVERITIES = {
    "RL-01": "O",
    "RL-02": "O",
    "RL-03": "Y",
    "RL-04": "O",
    "RL-05": "R",
    "RL-06": "O",
    "RL-07": "Y",
}


def frame(values: dict[str, float]) -> Frame:
    columns = {name: np.array([value]) for name, value in values.items()}
    return Frame("cooperative", ["C1"], np.array([20543]), columns)


@pytest.mark.parametrize(
    ("file", "case"), TOLD, ids=[f"{file.id}: {case.name}" for file, case in TOLD]
)
def test_told_case_holds(file: RedLineFile, case: Case) -> None:
    line = RedLine.of(file.on(case.as_of, {}))
    assert judge_values(line, told_values(case, line), case.as_of).state.word == case.expect


@pytest.mark.parametrize("id", LIMITS)
def test_limits_are_those_of_the_catalogue(id: str) -> None:
    limits = NOW.red_lines[id].content["tests"][0]["limits"]
    assert tuple(limit["at"] for limit in limits) == LIMITS[id]


def test_severities_are_those_of_the_catalogue() -> None:
    assert {id: line.severity for id, line in NOW.red_lines.items()} == SEVERITIES


@pytest.mark.parametrize(
    "path", sorted((SHIPPED / "red_lines").glob("*.yaml")), ids=lambda p: p.stem
)
def test_file_is_named_as_its_line(path: Path) -> None:
    assert path.stem in POLICY.red_lines


@pytest.mark.parametrize("assets", [0.0, 1e9])
def test_book_of_nothing_and_book_without_debt_breach_nothing(assets: float) -> None:
    names = {name for line in NOW.red_lines.values() for name in line.sides()}
    values = dict.fromkeys(names, 0.0)
    values |= dict.fromkeys(
        ("assets_adjusted", "net_assets", "cash_unrestricted", "current_assets_free"), assets
    )
    values |= {"quick_assets": assets, "net_debt": -assets}
    del values["county__sector_benchmark"]
    good = (State.PASS, State.NOT_APPLICABLE)
    for verdict in judge_one(frame(values), NOW):
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
    assert {verdict.state for verdict in judge_one(frame(half), NOW)} == {State.PASS}


@pytest.mark.parametrize("id", list(NOW.red_lines))
def test_missing_side_is_unknown_and_named(id: str) -> None:
    line = NOW.red_lines[id]
    for side in line.tests[0].sides:
        values = dict.fromkeys(line.inputs, 1.0) | {side: float("nan")}
        verdict = judge_one(frame(values), NOW, [id])[0]
        assert (verdict.state, verdict.missing) == (State.UNKNOWN, (side,))
        assert judge(frame(values), NOW, [id]).states(id)[0] == State.UNKNOWN


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
