"""Request ids, the access log and the metrics: what was asked is seen, nobody's number is."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY
from starlette.requests import Request
from starlette.testclient import TestClient

from service.doors.http.batches.lines import NDJSON
from service.doors.http.schemas import requests
from service.doors.http.wire import patience
from service.doors.http.wire.bodies import JSON
from service.logs import configure, formatter
from service.store.database import writing
from service.store.decisions import draft
from service.store.store import Store
from service.trust.roles import Role
from tests.service.doors.bearer import Token
from tests.service.doors.http.listening import Connection, served
from tests.service.doors.load import CREDIT

PERSON = "330822197001010011"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that is logged, as it would be written."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def events(lines: io.StringIO, name: str) -> list[dict[str, Any]]:
    found = [orjson.loads(line) for line in lines.getvalue().splitlines()]
    return [event for event in found if event["event"] == name]


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.fixture
def failing(app: FastAPI) -> TestClient:
    """The application with a route that breaks over a person's number."""

    @app.get("/breaks/{number}")
    def breaks(request: Request) -> None:
        raise RuntimeError(f"借款人{PERSON}的记录有误")

    return TestClient(app, raise_server_exceptions=False)


def test_an_answer_carries_the_callers_request_id(client: TestClient) -> None:
    answer = client.get("/health/live", headers={"x-request-id": "bank-7"})
    assert answer.headers["x-request-id"] == "bank-7"


def test_a_trace_goes_on_and_an_odd_id_does_not(client: TestClient) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    traced = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    assert client.get("/health/live", headers=traced).headers["x-request-id"] == trace
    odd = {"x-request-id": "<script>" * 40}
    assert len(client.get("/health/live", headers=odd).headers["x-request-id"]) == 32


def test_a_request_is_one_line_with_the_template_and_not_the_path(
    client: TestClient, token: Token, lines: io.StringIO
) -> None:
    headers = token(Role.OFFICER) | {"x-request-id": "r1"}
    client.get(f"/v1/assessments/{PERSON}?x={PERSON}", headers=headers)
    (event,) = events(lines, "request")
    assert (event["route"], event["status"]) == ("/v1/assessments/{id}", 404)
    assert (event["method"], event["request_id"]) == ("GET", "r1")
    assert event["by"]
    assert PERSON not in lines.getvalue()


def test_a_request_leads_to_the_decision_it_made(
    client: TestClient, token: Token, lines: io.StringIO
) -> None:
    headers = token(Role.OFFICER) | {"x-request-id": "r2"}
    answer = client.post(CREDIT, json=requests()["inline"]["value"], headers=headers)
    (event,) = events(lines, "request")
    assert (event["request_id"], event["made"]) == ("r2", answer.json()["id"])


def test_an_unknown_path_is_not_logged(client: TestClient, lines: io.StringIO) -> None:
    client.get(f"/nowhere/{PERSON}")
    (event,) = events(lines, "request")
    assert (event["route"], event["status"]) == ("-", 404)
    assert PERSON not in lines.getvalue()


def test_what_machines_ask_every_second_is_not_logged(
    client: TestClient, lines: io.StringIO
) -> None:
    client.get("/health/live")
    assert events(lines, "request") == []


def test_a_crash_is_answered_with_an_id_and_without_a_trace(
    failing: TestClient, lines: io.StringIO
) -> None:
    answer = failing.get(f"/breaks/{PERSON}")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "Traceback" not in answer.text
    assert PERSON not in answer.text
    (event,) = events(lines, "request")
    assert (event["route"], event["status"]) == ("/breaks/{number}", 500)


def test_a_traceback_is_masked(lines: io.StringIO) -> None:
    try:
        raise RuntimeError(f"借款人{PERSON}的电话13800138000有误")
    except RuntimeError:
        logging.getLogger("any.library").exception("could not read %s", PERSON)
    (event,) = (orjson.loads(line) for line in lines.getvalue().splitlines())
    assert "Traceback" in event["exception"]
    assert (event["logger"], event["level"]) == ("any.library", "error")
    assert PERSON not in lines.getvalue()
    assert "13800138000" not in lines.getvalue()


def test_configured_logs_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    configure("warning")
    logging.getLogger("x").info("quiet")
    logging.getLogger("x").warning("loud", extra={"n": 1})
    root.handlers[:], _ = before
    root.setLevel(before[1])
    logging.captureWarnings(False)
    written = capsys.readouterr()
    assert written.out == ""
    assert [orjson.loads(line)["event"] for line in written.err.splitlines()] == ["loud"]


def test_requests_are_counted_by_route(client: TestClient, token: Token) -> None:
    labels = {"method": "GET", "route": "/v1/assessments/{id}", "status": "404"}
    before = sample("liangshan_http_requests_total", **labels)
    for n in range(3):
        client.get(f"/v1/assessments/{n}", headers=token(Role.OFFICER))
    assert sample("liangshan_http_requests_total", **labels) == before + 3
    client.get("/nowhere/1", headers={"x-http-method": "GET"})
    assert sample("liangshan_http_requests_total", method="-", route="-", status="404") > 0


def test_decisions_and_their_breaches_are_counted_once(sqlite_store: Store) -> None:
    decided = {"product": "credit", "outcome": "refer"}
    names = ("liangshan_decisions_total", "liangshan_breaches_total")
    before = sample(names[0], **decided), sample(names[1], rule="RL-05")
    document = decided | {
        "verdicts": [{"rule": "RL-05", "state": "breach"}, {"rule": "RL-01", "state": "pass"}]
    }
    for _ in range(2):
        again = draft(document, "bank", idempotency_key="k", request=b"{}")
        sqlite_store.decisions.append_all([again])
    assert sample(names[0], **decided) == before[0] + 1
    assert sample(names[1], rule="RL-05") == before[1] + 1


def asked(app: FastAPI, name: str, **headers: str) -> int:
    client = TestClient(app, base_url=f"http://{name}", client=(name, 1))
    return client.get("/metrics", headers=headers).status_code


def test_metrics_are_for_programs_on_this_machine(app: FastAPI) -> None:
    answer = TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 1)).get(
        "/metrics"
    )
    assert answer.status_code == 200
    assert "liangshan_http_requests_total" in answer.text
    assert asked(app, "10.0.0.7") == 404
    assert asked(app, "127.0.0.1", **{"x-forwarded-for": "127.0.0.1"}) == 404
    assert asked(app, "127.0.0.1", host="metrics.example") == 404


@pytest.mark.parametrize(
    ("mode", "role", "status"),
    [
        ("token", Role.ADMINISTRATOR, 200),
        ("token", Role.OFFICER, 403),
        ("token", None, 401),
        ("off", Role.ADMINISTRATOR, 404),
        ("loopback", Role.ADMINISTRATOR, 404),
    ],
)
def test_metrics_from_elsewhere_need_a_token_where_the_setting_says_so(
    app: FastAPI, token: Token, mode: str, role: Role | None, status: int
) -> None:
    app.state.services = replace(app.state.services, metrics=mode)
    headers = {} if role is None else token(role)
    assert asked(app, "10.0.0.7", **headers) == status


NO_HTTP = b"hello\r\n\r\n"
FLOOD = b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 20_000 + b"\r\n\r\n"
HALF_A_HEAD = b"GET / HT"


@pytest.mark.parametrize(
    ("sent", "status"), [(NO_HTTP, 400), (FLOOD, 431), (HALF_A_HEAD, 408)], ids=str
)
def test_what_is_refused_before_any_route_is_logged_and_counted(
    app: FastAPI,
    lines: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    sent: bytes,
    status: int,
) -> None:
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.3)
    labels = {"method": "-", "route": "-", "status": str(status)}
    before = sample("liangshan_http_requests_total", **labels)
    with served(app) as port, Connection(port) as connection:
        connection.send(sent)
        answer = connection.answer()
    assert answer is not None
    assert answer.status == status
    (event,) = events(lines, "request")
    assert (event["route"], event["status"]) == ("-", status)
    assert f"x-request-id: {event['request_id']}" in answer.head
    assert sample("liangshan_http_requests_total", **labels) == before + 1


@pytest.mark.parametrize("path", ["/v1/red-lines/evaluations", "/v1/batches"])
def test_a_client_that_goes_before_its_body_is_there_is_no_failure_of_ours(
    app: FastAPI, lines: io.StringIO, token: Token, path: str
) -> None:
    who = token(Role.OFFICER if "batches" in path else Role.ACCOUNTANT)["authorization"]
    kind = NDJSON if "batches" in path else JSON
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: {who}\r\ncontent-type: {kind}"
    with served(app) as port:
        with Connection(port) as connection:
            connection.send(f"{head}\r\ncontent-length: 100\r\n\r\n{{".encode())
            time.sleep(0.3)
        deadline = time.monotonic() + 9
        while not events(lines, "request") and time.monotonic() < deadline:
            time.sleep(0.05)
    (event,) = events(lines, "request")
    assert (event["route"], event["status"]) == (path, 400)
    assert "exception" not in lines.getvalue()


@pytest.mark.parametrize(
    "name", ["authorization", "content-type", "content-encoding", "idempotency-key"]
)
def test_a_field_that_says_two_things_is_refused(
    client: TestClient, token: Token, name: str
) -> None:
    headers = [*token(Role.OFFICER).items(), ("content-type", JSON)]
    twice = [*headers, (name, "a"), *([] if name in dict(headers) else [(name, "b")])]
    answer = client.post("/v1/products/credit/assessments", content=b"{}", headers=twice)
    assert answer.status_code == 400, answer.text
    assert name in answer.json()["detail"]


def test_documents_are_counted_once_they_are_on_disk_whichever_way_they_came(
    sqlite_store: Store,
) -> None:
    def counted() -> float:
        return sample("liangshan_documents_total", kind="erasure")

    log, before = sqlite_store.decisions, counted()
    with suppress(KeyError), log.following("bank") as (_, append):
        append(draft({}, "bank", kind="erasure"))
        raise KeyError
    assert counted() == before
    with log.following("bank") as (_, append):
        append(draft({}, "bank", kind="erasure"))
    with writing(sqlite_store.engine) as connection:
        log.append_in(connection, draft({}, "bank", kind="erasure"))
        assert counted() == before + 1
    assert counted() == before + 2
