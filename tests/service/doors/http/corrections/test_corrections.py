"""Corrections over HTTP: proposed, listed, read and decided by tokens of two people."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from service.doors.http.wire.shapes import told
from service.trust.roles import Role
from service.use_cases.judging.supervise import Supervisor
from tests.service.doors.bearer import Token

CORRECTIONS = "/v1/corrections"
Json = dict[str, Any]


@pytest.fixture
def period(supervisor: Supervisor) -> str:
    """The latest period of the example's cooperative."""
    caller_book = supervisor._store.export(supervisor._clock().date(), "county")
    rows = caller_book.tables["cooperative"].to_pylist()
    return str(max(row["as_of"] for row in rows if row["coop_id"] == "K001"))


def proposed(client: TestClient, token: Token, period: str, **changes: Any) -> Any:
    body = told("corrections.yaml")["stock"]["value"] | {"as_of": period} | changes
    return client.post(CORRECTIONS, json=body, headers=token(Role.ACCOUNTANT))


def decided(client: TestClient, token: Token, address: str, name: str, **headers: str) -> Any:
    body = told("approvals.yaml")[name]["value"]
    who = token(Role.APPROVER) | {key.replace("_", "-"): said for key, said in headers.items()}
    return client.post(f"{address}/approval", json=body, headers=who)


def refused(answer: Any, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:liangshan:problem:{code}")


@pytest.mark.parametrize("name", ["approve", "reject"])
def test_each_example_is_kept_and_decided(
    client: TestClient, token: Token, period: str, name: str
) -> None:
    made = proposed(client, token, period, changes={"inventory_resources": f"{len(name)}.00"})
    assert made.status_code == 201, made.text
    address = made.headers["location"]
    assert address == f"{CORRECTIONS}/{made.json()['id']}"
    answer = decided(client, token, address, name)
    assert answer.status_code == 200, answer.text
    read = client.get(address, headers=token(Role.ACCOUNTANT))
    assert read.json() == answer.json()["correction"]
    refused(decided(client, token, address, name), 409, "not-now")


def test_who_has_seen_another_version_decides_nothing(
    client: TestClient, token: Token, period: str
) -> None:
    made = proposed(client, token, period, changes={"inventory_resources": "5.00"})
    address, tag = made.headers["location"], made.headers["etag"]
    known = token(Role.APPROVER) | {"if-none-match": tag}
    assert client.get(address, headers=known).status_code == 304
    stale = decided(client, token, address, "reject", if_match='"old"')
    refused(stale, 412, "precondition-failed")
    assert decided(client, token, address, "reject", if_match=tag).status_code == 200
    assert client.get(address, headers=known).status_code == 200


def test_they_are_listed_by_state(client: TestClient, token: Token, period: str) -> None:
    made = proposed(client, token, period, changes={"inventory_resources": "6.00"}).json()
    headers = token(Role.APPROVER)
    listed = client.get(f"{CORRECTIONS}?state=open&limit=1", headers=headers).json()
    assert listed["items"][0] == made
    refused(client.get(f"{CORRECTIONS}?state=odd", headers=headers), 422, "bad-input")


def test_each_role_does_its_own_part(client: TestClient, token: Token, period: str) -> None:
    made = proposed(client, token, period, changes={"inventory_resources": "8.00"})
    approval = f"{made.headers['location']}/approval"
    body = told("approvals.yaml")["approve"]["value"]
    accountant, approver = token(Role.ACCOUNTANT), token(Role.APPROVER)
    refused(client.post(approval, json=body, headers=accountant), 403, "forbidden")
    refused(client.post(CORRECTIONS, json={}, headers=approver), 403, "forbidden")
    both = token(Role.APPROVER, name=Role.ACCOUNTANT.value)
    refused(client.post(approval, json=body, headers=both), 403, "same-person")


def test_a_repeated_proposal_is_the_first_one(
    client: TestClient, token: Token, period: str
) -> None:
    body = told("corrections.yaml")["stock"]["value"] | {"as_of": period}
    headers = token(Role.ACCOUNTANT) | {"idempotency-key": "c-1"}
    first = client.post(CORRECTIONS, json=body, headers=headers)
    assert client.post(CORRECTIONS, json=body, headers=headers).content == first.content
    other = body | {"reason": "另一理由"}
    refused(client.post(CORRECTIONS, json=other, headers=headers), 409, "conflict")


def test_what_is_not_there_is_said(client: TestClient, token: Token, period: str) -> None:
    refused(proposed(client, token, period, id="K999999"), 404, "not-found")
    refused(proposed(client, token, period, as_of="1999-12-31"), 404, "not-found")
    refused(client.get(f"{CORRECTIONS}/none", headers=token(Role.APPROVER)), 404, "not-found")


def test_a_method_that_is_not_there_is_told_which_are(client: TestClient) -> None:
    answer = client.options(CORRECTIONS)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
