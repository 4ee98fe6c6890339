"""Every notebook runs from top to bottom; they show, and define nothing to be reused."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.homes import with_plans

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
FILES = sorted(NOTEBOOKS.glob("*.ipynb"))


def code_of(path: Path) -> list[str]:
    notebook = nbformat.read(path, as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks() -> None:
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_notebook_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGSHAN_HOME", str(with_plans(tmp_path / "home")))
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": path.parent}}
    ).execute()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_notebook_is_stored_without_output_and_defines_no_class(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells if cell.cell_type == "code")
    for source in code_of(path):
        tree = ast.parse(source)
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def test_notebooks_on_real_data_find_it() -> None:
    if not os.environ.get("LIANGSHAN_DATA"):
        pytest.skip("LIANGSHAN_DATA is not set: the notebooks run without the real sets")
    assert Path(os.environ["LIANGSHAN_DATA"]).is_dir()
