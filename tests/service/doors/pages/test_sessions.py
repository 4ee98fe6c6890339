"""Signed-in browsers: cookies, forms of other sites, sessions that end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, update
from starlette.testclient import TestClient

from service.store.tables import person
from service.trust.identity import Identity
from service.trust.sessions import IDLE, LASTS, Sessions
from tests.service.doors.pages.test_pages import csrf_of, sign_in
from tests.service.doors.walk import api_routes, path_with

SESSION, FORM = "liangshan_session", "liangshan_form"
HOST = "testserver.local"
SECURE = "https://risk.example"


def pages_that_act(app: FastAPI) -> set[str]:
    """Return the path of every page that takes a form of somebody signed in."""
    pages = [route for route in api_routes(app, "POST") if not route.include_in_schema]
    return {path_with(page, "A000002") for page in pages} - {"/login"}


def over_https(app: FastAPI) -> TestClient:
    return TestClient(app, SECURE, follow_redirects=False, raise_server_exceptions=False)


def test_no_page_does_anything_for_a_form_of_another_site(
    app: FastAPI, client: TestClient
) -> None:
    sign_in(client, "officer")
    other = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    sign_in(other, "officer")
    foreign = csrf_of(other.get("/").text)
    paths = pages_that_act(app)
    assert {"/logout", "/applications/A000002/assessment"} <= paths
    for path in paths:
        for csrf in ("", "0" * 64, foreign, "伪造"):
            answer = client.post(path, data={"csrf": csrf})
            assert answer.status_code == 403, path
        assert client.post(path).status_code == 403, path
    assert client.get("/").status_code == 200


def test_no_page_does_anything_before_somebody_signs_in(app: FastAPI, client: TestClient) -> None:
    for path in pages_that_act(app):
        answer = client.post(path, data={"csrf": "0" * 64})
        assert (answer.status_code, answer.headers["location"]) == (303, "/login"), path


@pytest.mark.parametrize(
    ("charset", "surrogate"),
    [("utf-7", b"+2AA-"), ("unicode_escape", b"\\ud800"), ("undefined", b"x"), ("utf-8", b"x")],
)
def test_a_form_of_another_make_is_none_of_ours(
    app: FastAPI, client: TestClient, charset: str, surrogate: bytes
) -> None:
    """A multipart form names its own character set: its text may be such as no UTF-8 can hold."""
    csrf = csrf_of(client.get("/login").text).encode()
    several = ((b"csrf", surrogate), (b"csrf", csrf), (b"name", surrogate), (b"password", b"x"))
    parts = [
        b'--x\r\ncontent-disposition: form-data; name="%s"\r\n\r\n%s\r\n' % part
        for part in several
    ]
    media_type = {"content-type": f"multipart/form-data; boundary=x; charset={charset}"}
    body = b"".join(parts) + b"--x--\r\n"
    assert client.post("/login", content=body, headers=media_type).status_code == 415
    sign_in(client, "officer")
    for path in pages_that_act(app):
        assert client.post(path, content=body, headers=media_type).status_code == 415, path


def test_over_https_cookies_belong_to_this_host_alone(app: FastAPI) -> None:
    client = over_https(app)
    answer = sign_in(client, "officer")
    form, session = f"__Host-{FORM}", f"__Host-{SESSION}"
    set_cookies = answer.headers.get_list("set-cookie")
    assert {cookie.partition("=")[0] for cookie in set_cookies} == {form, session}
    for cookie in set_cookies:
        parts = {part.strip() for part in cookie.split(";")}
        assert {"HttpOnly", "Secure", "Path=/"} <= parts
        assert "Domain" not in cookie
    assert client.get("/").status_code == 200
    assert client.get("/").headers["strict-transport-security"] == "max-age=31536000"


def test_a_cookie_that_a_neighbour_could_have_set_is_not_read_over_https(app: FastAPI) -> None:
    plain = TestClient(app, follow_redirects=False)
    sign_in(plain, "officer")
    client = over_https(app)
    client.cookies.set(SESSION, plain.cookies[SESSION])
    assert client.get("/").headers["location"] == "/login"


def test_over_plain_http_nothing_is_promised_of_https(client: TestClient) -> None:
    assert "strict-transport-security" not in client.get("/login").headers


def test_signing_in_gives_a_new_token_and_ends_the_old_session(client: TestClient) -> None:
    sign_in(client, "officer")
    first = client.cookies[SESSION]
    client.cookies.delete(SESSION)
    csrf = csrf_of(client.get("/login").text)
    client.cookies.set(SESSION, first, domain=HOST)
    sent = {"name": "officer", "password": "青山绿水-green-hills", "csrf": csrf}
    assert client.post("/login", data=sent).status_code == 303
    second = client.cookies[SESSION]
    assert second != first
    client.cookies.clear()
    client.cookies.set(SESSION, first)
    assert client.get("/").headers["location"] == "/login"


def test_a_token_that_was_there_before_signing_in_opens_nothing(client: TestClient) -> None:
    client.cookies.set(SESSION, "planted-by-somebody-else")
    sign_in(client, "officer")
    token = client.cookies.get(SESSION, domain=HOST)
    assert token != "planted-by-somebody-else"
    client.cookies.clear()
    client.cookies.set(SESSION, "planted-by-somebody-else")
    assert client.get("/").headers["location"] == "/login"


def test_whoever_is_disabled_is_out_with_the_next_request(
    client: TestClient, identity: Identity, engine: Engine
) -> None:
    sign_in(client, "committee")
    assert client.get("/cooperatives").status_code == 200
    who = update(person).where(person.c.name == "committee")
    with engine.begin() as connection:
        connection.execute(who.values(disabled_at=datetime.now(UTC)))
    try:
        assert client.get("/cooperatives").headers["location"] == "/login"
        assert sign_in(client, "committee").status_code == 403
    finally:
        with engine.begin() as connection:
            connection.execute(who.values(disabled_at=None))


@pytest.mark.parametrize("later", [IDLE, LASTS])
def test_a_session_that_has_ended_leads_to_the_sign_in(
    app: FastAPI, client: TestClient, later: Any
) -> None:
    sign_in(client, "officer")
    sessions: Sessions = app.state.services.sessions
    clock = sessions._clock
    sessions._clock = lambda: clock() + later
    assert client.get("/").headers["location"] == "/login"
