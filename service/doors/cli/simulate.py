"""`liangshan simulate`: an invented county's book as tables, its true PD in a folder apart."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from features.simulate import simulate as simulated
from features.simulate import write
from service.doors.cli.console import emit, guarded, say


@guarded
def simulate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="写入的文件夹 · folder to write")],
    households: Annotated[int, typer.Option(help="农户数 · households")],
    seed: Annotated[int, typer.Option(help="随机种子 · seed")],
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="账簿日期，缺省为固定日 · last day of the book"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 · as JSON")] = False,
) -> None:
    """模拟一个虚构县的账簿（仅供演示）· simulate an invented county's book."""
    say(f"模拟 {households:,} 户（虚构数据）· simulating {households:,} households, all invented")
    started = time.perf_counter()
    county = simulated(households, seed, as_of.date() if as_of else None)
    write(county, folder)
    rows = {name: table.num_rows for name, table in county.book.tables.items()}
    seconds = round(time.perf_counter() - started, 1)
    say(f"{len(rows)} 张表，{sum(rows.values()):,} 行 · tables, rows; {seconds} s → {folder}")
    if json:
        emit(
            {
                "folder": str(folder),
                "households": households,
                "seed": seed,
                "rows": rows,
                "seconds": seconds,
            }
        )
