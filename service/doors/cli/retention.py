"""`liangshan retention --as-of D`: erase what is past."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from service.doors.cli.console import emit, guarded, say
from service.store.store import Store
from service.trust.retention import Class, classes
from service.use_cases.book.books import HOME_OWNER
from service.use_cases.rights.retention import Retention
from service.wiring import now


@guarded
def retention(
    as_of: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d"], help="截至此日已过期者 · what is past by then"),
    ],
    owner: Annotated[str, typer.Option(help="所有者 · whose data")] = HOME_OWNER,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列不删 · erase nothing")] = False,
    json: Annotated[bool, typer.Option("--json", help="JSON 输出")] = False,
) -> None:
    """删除保存期已过的个人信息,逐项留痕 · Erase personal data whose time is over."""
    keeper = Retention(Store.open(), owner, now)
    day = as_of.date()
    counts = (keeper.past(day) if dry_run else keeper.erase(day)).counts()
    if json:
        done = {"as_of": day.isoformat(), "owner": owner, "erased": not dry_run, "past": counts}
        emit(done | {"classes": {name: _rule(classes()[name]) for name in counts}})
        return
    for name, count in counts.items():
        rule = classes()[name]
        say(f"{rule.zh} · {rule.en} (> {rule.years}): {count}\n  {rule.basis} {rule.ground}")


def _rule(rule: Class) -> dict[str, object]:
    """Return how long a class is kept, on what ground, and whether somebody confirmed that."""
    names = ("years", "binding", "basis", "source", "confirmed")
    return {name: getattr(rule, name) for name in names}
