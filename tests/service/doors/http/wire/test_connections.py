"""How many connections there may be, and whom a proxy in front is believed to ask for."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace

import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY

from service.doors.http.wire.quotas import Quotas
from tests.service.doors.http.listening import PATIENCE, Answer, Connection, served

MOST = 3
LIVE = b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n"
FORWARDED = b"x-forwarded-for: 203.0.113.9, 198.51.100.7\r\nx-forwarded-proto: https\r\n"


def asked(connection: Connection, start: bytes = LIVE) -> Answer | None:
    connection.send(start)
    try:
        return connection.answer()
    except ConnectionError:
        return None


def turned_away() -> float:
    return REGISTRY.get_sample_value("liangshan_connections_turned_away_total") or 0


def test_one_connection_too_many_is_told_so_and_the_others_are_served_on(app: FastAPI) -> None:
    before = turned_away()
    with served(app, connections=MOST) as port, ExitStack() as open_ones:
        kept = [open_ones.enter_context(Connection(port)) for _ in range(MOST)]
        assert [one.status for one in map(asked, kept) if one] == [200] * MOST
        with Connection(port) as another:
            answer = asked(another)
            assert answer is not None
            assert (answer.status, answer.code) == (503, "unavailable")
            assert "retry-after: 5" in answer.head
            assert "连接过多" in answer.body.decode()
            assert another.is_closed()
        assert [one.status for one in map(asked, kept) if one] == [200] * MOST
        assert turned_away() == before + 1
        kept[0].socket.close()
        assert served_again(port)


def served_again(port: int) -> bool:
    """Return whether there is room for a new connection before long."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with Connection(port) as another:
            answer = asked(another)
        if answer and answer.status == 200:
            return True
    return False


def test_as_many_again_are_told_and_no_more(app: FastAPI) -> None:
    with served(app, connections=MOST) as port, ExitStack() as open_ones:
        for _ in range(MOST):
            asked(open_ones.enter_context(Connection(port)))
        silent = [open_ones.enter_context(Connection(port)) for _ in range(MOST)]
        told = [one.answer() for one in silent]
        assert [one.status for one in told if one] == [503] * MOST
        assert asked(open_ones.enter_context(Connection(port))) is None


class Noting(Quotas):
    """Notes which address a guess is counted for."""

    def __init__(self) -> None:
        super().__init__(1000)
        self.addresses: list[str] = []

    def refuse_guesser(self, address: str) -> None:
        self.addresses.append(address)


@pytest.fixture
def noting(app: FastAPI) -> Noting:
    quotas = Noting()
    app.state.services = replace(app.state.services, quotas=quotas)
    return quotas


@pytest.mark.parametrize(
    ("proxies", "counted_for", "cookie"),
    [
        ("127.0.0.1,::1", "198.51.100.7", "__Host-liangshan_form="),
        ("127.0.0.0/8", "198.51.100.7", "__Host-liangshan_form="),
        ("127.0.0.1, 198.51.100.0/24", "203.0.113.9", "__Host-liangshan_form="),
        ("192.0.2.1", "127.0.0.1", "liangshan_form="),
        ("", "127.0.0.1", "liangshan_form="),
    ],
)
def test_a_proxy_is_believed_where_the_settings_name_it(
    app: FastAPI, noting: Noting, proxies: str, counted_for: str, cookie: str
) -> None:
    guess = (
        b"POST /oauth/token HTTP/1.1\r\nhost: x\r\n%scontent-length: 29\r\n"
        b"content-type: application/x-www-form-urlencoded\r\n"
        b"authorization: Basic YTpi\r\n\r\ngrant_type=client_credentials"
    )
    with served(app, proxies=proxies) as port:
        with Connection(port) as connection:
            answer = asked(connection, guess % FORWARDED)
        assert answer is not None
        assert (answer.status, noting.addresses) == (401, [counted_for])
        with Connection(port) as connection:
            form = asked(connection, b"GET /login HTTP/1.1\r\nhost: x\r\n%s\r\n" % FORWARDED)
        assert form is not None
        assert f"set-cookie: {cookie}" in form.head
        assert ("Secure" in form.head) is cookie.startswith("__Host-")
