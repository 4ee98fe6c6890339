"""Quotas: one client cannot take the service from the others, nobody guesses at leisure."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import anyio
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from service.doors.http.wire.problems import Problem
from service.doors.http.wire.quotas import HASHES_AT_ONCE, Quotas
from service.trust.clients import Clients
from service.trust.roles import Role
from tests.service.doors.bearer import Token
from tests.service.doors.conftest import PASSWORD
from tests.service.doors.pages.test_pages import sign_in

READ = "/v1/assessments/d00000000000000000000000000000001"
HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def quotas(app: FastAPI) -> Quotas:
    """The quotas of an application that lets a client ask three times a minute."""
    strict = Quotas(requests_per_minute=3)
    app.state.services = replace(app.state.services, quotas=strict)
    return strict


def told_to_wait(answer: Any) -> None:
    assert answer.status_code == 429, answer.text
    assert 1 <= int(answer.headers["retry-after"]) <= 3600


def test_a_client_that_asks_too_often_waits_and_another_does_not(
    client: TestClient, token: Token, quotas: Quotas
) -> None:
    one, other = (token(Role.OFFICER, name=name) for name in ("one", "other"))
    assert [client.get(READ, headers=one).status_code for _ in range(3)] == [200] * 3
    refused = client.get(READ, headers=one)
    told_to_wait(refused)
    assert refused.json()["type"] == "urn:liangshan:problem:too-many-requests"
    assert client.get(READ, headers=other).status_code == 200


def test_a_person_who_asks_for_pages_too_often_waits(client: TestClient, quotas: Quotas) -> None:
    sign_in(client, "supervisor")
    assert [client.get("/cooperatives").status_code for _ in range(3)] == [200] * 3
    told_to_wait(client.get("/cooperatives"))
    told_to_wait(client.get("/cooperatives", headers={"accept": "text/html"}))


def test_tokens_count_as_requests(client: TestClient, clients: Clients, quotas: Quotas) -> None:
    made = clients.add("county", Role.OFFICER, "核心系统")
    form = {"grant_type": "client_credentials"}
    auth = (made.id, made.secret)
    answers = [client.post("/oauth/token", data=form, auth=auth) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    told_to_wait(answers[-1])


def test_wrong_secrets_are_not_sent_for_ever(
    client: TestClient, clients: Clients, quotas: Quotas
) -> None:
    form = {"grant_type": "client_credentials"}
    made = clients.add("county", Role.OFFICER, "核心系统")
    wrong = [
        client.post("/oauth/token", data=form, auth=(made.id, f"guess {number}"))
        for number in range(61)
    ]
    assert {answer.status_code for answer in wrong[:60]} == {401}
    told_to_wait(wrong[60])
    told_to_wait(client.post("/oauth/token", data=form, auth=(made.id, made.secret)))


def test_a_password_is_not_guessed_at_leisure(client: TestClient, quotas: Quotas) -> None:
    for _ in range(10):
        assert sign_in(client, "auditor", "not the password").status_code == 403
    refused = sign_in(client, "auditor", PASSWORD)
    told_to_wait(refused)
    assert "尝试过于频繁" in refused.text
    assert sign_in(client, "approver", PASSWORD).status_code == 303


def test_who_signs_in_has_his_slips_forgiven(client: TestClient, quotas: Quotas) -> None:
    for _ in range(3):
        for _ in range(4):
            assert sign_in(client, "auditor", "slip").status_code == 403
        assert sign_in(client, "auditor", PASSWORD).status_code == 303
        client.cookies.clear()


def refusals(act: Callable[[int], None], times: int) -> list[int]:
    """Return at which of so many times somebody was refused."""
    refused = []
    for number in range(times):
        try:
            act(number)
        except Problem:
            refused.append(number)
    return refused


def test_one_name_is_not_tried_from_many_addresses(quotas: Quotas) -> None:
    tried = refusals(lambda number: quotas.spend_sign_in("王芳", f"192.0.2.{number}"), 102)
    assert tried == [100, 101]


def test_one_address_does_not_try_many_names(quotas: Quotas) -> None:
    tried = refusals(lambda number: quotas.spend_sign_in(f"name {number}", HERE), 62)
    assert tried == [60, 61]
    assert refusals(lambda number: quotas.spend_sign_in("name 0", THERE), 1) == []


def test_few_passwords_are_hashed_at_once(quotas: Quotas) -> None:
    """Each takes 64 MiB: many at once would be many an administrator's program."""
    under_way, most = [0], [0]

    def work() -> None:
        under_way[0] += 1
        most[0] = max(most[0], under_way[0])
        time.sleep(0.01)
        under_way[0] -= 1

    async def all_at_once() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(quotas.hashing, work)

    anyio.run(all_at_once)
    assert most == [HASHES_AT_ONCE]


def test_people_are_added_under_the_same_limit(
    client: TestClient, token: Token, quotas: Quotas, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = []

    async def noted(work: Callable[..., Any], *args: object) -> Any:
        hashed.append(getattr(work, "__name__", ""))
        return work(*args)

    monkeypatch.setattr(quotas, "hashing", noted)
    bearer = token(Role.ADMINISTRATOR)
    made = client.post("/v1/people", json={"name": "限额", "role": "officer"}, headers=bearer)
    assert made.status_code == 201, made.text
    seen = bearer | {"if-match": made.headers["etag"]}
    again = {"new_password": True}
    assert client.patch(made.headers["location"], json=again, headers=seen).status_code == 200
    assert hashed == ["add_person", "change_person"]
