"""The compiled plans: the same numbers as the functions, alone or in a batch, on every start."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numba
import numpy as np
import pytest

from features.arrays import Floats, Rows, Unit
from features.catalogue import Catalogue
from features.dictionary import load_dictionary
from features.feature import features_of
from features.graph import catalogue, compile_plans, plan, plan_digest
from features.plan import Layout, digest_of, layout_of, load_plan, passes, source_of

SUBJECTS = catalogue().subjects
Inputs = tuple[Floats, dict[str, tuple[Floats, Rows]]]


def unit_of(layout: Layout, name: str) -> Unit:
    features = catalogue().features(layout.subject).values()
    policy = any(name in feature.parameters for feature in features)
    return Unit.COUNT if policy else catalogue().unit(layout.subject, name)


def column(unit: Unit, rows: int, rng: np.random.Generator) -> Floats:
    """Return values of a unit, some zero, some missing."""
    match unit:
        case Unit.RATIO:
            values = rng.random(rows)
        case Unit.DATE:
            values = rng.integers(19_000, 20_500, rows).astype(np.float64)
        case Unit.FLAG:
            values = rng.integers(0, 2, rows).astype(np.float64)
        case Unit.FEN:
            values = rng.integers(-10, 10**9, rows).astype(np.float64)
        case _:
            values = rng.integers(0, 40, rows).astype(np.float64)
    values[rng.random(rows) < 0.1] = 0
    values[rng.random(rows) < 0.1] = np.nan
    return values


def made_up(layout: Layout, n: int, seed: int = 0) -> Inputs:
    """Return inputs of n subjects with 0 … 30 child rows each, some undeclared.

    Rows that others are read beside, row by row, are as many as those.
    """
    rng = np.random.default_rng(seed)
    inputs = np.vstack([column(unit_of(layout, name), n, rng) for name in layout.scalars])
    groups = {}
    relations = catalogue().table(layout.subject).relations
    drawn: dict[str, Rows] = {}
    for group in layout.groups:
        relation = relations.get(group.name)
        beside = (relation and relation.through) or group.name
        declared = rng.random(n) < 0.9
        counts = np.where(declared, rng.integers(0, 31, n), 0)
        rows = drawn.setdefault(beside, Rows(np.concatenate([[0], np.cumsum(counts)]), declared))
        many = int(rows.offsets[-1])
        columns = [column(unit_of(layout, f"{group.name}__{c}"), many, rng) for c in group.columns]
        groups[group.name] = (np.array(columns).reshape(len(columns), many), rows)
    return inputs, groups


def only(inputs: Inputs, i: int) -> Inputs:
    """Return the inputs of subject i alone."""
    scalars, groups = inputs
    alone = {}
    for name, (values, rows) in groups.items():
        start, end = rows.offsets[i : i + 2]
        rows = Rows(np.array([0, end - start]), rows.declared[i : i + 1].copy())
        alone[name] = (np.ascontiguousarray(values[:, start:end]), rows)
    return np.ascontiguousarray(scalars[:, i : i + 1]), alone


def array_form(layout: Layout, inputs: Inputs) -> dict[str, Floats]:
    """Return each feature from its function called on arrays."""
    scalars, groups = inputs
    columns: dict[str, object] = dict(zip(layout.scalars, scalars, strict=True))
    for group in layout.groups:
        values, rows = groups[group.name]
        columns |= {group.name: rows} | {
            f"{group.name}__{c}": values[k] for k, c in enumerate(group.columns)
        }
    for name in layout.features:
        feature = catalogue().features(layout.subject)[name]
        policy = {parameter: columns[parameter] for parameter in feature.parameters}
        columns[name] = feature.function(*(columns[i] for i in feature.inputs), **policy)
    return {name: np.asarray(columns[name]) for name in layout.features}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_kernel_gives_what_the_functions_give(subject: str) -> None:
    compiled = plan(subject)
    inputs = made_up(compiled.layout, 3000)
    made = compiled.run(*inputs)
    for row, (name, expected) in zip(
        made, array_form(compiled.layout, inputs).items(), strict=True
    ):
        assert np.isfinite(expected).any(), f"{name} is never there: the test says nothing"
        np.testing.assert_allclose(row, expected, rtol=1e-12, err_msg=name)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_one_subject_alone_has_the_bits_it_has_in_a_batch(subject: str) -> None:
    compiled = plan(subject)
    inputs = made_up(compiled.layout, 20_000, seed=1)
    batch = compiled.run(*inputs)
    for i in range(0, 20_000, 67):
        alone = compiled.run(*only(inputs, i))
        assert alone.tobytes() == np.ascontiguousarray(batch[:, i : i + 1]).tobytes()


@pytest.mark.parametrize("subject", SUBJECTS)
def test_no_subject_is_a_batch_too(subject: str) -> None:
    compiled = plan(subject)
    assert compiled.run(*made_up(compiled.layout, 0)).shape == (len(compiled.layout.features), 0)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_source_is_readable_and_names_every_feature(subject: str) -> None:
    source = source_of(catalogue(), subject)
    compile(source, subject, "exec")
    assert 'error_model="numpy"' in source
    assert "fastmath" not in source
    for name in catalogue().features(subject):
        assert f"f_{name}(" in source
    assert plan(subject).path.read_text(encoding="utf-8") == source


def test_vector_log_is_off_since_it_differs_from_the_scalar_one() -> None:
    assert not vars(numba.config)["USING_SVML"]


def test_passes_alternate_and_keep_the_order() -> None:
    seen: list[str] = []
    kinds = []
    for over_rows, names in passes(catalogue(), "household"):
        kinds.append(over_rows)
        for name in names:
            read = catalogue().features("household")[name].inputs
            assert all(i in seen for i in read if i in catalogue().features("household"))
            seen.append(name)
    assert sorted(seen) == sorted(catalogue().features("household"))
    assert all(one is not other for one, other in pairwise(kinds))


def test_plans_live_under_the_home_of_the_installation() -> None:
    folder = compile_plans()
    assert folder.name == "plans"
    assert {plan(subject).path.parent for subject in SUBJECTS} == {folder}


def test_the_digest_is_that_of_the_sources() -> None:
    assert len(plan_digest()) == 64
    assert plan_digest() == plan_digest()


# ------------------------------------------------------------------ a plan of one small feature

SMALL = """
from features.arrays import Ratio, where_positive


def capital_gap(sector_benchmark: Ratio, sector_capital_floor: Ratio, *, slack: Ratio) -> Ratio:
    return {factor} * sector_benchmark / where_positive(sector_capital_floor) + slack
"""
START = """
import sys, time
import numpy as np
sys.path.insert(0, {folder!r})
import small
from features.catalogue import Catalogue
from features.feature import features_of
from features.dictionary import load_dictionary
from features.plan import load_plan
from pathlib import Path
made = Catalogue(load_dictionary(), {{"county": features_of("county", [small])}})
plan = load_plan(made, "county", Path({folder!r}) / "plans")
out = plan.run(np.array([[6.0, 6.0], [2.0, 0.0], [1.0, 1.0]]), {{}})
print(out[0].tolist(), sum(plan.kernel.stats.cache_hits.values()), plan.path.name)
"""


@pytest.fixture
def small(tmp_path: Path) -> Callable[[float], Catalogue]:
    """Return a maker of a graph whose one feature has a factor in its source."""

    def write(factor: float) -> Catalogue:
        path = tmp_path / "small.py"
        path.write_text(SMALL.format(factor=factor))
        spec = importlib.util.spec_from_file_location("small", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["small"] = module
        spec.loader.exec_module(module)
        return Catalogue(load_dictionary(), {"county": features_of("county", [module])})

    return write


def test_the_digest_changes_with_a_feature_source(small: Callable[[float], Catalogue]) -> None:
    first = small(1.0)
    assert layout_of(first, "county").scalars == (
        "sector_benchmark",
        "sector_capital_floor",
        "slack",
    )
    before = digest_of(first, "county")
    assert digest_of(small(1.0), "county") == before
    assert digest_of(small(2.0), "county") != before


def test_a_zero_divisor_is_missing_and_a_policy_parameter_reaches_its_place(
    small: Callable[[float], Catalogue], tmp_path: Path
) -> None:
    compiled = load_plan(small(10.0), "county", tmp_path / "plans")
    inputs = np.array([[6.0, 6.0], [2.0, 0.0], [0.5, 0.5]])
    np.testing.assert_array_equal(compiled.run(inputs, {})[0], [30.5, np.nan])


def test_the_second_start_works_from_the_cache_and_rewrites_nothing(
    small: Callable[[float], Catalogue], tmp_path: Path
) -> None:
    small(1.0)

    def start() -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", START.format(folder=str(tmp_path))],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONPATH": os.getcwd()},
        )
        return done.stdout.rsplit(maxsplit=2)

    values, hits, name = start()
    written = (tmp_path / "plans" / name).stat().st_mtime_ns
    assert (values, hits) == ("[4.0, nan]", "0")
    assert start() == [values, "1", name]
    assert (tmp_path / "plans" / name).stat().st_mtime_ns == written
