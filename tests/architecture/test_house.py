"""The house itself: import contracts, the lock file, what a tracked file may say."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("features", "models", "risk", "service")


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / line for line in listed.stdout.splitlines()]


def test_imports_run_one_way() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_lock_file_has_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements" / "dev.txt").read_text()
    assert not re.search(r"https?:|file:|--(index|find|extra|trusted)", lock)
    pins = re.findall(r"^\S+==\S+", lock, flags=re.M)
    assert len(pins) > 100
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=\S)", lock.strip()))


def test_build_lists_the_four_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    include = project["tool"]["setuptools"]["packages"]["find"]["include"]
    assert [name.rstrip("*") for name in include] == list(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_layer_says_what_it_is(package: str) -> None:
    text = (ROOT / package / "__init__.py").read_text()
    assert text.startswith('"""'), package


def test_no_sentence_of_the_guidance_is_copied() -> None:
    sentence = "严防以抢占优质资源"
    own = Path(__file__)
    for path in tracked("*.py", "*.yaml", "*.md", "*.html"):
        if path != own:
            assert sentence not in path.read_text(encoding="utf-8"), path


NAMED = re.compile(r"`([a-z_]+/[\w./]*(?:/|\.py|\.yaml|\.md))(?:::\w+)?`")


def test_documents_name_files_that_are_there() -> None:
    documents = {path: NAMED.findall(path.read_text("utf-8")) for path in tracked("*.md")}
    assert sum(map(len, documents.values())) > 20
    missing = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, names in documents.items()
        for name in names
        if not (ROOT / name).exists()
    ]
    assert missing == []


WITHOUT_TRAINING = """
import sys
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {heavy!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import {module}
"""


@pytest.mark.parametrize("module", ["service.wiring", "service.doors.cli.serve"])
def test_a_serving_worker_needs_no_training_library(module: str) -> None:
    """PyArrow imports pandas by itself where it is installed; a worker's machine has none."""
    heavy = ("pandas", "sklearn", "scipy", "lightgbm", "mlflow", "shap", "optbinning")
    code = WITHOUT_TRAINING.format(heavy=heavy, module=module)
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
