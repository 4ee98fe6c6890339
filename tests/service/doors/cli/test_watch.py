"""`liangshan watch` and `work` as somebody types them."""

from __future__ import annotations

import subprocess
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import orjson
import pytest

from features.simulate import simulate
from service.settings import Settings
from service.store.records import SHANGHAI
from service.store.store import Store
from service.trust.roles import TenantKind
from service.trust.tenants import Body, Tenants
from service.use_cases.book.books import HOME_OWNER
from tests.service.doors.served import COMMAND, environment


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    found = Settings(home=tmp_path_factory.mktemp("watching"), database_url="")
    store, now = Store.open(found), datetime.now(SHANGHAI)
    store.load(simulate(60, 5, now.date()).book, HOME_OWNER, now)
    Tenants(store.engine).add(Body("coop", TenantKind.COOPERATIVE, "330822", "合作社"))
    store.close()
    return found


def run(settings: Settings, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *words],
        env=environment(settings),
        capture_output=True,
        check=False,
        timeout=300,
    )


def test_a_folder_is_answered_once_and_the_command_ends(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    rows = b"application_id\n" + b"".join(b"A%06d\n" % number for number in range(6))
    (tmp_path / "in" / "night.csv").write_bytes(rows)
    ran = run(settings, "watch", str(tmp_path), "--product", "credit", "--once", "--json")
    assert ran.returncode == 0, ran.stderr.decode()
    told = orjson.loads(ran.stdout)
    assert (told["file"], told["batch"]["done"]) == ("night.csv", 6)
    answers = [
        orjson.loads(line)["line"]
        for path in (tmp_path / "out").iterdir()
        for line in path.read_bytes().splitlines()
    ]
    assert sorted(answers) == [1, 2, 3, 4, 5, 6]
    receipt = orjson.loads((tmp_path / "done" / "night.csv.receipt.json").read_bytes())
    assert receipt["sha256"] == sha256(rows).hexdigest()
    assert receipt["id"] == told["batch"]["id"]


def test_a_body_that_assesses_nobody_watches_nothing(settings: Settings, tmp_path: Path) -> None:
    ran = run(settings, "watch", str(tmp_path), "--owner", "coop", "--once")
    assert ran.returncode == 3
    assert "officer" in ran.stderr.decode()
