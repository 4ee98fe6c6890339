"""`liangshan load`: a checked book into the store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from service.doors.cli.console import emit, guarded, say
from service.store.store import Store
from service.trust.tenants import Tenants
from service.use_cases.book.books import HOME_OWNER, LoadReport, instant, load_folder


@guarded
def load(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="账册文件夹 · folder of Parquet and CSV tables")
    ],
    owner: Annotated[str, typer.Option(help="所有者 · who states these records")] = HOME_OWNER,
    known_at: Annotated[
        str | None,
        typer.Option(help="缺省获知时间 · for rows without known_at: a date or instant"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="JSON 输出")] = False,
) -> None:
    """检查账册并存入数据库,可重复执行 · Check a book and keep its news; may be repeated."""
    since = None if known_at is None else instant(known_at)
    store = Store.open()
    if owner != HOME_OWNER and not Tenants(store.engine).knows(owner):
        say(f"[yellow]未登记 not registered[/] {escape(owner)}: liangshan tenants add")
    report = load_folder(store, folder, owner, since)
    if json:
        emit(_document(report))
    else:
        _show(report)


def _document(report: LoadReport) -> dict[str, object]:
    return {
        "new": report.new,
        "same": report.same,
        "quarantined": {"check": dict(report.faulty), "store": dict(report.refused)},
        "quarantine": None if report.quarantine is None else str(report.quarantine),
    }


def _show(report: LoadReport) -> None:
    say(f"新增 new {report.new} · 已知 known already {report.same}")
    for found, said in ((report.faulty, "检查 check"), (report.refused, "入库 store")):
        for table, count in found.items():
            say(f"[yellow]隔离 set aside[/] {said}: {table} {count}")
    if report.quarantine is not None:
        say(f"明细 details: {report.quarantine}")
