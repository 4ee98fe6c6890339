"""The process behind the batches: there while there is work, told what a demonstration needs."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from service import metrics, worker_process
from service.settings import Settings
from service.store.decisions import draft
from service.store.faults import StoreUnavailable
from service.worker_process import WorkerProcess

RECORD = (
    "import pathlib, sys; pathlib.Path(sys.argv[1]).open('a').write(' '.join(sys.argv) + '\\n')"
)
WAIT = RECORD + "; sys.stdin.read()"


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where each process that is started writes how it was called."""
    log = tmp_path / "started.txt"
    log.touch()
    monkeypatch.setattr(worker_process, "COMMAND", (sys.executable, "-c", WAIT, str(log)))
    monkeypatch.setattr(worker_process, "LOOK_SECONDS", 0.05)
    return log


def eventually(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def lines(log: Path) -> list[str]:
    return log.read_text().splitlines()


def test_nobody_is_started_while_nothing_waits(started: Path, tmp_path: Path) -> None:
    looked = threading.Event()

    def waits() -> bool:
        looked.set()
        return False

    workers = WorkerProcess(Settings(home=tmp_path), waits, demo=False)
    workers.start()
    assert looked.wait(60)
    workers.stop()
    assert lines(started) == []


def test_one_is_started_again_when_it_dies_and_ended_with_the_service(
    started: Path, tmp_path: Path
) -> None:
    workers = WorkerProcess(Settings(home=tmp_path), lambda: True, demo=True)
    workers.start()
    eventually(lambda: len(lines(started)) == 1)
    first = workers._process
    assert isinstance(first, subprocess.Popen)
    first.kill()
    eventually(lambda: len(lines(started)) == 2)
    workers.stop()
    second = workers._process
    assert isinstance(second, subprocess.Popen)
    assert second.poll() is not None
    assert lines(started)[0].endswith(f"--home {tmp_path.resolve()} --demo")


def test_what_the_process_keeps_is_counted_with_what_the_service_keeps(
    started: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decisions() -> float:
        labels = {"product": "credit", "outcome": "refer"}
        return REGISTRY.get_sample_value("liangshan_decisions_total", labels) or 0.0

    document = {"product": "credit", "outcome": "refer", "verdicts": []}
    written = io.BytesIO()
    with monkeypatch.context() as patched:
        patched.setattr(metrics, "_relays", [written])
        metrics.kept([draft(document, "bank"), draft({}, "bank", kind="review")])
    before, told = decisions(), repr(written.getvalue().decode())
    says = f"{WAIT.replace('; ', f'; print({told}, end=str(), flush=True); ', 1)}"
    monkeypatch.setattr(worker_process, "COMMAND", (sys.executable, "-c", says, str(started)))
    workers = WorkerProcess(Settings(home=tmp_path), lambda: True, demo=False)
    workers.start()
    eventually(lambda: decisions() == before + 1)
    workers.stop()


def test_a_database_that_is_away_ends_nothing(started: Path, tmp_path: Path) -> None:
    asked: list[int] = []

    def waits() -> bool:
        asked.append(1)
        if len(asked) == 1:
            raise StoreUnavailable("away")
        return True

    workers = WorkerProcess(Settings(home=tmp_path), waits, demo=False)
    workers.start()
    eventually(lambda: len(lines(started)) == 1)
    workers.stop()


def test_another_database_is_told_in_secret(tmp_path: Path) -> None:
    address = "postgresql://clerk:secret@db/liangshan"
    workers = WorkerProcess(Settings(home=tmp_path, database_url=address), bool, demo=False)
    assert workers._environment() == {"LIANGSHAN_DATABASE_URL": address}
    assert "secret" not in " ".join(workers._command)
