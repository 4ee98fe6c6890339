"""People and clients over HTTP: an administrator manages those of his own tenant alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from service.doors.http.access.shapes import CHANGE_BODY, CLIENT_BODY, PERSON_BODY
from service.store.store import Store
from service.trust.clients import Clients
from service.trust.identity import Identity
from service.trust.roles import Role, TenantKind
from service.trust.tenants import Body
from service.use_cases.access import Access
from tests.service.doors.bearer import Token

PEOPLE, CLIENTS = "/v1/people", "/v1/clients"
NUMBERS = count()
Json = dict[str, Any]


def examples(body: Json) -> list[Json]:
    told = body["content"]["application/json"]["examples"]
    return [example["value"] for example in told.values()]


@pytest.fixture
def owner() -> str:
    """A tenant that nobody else's test has touched."""
    return f"tenant {next(NUMBERS)}"


@pytest.fixture
def admin(token: Token, owner: str) -> dict[str, str]:
    return token(Role.ADMINISTRATOR, owner)


@pytest.fixture
def name() -> str:
    return f"王芳 {next(NUMBERS)}"


@pytest.fixture
def added(client: TestClient, admin: dict[str, str], name: str) -> Any:
    answer = client.post(PEOPLE, json={"name": name, "role": "officer"}, headers=admin)
    assert answer.status_code == 201, answer.text
    return answer


def problem(answer: Any, status: int, code: str) -> list[str]:
    assert answer.status_code == status, answer.text
    assert answer.json()["type"] == f"urn:liangshan:problem:{code}"
    return [fault["field"] for fault in answer.json()["faults"]]


def test_a_new_person_signs_in_with_the_password_that_is_shown_once(
    client: TestClient, admin: dict[str, str], added: Any, name: str, identity: Identity
) -> None:
    password = added.json()["password"]
    caller = identity.sign_in(name, password)
    assert caller is not None
    assert caller.role is Role.OFFICER
    read = client.get(added.headers["location"], headers=admin)
    assert read.json() == {"name": name, "role": "officer"}
    assert read.headers["etag"] == added.headers["etag"]
    assert password not in client.get(PEOPLE, headers=admin).text


def test_a_disabled_person_is_out_until_he_is_let_in_again(
    client: TestClient, admin: dict[str, str], added: Any, name: str, identity: Identity
) -> None:
    address, password = added.headers["location"], added.json()["password"]
    seen = {"if-match": added.headers["etag"]}
    out = client.patch(address, json={"disabled": True}, headers=admin | seen)
    assert out.status_code == 200, out.text
    assert "disabled_at" in out.json()
    assert identity.sign_in(name, password) is None
    seen = {"if-match": out.headers["etag"]}
    back = client.patch(address, json={"disabled": False}, headers=admin | seen)
    assert back.json() == {"name": name, "role": "officer"}
    assert identity.sign_in(name, password) is not None


def test_a_new_password_ends_the_old_one(
    client: TestClient, admin: dict[str, str], added: Any, name: str, identity: Identity
) -> None:
    seen = {"if-match": added.headers["etag"]}
    changed = client.patch(
        added.headers["location"], json={"new_password": True}, headers=admin | seen
    )
    assert identity.sign_in(name, added.json()["password"]) is None
    assert identity.sign_in(name, changed.json()["password"]) is not None


def test_nobody_overwrites_what_he_has_not_seen(
    client: TestClient, admin: dict[str, str], added: Any
) -> None:
    address, body = added.headers["location"], {"role": "auditor"}
    problem(client.patch(address, json=body, headers=admin), 428, "precondition-required")
    first = {"if-match": added.headers["etag"]}
    assert client.patch(address, json=body, headers=admin | first).status_code == 200
    again = client.patch(address, json={"role": "approver"}, headers=admin | first)
    problem(again, 412, "precondition-failed")
    assert client.get(address, headers=admin).json()["role"] == "auditor"


@pytest.mark.parametrize("body", examples(CHANGE_BODY))
def test_each_example_of_a_change_is_answered(
    client: TestClient, admin: dict[str, str], added: Any, body: Json
) -> None:
    seen = {"if-match": "*"}
    answer = client.patch(added.headers["location"], json=body, headers=admin | seen)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("address", "body"),
    [(PEOPLE, one) for one in examples(PERSON_BODY)]
    + [(CLIENTS, one) for one in examples(CLIENT_BODY)],
)
def test_each_example_is_answered(
    client: TestClient, admin: dict[str, str], address: str, body: Json, identity: Identity
) -> None:
    answer = client.post(address, json=body, headers=admin)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("address", [PEOPLE, CLIENTS])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "x"}, "role"),
        ({"name": "x", "role": "root"}, "role"),
        ({"name": "x", "role": ["officer"]}, "role"),
        ({"name": 3, "role": "officer"}, "name"),
        ({"name": " ", "role": "officer"}, "name"),
        ({"name": "a\nb", "role": "officer"}, "name"),
        ({"name": "x" * 101, "role": "officer"}, "name"),
        ({"name": "x", "role": "officer", "owner": "other"}, "owner"),
        ({"name": "x", "role": "officer", "password": "我自己的密码123456"}, "password"),
    ],
)
def test_a_bad_body_names_its_field(
    client: TestClient, admin: dict[str, str], address: str, body: Json, field: str
) -> None:
    assert problem(client.post(address, json=body, headers=admin), 422, "bad-input") == [field]


@pytest.mark.parametrize("name", ["client:0123abcd", " 王芳", "officer"])
def test_a_name_that_could_be_another_is_refused(
    client: TestClient, admin: dict[str, str], name: str, identity: Identity
) -> None:
    body = {"name": name, "role": "officer"}
    assert problem(client.post(PEOPLE, json=body, headers=admin), 422, "bad-input") == ["name"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "role"),
        ({"role": "root"}, "role"),
        ({"disabled": "yes"}, "disabled"),
        ({"new_password": 1}, "new_password"),
        ({"name": "other"}, "name"),
        ({"owner": "other"}, "owner"),
    ],
)
def test_a_bad_change_names_its_field(
    client: TestClient, admin: dict[str, str], added: Any, body: Json, field: str
) -> None:
    headers = admin | {"if-match": added.headers["etag"]}
    answer = client.patch(added.headers["location"], json=body, headers=headers)
    assert problem(answer, 422, "bad-input") == [field]


def test_another_tenants_people_and_clients_are_not_there(
    client: TestClient, admin: dict[str, str], added: Any, token: Token
) -> None:
    made = client.post(CLIENTS, json={"name": "核心", "role": "officer"}, headers=admin).json()
    foreign = token(Role.ADMINISTRATOR, "another tenant")
    address = added.headers["location"]
    problem(client.get(address, headers=foreign), 404, "not-found")
    change = client.patch(address, json={"disabled": True}, headers=foreign | {"if-match": "*"})
    problem(change, 404, "not-found")
    problem(client.delete(f"{CLIENTS}/{made['id']}", headers=foreign), 404, "not-found")
    for listed in (PEOPLE, CLIENTS):
        assert client.get(listed, headers=foreign).json()["items"] == []


def test_a_role_that_the_body_has_not_is_refused(
    client: TestClient, token: Token, owner: str, access: Access
) -> None:
    access.add_tenant(Body(owner, TenantKind.COOPERATIVE, "330822", "青山合作社"))
    admin = token(Role.ADMINISTRATOR, owner, TenantKind.COOPERATIVE)
    for address in (PEOPLE, CLIENTS):
        body = {"name": f"x {next(NUMBERS)}", "role": "officer"}
        answer = client.post(address, json=body, headers=admin)
        assert problem(answer, 422, "bad-input") == ["role"]
        body = {"name": f"x {next(NUMBERS)}", "role": "accountant"}
        assert client.post(address, json=body, headers=admin).status_code == 201


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_only_an_administrator_manages_access(
    client: TestClient, token: Token, role: Role
) -> None:
    for address in (PEOPLE, CLIENTS, f"{PEOPLE}/officer"):
        read = client.get(address, headers=token(role))
        assert read.status_code == (200 if role is Role.AUDITOR else 403)
    for address in (PEOPLE, CLIENTS):
        body = {"name": "x", "role": "administrator"}
        problem(client.post(address, json=body, headers=token(role)), 403, "forbidden")
    problem(client.delete(f"{CLIENTS}/0123abcd", headers=token(role)), 403, "forbidden")


def test_an_administrator_sees_no_borrower(client: TestClient, admin: dict[str, str]) -> None:
    address = "/v1/assessments/d00000000000000000000000000000001"
    problem(client.get(address, headers=admin), 403, "forbidden")


def test_a_new_client_gets_tokens_until_it_is_revoked(
    client: TestClient, admin: dict[str, str], owner: str
) -> None:
    body = {"name": "核心系统", "role": "officer"}
    made = client.post(CLIENTS, json=body, headers=admin).json()
    form = {"grant_type": "client_credentials"}
    auth = (made["id"], made["client_secret"])
    got = client.post("/oauth/token", data=form, auth=auth).json()
    bearer = {"authorization": f"Bearer {got['access_token']}"}
    read = "/v1/assessments/d00000000000000000000000000000001"
    assert client.get(read, headers=bearer).status_code == 200
    assert client.delete(f"{CLIENTS}/{made['id']}", headers=admin).status_code == 204
    problem(client.get(read, headers=bearer), 401, "unauthenticated")
    refused = client.post("/oauth/token", data=form, auth=auth)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    again = client.delete(f"{CLIENTS}/{made['id']}", headers=admin)
    assert again.status_code == 204
    (listed,) = client.get(CLIENTS, headers=admin).json()["items"]
    assert set(listed) == {"id", "name", "role", "made_at", "revoked_at"}


def walked(client: TestClient, address: str, headers: Json) -> Iterator[Json]:
    answer = client.get(f"{address}?limit=2", headers=headers)
    while True:
        yield from answer.json()["items"]
        if answer.json()["next"] is None:
            return
        answer = client.get(answer.links["next"]["url"], headers=headers)


def test_lists_come_in_pages(
    client: TestClient, admin: dict[str, str], owner: str, clients: Clients
) -> None:
    made = {clients.add(owner, Role.OFFICER, f"系统 {number}").id for number in range(5)}
    found = [item["id"] for item in walked(client, CLIENTS, admin)]
    assert (set(found), len(found)) == (made, 5)


def test_each_change_stands_in_the_tenants_log(
    client: TestClient,
    admin: dict[str, str],
    added: Any,
    owner: str,
    name: str,
    people_store: Store,
) -> None:
    headers = admin | {"if-match": added.headers["etag"]}
    client.patch(added.headers["location"], json={"role": "auditor"}, headers=headers)
    kept = [
        orjson.loads(one.content) for one in people_store.decisions.about(f"person:{name}", owner)
    ]
    said = [(one["action"], one["by"], one["role"]) for one in kept]
    assert said == [
        ("person-added", "client:administrator", "officer"),
        ("person-changed", "client:administrator", "auditor"),
    ]
    assert added.json()["password"] not in str(kept)


def test_what_is_refused_leaves_no_note(
    client: TestClient,
    admin: dict[str, str],
    added: Any,
    owner: str,
    name: str,
    people_store: Store,
) -> None:
    body = {"name": name, "role": "officer"}
    problem(client.post(PEOPLE, json=body, headers=admin), 422, "bad-input")
    assert len(people_store.decisions.about(f"person:{name}", owner)) == 1
