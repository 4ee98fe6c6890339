"""Hamilton runs the same functions by itself, as an independent oracle of graph and plan."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable

import numpy as np
import pytest

from features.arrays import Floats, Rows, Unit
from features.graph import catalogue, plan
from features.plan import Layout

CHILDREN = 6
"""Child rows of each subject."""


def is_input(*, node_type: type, input_value: object) -> bool:
    return isinstance(input_value, np.ndarray | Rows)


def is_same_unit(*, type_from: type, type_to: type) -> bool:
    return type_from == type_to


def inputs_of(layout: Layout, n: int) -> tuple[Floats, dict[str, tuple[Floats, Rows]]]:
    """Return plausible inputs of n subjects, one value in ten missing."""
    rng = np.random.default_rng(7)
    scales = {Unit.FLAG: 2, Unit.RATIO: 1, Unit.FEN: 10**8, Unit.RANK: 4}
    made = catalogue().features(layout.subject).values()
    policy = {name for feature in made for name in feature.parameters}

    def column(name: str, rows: int) -> Floats:
        if name in policy:
            return np.full(rows, 3.0)
        unit = catalogue().unit(layout.subject, name)
        values = rng.random(rows)
        if unit is Unit.DATE:
            values = np.floor(19_500 + 1_000 * values)
        elif unit is not Unit.RATIO:
            values = np.floor(scales.get(unit, 40) * values)
        values[rng.random(rows) < 0.1] = np.nan
        return values

    rows = Rows(np.arange(0, n * CHILDREN + 1, CHILDREN), rng.random(n) < 0.9)
    groups = {
        g.name: (
            np.array([column(f"{g.name}__{c}", n * CHILDREN) for c in g.columns]).reshape(
                len(g.columns), n * CHILDREN
            ),
            rows,
        )
        for g in layout.groups
    }
    return np.vstack([column(name, n) for name in layout.scalars]), groups


@pytest.mark.parametrize("subject", catalogue().subjects)
def test_hamilton_agrees_with_the_plan(subject: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAMILTON_AUTOLOAD_EXTENSIONS", "0")
    monkeypatch.setenv("HAMILTON_TELEMETRY_ENABLED", "false")
    from hamilton import base, driver

    checks: dict[str, Callable[..., bool]] = {
        "do_validate_input": is_input,
        "do_check_edge_types_match": is_same_unit,
    }
    units = type(
        "Units", (base.DefaultAdapter,), {name: staticmethod(f) for name, f in checks.items()}
    )
    features = catalogue().features(subject)
    modules = [importlib.import_module(m) for m in sorted({f.module for f in features.values()})]
    oracle = driver.Driver({}, *modules, adapter=units())
    compiled = plan(subject)
    scalars, groups = inputs_of(compiled.layout, 500)
    given: dict[str, object] = dict(zip(compiled.layout.scalars, scalars, strict=True))
    for group in compiled.layout.groups:
        values, rows = groups[group.name]
        given[group.name] = rows
        given |= {f"{group.name}__{c}": values[k] for k, c in enumerate(group.columns)}
    seen = oracle.execute(list(compiled.layout.features), inputs=given)
    made = compiled.run(scalars, groups)
    for name, row in zip(compiled.layout.features, made, strict=True):
        np.testing.assert_allclose(row, seen[name], rtol=1e-12, err_msg=name)
    assert "hamilton_sdk" not in sys.modules
