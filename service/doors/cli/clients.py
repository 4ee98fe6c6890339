"""`liangshan clients`: programs that may ask for access tokens."""

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
from service.doors.http.access.shapes import client_document, new_client_document

app = typer.Typer(help="客户端 · programs that ask for tokens", no_args_is_help=True)


@app.command()
@guarded
def add(
    name: Annotated[str, typer.Argument(help="程序名称 · what it is")],
    role: RoleOption,
    owner: OwnerOption = HOME,
    json: JsonOption = False,
) -> None:
    """添加客户端，密钥只显示一次 · Add a program; its secret is shown this once."""
    access = open_access()
    made = access.add_client(name, role, administrator(access, owner))
    if json:
        emit(new_client_document(made, name, role) | {"owner": owner})
    else:
        typer.echo(f"client_id: {made.id}\nclient_secret: {made.secret}")


@app.command(name="list")
@guarded
def list_(owner: OwnerOption = HOME, json: JsonOption = False) -> None:
    """列出客户端 · List the programs of a tenant."""
    access = open_access()
    found = access.clients(administrator(access, owner), MOST)
    if json:
        emit([client_document(client) for client in found])
        return
    for client in found:
        out = "" if client.revoked_at is None else f"  已撤销 revoked {client.revoked_at:%F}"
        typer.echo(f"{client.id}  {client.role.value}  {client.name}{out}")


@app.command()
@guarded
def revoke(
    id: Annotated[str, typer.Argument(metavar="CLIENT_ID", help="客户端编号 · its id")],
    owner: OwnerOption = HOME,
    json: JsonOption = False,
) -> None:
    """撤销客户端，其令牌五秒内失效 · Revoke a program; its tokens stop within five seconds."""
    access = open_access()
    access.revoke_client(id, administrator(access, owner))
    if json:
        emit({"id": id, "revoked": True})
    else:
        say(f"已撤销 revoked: {id}")
