"""The score route beside `mlflow models serve`, predict only, and FastAPI with shap.

    .venv/bin/python tests/bench/bench_service.py [--households N] [--seconds S]

One server process at a time, on a core of its own, the callers on the other; the same trees in
all three. Ours checks the request, reads the book, judges red lines, scores, explains, and
answers after the decision is on disk; MLflow predicts; shap scores and explains one row against
100. Printed: answers a second, p50 and p99 in ms for 1, 8 and 32 callers, and our ratios.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx2
import numpy as np
import orjson
import pandas as pd
from callers import Answers, Asked, measure  # type: ignore[import-not-found]
from numpy.typing import NDArray
from rivals import (  # type: ignore[import-not-found]
    keep_for_mlflow,
    keep_for_shap,
    mlflow_command,
)

from features.book import Book
from features.plan import plans_folder
from features.simulate import simulate
from models import shelf
from models.train.champion import fit_champion
from models.train.parameters import PRODUCT
from risk.files import load_policy
from service.doors.http.schemas import requests
from service.settings import Settings
from service.store.records import SHANGHAI
from service.store.store import Store
from service.trust.identity import Caller
from service.trust.roles import Role
from service.use_cases.assessing.scoring import sign_of
from service.use_cases.book.books import HOME_OWNER
from service.use_cases.train import record_of, sample_of
from service.wiring import open_services

CALLERS = (1, 8, 32)
LEADERS: dict[int, int] = {}
"""Port of a server that runs to its process group."""
GROUP, USER, SYSTEM = 2, 11, 12
"""Fields of /proc/PID/stat behind the command (proc(5): pgrp, utime, stime)."""
SERVER_CORE, CALLERS_CORE = 0, 1
PATIENCE = 240.0
PROGRAMS = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
OURS = "from service.doors.cli import main; main()"
CREDIT, DEPOSIT = "/v1/products/credit/assessments", "/v1/products/deposit/assessments"
Table = dict[str, list[Answers]]
Matrix = NDArray[np.float64]


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--households", type=int, default=6_000)
    words.add_argument("--seconds", type=float, default=8.0)
    given = words.parse_args()
    home = Path(tempfile.mkdtemp(prefix="liangshan-bench-"))
    try:
        print_table(run(home, given.households, given.seconds))
    finally:
        shutil.rmtree(home)


def run(home: Path, households: int, seconds: float) -> Table:
    """Return the answers of each server, by its name."""
    (home / "plans").symlink_to(plans_folder())
    settings = Settings(home=home, database_url="")
    now = datetime.now(SHANGHAI)
    book = simulate(households, 5, now.date()).book
    store = Store.open(settings)
    store.load(book, HOME_OWNER, now)
    example, background = champion(home, book, now)
    table: Table = {}
    with ours(home) as address:
        for name, asked in questions(settings, address).items():
            table[name] = measured(asked, seconds)
    bags = home / "bags"
    model = keep_for_mlflow(home, bags, example)
    split = orjson.dumps({"dataframe_split": example.to_dict("split")})
    with served(lambda port: mlflow_command(model, port), "/health") as address:
        asked = Asked.post(address, "/invocations", split, {})
        table["mlflow models serve, predict only"] = measured(asked, seconds)
    trees = keep_for_shap(home, bags, background)
    rival = [sys.executable, str(Path(__file__).with_name("rivals.py")), "shap", str(trees)]
    row = orjson.dumps({"values": example.iloc[0].tolist()})
    with served(lambda port: [*rival, str(port)], "/openapi.json") as address:
        asked = Asked.post(address, "/score", row, {})
        table["FastAPI + shap, 100 rows"] = measured(asked, seconds)
    return table


def champion(home: Path, book: Book, now: datetime) -> tuple[pd.DataFrame, Matrix]:
    """Grow credit's model and let it score, whatever it is worth; return rows of its features."""
    policy = load_policy()
    effective = policy.effective(now.date())
    offered = effective.products["credit"]
    sample = sample_of(offered, book, policy, effective, now.date())
    signs = [sign_of(offered, name) for name in offered.features]
    names = list(offered.features)
    grown = fit_champion(sample.values, names, sample.bad, parameters=PRODUCT, signs=signs)
    model, origin = record_of(offered, grown, sample, signs)
    shelf.put(home, model)
    shelf.appoint(home, model, "champion", 1)
    (home / "bags").mkdir()
    for name, content in origin.native.items():
        (home / "bags" / name).write_bytes(content)
    rows = np.nan_to_num(sample.population)
    return pd.DataFrame(rows[:1], columns=names), rows


def questions(settings: Settings, address: str) -> dict[str, Asked]:
    """Return what is asked of us: by number, both products, and a whole application inline."""
    services = open_services(settings)
    caller = Caller("client:bench", HOME_OWNER, Role.OFFICER)
    headers = {"authorization": f"Bearer {services.tokens.issue(caller)}"}
    found = {}
    for product, path in (("credit", CREDIT), ("deposit", DEPOSIT)):
        lines = [one for one in services.assessor.find("", caller) if one.product == product]
        bodies = [{"subject": {"kind": "application", "id": one.application_id}} for one in lines]
        body = next(body for body in bodies if answered(address + path, body, headers))
        found[f"{product}, by number"] = Asked.post(address, path, orjson.dumps(body), headers)
    inline = orjson.dumps(requests()["inline"]["value"])
    found["credit, inline"] = Asked.post(address, CREDIT, inline, headers)
    return found


def answered(address: str, body: object, headers: dict[str, str]) -> bool:
    answer = httpx2.post(address, json=body, headers=headers, timeout=60)
    return answer.status_code == httpx2.codes.CREATED


def measured(asked: Asked, seconds: float) -> list[Answers]:
    """Return the answers to 1, 8 and 32 callers, after some that warm it up."""
    measure(asked, 2, min(seconds, 2.0))
    return [with_work(asked, callers, seconds) for callers in CALLERS]


def with_work(asked: Asked, callers: int, seconds: float) -> Answers:
    """Return answers with what the server's core did for each, which others' load changes less."""
    before = core_seconds(asked.port)
    found = measure(asked, callers, seconds)
    found.work = (core_seconds(asked.port) - before) / len(found.times)
    return found


def core_seconds(port: int) -> float:
    """Return the processor time so far of the server at a port and what it started."""
    leader = LEADERS[port]
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[GROUP]) == leader:
                ticks += int(fields[USER]) + int(fields[SYSTEM])
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def ours(home: Path) -> Iterator[str]:
    environment = {
        "LIANGSHAN_HOME": str(home),
        "LIANGSHAN_DATABASE_URL": "",
        "LIANGSHAN_REQUESTS_PER_MINUTE": "10000000",
    }
    command = [sys.executable, "-c", OURS, "serve", "--port"]
    with served(lambda port: [*command, str(port)], "/health/ready", environment) as address:
        yield address


@contextmanager
def served(
    command: Callable[[int], list[str]], path: str, more: dict[str, str] | None = None
) -> Iterator[str]:
    """Run a server on its core until the end; give its address once it answers."""
    port = free_port()
    process = subprocess.Popen(
        command(port),
        env=os.environ | {"OMP_NUM_THREADS": "1", "PATH": PROGRAMS} | (more or {}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, {SERVER_CORE}),
        start_new_session=True,
    )
    LEADERS[port] = process.pid
    os.sched_setaffinity(0, {CALLERS_CORE})
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address + path, process)
        yield address
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(60)
        os.sched_setaffinity(0, {SERVER_CORE, CALLERS_CORE})


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx2.get(address, timeout=5).is_success:
                return
        except httpx2.TransportError:
            time.sleep(0.2)
    raise SystemExit(f"does not answer: {address}")


def print_table(table: Table) -> None:
    load = os.getloadavg()[0]
    sys.stdout.write(
        f"load average {load:.1f}; answers a second, p50 / p99 ms, core ms an answer\n"
    )
    for name, columns in table.items():
        cells = [
            f"{a.rate:7.1f}/s {a.quantile(50):6.1f} / {a.quantile(99):6.1f}, {a.work * 1e3:.1f}"
            for a in columns
        ]
        sys.stdout.write(f"{name:36s}" + " | ".join(cells) + "\n")
    first = table["credit, inline"]
    for name in list(table)[3:]:
        ratios = [f"{a.rate / b.rate:.2f}" for a, b in zip(first, table[name], strict=True)]
        work = [f"{b.work / a.work:.2f}" for a, b in zip(first, table[name], strict=True)]
        sys.stdout.write(f"credit inline : {name} = {', '.join(ratios)}")
        sys.stdout.write(f"; by work of the core {', '.join(work)} (1, 8, 32 callers)\n")


if __name__ == "__main__":
    main()
