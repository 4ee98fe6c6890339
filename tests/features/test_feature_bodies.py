"""Every feature keeps to the words of features.arrays, and says what it is."""

from __future__ import annotations

import ast
import inspect
import textwrap

import pytest

from features import arrays
from features.graph import Feature, Unit, catalogue

FEATURES = [f for s in catalogue().subjects for f in catalogue().features(s).values()]
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.USub)
WORDS = (
    ast.Return,
    ast.Assign,
    ast.BinOp,
    ast.UnaryOp,
    ast.Call,
    ast.Name,
    ast.Constant,
    ast.Load,
    ast.Store,
    *ARITHMETIC,
)


def faults(source: str) -> list[str]:
    """Return what a body says beyond arithmetic, calls of features.arrays and safe divisors."""
    (function,) = ast.parse(textwrap.dedent(source)).body
    assert isinstance(function, ast.FunctionDef)
    body = [node for statement in function.body[1:] for node in ast.walk(statement)]
    found = [type(node).__name__ for node in body if not isinstance(node, WORDS)]
    for node in body:
        if isinstance(node, ast.Call):
            known = isinstance(node.func, ast.Name) and hasattr(arrays, node.func.id)
            found += [] if known and not node.keywords else [f"call of {ast.unparse(node.func)}"]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            found += [] if is_safe(node.right) else [f"division by {ast.unparse(node.right)}"]
    return found


def is_positive(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, float) and node.value > 0


def is_safe(divisor: ast.expr) -> bool:
    """Return whether a divisor is where_positive(…), a positive literal or a sum with one."""
    if isinstance(divisor, ast.Call):
        return isinstance(divisor.func, ast.Name) and divisor.func.id == "where_positive"
    if isinstance(divisor, ast.BinOp) and isinstance(divisor.op, ast.Add):
        return is_positive(divisor.left) or is_positive(divisor.right)
    return is_positive(divisor)


@pytest.mark.parametrize("feature", FEATURES, ids=lambda f: f"{f.subject}.{f.name}")
def test_a_body_is_arithmetic_and_words_of_arrays(feature: Feature) -> None:
    assert faults(inspect.getsource(feature.function)) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("return x if x > 0 else y", "IfExp"),
        ("return x > y", "Compare"),
        ("return x and y", "BoolOp"),
        ("return x / y", "division by y"),
        ("return x / (y - 1.0)", "division by y - 1.0"),
        ("return np.where(x, y, x)", "call of np.where"),
        ("return x ** y", "Pow"),
    ],
)
def test_the_rule_sees_what_it_forbids(body: str, fault: str) -> None:
    assert fault in faults(f'def f(x, y):\n    """Return f."""\n    {body}\n')


@pytest.mark.parametrize("feature", FEATURES, ids=lambda f: f"{f.subject}.{f.name}")
def test_a_docstring_gives_result_unit_and_source(feature: Feature) -> None:
    first = feature.doc.split("\n\n")[0]
    assert first.startswith("Return ")
    assert {Unit.FEN: "分", Unit.AREA: "㎡"}.get(feature.unit, feature.unit.value) in first
    assert "Source: " in feature.doc
