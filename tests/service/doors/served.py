"""`liangshan serve` in a process of its own, on a store that a test made."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from service.settings import Settings
from service.store.store import Store
from tests.homes import with_plans

COMMAND = [sys.executable, "-c", "from service.doors.cli import main; main()"]
Json = dict[str, Any]


def settings_of(store: Store) -> Settings:
    """Return the settings with which a process opens the same store."""
    url = store.engine.url
    inside = url.get_backend_name() == "sqlite"
    address = "" if inside else url.set(drivername=url.get_backend_name()).render_as_string(False)
    return Settings(home=store._home, database_url=address)


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment of a process with these settings, its plans compiled already."""
    if not (settings.home / "plans").exists():
        with_plans(settings.home)
    ours = {"LIANGSHAN_HOME": str(settings.home), "LIANGSHAN_DATABASE_URL": settings.database_url}
    return os.environ | ours


class Served:
    """A running service."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self.log = log
        with log.open("ab") as stderr:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--json", "--port", "0"],
                env=environment(settings),
                stdout=subprocess.PIPE,
                stderr=stderr,
                start_new_session=True,
            )
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, log.read_text()
        said: Json = orjson.loads(line)
        self.address = str(said["address"])

    def kill(self) -> None:
        """End it, and what it started, as a power cut does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> None:
        """End it as an administrator does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
