"""`liangshan people`: who may sign in."""

from __future__ import annotations

from typing import Annotated

import typer

from features.errors import BadInput
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
from service.settings import Settings
from service.trust.openid import Subject
from service.trust.people import Change

Name = Annotated[str, typer.Argument(help="用户名 · user name")]
Account = Annotated[str, typer.Argument(help="单位账号标识（sub） · subject at the provider")]
IssuerOption = Annotated[
    str, typer.Option("--issuer", help="OpenID 提供方，默认取设置 · the provider")
]

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
def disable(name: Name, owner: OwnerOption = HOME, json: JsonOption = False) -> None:
    """停用人员，其会话随即结束 · Let somebody sign in no more; his sessions end."""
    _change(name, owner, Change(disabled=True))
    _tell(json, {"name": name, "disabled": True}, f"已停用 disabled: {name}")


@app.command()
@guarded
def enable(name: Name, owner: OwnerOption = HOME, json: JsonOption = False) -> None:
    """恢复已停用的人员 · Let somebody sign in again."""
    _change(name, owner, Change(disabled=False))
    _tell(json, {"name": name, "disabled": False}, f"已恢复 enabled: {name}")


@app.command()
@guarded
def password(name: Name, owner: OwnerOption = HOME, json: JsonOption = False) -> None:
    """重设密码，只显示一次 · Draw a new password; it is shown this once."""
    drawn = _change(name, owner, Change(new_password=True))
    if json:
        emit({"name": name, "password": drawn})
    else:
        typer.echo(f"密码 password: {drawn}")


@app.command()
@guarded
def link(
    name: Name,
    account: Account,
    issuer: IssuerOption = "",
    owner: OwnerOption = HOME,
    json: JsonOption = False,
) -> None:
    """允许以单位账号登录 · Let somebody sign in by his account at the OpenID provider."""
    access = open_access()
    found = _account(account, issuer)
    access.link(name, found, administrator(access, owner))
    told = {"name": name, "issuer": found.issuer, "subject": found.name, "linked": True}
    _tell(json, told, f"已关联 linked: {name} = {account}")


@app.command()
@guarded
def unlink(
    name: Name,
    account: Account,
    issuer: IssuerOption = "",
    owner: OwnerOption = HOME,
    json: JsonOption = False,
) -> None:
    """取消单位账号登录，其会话随即结束 · Let an account sign in no more; sessions end."""
    access = open_access()
    found = _account(account, issuer)
    access.unlink(name, found, administrator(access, owner))
    told = {"name": name, "issuer": found.issuer, "subject": found.name, "linked": False}
    _tell(json, told, f"已取消关联 unlinked: {name} = {account}")


@app.command()
@guarded
def accounts(name: Name, owner: OwnerOption = HOME, json: JsonOption = False) -> None:
    """列出已关联的单位账号 · List somebody's accounts at OpenID providers."""
    access = open_access()
    found = access.accounts(name, administrator(access, owner))
    if json:
        emit([{"issuer": account.issuer, "subject": account.name} for account in found])
        return
    for account in found:
        typer.echo(f"{account.name}  {account.issuer}")


def _tell(json: bool, document: dict[str, object], line: str) -> None:
    if json:
        emit(document)
    else:
        say(line)


def _account(name: str, issuer: str) -> Subject:
    """Return an account at a provider; at the one of the settings by default."""
    issuer = issuer or Settings().oidc_issuer
    if not issuer:
        rule = "未设置，请给出 --issuer · is not set; give --issuer"
        raise BadInput(rule, field="LIANGSHAN_OIDC_ISSUER")
    return Subject(issuer, name)


def _change(name: str, owner: str, change: Change) -> str | None:
    """Change somebody and return his new password, where one was drawn."""
    access = open_access()
    by = administrator(access, owner)
    return access.change_person(access.person(name, by), change, by)[1]
