"""The assessment routes: the stored bytes, where they lie, and every refusal."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from features.canonical import canonical_json
from service.doors.http.wire.arrival import BODY_LIMIT
from service.trust.roles import Role
from tests.service.doors.bearer import Token
from tests.service.people import citizen

POST = "/v1/products/credit/assessments"
BODY = b'{"subject": {"kind": "application", "id": "A000001"}}'
JSON = {"content-type": "application/json"}
Json = dict[str, Any]


@pytest.fixture
def key(token: Token) -> dict[str, str]:
    return token(Role.OFFICER)


def test_the_answer_is_the_stored_document_byte_for_byte(
    client: TestClient, key: dict[str, str], decision: Json
) -> None:
    made = client.post(POST, content=BODY, headers=key | JSON)
    assert made.status_code == 201
    assert made.content == canonical_json(decision)
    assert made.headers["location"] == f"/v1/assessments/{decision['id']}"
    assert made.headers["content-type"] == "application/json"
    read = client.get(made.headers["location"], headers=key)
    assert (read.status_code, read.content) == (200, made.content)
    assert read.headers["etag"] == made.headers["etag"] == f'"{decision["hash"]}"'


def test_an_unchanged_document_is_not_sent_again(
    client: TestClient, key: dict[str, str], decision: Json
) -> None:
    address = f"/v1/assessments/{decision['id']}"
    headers = key | {"if-none-match": f'"other", "{decision["hash"]}"'}
    answer = client.get(address, headers=headers)
    assert (answer.status_code, answer.content) == (304, b"")


def problem_of(answer: Any, status: int, code: str) -> Json:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: Json = answer.json()
    assert set(document) == {"type", "title", "status", "detail", "faults"}
    assert document["type"] == f"urn:liangshan:problem:{code}"
    assert document["status"] == status
    assert "Traceback" not in answer.text
    return document


@pytest.mark.parametrize(
    ("content", "status", "code", "field"),
    [
        (b"", 400, "not-json", None),
        (b'{"a": NaN}', 400, "not-json", None),
        (b"[1]", 422, "bad-input", ""),
        (b'{"subject": {"id": "A", "id": "B"}}', 422, "bad-input", "id"),
        (b"{" * 2000, 400, "not-json", None),
        (b" " * (BODY_LIMIT + 1), 413, "too-large", None),
    ],
    ids=["empty", "nan", "list", "twice", "deep", "large"],
)
def test_a_bad_body_is_refused_by_name(
    client: TestClient,
    key: dict[str, str],
    content: bytes,
    status: int,
    code: str,
    field: str | None,
) -> None:
    answer = client.post(POST, content=content, headers=key | JSON)
    faults = problem_of(answer, status, code)["faults"]
    assert [fault["field"] for fault in faults] == ([] if field is None else [field])


def test_a_large_body_is_refused_though_its_length_is_not_said(
    client: TestClient, key: dict[str, str]
) -> None:
    chunks = (b" " * 65536 for _ in range(BODY_LIMIT // 65536 + 1))
    problem_of(client.post(POST, content=chunks, headers=key | JSON), 413, "too-large")


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_media_type_is_refused(
    client: TestClient, key: dict[str, str], media_type: str
) -> None:
    answer = client.post(POST, content=BODY, headers=key | {"content-type": media_type})
    problem_of(answer, 415, "unsupported-media-type")
    assert answer.headers["accept-post"] == "application/json"


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.SUPERVISOR, Role.ACCOUNTANT])
def test_another_role_may_not_assess(client: TestClient, token: Token, role: Role) -> None:
    problem_of(client.post(POST, content=BODY, headers=JSON | token(role)), 403, "forbidden")


def test_an_unknown_decision_is_not_found(client: TestClient, key: dict[str, str]) -> None:
    problem_of(client.get("/v1/assessments/none", headers=key), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not-found"),
        ("POST", "/v1/assessments/", 404, "not-found"),
        ("DELETE", POST, 405, "method-not-allowed"),
        ("PUT", "/health/live", 405, "method-not-allowed"),
    ],
)
def test_an_unknown_route_or_method_is_a_problem_too(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    answer = client.request(method, path, headers={"accept": "text/html"})
    problem_of(answer, status, code)
    if status == 405:
        assert "allow" in answer.headers


@pytest.mark.parametrize("value", ["", "k" * 256, f"key-{citizen(1)}"])
def test_an_idempotency_key_of_a_wrong_length_or_with_a_number_is_refused(
    client: TestClient, key: dict[str, str], value: str
) -> None:
    headers = key | JSON | {"idempotency-key": value}
    refused = problem_of(client.post(POST, content=BODY, headers=headers), 422, "bad-input")
    assert citizen(1) not in str(refused)


def test_every_answer_carries_the_security_header_fields(client: TestClient) -> None:
    for path in ("/health/live", "/v1/nothing", "/login", "/static/liangshan.css"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_health_says_whether_the_store_answers(client: TestClient) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json() == {"status": "ready"}
