"""`liangshan policy check | list | show`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from risk.files.load import SHIPPED
from service.doors.cli import application
from tests.risk.files.sheets import SOUND, broken


def run(*arguments: str) -> Result:
    return CliRunner().invoke(application("policy"), ["policy", *arguments])


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "red_lines").mkdir()
    monkeypatch.setenv("LIANGSHAN_POLICY", str(tmp_path))
    return tmp_path / "red_lines" / "RL-90.yaml"


def test_check_counts_the_files() -> None:
    said = json.loads(run("check", "--json").stdout)
    lines = len(list((SHIPPED / "red_lines").glob("*.yaml")))
    assert (said["red_lines"], said["products"], said["scorecards"]) == (lines, 2, 2)
    assert run("check").exit_code == 0


def test_check_refuses_a_mistake_with_its_place(own: Path) -> None:
    own.write_text(broken("severity: R", "severity: X"), encoding="utf-8")
    result = run("check")
    assert result.exit_code == 3
    assert "red_lines/RL-90.yaml:4" in " ".join(result.output.split())


def test_own_line_is_listed_and_shown(own: Path) -> None:
    own.write_text(SOUND, encoding="utf-8")
    listed = json.loads(run("list", "--json").stdout)
    assert "RL-90" in [file["id"] for file in listed["files"]]
    shown = json.loads(run("show", "RL-90", "--json").stdout)
    assert shown["red_lines"]["tests"][0]["limits"][0]["at"] == "1.0"


def test_show_is_of_a_day() -> None:
    before = json.loads(run("show", "RL-05", "--as-of", "2023-06-30", "--json").stdout)
    after = json.loads(run("show", "RL-05", "--as-of", "2023-07-01", "--json").stdout)
    assert before["red_lines"]["tests"][0]["limits"] == []
    assert len(after["red_lines"]["tests"][0]["limits"]) == 2
    assert before["policy"] != after["policy"]


def test_show_refuses_what_is_not_there() -> None:
    result = run("show", "RL-99")
    assert result.exit_code == 3
    assert "RL-05" in result.output


@pytest.mark.parametrize("command", [["list"], ["show", "RL-05"], ["show", "credit"]])
def test_people_get_a_table(command: list[str]) -> None:
    result = run(*command)
    assert result.exit_code == 0
    assert "0.05" in result.output or "1.0" in result.output
