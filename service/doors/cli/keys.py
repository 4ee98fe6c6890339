"""`liangshan keys`: the keys that sign access tokens, and those that encipher numbers."""

from __future__ import annotations

from typing import Annotated

import typer

from service.doors.cli.access import JsonOption
from service.doors.cli.console import emit, guarded, say
from service.settings import Settings
from service.store.store import Store
from service.trust.keys import FOLDER, SigningKeys
from service.trust.tenants import Tenants
from service.use_cases.book.books import HOME_OWNER
from service.wiring import now

app = typer.Typer(help="密钥 · keys of tokens and of enciphered numbers", no_args_is_help=True)


@app.command()
@guarded
def rotate(
    at_once: Annotated[
        bool,
        typer.Option(
            "--at-once",
            help="旧密钥立即失效，所有令牌作废 · drop the other keys too: every token ends",
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """换新密钥，旧令牌用到期满；以服务账户运行 · Draw a new key, as the service's own account."""
    keys = _keys()
    drawn = keys.rotate(at_once=at_once)
    if json:
        emit({"signing": drawn, "verifying": keys.ids()})
    else:
        say(f"签名密钥 signing key: {drawn}")


@app.command(name="list")
@guarded
def list_(json: JsonOption = False) -> None:
    """列出仍有效的密钥，首个用于签名 · List the keys that still hold; the first one signs."""
    found = _keys().ids()
    if json:
        emit(found)
    else:
        typer.echo("\n".join(found))


@app.command(name="rotate-fields")
@guarded
def rotate_fields(json: JsonOption = False) -> None:
    """换加密密钥并重新加密身份证号 · A new key for kept numbers; all are enciphered again.

    Older key files stay for backups that were made with them; delete them by hand after that.
    """
    store = Store.open()
    drawn = store.subjects.keys.rotate()
    owners = {HOME_OWNER, *(body.owner for body in Tenants(store.engine).all())}
    renewed = {owner: store.identities(owner).renew(store.subjects) for owner in sorted(owners)}
    if json:
        emit({"enciphering": drawn, "keys": store.subjects.keys.ids(), "renewed": renewed})
        return
    say(f"加密密钥 enciphering key: {drawn}")
    for owner, count in renewed.items():
        say(f"  {owner}: {count}")


def _keys() -> SigningKeys:
    return SigningKeys(Settings().made_home() / FOLDER, now)
