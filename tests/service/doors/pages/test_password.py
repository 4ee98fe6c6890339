"""A password of one's own: who signs in with one that another drew does nothing before that."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from service.doors.http.wire.quotas import Quotas
from service.trust.identity import Caller, Identity
from service.trust.people import Change
from service.trust.roles import Role
from service.use_cases.access import Access
from tests.service.doors.pages.test_pages import csrf_of, sign_in

NEW = "两山绿水青山金山银山自选"
NUMBERS = count()
ADMIN = Caller("管理员", "home", Role.ADMINISTRATOR)


@pytest.fixture
def drawn(access: Access) -> tuple[str, str]:
    """Name and first password of somebody new."""
    name = f"新人 {next(NUMBERS)}"
    return name, access.add_person(name, Role.OFFICER, ADMIN)[1]


def send(client: TestClient, current: str, new: str, again: str | None = None) -> Any:
    form = {"current": current, "new": new, "again": new if again is None else again}
    return client.post("/password", data=form | {"csrf": csrf_of(client.get("/password").text)})


def test_who_has_a_drawn_password_chooses_his_own_before_anything_else(
    client: TestClient, drawn: tuple[str, str], identity: Identity
) -> None:
    assert sign_in(client, *drawn).headers["location"] == "/password"
    for page in ("/", "/cooperatives", "/applications/A000001"):
        answer = client.get(page)
        assert (answer.status_code, answer.headers["location"]) == (303, "/password"), page
    assert "当前密码由他人设置" in client.get("/password").text
    before = client.cookies["liangshan_session"]
    assert send(client, drawn[1], NEW).headers["location"] == "/"
    assert client.cookies["liangshan_session"] != before
    assert client.get("/").status_code == 200
    assert identity.sign_in(drawn[0], drawn[1]) is None
    caller = identity.sign_in(drawn[0], NEW)
    assert caller is not None
    assert caller.may("score:write")


def test_a_new_password_ends_the_sessions_elsewhere(
    app: FastAPI, client: TestClient, drawn: tuple[str, str]
) -> None:
    other = TestClient(app, follow_redirects=False)
    sign_in(other, *drawn)
    sign_in(client, *drawn)
    send(client, drawn[1], NEW)
    assert other.get("/password").headers["location"] == "/login"


def test_a_password_drawn_anew_bars_him_again(
    client: TestClient, drawn: tuple[str, str], access: Access
) -> None:
    sign_in(client, *drawn)
    send(client, drawn[1], NEW)
    person = access.person(drawn[0], ADMIN)
    _, password = access.change_person(person, Change(new_password=True), ADMIN)
    assert client.get("/").headers["location"] == "/login"
    client.cookies.clear()
    assert sign_in(client, drawn[0], password or "").headers["location"] == "/password"


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"current": "wrong"}, 403, "当前密码不对"),
        ({"new": "short", "again": "short"}, 422, "12–256"),
        ({"new": "长" * 257, "again": "长" * 257}, 422, "12–256"),
        ({"new": "Password2026!", "again": "Password2026!"}, 422, "太容易猜到"),
        ({"again": "another one altogether"}, 422, "不一致"),
        ({"new": "", "again": ""}, 422, "12–256"),
    ],
)
def test_a_password_that_will_not_do_is_told(
    client: TestClient, drawn: tuple[str, str], change: dict[str, str], status: int, said: str
) -> None:
    sign_in(client, *drawn)
    answer = send(client, **({"current": drawn[1], "new": NEW, "again": NEW} | change))
    assert answer.status_code == status
    assert said in answer.text
    assert client.get("/").headers["location"] == "/password"


def test_the_same_password_or_ones_name_is_no_new_one(
    client: TestClient, drawn: tuple[str, str]
) -> None:
    sign_in(client, *drawn)
    for new in (drawn[1], f"{drawn[0]} and a tail"):
        answer = send(client, drawn[1], new)
        assert (answer.status_code, "不得与当前密码相同" in answer.text) == (422, True)


def test_the_current_password_is_not_guessed_here_either(
    app: FastAPI, client: TestClient, drawn: tuple[str, str]
) -> None:
    app.state.services = replace(app.state.services, quotas=Quotas(1000))
    sign_in(client, *drawn)
    answers = [send(client, f"guess {number}", NEW).status_code for number in range(11)]
    assert answers == [403] * 10 + [429]


def test_the_form_is_for_the_signed_in(client: TestClient) -> None:
    assert client.get("/password").headers["location"] == "/login"
