"""`liangshan serve`: the service of an installation, in the foreground."""

from __future__ import annotations

from typing import Annotated

import typer

from features.errors import BadInput
from service.doors.cli.console import emit, guarded, say
from service.doors.http.server import Serving, address_of, listen
from service.doors.http.server import serve as serve_in_foreground
from service.settings import STORE_FILE, Settings
from service.wiring import application, open_services


@guarded
def serve(
    host: Annotated[str, typer.Option(help="地址 · address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="端口，0 为任意 · port")] = 8000,
    json: Annotated[bool, typer.Option("--json", help="就绪后输出一行 JSON")] = False,
) -> None:
    """打开已有数据库的服务 · Serve an installation whose store exists."""
    settings = Settings()
    refuse_without_store(settings)
    bound = listen(host, port)
    app = application(open_services(settings))
    address = address_of(bound)

    def announce() -> None:
        if json:
            emit({"address": address})
        else:
            say(f"两山已就绪 · Liangshan is ready: {address}")

    serve_in_foreground(app, bound, announce, Serving.of(settings))


def refuse_without_store(settings: Settings) -> None:
    """Refuse to serve an embedded store that nobody made: an empty one would look like a service.

    Raises
    ------
    BadInput
        Naming the file and the commands that make it.
    """
    store = settings.home.expanduser() / STORE_FILE
    if not settings.database_url and not store.exists():
        raise BadInput(
            "没有数据库，请先 liangshan load DIR，或 liangshan demo · there is no store yet: "
            "run `liangshan load DIR`, or `liangshan demo`",
            where="LIANGSHAN_HOME",
            value=str(store),
        )
