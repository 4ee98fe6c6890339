"""`liangshan check DIR`: a folder of tables against the data dictionary."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from features.contracts import Checked, check_folder
from service.doors.cli.console import emit, guarded, say, stderr

QUARANTINE = "_quarantine.csv"
RULES_SHOWN = 10


@guarded
def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="表所在文件夹 · folder of tables")],
    *,
    json: Annotated[
        bool, typer.Option("--json", help="结果写到标准输出 · JSON on stdout")
    ] = False,
) -> None:
    """检查账本：坏行搁置并说明原因 · check a book, set bad rows aside with their reason."""
    say(f"读取并检查 · reading and checking {folder} ...")
    checked = check_folder(folder, today_in_shanghai())
    quarantine = folder / QUARANTINE
    checked.faults.write_csv(quarantine)
    if json:
        emit(as_document(checked, quarantine))
    else:
        _show(checked, quarantine)


def today_in_shanghai() -> date:
    """Return today's date in Asia/Shanghai."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def as_document(checked: Checked, quarantine: Path) -> dict[str, object]:
    """Return counts by table and by rule, as `--json` prints them."""
    aside = checked.faults.counts()
    return {
        "tables": {
            name: {
                "rows": rows,
                "good": checked.book.tables[name].num_rows,
                "set_aside": aside.get(name, 0),
            }
            for name, rows in checked.rows.items()
        },
        "faults": len(checked.faults),
        "rules": checked.faults.by_rule(),
        "quarantine": str(quarantine),
    }


def _show(checked: Checked, quarantine: Path) -> None:
    aside = checked.faults.counts()
    counts = Table("表 table", "行 rows", "可用 good", "搁置 set aside")
    for name, rows in checked.rows.items():
        good = checked.book.tables[name].num_rows
        counts.add_row(name, f"{rows:,}", f"{good:,}", f"{aside.get(name, 0):,}")
    stderr.print(counts)
    if not len(checked.faults):
        say("全部可用 · every row is good")
        return
    rules = Table("表 table", "列 field", "问题 rule", "处 faults")
    for fault in checked.faults.by_rule()[:RULES_SHOWN]:
        rules.add_row(*(str(fault[key]) for key in ("table", "field", "rule", "faults")))
    stderr.print(rules)
    say(f"搁置的行及原因 · rows set aside and why: {quarantine}")
