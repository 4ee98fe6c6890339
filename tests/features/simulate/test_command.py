"""`liangshan simulate`: writes a book, says what it wrote, refuses the impossible."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from features.book import read_book

COMMAND = Path(sys.executable).with_name("liangshan")


def simulate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(COMMAND), "simulate", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_it_writes_a_book_and_its_truth(tmp_path: Path) -> None:
    folder = tmp_path / "book"
    run = simulate(
        str(folder), "--households", "20", "--seed", "1", "--as-of", "2025-06-30", "--json"
    )
    assert run.returncode == 0, run.stderr
    rows = json.loads(run.stdout)["rows"]
    assert rows == {name: table.num_rows for name, table in read_book(folder).tables.items()}
    assert (folder / "truth" / "application.parquet").exists()


def test_no_household_is_bad_input_and_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "book"
    run = simulate(str(folder), "--households", "0", "--seed", "1")
    assert run.returncode == 3
    assert "households" in run.stderr
    assert not folder.exists()


def test_a_missing_seed_is_a_usage_error(tmp_path: Path) -> None:
    assert simulate(str(tmp_path / "book"), "--households", "5").returncode == 2
