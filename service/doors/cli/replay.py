"""`liangshan replay DECISION_ID`."""

from __future__ import annotations

from typing import Annotated

import typer

from risk.files import load_policy
from service.doors.cli.console import EXIT_NO, emit, guarded, say
from service.settings import Settings
from service.store.store import Store
from service.use_cases.book.books import HOME_OWNER
from service.use_cases.decided.replay import replay as replay_decision


@guarded
def replay(
    id: Annotated[str, typer.Argument(metavar="DECISION_ID", help="决定号 · decision")],
    owner: Annotated[str, typer.Option(help="所有者 · whose decision")] = HOME_OWNER,
    as_json: Annotated[bool, typer.Option("--json", help="JSON 输出 · JSON on stdout")] = False,
) -> None:
    """重算一份决定并逐字节比对 · Recompute a decision and compare it byte for byte."""
    settings = Settings()
    store = Store.open(settings)
    replayed = replay_decision(store, load_policy(settings.policy), id, owner)
    if as_json:
        emit(vars(replayed))
    else:
        say(f"由特征重算 from features: {replayed.from_features}")
        say(f"由原始输入 from input: {replayed.from_input}")
        for key in replayed.differing:
            say(f"  不同 differs: {key}")
    if not replayed.holds:
        raise typer.Exit(EXIT_NO)
