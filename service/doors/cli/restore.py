"""`liangshan restore FILE`: a backup into an empty place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.doors.cli.backup import document, sum_of
from service.doors.cli.console import emit, guarded, say
from service.settings import Settings
from service.store.restore import restore as restore_backup
from service.store.store import Store


@guarded
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="备份文件 · a backup")],
    json: Annotated[bool, typer.Option("--json", help="JSON 输出")] = False,
) -> None:
    """恢复到空的数据库，两种数据库皆可 · Restore into an empty store, of either kind."""
    settings = Settings()
    home = settings.made_home()
    manifest = restore_backup(Store(settings.store_url, home), home, file)
    if json:
        emit(document(file, manifest))
        return
    say(f"已恢复并核验决策链 restored, chains verified: {sum_of(manifest)} 行 rows")
    if settings.database_url:
        say("然后授权 · then grant: liangshan db upgrade --grant-to ROLE")
