"""`liangshan red-lines DIR`: every verdict on a book, with its arithmetic."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import pyarrow.parquet as pq
import typer
from rich.console import Console
from rich.table import Table

from features.canonical import canonical_json
from features.contracts import check_folder
from features.errors import BadInput
from risk.files import load_policy
from risk.red_lines import State, Verdict
from service.doors.cli.check import today_in_shanghai
from service.doors.cli.console import emit_bytes, guarded, say
from service.settings import Settings
from service.use_cases.judging.red_lines import Judged, judge_book

SHOWN = (State.BREACH, State.WARN, State.UNKNOWN)
MOST_SHOWN = 40
COLOURS = {State.BREACH: "bold red", State.WARN: "yellow", State.UNKNOWN: "cyan"}


@guarded
def red_lines(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="账本文件夹 · folder of a book")],
    as_of: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="判断日 · judged day")],
    county: Annotated[str | None, typer.Option(help="只判此县 · this county alone")] = None,
    json: Annotated[bool, typer.Option("--json", help="JSON")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="写入 Parquet · write Parquet")
    ] = None,
) -> None:
    """红线判定：状态、算式、限额与条款 · judge the red lines of a book."""
    if output is not None and output.suffix != ".parquet":
        raise BadInput("须以 .parquet 结尾 · must end in .parquet", field="-o", value=str(output))
    policy = load_policy(Settings().policy)
    say(f"读取账本 · reading {folder} ...")
    checked = check_folder(folder, today_in_shanghai())
    if len(checked.faults):
        say(f"{len(checked.faults):,} 处数据问题，相关行已搁置 · faults; their rows are set aside")
    judged = judge_book(checked.book, policy, as_of.date(), county)
    if output is not None:
        pq.write_table(judged.table(), output)
        say(f"已写入 · wrote {output}")
    if json:
        emit_bytes(canonical_json(judged.document()))
    elif output is None:
        _show(judged)


def _show(judged: Judged) -> None:
    counts = Table("红线 rule", *(state.word for state in State))
    rules = sorted({rule for part in judged.parts for rule in part.lines})
    for rule in rules:
        states = [part.states(rule) for part in judged.parts if rule in part.lines]
        totals = [sum(int((codes == state).sum()) for codes in states) for state in State]
        counts.add_row(rule, *(f"{total:,}" if total else "" for total in totals))
    console = Console(highlight=False)
    console.print(counts)
    console.print(_worst(judged))


def _worst(judged: Judged) -> Table:
    """Return the gravest verdicts with their arithmetic."""
    worst = Table(
        "红线 rule", "主体 subject", "状态 state", "算式或缺项 arithmetic, or what is missing"
    )
    found = [
        (state, part, rule, int(row))
        for state in SHOWN
        for part in judged.parts
        for rule in part.lines
        for row in (part.states(rule) == state).nonzero()[0][:MOST_SHOWN]
    ]
    for state, part, rule, row in found[:MOST_SHOWN]:
        verdict = part.verdict(rule, row)
        worst.add_row(
            f"{rule} {verdict.rule.title['zh']}",
            part.frame.keys[row],
            f"[{COLOURS[state]}]{state.word}[/]",
            ", ".join(verdict.missing) or arithmetic(verdict),
        )
    return worst


def arithmetic(verdict: Verdict) -> str:
    """Return the worst test in one line: `60.00 ÷ 100.00 = 0.600000, warn at 1, breach at 0.5`."""
    place = max(range(len(verdict.tests)), key=lambda test: verdict.tests[test].state)
    tests: Any = verdict.document()["tests"]
    test = tests[place]
    sides = f"{test['over']} ÷ {test['under']} = " if "over" in test else ""
    limits = (f"{limit['level']} at {limit['at']}" for limit in test["limits"] if limit["at"])
    return ", ".join((f"{sides}{test['value'] or '—'}", *limits))
