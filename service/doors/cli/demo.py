"""`liangshan demo`: an invented county, ready to be looked at in a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from service.demo import HOUSEHOLDS, Demo, prepare
from service.doors.cli.console import emit, guarded, say
from service.doors.http.server import Serving, address_of, listen
from service.doors.http.server import serve as serve_in_foreground
from service.settings import Settings
from service.wiring import application

LOOPBACK = "127.0.0.1"


@guarded
def demo(
    households: Annotated[
        int, typer.Option(min=100, help="农户数 · households to invent")
    ] = HOUSEHOLDS,
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口，0 为任意 · port")] = 8000,
    json: Annotated[bool, typer.Option("--json", help="就绪后输出一行 JSON")] = False,
) -> None:
    """模拟一个县并打开服务，一切数据皆为虚构 · Invent a county, train, judge and serve it."""
    bound = listen(LOOPBACK, port)
    county = prepare(Settings(), households, say)
    address = address_of(bound)

    def announce() -> None:
        if json:
            emit(county.document(address))
        else:
            _show(county, address)

    serve_in_foreground(application(county.services), bound, announce, Serving("warning"))


def _show(county: Demo, address: str) -> None:
    typer.echo(f"\n两山已就绪 · Liangshan is ready: {address}\n")
    for login in county.logins:
        typer.echo(f"  {login.role:<12} {login.password}")
    typer.echo(f"\n{county.curl(address)}\n")
    typer.echo("密码与密钥只显示这一次，Ctrl-C 结束 · shown this once; Ctrl-C ends it")
