"""What a command cannot do is one line in both languages and an exit code, never a trace."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from service.doors.cli import application
from service.doors.cli.console import EXIT_BAD_INPUT, EXIT_FAILED, EXIT_TRY_LATER, guarded
from service.settings import Settings
from service.store.faults import FULL, StoreUnavailable


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(application(words[0]), words)
    return result.exit_code, " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/book/loan.parquet"), 75),
        (PermissionError(errno.EACCES, "Permission denied", "/book/loan.parquet"), 3),
        (StoreUnavailable(FULL), 75),
    ],
)
def test_a_fault_is_a_line_and_a_code(
    fault: Exception, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    @guarded
    def command() -> None:
        raise fault

    with pytest.raises(typer.Exit) as ended:
        command()
    assert ended.value.exit_code == code
    told = capsys.readouterr().err
    assert "✗" in told
    assert getattr(fault, "filename", None) is None or "/book/loan.parquet" in told


def test_help_names_every_setting_and_exit_code() -> None:
    told = CliRunner().invoke(application(), ["--help"]).stdout
    named = [f"LIANGSHAN_{name.upper()}" for name in Settings.model_fields]
    codes = [0, 1, 2, EXIT_BAD_INPUT, EXIT_FAILED, EXIT_TRY_LATER]
    assert [name for name in named if name not in told] == []
    assert [code for code in codes if f" {code} " not in " ".join(told.split())] == []


def test_a_reader_who_left_is_no_fault_of_ours() -> None:
    @guarded
    def command() -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    with pytest.raises(BrokenPipeError):
        command()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    place = str(tmp_path / "file" / "book")
    code, told = run("simulate", place, "--households", "1", "--seed", "1")
    assert code == 3
    assert "cannot be read or written" in told


def test_a_day_that_is_none_is_refused() -> None:
    assert run("train", "credit", "nowhere", "--as-of", "31.3.2026")[0] == 2
