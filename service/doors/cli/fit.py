"""`liangshan fit`: the champion's kind of model on any table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from service.doors.cli.console import emit, guarded, say
from service.use_cases.tables.fit import FitOrder, fit_table


@guarded
def fit(
    table: Annotated[
        Path, typer.Argument(metavar="TABLE", help="数据表 · Parquet, CSV or CSV.gz")
    ],
    target: Annotated[str, typer.Option(help="目标列 · the outcome's column, 1 or true = bad")],
    test: Annotated[Path | None, typer.Option(help="检验表 · a second table to test on")] = None,
    signs: Annotated[Path | None, typer.Option(help="方向文件 · YAML, column: +1 | -1")] = None,
    bad: Annotated[str | None, typer.Option(help="违约取值 · the value that means bad")] = None,
    drop: Annotated[str, typer.Option(help="不用的列,逗号分隔 · columns left out")] = "",
    group: Annotated[str | None, typer.Option(help="分组列 · kept on one side of a split")] = None,
    save: Annotated[Path | None, typer.Option(help="保存目录 · folder for the model")] = None,
    seed: Annotated[int, typer.Option(help="随机种子 · seed")] = 0,
    threads: Annotated[int | None, typer.Option(help="线程数 · threads")] = None,
    json: Annotated[bool, typer.Option("--json", help="JSON 输出")] = False,
) -> None:
    """对任意数据表建立信用模型并如实报告 · Fit a model of any table and report how good it is."""
    dropped = [name.strip() for name in drop.split(",") if name.strip()]
    order = FitOrder(table, target, test, signs, bad, dropped, group, seed, threads, save)
    fitted = fit_table(order, say)
    if json:
        emit(fitted.report)
    else:
        _show(fitted.report)


def _show(report: Mapping[str, Any]) -> None:
    title = f"{report['rows']} 行 rows · {report['bads']} 违约 bad · {report['family']}"
    shown = Table(title=title)
    shown.add_column("指标 metric")
    shown.add_column("交叉验证 cv", justify="right")
    shown.add_column("检验表 test", justify="right")
    test = report["test"] or {}
    for name in dict.fromkeys([*report["cv"], *test]):
        cells = (part.get(name) for part in (report["cv"], test))
        shown.add_row(name, *("" if cell is None else f"{cell:.4f}" for cell in cells))
    Console().print(shown)
    say(f"理由稳定性 reasons_stability {report['reasons_stability']:.3f}")
