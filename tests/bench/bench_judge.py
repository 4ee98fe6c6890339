"""Time the judge: every line by the million, every subject by itself, projects by all their lines.

    OMP_NUM_THREADS=1 .venv/bin/python tests/bench/bench_judge.py [ROWS]

Goals: 5 million ratio verdicts a second on one core, 100,000 projects by all their lines in
seconds, 10 µs a line for one subject. Seconds are the processor's own, the least of some runs.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

import numpy as np

from features.frame import Frame
from risk.files import load_policy
from risk.red_lines import RedLine, RuleBook, judge, judge_one
from risk.red_lines.book import judge_rule
from risk.red_lines.columns import Columns
from risk.red_lines.subjects import table_of_subject

TODAY = 20_543
ROWS = 1_000_000
PROJECTS = 100_000
ONE = 2_000
LOOPS = 4


def frame(lines: Sequence[RedLine], rows: int) -> Frame:
    """Return made-up sides of the lines of one subject, one value in twenty missing."""
    rng = np.random.default_rng(0)
    columns = {}
    for given in {name: given for line in lines for name, given in line.inputs.items()}.values():
        most = {"fen": 10**10, "flag": 2, "count": 5, "days": 100, "months": 40}.get(given.unit, 1)
        values = np.round(rng.random(rows) * most, 6 if most == 1 else 0)
        values[rng.random(rows) < 0.05] = np.nan
        columns[given.name] = values
    keys = [f"K{row}" for row in range(rows)]
    return Frame(table_of_subject(lines[0].subject), keys, np.full(rows, TODAY), columns)


def best(work: Callable[[], object], loops: int = LOOPS) -> float:
    """Return the least of some runs, in seconds of this process."""
    seconds = []
    for _ in range(loops):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


def judge_fresh(line: RedLine, judged: Frame) -> object:
    """Judge a line on columns that are yet to be read."""
    return judge_rule(line, Columns(judged, None))


def is_ratio(line: RedLine) -> bool:
    """Return whether every test of a line is a ratio."""
    return all(test.under is not None for test in line.tests)


def main() -> None:
    """Print one line a figure."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    out = sys.stdout.write
    start = time.process_time()
    policy = load_policy().effective(date(2026, 3, 31))
    out(f"load and try the shipped policy  {(time.process_time() - start) * 1e3:8.0f} ms\n")
    by_subject: dict[str, list[RedLine]] = {}
    for line in policy.red_lines.values():
        by_subject.setdefault(line.subject, []).append(line)
    slowest: dict[str, float] = {}
    for lines in by_subject.values():
        judged = frame(lines, rows)
        for line in lines:
            speed = rows / best(partial(judge_fresh, line, judged), 2) / 1e6
            kind = "ratio" if is_ratio(line) else "other"
            slowest[kind] = min(
                speed * len(line.tests), slowest.get(kind, speed * len(line.tests))
            )
            tests = len(line.tests)
            out(f"{line.id:7} {tests} tests, {rows:,} rows  {speed:8.1f} M verdicts/s\n")
    for kind, speed in slowest.items():
        out(f"slowest {kind}, a test  {speed:8.1f} M/s\n")
    few, spent = min(rows, ONE), 0.0
    for subject, lines in by_subject.items():
        judged = frame(lines, few)
        seconds = best(partial(judge_each, judged, policy)) / few
        spent += seconds
        each = seconds / len(lines) * 1e6
        out(f"one {subject}, {len(lines)} lines  {each:8.1f} µs a line\n")
    out(f"one of each subject  {spent / len(policy.red_lines) * 1e6:8.1f} µs a line\n")
    projects = frame(by_subject["project"], min(rows, PROJECTS))
    seconds = best(partial(judge, projects, policy))
    count = len(projects) * len(by_subject["project"])
    out(f"{len(projects):,} projects, {count:,} verdicts  {seconds:8.2f} s\n")


def judge_each(judged: Frame, policy: RuleBook) -> None:
    """Judge every row by itself."""
    for row in range(len(judged)):
        judge_one(judged, policy, row=row)


if __name__ == "__main__":
    main()
