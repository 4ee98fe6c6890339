"""The token route, as RFC 6749 has it, and the way from a secret to an answered request."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from service.trust.clients import Clients, NewClient
from service.trust.roles import Role, scopes_of

TOKEN = "/oauth/token"
READ = "/v1/assessments/d00000000000000000000000000000001"
Json = dict[str, Any]


@pytest.fixture(scope="session")
def officer(clients: Clients) -> NewClient:
    return clients.add("county", Role.OFFICER, "核心系统")


def asked(client: TestClient, made: NewClient, **changed: str | None) -> Any:
    fields: Json = {
        "grant_type": "client_credentials",
        "client_id": made.id,
        "client_secret": made.secret,
    }
    kept = {name: value for name, value in (fields | changed).items() if value is not None}
    return client.post(TOKEN, data=kept)


def refused(answer: Any, status: int, error: str) -> None:
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert set(answer.json()) == {"error", "error_description"}
    assert answer.headers["cache-control"] == "no-store"
    said = answer.json()["error_description"]
    assert said.isascii()
    assert not {'"', "\\"} & set(said)
    assert ("www-authenticate" in answer.headers) is (status == 401)


def test_a_secret_becomes_a_token_that_opens_a_route(
    client: TestClient, officer: NewClient
) -> None:
    answer = asked(client, officer)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["token_type"], said["expires_in"]) == ("Bearer", 600)
    assert set(said["scope"].split()) == scopes_of(Role.OFFICER)
    assert answer.headers["cache-control"] == "no-store"
    headers = {"authorization": f"Bearer {said['access_token']}"}
    assert client.get(READ, headers=headers).status_code == 200


def test_a_client_may_authenticate_by_basic(client: TestClient, officer: NewClient) -> None:
    form = {"grant_type": "client_credentials"}
    answer = client.post(TOKEN, data=form, auth=(officer.id, officer.secret))
    assert answer.status_code == 200


def test_a_token_for_fewer_scopes_opens_fewer_routes(
    client: TestClient, officer: NewClient
) -> None:
    said = asked(client, officer, scope="redline:read policy:read").json()
    assert said["scope"] == "policy:read redline:read"
    headers = {"authorization": f"Bearer {said['access_token']}"}
    answer = client.get(READ, headers=headers)
    assert answer.status_code == 403
    challenge = answer.headers["www-authenticate"]
    assert 'error="insufficient_scope"' in challenge
    assert 'scope="score:read"' in challenge


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"grant_type": None}, 400, "invalid_request"),
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_id": None}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"client_secret": "ls_00000000_wrong"}, 401, "invalid_client"),
        ({"client_id": "00000000"}, 401, "invalid_client"),
        ({"client_id": "王芳\x00"}, 401, "invalid_client"),
        ({"scope": "access:admin"}, 400, "invalid_scope"),
        ({"scope": "score:read everything"}, 400, "invalid_scope"),
        ({"scope": "score:read  score:write"}, 400, "invalid_scope"),
    ],
)
def test_a_wrong_request_is_refused_by_its_code(
    client: TestClient, officer: NewClient, changed: Json, status: int, error: str
) -> None:
    refused(asked(client, officer, **changed), status, error)


@pytest.mark.parametrize(
    "authorization",
    ["Basic", "Basic !", "Basic b2ZmaWNlcg==", "Bearer x", "Basic /w==", "Basic JWZmOng="],
)
def test_a_wrong_authorization_is_no_client(client: TestClient, authorization: str) -> None:
    form = {"grant_type": "client_credentials"}
    answer = client.post(TOKEN, data=form, headers={"authorization": authorization})
    refused(answer, 401, "invalid_client")


def test_two_ways_at_once_or_two_clients_are_refused(
    client: TestClient, officer: NewClient
) -> None:
    form = {"grant_type": "client_credentials"}
    for also in ({"client_secret": officer.secret}, {"client_id": "other"}):
        answer = client.post(TOKEN, data=form | also, auth=(officer.id, officer.secret))
        refused(answer, 400, "invalid_request")


@pytest.mark.parametrize(
    ("query", "media_type", "body"),
    [
        ("?grant_type=client_credentials", None, b""),
        ("", "application/json", b"{}"),
        ("", None, b"grant_type=client_credentials&grant_type=client_credentials"),
        ("", None, b"grant_type=%ff"),
        ("", None, "grant_type=令牌".encode()),
        ("", None, b"&".join(b"a%d=1" % number for number in range(100))),
    ],
    ids=["query", "json", "twice", "no text", "not ascii", "many"],
)
def test_a_form_that_is_none_is_refused(
    client: TestClient, query: str, media_type: str | None, body: bytes
) -> None:
    headers = {"content-type": media_type or "application/x-www-form-urlencoded"}
    refused(client.post(TOKEN + query, content=body, headers=headers), 400, "invalid_request")


def test_the_key_set_shows_public_keys_alone(client: TestClient) -> None:
    answer = client.get("/oauth/jwks")
    assert answer.headers["content-type"] == "application/jwk-set+json"
    (key,) = answer.json()["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert (key["crv"], key["alg"], key["use"]) == ("P-256", "ES256", "sig")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic b2ZmaWNlcg==", "x y"])
def test_without_a_token_the_answer_says_where_to_get_one(
    client: TestClient, authorization: str
) -> None:
    answer = client.get(READ, headers={"authorization": authorization})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="liangshan"'
    assert "/oauth/token" in answer.json()["detail"]


def test_a_raw_secret_is_no_token(client: TestClient, officer: NewClient) -> None:
    answer = client.get(READ, headers={"authorization": f"Bearer {officer.secret}"})
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:liangshan:problem:unauthenticated"
    assert "/oauth/token" in answer.json()["detail"]
    assert officer.secret not in answer.text
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
