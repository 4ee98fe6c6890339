"""`liangshan backup` and `restore`: a file out of one home into another."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner, Result

from service.settings import Settings
from service.store.store import Store

OWNER = "青山农商行"


@pytest.fixture
def homes(tmp_path: Path) -> tuple[Path, Path]:
    """Return a home with two decisions and one that is not there yet."""
    store = Store.open(Settings(home=tmp_path / "old", database_url=""))
    for n in range(2):
        store.decisions.append({"n": n}, OWNER)
    store.close()
    return tmp_path / "old", tmp_path / "new"


def run(home: Path, *arguments: object) -> Result:
    from service.doors.cli import application

    environment = {"LIANGSHAN_HOME": str(home), "LIANGSHAN_DATABASE_URL": ""}
    words = list(map(str, arguments))
    return CliRunner().invoke(application(words[0]), words, env=environment)


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return orjson.loads(result.stdout)


def test_a_home_is_moved_with_its_keys(homes: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = homes
    made = answer(run(old, "backup", tmp_path / "b.zip", "--with-secrets", "--json"))
    assert (made["chains"], made["secrets"]) == ({OWNER: 2}, True)
    assert answer(run(new, "restore", tmp_path / "b.zip", "--json")) == made
    assert (new / "secrets" / "chain.key").read_bytes() == (old / "secrets/chain.key").read_bytes()


def test_keys_stay_out_and_are_asked_for(homes: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = homes
    made = run(old, "backup", tmp_path / "b.zip")
    assert (made.exit_code, "the keys are not inside" in made.stderr) == (0, True)
    refused = run(new, "restore", tmp_path / "b.zip")
    assert (refused.exit_code, "holds no keys" in refused.stderr) == (3, True)
    shutil.copytree(old / "secrets", new / "secrets")
    assert run(new, "restore", tmp_path / "b.zip").exit_code == 0


def test_nothing_is_overwritten_and_nothing_backed_up_without_a_store(
    homes: tuple[Path, Path], tmp_path: Path
) -> None:
    old, new = homes
    assert run(old, "backup", tmp_path / "b.zip", "--with-secrets").exit_code == 0
    assert run(old, "backup", tmp_path / "b.zip").exit_code == 3
    assert run(old, "restore", tmp_path / "b.zip").exit_code == 3
    assert run(new, "backup", tmp_path / "c.zip").exit_code == 3
    assert not (tmp_path / "c.zip").exists()
