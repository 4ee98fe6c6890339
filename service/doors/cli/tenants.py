"""`liangshan tenants`: the bodies that share an installation."""

from __future__ import annotations

from typing import Annotated

import typer

from service.doors.cli.access import JsonOption, open_access
from service.doors.cli.console import emit, guarded, say
from service.trust.roles import TenantKind
from service.trust.tenants import Body

app = typer.Typer(help="机构 · bodies that share this installation", no_args_is_help=True)


@app.command()
@guarded
def add(
    owner: Annotated[str, typer.Argument(help="机构代号，即记录的所有者 · owner of its records")],
    kind: Annotated[TenantKind, typer.Option(help="机构类别 · what kind of body")],
    county: Annotated[str | None, typer.Option(help="所在县 · its county")] = None,
    label: Annotated[str, typer.Option(help="名称 · what people call it")] = "",
    json: JsonOption = False,
) -> None:
    """登记机构，类别不可更改 · Register a body; what kind it is decides what others see."""
    body = Body(owner, kind, county, label or owner)
    open_access().add_tenant(body)
    if json:
        emit(body.document())
    else:
        say(f"已登记 registered: {owner} ({kind.value})")


@app.command(name="list")
@guarded
def list_(json: JsonOption = False) -> None:
    """列出机构 · List the registered bodies."""
    found = open_access().tenants()
    if json:
        emit([body.document() for body in found])
        return
    for body in found:
        typer.echo(
            "  ".join(filter(None, (body.owner, body.kind.value, body.county_code, body.label)))
        )
