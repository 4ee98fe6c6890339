"""`liangshan db upgrade`: bring the store to this program's revision."""

from __future__ import annotations

from typing import Annotated

import typer

from features.errors import BadInput
from service.doors.cli.console import emit, guarded, say
from service.settings import Settings
from service.store import migrate
from service.store.grants import grant
from service.store.store import Store

app = typer.Typer(help="数据库 · the store", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `upgrade` a command of its own."""


@app.command()
@guarded
def upgrade(
    grant_to: Annotated[
        str | None,
        typer.Option(help="PostgreSQL 服务角色 · role of the service, which owns no table"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="JSON 输出")] = False,
) -> None:
    """升级数据库到本程序的版本 · Bring the database to this program's revision."""
    settings = Settings()
    store = Store(settings.store_url, settings.made_home())
    if grant_to is not None and store.engine.dialect.name != "postgresql":
        rule = "仅适用于 PostgreSQL · only PostgreSQL has roles"
        raise BadInput(rule, field="--grant-to", value=grant_to)
    before = migrate.current(store.engine)
    revision = store.migrate()
    if grant_to is not None:
        grant(store.engine, grant_to)
    if json:
        emit({"before": before, "revision": revision})
    else:
        say(f"数据库版本 store revision: {before or '–'} → {revision}")
