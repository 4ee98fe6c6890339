"""The command `fit`: JSON on stdout, progress on stderr, exit codes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import orjson
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from service.doors.cli.fit import fit

app = typer.Typer()
app.command()(fit)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    x = np.random.default_rng(0).normal(size=120)
    path = tmp_path / "t.csv"
    y = (x + np.random.default_rng(1).normal(size=120) > 1).astype(int)
    pd.DataFrame({"x": x, "y": y}).to_csv(path, index=False)
    return path


def test_json_alone_goes_to_stdout(table: Path) -> None:
    result = CliRunner().invoke(app, [str(table), "--target", "y", "--json"])
    assert result.exit_code == 0, result.stderr
    assert orjson.loads(result.stdout)["bads"] > 0
    assert "120 rows" in result.stderr


def test_people_get_a_table(table: Path) -> None:
    result = CliRunner().invoke(app, [str(table), "--target", "y"])
    assert result.exit_code == 0
    assert "log_loss" in result.stdout


def test_a_mistake_exits_3_and_writes_nothing(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "model"
    arguments = [str(table), "--target", "y", "--drop", "nobody", "--save", str(out)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 3
    assert "nobody" in result.stderr
    assert not out.exists()
