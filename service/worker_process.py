"""A process of its own for batches: the live route shares no interpreter with it, and goes first.

Batches decide with the same code as the live route, line after line; in a thread of the server
each line would hold up who waits for an answer. The process is there while there is work.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable

from service import metrics
from service.settings import PREFIX, Settings
from service.store.faults import StoreUnavailable

COMMAND = (sys.executable, "-c", "from service.doors.cli import main; main()", "work", "--tied")
LOOK_SECONDS = 5.0
END_SECONDS = 10.0

log = logging.getLogger(__name__)


class WorkerProcess:
    """Keeps one process at the batches while any wait, and ends it with the service.

    Parameters
    ----------
    settings
        Of the installation.
    waits
        Whether there is work.
    demo
        Whether the installation is a demonstration.
    """

    def __init__(self, settings: Settings, waits: Callable[[], bool], *, demo: bool) -> None:
        self._settings = settings
        self._waits = waits
        home = str(settings.made_home())
        self._command = [*COMMAND, "--home", home, *(["--demo"] if demo else [])]
        self._process: subprocess.Popen[bytes] | None = None
        self._ending = threading.Event()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look for work, also after it was stopped."""
        self._ending.clear()
        self._thread = threading.Thread(target=self._watch, name="batches", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Look for work now rather than some seconds later."""
        self._woken.set()

    def stop(self) -> None:
        """Let the process finish the lines at hand, and end it."""
        self._ending.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join()
        if self._process is not None:
            _end(self._process)

    def _watch(self) -> None:
        while not self._ending.is_set():
            self._woken.clear()
            try:
                self._see_to_it()
            except (StoreUnavailable, OSError):
                log.exception("nobody can be set to work at the batches; it will be tried again")
            self._woken.wait(LOOK_SECONDS)

    def _see_to_it(self) -> None:
        """Start a process where there is work and nobody at it."""
        busy = self._process is not None and self._process.poll() is None
        if not busy and self._waits() and not self._ending.is_set():
            self._process = subprocess.Popen(
                self._command,
                env=os.environ | self._environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            threading.Thread(target=_count, args=(self._process,), daemon=True).start()

    def _environment(self) -> dict[str, str]:
        """Return what the process must be told in secret: its environment may say otherwise."""
        if self._settings.database_url == Settings().database_url:
            return {}
        return {f"{PREFIX}DATABASE_URL": self._settings.database_url}


def _count(process: subprocess.Popen[bytes]) -> None:
    """Count what a process says it kept, until it ends."""
    assert process.stdout is not None
    with process.stdout as told:
        for line in told:
            metrics.relayed(line)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin is not None:
        process.stdin.close()
