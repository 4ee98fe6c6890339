"""Time the judge: a million cooperatives by the line, one subject by all its lines, and loading.

    OMP_NUM_THREADS=1 .venv/bin/python tests/bench/bench_judge.py [ROWS]

Goals: 5 million ratio verdicts a second on one core, 10 µs a line for one subject.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial

import numpy as np

from features.frame import Frame
from risk.files import EffectivePolicy, load_policy
from risk.red_lines import RedLine, judge_one
from risk.red_lines.book import judge_rule
from risk.red_lines.columns import Columns

TODAY = 20_543
ROWS = 1_000_000
ONE = 2_000
LOOPS = 4


def frame(policy: EffectivePolicy, rows: int) -> Frame:
    """Return made-up sides of every line, one value in twenty missing."""
    rng = np.random.default_rng(0)
    columns = {}
    for line in policy.red_lines.values():
        for given in line.inputs.values():
            most = {"fen": 10**10, "flag": 2, "count": 5}.get(given.unit, 1)
            values = np.round(rng.random(rows) * most, 6 if most == 1 else 0)
            values[rng.random(rows) < 0.05] = np.nan
            columns[given.name] = values
    keys = [f"K{row}" for row in range(rows)]
    return Frame("cooperative", keys, np.full(rows, TODAY), columns)


def best(work: Callable[[], object]) -> float:
    """Return the least of some runs, in seconds."""
    seconds = []
    for _ in range(LOOPS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def judge_fresh(line: RedLine, judged: Frame) -> object:
    """Judge a line on columns that are yet to be read."""
    return judge_rule(line, Columns(judged, None))


def main() -> None:
    """Print one line a figure."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    out = sys.stdout.write
    start = time.perf_counter()
    policy = load_policy().effective(date(2026, 3, 31))
    out(f"load and try the shipped policy  {(time.perf_counter() - start) * 1e3:8.0f} ms\n")
    judged = frame(policy, rows)
    for id, line in policy.red_lines.items():
        seconds = best(partial(judge_fresh, line, judged))
        out(f"{id}, {rows:,} rows  {rows / seconds / 1e6:8.1f} M verdicts/s\n")
    few = min(rows, ONE)
    seconds = best(lambda: [judge_one(judged, policy, row=row) for row in range(few)])
    out(f"one subject  {seconds / few / len(policy.red_lines) * 1e6:8.1f} µs a line\n")


if __name__ == "__main__":
    main()
