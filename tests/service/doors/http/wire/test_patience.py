"""A real server in front of clients that flood it, dawdle, or speak no HTTP."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator

import orjson
import pytest
from fastapi import FastAPI

from service.doors.http.oauth.token_request import FORM
from service.doors.http.openapi import access_of
from service.doors.http.wire import arrival, patience
from service.trust.identity import Caller
from service.trust.roles import Role
from tests.service.doors.bearer import Token
from tests.service.doors.http.listening import Answer, Connection, served
from tests.service.doors.walk import api_routes, path_with

SHORT = 0.5
MEGABYTE = 1 << 20
EVALUATE = "/v1/red-lines/evaluations"


@pytest.fixture
def port(app: FastAPI) -> Iterator[int]:
    with served(app) as port:
        yield port


@pytest.fixture
def hasty(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server whose patience is short, so that a test need not have any."""
    monkeypatch.setattr(arrival, "GRACE", SHORT)
    monkeypatch.setattr(arrival, "LINGER", SHORT)
    monkeypatch.setattr(patience, "LINGER", SHORT)
    monkeypatch.setattr(patience, "HEAD_SECONDS", SHORT)
    with served(app) as port:
        yield port


def head(method: str, path: str, **fields: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: x"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def ask(port: int, *pieces: bytes) -> Answer | None:
    with Connection(port) as connection:
        for piece in pieces:
            connection.send(piece)
        return connection.answer()


def told(answer: Answer | None, status: int, code: str) -> None:
    assert answer is not None
    assert (answer.status, answer.code) == (status, code), answer.body


@pytest.fixture
def posts(app: FastAPI) -> list[str]:
    """The path of every route that takes a body."""
    return [path_with(route, "x") for route in api_routes(app, "POST")]


def post(length: int | None, bearer: str = "") -> bytes:
    """Return the head of a request for an evaluation; without a length its body is chunked."""
    how = {"transfer_encoding": "chunked"} if length is None else {"content_length": str(length)}
    return head("POST", EVALUATE, content_type="application/json", authorization=bearer, **how)


@pytest.fixture
def bearer(token: Token) -> str:
    return token(Role.ACCOUNTANT)["authorization"]


def refused_when_all_is_sent(port: int, start: bytes, body: bytes) -> None:
    """See that a client which sends all before it listens is not cut off while it does."""
    with Connection(port) as connection:
        connection.socket.sendall(start + body)
        told(connection.answer(), 413, "too-large")


def test_a_body_of_ten_megabytes_is_refused_and_its_sender_reads_why(
    port: int, posts: list[str]
) -> None:
    ten = 10 * MEGABYTE
    for path in set(posts) - {path for _, path in arrival.LARGER_BODIES}:
        start = head("POST", path, content_length=str(ten), content_type="application/json")
        refused_when_all_is_sent(port, start, b" " * ten)


def test_a_body_of_ten_megabytes_in_chunks_is_refused_too(port: int, bearer: str) -> None:
    chunk = b"%x\r\n%s\r\n" % (MEGABYTE, b" " * MEGABYTE)
    refused_when_all_is_sent(port, post(None, bearer), chunk * 10 + b"0\r\n\r\n")


@pytest.mark.parametrize("length", [100, None])
def test_a_body_that_never_ends_is_not_waited_for(
    hasty: int, bearer: str, length: int | None
) -> None:
    answer = ask(hasty, post(length, bearer), b"1\r\n{\r\n")
    told(answer, 408, "timeout")
    assert answer is not None
    assert SHORT <= answer.seconds < SHORT + 5


def test_a_body_that_drips_is_not_waited_for(hasty: int, bearer: str) -> None:
    with Connection(hasty) as connection:
        connection.send(post(1000, bearer))
        for _ in range(10):
            connection.send(b" ")
            time.sleep(SHORT / 5)
        told(connection.answer(), 408, "timeout")


def test_no_route_waits_for_a_body_for_ever(hasty: int, posts: list[str]) -> None:
    """Whoever is refused before his body is there has it read away, but not for long."""
    for path in posts:
        with Connection(hasty) as connection:
            connection.send(head("POST", path, content_length="100", content_type="text/plain"))
            connection.send(b"a")
            answer = connection.answer()
            assert answer is not None, path
            assert 300 <= answer.status < 500, path
            assert connection.is_closed(), path


def callers(app: FastAPI, token: Token) -> Iterator[tuple[str, dict[str, str]]]:
    """Return every route that takes a body and the header of somebody who may call it."""
    officer = Caller("officer", "county", Role.OFFICER)
    session = app.state.services.sessions.open(officer)
    for route in api_routes(app, "POST"):
        access = access_of(route)
        if access is None or not route.include_in_schema:
            yield path_with(route, "x"), {"cookie": f"liangshan_session={session.token}"}
            continue
        if "requestBody" not in (route.openapi_extra or {}):
            continue
        held = (Caller("x", "county", role) for role in Role)
        caller = next(one for one in held if one.may(access.scope) and one.reads(access.data))
        yield path_with(route, "x"), token(caller.role)


def test_nobody_who_may_call_a_route_is_waited_for_either(
    hasty: int, app: FastAPI, token: Token
) -> None:
    waited = {}
    for path, who in callers(app, token):
        begun = head("POST", path, content_length="100", content_type=type_of(app, path), **who)
        answer = ask(hasty, begun, b"a")
        assert answer is not None, path
        assert answer.seconds < SHORT + 5, path
        waited[path] = answer.status
    assert set(waited) >= {"/login", "/logout", "/oauth/token", "/v1/batches", EVALUATE}
    assert set(waited.values()) == {408}, waited


def type_of(app: FastAPI, path: str) -> str:
    """Return a media type that a route takes; of a page, a form's."""
    for template, described in app.openapi()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "x", template), path):
            return str(next(iter(described["post"]["requestBody"]["content"])))
    return FORM


def test_a_long_body_has_time_in_proportion(
    hasty: int, bearer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrival, "SLOWEST", 10)
    body = b'{"x":' + b" " * 100 + b"1}"
    with Connection(hasty) as connection:
        connection.send(post(len(body), bearer) + body[:50])
        time.sleep(2 * SHORT)
        connection.send(body[50:])
        answer = connection.answer()
    assert answer is not None
    assert answer.status == 422


def test_a_connection_that_says_nothing_is_closed(hasty: int) -> None:
    with Connection(hasty) as connection:
        assert connection.answer() is None


@pytest.mark.parametrize("begun", [b"G", b"GET / HT", b"GET / HTTP/1.1\r\nhost: x\r\nx: "])
def test_a_head_that_never_ends_is_not_waited_for(hasty: int, begun: bytes) -> None:
    told(ask(hasty, begun), 408, "timeout")


def test_a_second_head_on_the_same_connection_is_waited_for_no_longer(hasty: int) -> None:
    with Connection(hasty) as connection:
        connection.send(head("GET", "/health/live"))
        first = connection.answer()
        assert first is not None
        assert first.status == 200
        connection.send(b"GET /")
        told(connection.answer(), 408, "timeout")


def test_a_flood_of_header_fields_is_refused(port: int) -> None:
    many = b"".join(b"x-%d: y\r\n" % number for number in range(patience.HEADERS_MOST + 1))
    told(ask(port, b"GET /health/live HTTP/1.1\r\n", many, b"\r\n"), 431, "head-too-large")
    long = b"x: " + b"y" * patience.HEAD_LIMIT + b"\r\n"
    told(ask(port, b"GET /health/live HTTP/1.1\r\n", long, b"\r\n"), 431, "head-too-large")
    endless = b"y" * (4 * MEGABYTE)
    told(ask(port, b"GET /health/live HTTP/1.1\r\nx: ", endless), 431, "head-too-large")
    address = b"GET /" + b"y" * patience.HEAD_LIMIT + b" HTTP/1.1\r\nhost: x\r\n\r\n"
    told(ask(port, address), 431, "head-too-large")


def test_a_head_within_the_limits_is_served(port: int) -> None:
    fields = {f"x-{number}": "y" * 100 for number in range(patience.HEADERS_MOST - 1)}
    answer = ask(port, head("GET", "/health/live", **fields))
    assert answer is not None
    assert answer.status == 200


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"hello\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\nx\x00y: z\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\nx: a\x00b\r\n\r\n",
        b"POST /v1/x HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /v1/x HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"POST /v1/x HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n"
        b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
)
def test_what_is_no_http_is_said_to_be_none(port: int, nonsense: bytes) -> None:
    told(ask(port, nonsense), 400, "malformed")


@pytest.mark.parametrize("host", ["", "[", "[::1", "a b", "x:y:z", "x:99999", "\xff", "x\ty"])
@pytest.mark.parametrize("path", ["/login", "/nowhere", "/v1/nowhere", "/", "/openapi.json"])
def test_a_host_that_is_none_is_no_fault_of_the_service(port: int, path: str, host: str) -> None:
    start = f"GET {path} HTTP/1.1\r\nhost: {host}\r\naccept: text/html\r\n\r\n".encode("latin-1")
    answer = ask(port, start)
    assert answer is not None
    assert answer.status < 500, answer.body


def test_an_upgrade_to_another_protocol_is_served_as_plain_http(port: int) -> None:
    start = head("GET", "/health/live", connection="upgrade", upgrade="websocket")
    answer = ask(port, start)
    assert answer is not None
    assert answer.status == 200


def test_two_requests_at_once_are_both_answered(port: int) -> None:
    with Connection(port) as connection:
        connection.send(head("GET", "/health/live") * 2)
        received = b""
        while received.count(b'{"status":"live"}') < 2:
            piece = connection.socket.recv(65536)
            assert piece
            received += piece


def test_the_server_serves_on_after_all_that(port: int) -> None:
    for _ in itertools.repeat(None, 3):
        ask(port, b"hello\r\n\r\n")
    answer = ask(port, head("GET", "/health/live"))
    assert answer is not None
    assert orjson.loads(answer.body) == {"status": "live"}
