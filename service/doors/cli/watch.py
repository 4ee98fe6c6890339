"""`liangshan watch DIR`: files put into a folder are batches, their answers come beside them."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from service.doors.cli.console import emit, guarded, say
from service.doors.http.batches.routes import shown
from service.doors.watched_folder import Outcome, WatchedFolder
from service.settings import Settings
from service.store.faults import StoreUnavailable
from service.use_cases.book.books import HOME_OWNER
from service.wiring_batches import open_watch

LOOK_SECONDS = 1.0


@guarded
def watch(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="文件夹 · folder with in/, out/")],
    product: Annotated[
        str | None, typer.Option(help="行内未说明时的产品 · product of lines that do not say it")
    ] = None,
    owner: Annotated[str, typer.Option(help="所有者 · whose applications")] = HOME_OWNER,
    once: Annotated[
        bool, typer.Option("--once", help="处理现有文件后结束 · end once in/ is empty")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="每个文件一行 JSON · a line a file")
    ] = False,
) -> None:
    """评估放入 DIR/in 的文件，结果在 DIR/out · Assess what is put into DIR/in.

    办结后原件即删，回执在 DIR/done · A file goes once it is answered; its receipt is in DIR/done.
    """
    ending = threading.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, lambda *_: ending.set())
    watched = open_watch(Settings(), folder, owner, product, ending)
    say(f"监视 · watching {folder / 'in'}")
    while not ending.is_set():
        seen = _look(watched, json)
        if once and not seen:
            return
        ending.wait(LOOK_SECONDS)


def _look(watched: WatchedFolder, json: bool) -> bool:
    """Answer the files that are there; return whether there may be more."""
    try:
        for outcome in watched.look():
            _tell(outcome, json)
    except StoreUnavailable as fault:
        say(f"[yellow]{fault.reason}[/]")
        return True
    return watched.has_files()


def _tell(outcome: Outcome, json: bool) -> None:
    batch = outcome.batch
    if json:
        told = None if batch is None else shown(batch)
        emit({"file": outcome.name, "batch": told, "problem": outcome.problem})
    elif batch is None:
        problem = outcome.problem or {}
        say(f"[yellow]拒收 refused[/] {outcome.name}: {problem.get('detail')}")
    else:
        say(f"{outcome.name}: {batch.rows} 行 lines，隔离 quarantined {batch.faulty}")
