"""Time the compiled plans: one row, a million rows with their child rows, and the array form.

    .venv/bin/python tests/bench/bench_features.py [ROWS]

Each subject gets made-up columns and child rows (24 monthly incomes a household, two resources an
application, 24 prices a resource, 8 payouts and 20 earlier readings a cooperative). The array form
is the same functions, one after the other, on NumPy columns.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from features.arrays import Floats, Rows, Unit
from features.graph import catalogue, plan
from features.plan import Layout

CHILD_ROWS = {"income_monthly": 24, "price": 24, "payout": 8, "past": 20}
FEW = 2
TODAY = 20_500


def _column(unit: Unit, rows: int, rng: np.random.Generator) -> Floats:
    """Return plausible values of a unit, one in twenty missing."""
    ranges = {Unit.FEN: 10_000_000, Unit.FLAG: 2, Unit.RANK: 4, Unit.COUNT: 5, Unit.TEXT: 6}
    if unit is Unit.RATIO:
        values = rng.random(rows)
    elif unit is Unit.DATE:
        values = np.float64(TODAY) - rng.integers(0, 720, rows)
    else:
        values = rng.integers(0, ranges.get(unit, 60), rows).astype(np.float64)
    values[rng.random(rows) < 0.05] = np.nan
    return values


def matrices(layout: Layout, n: int) -> tuple[Floats, dict[str, tuple[Floats, Rows]]]:
    """Return made-up inputs of a plan for n subjects."""
    rng = np.random.default_rng(0)
    names = catalogue()

    def unit(name: str) -> Unit:
        if any(name in f.parameters for f in names.features(layout.subject).values()):
            return Unit.COUNT
        return names.unit(layout.subject, name)

    inputs = np.vstack([_column(unit(name), n, rng) for name in layout.scalars])
    groups = {}
    for group in layout.groups:
        each = CHILD_ROWS.get(group.name, FEW)
        columns = [_column(unit(f"{group.name}__{c}"), n * each, rng) for c in group.columns]
        rows = Rows(np.arange(0, n * each + 1, each), np.ones(n, dtype=np.bool_))
        groups[group.name] = (np.vstack(columns), rows)
    return inputs, groups


def array_form(
    layout: Layout, inputs: Floats, groups: dict[str, tuple[Floats, Rows]]
) -> dict[str, Floats]:
    """Return every feature by calling the functions on arrays, as Hamilton would."""
    columns: dict[str, object] = dict(zip(layout.scalars, inputs, strict=True))
    for group in layout.groups:
        values, rows = groups[group.name]
        columns[group.name] = rows
        columns |= {f"{group.name}__{c}": values[k] for k, c in enumerate(group.columns)}
    made = {}
    with np.errstate(invalid="ignore", divide="ignore"):
        for name, feature in (
            (n, catalogue().features(layout.subject)[n]) for n in layout.features
        ):
            policy = {p: columns[p] for p in feature.parameters}
            made[name] = columns[name] = feature.function(
                *(columns[i] for i in feature.inputs), **policy
            )
    return made


def best(call: Callable[[], object], loops: int, repeats: int = 5) -> float:
    """Return the processor seconds of one call (one core is used), best of some repeats."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        for _ in range(loops):
            call()
        times.append((time.process_time() - start) / loops)
    return min(times)


def main(rows: int) -> None:
    """Print one line a subject."""
    head = "subject      features  load s  one row µs"
    sys.stdout.write(f"{head}  {rows:,} rows s  array form: one µs, rows s\n")
    for subject in catalogue().subjects:
        start = time.perf_counter()
        compiled = plan(subject)
        load = time.perf_counter() - start
        layout = compiled.layout
        one, many = matrices(layout, 1), matrices(layout, rows)
        array_form(layout, *one)
        figures = (
            best(partial(compiled.run, *one), 2000) * 1e6,
            best(partial(compiled.run, *many), 1, 3),
            best(partial(array_form, layout, *one), 50) * 1e6,
            best(partial(array_form, layout, *many), 1, 2),
        )
        sys.stdout.write(
            f"{subject:12} {len(layout.features):8} {load:7.2f} {figures[0]:11.2f} "
            f"{figures[1]:16.2f} {figures[2]:21.0f} {figures[3]:7.2f}\n"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
