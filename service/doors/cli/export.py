"""`liangshan export`: the book as it was known on a day."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from service.doors.cli.console import emit, guarded, say
from service.store.store import Store
from service.use_cases.book.books import HOME_OWNER, export_folder


@guarded
def export(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="新文件夹 · a new or empty folder")
    ],
    known_at: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="截至此日所知 · as known by this day")
    ],
    owner: Annotated[str, typer.Option(help="所有者 · whose book")] = HOME_OWNER,
    json: Annotated[bool, typer.Option("--json", help="JSON 输出")] = False,
) -> None:
    """导出截至某日所知的账册 · Write the book as it was known by the end of a day."""
    day: date = known_at.date()
    rows = export_folder(Store.open(), folder, day, owner)
    if json:
        emit({"known_at": day.isoformat(), "rows": dict(rows)})
    else:
        for table, count in rows.items():
            say(f"{table} {count}")
