"""Sign in through a real OpenID provider, which runs in a process of its own."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from limits import parse
from starlette.testclient import TestClient

from service.doors.http.services import Services
from service.doors.http.wire import quotas
from service.trust.openid import CALLBACK, OpenId, Subject
from service.wiring import application, now
from tests.service import openid_provider
from tests.service.doors.http.listening import Connection, served
from tests.service.openid_provider import CLIENT, HOST, PEOPLE, SECRET

OURS = "http://127.0.0.1:8000"
BACK = OURS + CALLBACK
PATIENCE = 60.0
THREADS = 40
"""How many anyio gives to all routes that are not async."""
SESSION, JOURNEY = "liangshan_session", "liangshan_journey"


def a_free_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running provider that knows wangfang and lisi."""
    port = a_free_port()
    command: list[str] = [sys.executable, str(openid_provider.__file__), str(port), BACK]
    log = tmp_path_factory.mktemp("provider") / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        until_listening(process, port, log)
        yield f"http://{HOST}:{port}"
        process.kill()
        process.wait()


def until_listening(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until a process listens on a port; fail with its log where it ends before."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.fixture
def services(app: FastAPI, issuer: str) -> Services:
    made: Services = app.state.services
    return replace(made, openid=OpenId(issuer, CLIENT, SECRET, BACK, now))


@pytest.fixture
def client(services: Services) -> TestClient:
    return a_browser(services)


def a_browser(services: Services) -> TestClient:
    app = application(services)
    return TestClient(app, OURS, follow_redirects=False, raise_server_exceptions=False)


@pytest.fixture
def linked(services: Services, issuer: str) -> Iterator[Subject]:
    account = Subject(issuer, "wangfang")
    services.federation.link("officer", account)
    yield account
    services.federation.unlink("officer", account)


def leave(client: TestClient) -> str:
    """Return the provider's address to which the service sends a browser."""
    answer = client.get("/login/openid")
    assert answer.status_code == 303
    return answer.headers["location"]


def at_the_provider(address: str, name: str = "wangfang") -> str:
    """Sign in there as a person would and return the address that leads back."""
    with httpx2.Client(follow_redirects=True, timeout=PATIENCE) as browser:
        form = browser.get(address)
        form = submit(browser, form, login=name)
        answer = submit(browser, form, follow=False, password=PEOPLE[name])
        while not (way := answer.headers["location"]).startswith(BACK):
            answer = browser.get(answer.url.join(way), follow_redirects=False)
    return way


def submit(
    browser: httpx2.Client, form: httpx2.Response, *, follow: bool = True, **fields: str
) -> httpx2.Response:
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', form.text)
    assert token, form.text
    sent = fields | {"csrf_token": token[1]}
    return browser.post(form.url, data=sent, follow_redirects=follow)


def come_back(client: TestClient, way: str) -> Any:
    return client.get(way.removeprefix(OURS))


def test_somebody_who_is_linked_comes_in(client: TestClient, linked: Subject) -> None:
    assert 'href="/login/openid"' in client.get("/login").text
    way = at_the_provider(leave(client))
    answer = come_back(client, way)
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0; url=/">' in answer.text
    assert JOURNEY not in client.cookies
    assert "A000001" in client.get("/").text
    again = come_back(client, way)
    assert again.status_code == 403
    assert "单位账号登录未完成" in again.text


def test_a_code_is_good_once_even_for_the_browser_that_asked(
    client: TestClient, linked: Subject
) -> None:
    address = leave(client)
    journey = client.cookies[JOURNEY]
    way = at_the_provider(address)
    assert come_back(client, way).status_code == 200
    client.cookies.clear()
    client.cookies.set(JOURNEY, journey)
    assert come_back(client, way).status_code == 403
    assert SESSION not in client.cookies


def test_nobody_comes_in_by_the_way_back_of_another(
    services: Services, client: TestClient, linked: Subject
) -> None:
    way = at_the_provider(leave(client))
    other = a_browser(services)
    leave(other)
    assert come_back(other, way).status_code == 403
    assert come_back(a_browser(services), way).status_code == 403
    assert SESSION not in other.cookies
    assert come_back(client, way).status_code == 200


def test_somebody_whom_nobody_linked_is_told_what_to_ask_for(client: TestClient) -> None:
    answer = come_back(client, at_the_provider(leave(client), "lisi"))
    assert answer.status_code == 403
    assert "尚未关联" in answer.text
    assert "<code>lisi</code>" in answer.text
    assert SESSION not in client.cookies


def test_a_provider_out_of_reach_is_said_to_be(services: Services) -> None:
    nobody = OpenId(f"http://{HOST}:9", CLIENT, SECRET, BACK, now)
    client = a_browser(replace(services, openid=nobody))
    answer = client.get("/login/openid")
    assert answer.status_code == 503
    assert "暂时无法访问" in answer.text


def test_a_provider_that_does_not_answer_keeps_nobody_else_waiting(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More people wait for it than the service has threads."""
    answers = threading.Event()

    def slow(*_: object) -> str:
        answers.wait(PATIENCE)
        return "https://provider.example"

    monkeypatch.setattr(OpenId, "departure", slow)
    with served(application(services)) as port, ExitStack() as waiting:
        for _ in range(THREADS + 5):
            connection = waiting.enter_context(Connection(port))
            connection.send(b"GET /login/openid HTTP/1.1\r\nhost: x\r\n\r\n")
        try:
            with Connection(port) as other:
                other.socket.settimeout(5)
                other.send(b"GET /login HTTP/1.1\r\nhost: x\r\n\r\n")
                answer = other.answer()
        finally:
            answers.set()
    assert answer is not None
    assert answer.status == 200


def test_nobody_makes_the_service_ask_the_provider_without_end(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "JOURNEYS_BY_ADDRESS", parse("2/minute"))
    client = a_browser(replace(services, quotas=quotas.Quotas(1000)))
    assert client.get("/login/openid").status_code == 303
    assert client.get(CALLBACK).status_code == 403
    for path in ("/login/openid", CALLBACK):
        answer = client.get(path)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1


def test_without_a_provider_there_is_no_such_way(services: Services) -> None:
    client = a_browser(replace(services, openid=None))
    assert "/login/openid" not in client.get("/login").text
    assert client.get("/login/openid").status_code == 404
    assert client.get(CALLBACK).status_code == 404


def test_the_journey_cookie_comes_back_from_a_link_but_no_script_reads_it(
    client: TestClient,
) -> None:
    (cookie,) = client.get("/login/openid").headers.get_list("set-cookie")
    assert cookie.startswith(f"{JOURNEY}=")
    assert "SameSite=lax" in cookie
    assert "HttpOnly" in cookie
    assert "Max-Age=600" in cookie
