"""The table of OWASP's ten risks names tests that are there."""

from __future__ import annotations

import ast
import re
from importlib.resources import files
from pathlib import Path

HOUSE = Path(__file__).parents[3]
ROW = re.compile(r"^\| (API\d+) .+? \| .+? \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows() -> dict[str, list[tuple[str, str]]]:
    """Return the tests that each risk names, as file and function."""
    table = files("service.trust").joinpath("README.md").read_text(encoding="utf-8")
    return {risk: NAMED.findall(named) for risk, named in ROW.findall(table)}


def test_each_of_the_ten_risks_is_there_and_names_a_test() -> None:
    assert list(rows()) == [f"API{number}" for number in range(1, 11)]
    assert all(rows().values())


def test_each_test_it_names_is_there() -> None:
    missing = [
        f"{risk}: {path}::{name}"
        for risk, named in rows().items()
        for path, name in named
        if name not in functions(HOUSE / path)
    ]
    assert missing == []


def functions(path: Path) -> set[str]:
    """Return the functions of a file; none where there is no such file."""
    if not path.exists():
        return set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
