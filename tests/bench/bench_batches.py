"""How fast a batch is, and what it costs those who wait for one answer meanwhile.

    .venv/bin/python tests/bench/bench_batches.py [LINES]

A real `serve` on a simulated county, embedded database, expert cards: the live route alone, a
batch alone, both at once. Latencies of one caller who asks again as soon as he is answered.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx2
import numpy as np
import orjson

from features.plan import plans_folder
from features.simulate import simulate
from service.settings import Settings
from service.store.records import SHANGHAI
from service.store.store import Store
from service.trust.identity import Caller
from service.trust.roles import Role
from service.use_cases.book.books import HOME_OWNER
from service.wiring import open_services

LIVE_SECONDS = 15.0
SERVE = "from service.doors.cli import main; main()"
Headers = dict[str, str]


@dataclass(frozen=True)
class Asked:
    """Answer times of one caller, in milliseconds."""

    times: list[float]

    def said(self) -> str:
        p50, p99 = np.percentile(self.times, [50, 99])
        return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms ({len(self.times)} answers)"


class Impatient:
    """Asks for one assessment after the other."""

    def __init__(self, address: str, headers: Headers, application: str) -> None:
        self._where = f"{address}/v1/products/credit/assessments"
        self._headers = headers
        self._body = {"subject": {"kind": "application", "id": application}}

    def ask(self, stop: threading.Event) -> Asked:
        times = []
        with httpx2.Client(headers=self._headers, timeout=60) as client:
            while not stop.is_set():
                begun = time.perf_counter()
                client.post(self._where, json=self._body).raise_for_status()
                times.append((time.perf_counter() - begun) * 1000)
        return Asked(times)

    def ask_for(self, seconds: float) -> Asked:
        stop = threading.Event()
        threading.Timer(seconds, stop.set).start()
        return self.ask(stop)


def run_batch(address: str, headers: Headers, lines: list[str]) -> float:
    """Return how many lines a second a batch takes, from its arrival to its last answer."""
    content = "\n".join(["application_id", *lines]).encode()
    sent = headers | {"content-type": "text/csv"}
    with httpx2.Client(timeout=60) as client:
        where = f"{address}/v1/batches?product=credit"
        begun = time.perf_counter()
        batch = client.post(where, content=content, headers=sent).json()
        while batch["state"] != "finished":
            time.sleep(0.1)
            batch = client.get(f"{address}/v1/batches/{batch['id']}", headers=headers).json()
        return float(batch["lines"] / (time.perf_counter() - begun))


def both(
    address: str, headers: Headers, lines: list[str], caller: Impatient
) -> tuple[float, Asked]:
    stop, found = threading.Event(), []
    thread = threading.Thread(target=lambda: found.append(caller.ask(stop)))
    thread.start()
    speed = run_batch(address, headers, lines)
    stop.set()
    thread.join()
    return speed, found[0]


class Served:
    """`liangshan serve` in a process of its own."""

    def __init__(self, home: Path) -> None:
        (home / "plans").symlink_to(plans_folder())
        self._process = subprocess.Popen(
            [sys.executable, "-c", SERVE, "serve", "--json", "--port", "0"],
            env=os.environ | {"LIANGSHAN_HOME": str(home), "LIANGSHAN_DATABASE_URL": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout
        self.address = str(orjson.loads(self._process.stdout.readline())["address"])

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(30)


def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="liangshan-bench-") as folder:
        measure(Path(folder), count)


def measure(home: Path, count: int) -> None:
    """Print how fast live answers, a batch, and both at once are."""
    settings = Settings(home=home, database_url="")
    store, now = Store.open(settings), datetime.now(SHANGHAI)
    book = simulate(count * 2, 5, now.date()).book
    store.load(book, HOME_OWNER, now)
    officer = Caller("client:bench", HOME_OWNER, Role.OFFICER)
    headers = {"authorization": f"Bearer {open_services(settings).tokens.issue(officer)}"}
    rows = book.tables["application"].select(["application_id", "product"]).to_pylist()
    lines = sorted({row["application_id"] for row in rows if row["product"] == "credit"})[:count]
    served = Served(home)
    try:
        caller = Impatient(served.address, headers, served_one(served.address, headers, lines))
        sys.stdout.write(f"load average at the start: {os.getloadavg()[0]:.1f}\n")
        sys.stdout.write(f"live alone: {caller.ask_for(LIVE_SECONDS).said()}\n")
        sys.stdout.write(f"batch alone: {run_batch(served.address, headers, lines):.0f} lines/s\n")
        speed, asked = both(served.address, headers, lines, caller)
        sys.stdout.write(f"both: {speed:.0f} lines/s; live {asked.said()}\n")
    finally:
        served.stop()


def served_one(address: str, headers: Headers, lines: list[str]) -> str:
    """Return an application whose borrower has consented."""
    where = f"{address}/v1/products/credit/assessments"
    for line in lines:
        body = {"subject": {"kind": "application", "id": line}}
        answer = httpx2.post(where, json=body, headers=headers, timeout=60)
        if answer.status_code == httpx2.codes.CREATED:
            return line
    raise SystemExit("nobody could be assessed")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
