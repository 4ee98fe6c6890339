"""`liangshan person`: a person's rights over his data, by the same rules as over HTTP.

Whoever runs the installation is not thereby somebody who may see borrowers: an officer of the
tenant signs in for a copy or to ask for an erasure, an approver, who is another, to answer it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import orjson
import typer

from features.canonical import canonical_json
from features.errors import BadInput
from service.doors.cli.access import JsonOption
from service.doors.cli.console import emit_bytes, guarded, say
from service.settings import Settings
from service.store.store import Store
from service.trust.identity import Caller, Identity
from service.use_cases.rights.rights import Rights
from service.wiring import now

HOUSEHOLD = "household"
ASKS, ANSWERS = "consent:write", "change:approve"

Whom = Annotated[
    str, typer.Argument(metavar="TOKEN", help="主体令牌，或农户编号 · subject token, or household")
]
By = Annotated[str, typer.Option("--by", help="办理人，须输入密码 · who does it; signs in")]
Reason = Annotated[str, typer.Option("--reason", help="理由 · why")]
Paper = Annotated[str, typer.Option("--paper", help="依据文书编号 · the document it rests on")]
Approve = Annotated[
    bool | None, typer.Option("--approve/--reject", help="答复待批的申请 · answer what waits")
]

app = typer.Typer(help="个人信息权利 · a person's rights over his data", no_args_is_help=True)


@app.command()
@guarded
def export(token: Whom, by: By, json: JsonOption = False) -> None:
    """个人信息副本 · A copy of everything that is held of a person."""
    store = Store.open(Settings())
    copy = Rights.over(store, now).copier.copy(token, signed_in(store, by, ASKS))
    if json:
        emit_bytes(canonical_json(copy))
        return
    for line in told(copy):
        typer.echo(line)


@app.command()
@guarded
def erase(
    token: Whom,
    by: By,
    reason: Reason = "",
    paper: Paper = "",
    approve: Approve = None,
    json: JsonOption = False,
) -> None:
    """申请删除，另一人答复后才删除 · Ask for an erasure; it is done once another approves."""
    store = Store.open(Settings())
    eraser = Rights.over(store, now).eraser
    said = {"reason": reason, "evidence_doc_id": paper}
    said = {name: text for name, text in said.items() if text}
    if approve is None:
        document = eraser.ask(token, said, signed_in(store, by, ASKS))
    else:
        action = "approve" if approve else "reject"
        document = eraser.answer(token, said | {"action": action}, signed_in(store, by, ANSWERS))
    if json:
        emit_bytes(document)
    else:
        found = orjson.loads(document)
        say(f"{found['action']}: {found['household']}  {found['hash']}")


def signed_in(store: Store, name: str, scope: str) -> Caller:
    """Return who signs in at the terminal, if he may do this with people of his tenant.

    Raises
    ------
    BadInput
        When name and password do not belong together, he must choose a password of his own
        first, or his role or body may not.
    """
    password = typer.prompt("密码 password", hide_input=True, err=True)
    caller = Identity(store.engine).sign_in(name, password)
    if caller is None:
        rule = "用户名或密码不对 · name and password do not belong together"
        raise BadInput(rule, field="--by", value=name)
    if caller.is_barred:
        rule = "请先在 /password 自选密码 · choose a password of your own at /password first"
        raise BadInput(rule, field="--by", value=name)
    if not (caller.may(scope) and caller.reads(HOUSEHOLD)):
        rule = f"无此权限 · a {caller.role.value} of a {caller.kind.value} may not do this"
        raise BadInput(f"{rule} ({scope})", field="--by", value=name)
    return caller


def told(copy: Mapping[str, Any]) -> list[str]:
    """Return in a few lines what a copy holds; `--json` has all of it."""
    rows = [f"{table} {len(rows)}" for table, rows in copy["records"].items()]
    decided = [one["plain"]["zh"] for one in copy["decisions"]]
    consents = [f"{one['id']}{' 已撤回' if one['withdrawn'] else ''}" for one in copy["consents"]]
    held = f"记录 records: {', '.join(rows)}"
    return [held, f"授权 consents: {', '.join(consents)}", *decided]
