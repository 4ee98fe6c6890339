"""`liangshan policy check | list | show`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from features.canonical import canonical_json, sha256_hex
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


def test_check_says_what_the_cases_exercise() -> None:
    lines = json.loads(run("check", "--json").stdout)["lines"]
    assert lines["RL-05"]["levels"] == {"t1": ["warn", "breach"]}
    assert set(lines["RL-05"]["states"]) >= {"warn", "breach", "unknown", "not_applicable"}
    assert lines["RL-05"]["untold"] == {}


def test_check_names_a_level_that_no_case_tells(own: Path) -> None:
    own.write_text(SOUND, encoding="utf-8")
    line = json.loads(run("check", "--json").stdout)["lines"]["RL-90"]
    assert line["untold"] == {"t1": ["breach"]}
    assert line["states"] == ["not_applicable", "warn", "unknown"]


def test_check_finds_conflicts_of_a_county_with_ours(own: Path) -> None:
    (own.parents[1] / "counties").mkdir()
    who = "source: 会议纪要, reason: 收储周期长, author: 张, approved_by: 李"
    row = "  - {limit: RL-05/t1/warn, at: '1.00', from: 2026-01-01, basis: EXPERT, " + who + "}\n"
    text = f'county: "330825"\noverrides:\n{row}'
    (own.parents[1] / "counties" / "330825.yaml").write_text(text, encoding="utf-8")
    found = json.loads(run("check", "--json").stdout)["conflicts"]
    assert [(one["kind"], one["limit"], one["where"]) for one in found] == [
        ("same", "RL-05/t1/warn", "counties/330825.yaml:3")
    ]
    assert "与我方限额相同" in run("check").output


def test_check_names_the_lines_that_never_fire_on_a_book(tmp_path: Path) -> None:
    name = "household.csv"
    (tmp_path / name).write_text("household_id\n", encoding="utf-8")
    assert run("check", "--book", str(tmp_path)).exit_code == 3


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


def test_show_of_everything_has_the_hash_of_its_bytes() -> None:
    said = json.loads(run("show", "--as-of", "2026-03-31", "--county", "330825", "--json").stdout)
    assert (said["as_of"], said["county"]) == ("2026-03-31", "330825")
    assert said["policy"] == f"sha256:{sha256_hex(canonical_json(said['effective']))}"
    assert "RL-05" in said["effective"]["red_lines"]
    assert said["policy"] in run("show", "--as-of", "2026-03-31").output


def test_show_of_a_line_has_the_hash_of_its_content() -> None:
    said = json.loads(run("show", "RL-05", "--as-of", "2026-03-31", "--json").stdout)
    assert said["rule_version"] == f"sha256:{sha256_hex(canonical_json(said['red_lines']))}"
    assert said["rule_version"] in run("show", "RL-05", "--as-of", "2026-03-31").output


def test_show_refuses_what_is_not_there() -> None:
    result = run("show", "RL-99")
    assert result.exit_code == 3
    assert "RL-05" in result.output


@pytest.mark.parametrize("command", [["list"], ["show", "RL-05"], ["show", "credit"]])
def test_people_get_a_table(command: list[str]) -> None:
    result = run(*command)
    assert result.exit_code == 0
    assert "0.05" in result.output or "1.0" in result.output
