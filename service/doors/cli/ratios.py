"""`liangshan ratios TABLE`: leverage and liquidity of any table of statements."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from risk.files import load_policy
from service.doors.cli.check import today_in_shanghai
from service.doors.cli.console import emit, guarded, say, stderr
from service.settings import Settings
from service.use_cases.tables.ratios import Ratios, ratios_of
from service.use_cases.tables.statement_map import read_map


@guarded
def ratios(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="Parquet、CSV、CSV.gz")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Parquet、CSV、CSV.gz")],
    map: Annotated[
        Path | None, typer.Option("--map", help="列对照 YAML，缺省为我们的列名 · map of columns")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="JSON")] = False,
) -> None:
    """任意财务报表的杠杆与流动性及 RL-01…07 · leverage and liquidity of any statements."""
    policy = load_policy(Settings().policy)
    mapping = None if map is None else read_map(map)
    say(f"读取 · reading {table} ...")
    found = ratios_of(table, mapping, policy, policy.effective(today_in_shanghai()))
    found.write(output)
    for column, count in found.outside.items():
        say(f"{column}: {count:,} 个值超出字典范围，按缺失处理 · outside its range: missing")
    say(f"已写入 · wrote {output}")
    if json:
        emit(
            {
                "rows": found.table.num_rows,
                "lines": found.counts(),
                "outside": dict(found.outside),
                "policy": f"sha256:{found.verdicts.policy.sha256}",
                "output": str(output),
            }
        )
    else:
        _show(found)


def _show(found: Ratios) -> None:
    counts = found.counts()
    states = list(dict.fromkeys(state for row in counts.values() for state in row))
    shown = Table("红线 rule", *states)
    for rule, row in counts.items():
        shown.add_row(rule, *(f"{row.get(state, 0):,}" for state in states))
    stderr.print(shown)
