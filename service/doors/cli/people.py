"""`liangshan people`: who may sign in."""

from __future__ import annotations

from typing import Annotated

import typer

from service.doors.cli.access import (
    HOME,
    MOST,
    JsonOption,
    OwnerOption,
    RoleOption,
    administrator,
    open_access,
)
from service.doors.cli.console import emit, guarded, say
from service.trust.people import Change

Name = Annotated[str, typer.Argument(help="用户名 · user name")]

app = typer.Typer(help="人员 · people who sign in", no_args_is_help=True)


@app.command()
@guarded
def add(name: Name, role: RoleOption, owner: OwnerOption = HOME, json: JsonOption = False) -> None:
    """添加人员，初始密码只显示一次 · Add somebody; the first password is shown this once."""
    access = open_access()
    person, password = access.add_person(name, role, administrator(access, owner))
    if json:
        emit(person.document() | {"owner": owner, "password": password})
    else:
        typer.echo(f"{name}  {role.value}  {owner}\n密码 password: {password}")


@app.command(name="list")
@guarded
def list_(owner: OwnerOption = HOME, json: JsonOption = False) -> None:
    """列出人员 · List the people of a tenant."""
    access = open_access()
    found = access.people(administrator(access, owner), MOST)
    if json:
        emit([person.document() for person in found])
        return
    for person in found:
        out = "" if person.disabled_at is None else f"  停用 disabled {person.disabled_at:%F}"
        typer.echo(f"{person.name}  {person.role.value}{out}")


@app.command()
@guarded
def disable(name: Name, owner: OwnerOption = HOME) -> None:
    """停用人员，其会话随即结束 · Let somebody sign in no more; his sessions end."""
    _change(name, owner, Change(disabled=True))
    say(f"已停用 disabled: {name}")


@app.command()
@guarded
def enable(name: Name, owner: OwnerOption = HOME) -> None:
    """恢复已停用的人员 · Let somebody sign in again."""
    _change(name, owner, Change(disabled=False))
    say(f"已恢复 enabled: {name}")


@app.command()
@guarded
def password(name: Name, owner: OwnerOption = HOME, json: JsonOption = False) -> None:
    """重设密码，只显示一次 · Draw a new password; it is shown this once."""
    drawn = _change(name, owner, Change(new_password=True))
    if json:
        emit({"name": name, "password": drawn})
    else:
        typer.echo(f"密码 password: {drawn}")


def _change(name: str, owner: str, change: Change) -> str | None:
    """Change somebody and return his new password, where one was drawn."""
    access = open_access()
    by = administrator(access, owner)
    return access.change_person(access.person(name, by), change, by)[1]
