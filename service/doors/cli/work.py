"""`liangshan work`: answer the lines of batches, beside the service or apart from it."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from service import metrics
from service.doors.cli.console import guarded
from service.logs import configure
from service.settings import Settings
from service.wiring_batches import open_worker

LESS_URGENT = 5
IDLE_SECONDS = 60.0


@guarded
def work(
    tied: Annotated[bool, typer.Option("--tied", hidden=True)] = False,
    demo: Annotated[bool, typer.Option("--demo", hidden=True)] = False,
    home: Annotated[Path | None, typer.Option("--home", hidden=True)] = None,
) -> None:
    """处理等待中的批次，直到被叫停 · Work through waiting batches until told to stop."""
    ending = threading.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, lambda *_: ending.set())
    if tied:
        threading.Thread(target=_end_with_parent, args=(ending,), daemon=True).start()
        metrics.relay_to(_for_counts_alone())
    configure()
    os.nice(LESS_URGENT)
    settings = Settings() if home is None else Settings(home=home)
    open_worker(settings, ending, demo=demo).run(IDLE_SECONDS if tied else math.inf)


def _for_counts_alone() -> BinaryIO:
    """Return standard output; what else is printed goes to standard error from now on."""
    counts = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return counts


def _end_with_parent(ending: threading.Event) -> None:
    """End when the service that started this process does, however it ends."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    ending.set()
