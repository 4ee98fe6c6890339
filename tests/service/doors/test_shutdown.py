"""SIGTERM under load: what was answered is kept, what was not is told, the rest is drained."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from service.doors.http.schemas import requests
from service.store.audit import verify_chain
from service.store.chain import chain_key
from service.store.database import reading
from service.store.store import Store
from service.trust.roles import Role
from service.use_cases.book.books import HOME_OWNER
from service.wiring import open_services
from tests.service.doors.bearer import token_by
from tests.service.doors.load import CREDIT, Load
from tests.service.doors.served import Served, settings_of

BODY = requests()["inline"]["value"]
CLEAN_ENDS = (0, -signal.SIGTERM)


@pytest.fixture
def headers(sqlite_store: Store) -> dict[str, str]:
    return token_by(open_services(settings_of(sqlite_store)).tokens)(Role.OFFICER, HOME_OWNER)


@pytest.fixture
def served(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Served]:
    monkeypatch.setenv("LIANGSHAN_GRACE_SECONDS", "5")
    running = Served(settings_of(sqlite_store), tmp_path / "log")
    yield running
    running.stop()


def test_a_service_that_is_told_to_end_keeps_what_it_answered_and_leaves_nobody_waiting(
    served: Served, sqlite_store: Store, headers: dict[str, str]
) -> None:
    load = Load(served.address, headers, BODY)
    load.start()
    load.until(201, 20)
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(15) in CLEAN_ENDS
    load.join()
    answered = {one.id for one in load.of(201)}
    assert {one.status for one in load.outcomes} <= {201, 0}
    kept = sqlite_store.decisions.page(HOME_OWNER, 100_000)
    assert {stored.id for stored in kept} == answered
    with reading(sqlite_store.engine) as connection:
        key = chain_key(sqlite_store._home)
        assert verify_chain(connection, key, HOME_OWNER) == len(answered)
    assert "Traceback" not in served.log.read_text()


def test_who_sends_slowly_is_told_before_the_service_ends(
    served: Served, headers: dict[str, str]
) -> None:
    host, _, port = served.address.removeprefix("http://").partition(":")
    fields = {**headers, "host": host, "content-type": "application/json", "content-length": "99"}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    with socket.create_connection((host, int(port)), 30) as connection:
        connection.sendall(f"POST {CREDIT} HTTP/1.1\r\n{head}\r\n{{".encode())
        served.process.send_signal(signal.SIGTERM)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    start, _, body = answer.partition(b"\r\n\r\n")
    assert start.startswith(b"HTTP/1.1 503")
    assert b"retry-after" in start.lower()
    assert orjson.loads(body)["type"] == "urn:liangshan:problem:unavailable"
    assert served.process.wait(15) in CLEAN_ENDS
