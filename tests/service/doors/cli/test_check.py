"""`liangshan check`: counts, the quarantine file, exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from service.doors.cli.check import check, today_in_shanghai

HEADING = "coop_id,as_of,known_at,source,quality,total_assets"
GOOD = "C1,2026-03-31,2026-04-15,test,reported,100.00"
BAD = "C2,2026-03-31,2026-04-15,test,reported,一百"

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    app = typer.Typer()
    app.command()(check)

    def run(*lines: str, options: tuple[str, ...] = ()) -> Result:
        (tmp_path / "cooperative.csv").write_text("\n".join(lines), encoding="utf-8")
        return CliRunner().invoke(app, [str(tmp_path), *options])

    return run


def test_bad_rows_are_set_aside_and_the_rest_goes_on(run: Run, tmp_path: Path) -> None:
    result = run(HEADING, GOOD, BAD, options=("--json",))
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["tables"] == {"cooperative": {"rows": 2, "good": 1, "set_aside": 1}}
    assert told["rules"][0]["field"] == "total_assets"
    quarantine = (tmp_path / "_quarantine.csv").read_text(encoding="utf-8-sig")
    assert quarantine.splitlines()[1].startswith('"cooperative",2,"total_assets","一百",')


def test_people_are_told_the_same(run: Run) -> None:
    result = run(HEADING, GOOD, BAD)
    assert result.exit_code == 0
    assert not result.stdout
    assert "cooperative" in result.stderr
    assert "_quarantine.csv" in result.stderr.replace("\n", "")


def test_a_clean_book_leaves_an_empty_quarantine(run: Run, tmp_path: Path) -> None:
    (tmp_path / "_quarantine.csv").write_text("old")
    assert "every row is good" in run(HEADING, GOOD).stderr
    assert len((tmp_path / "_quarantine.csv").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((HEADING, BAD), "no good row"),
        ((HEADING.replace("total_assets", "assets"), GOOD), "unknown column"),
        ((HEADING.replace("coop_id", "quality"), GOOD), "coop_id"),
        (("",), "empty"),
    ],
)
def test_an_unusable_table_exits_3_and_writes_nothing(
    run: Run, tmp_path: Path, lines: tuple[str, ...], said: str
) -> None:
    result = run(*lines)
    assert result.exit_code == 3
    assert said in " ".join(result.stderr.split())
    assert not (tmp_path / "_quarantine.csv").exists()


def test_tomorrow_is_in_the_future(run: Run) -> None:
    today = today_in_shanghai()
    tomorrow = today + timedelta(days=1)
    late = GOOD.replace("C1", "C2").replace("2026-04-15", f"{tomorrow} 00:00")
    now = GOOD.replace("2026-04-15", str(today))
    result = run(HEADING, now, late, options=("--json",))
    assert json.loads(result.stdout)["rules"][0]["field"] == "known_at"
