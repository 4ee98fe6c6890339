"""Bad input to every route that takes a body, in front of the real service on PostgreSQL.

PostgreSQL, because it takes offence at more: a NUL in a text, a number out of range.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from features.simulate import simulate
from service.doors.http.oauth.token_request import FORM
from service.doors.http.wire.bodies import JSON
from service.settings import Settings
from service.store.records import SHANGHAI
from service.store.store import Store
from service.use_cases.book.books import HOME_OWNER
from service.wiring import application, open_services
from tests.service.conftest import Postgres
from tests.service.doors.bearer import bearer
from tests.service.doors.sending import Door, Route, caller_for, routes_of
from tests.service.doors.walk import api_routes, path_with

Json = dict[str, Any]
FIRST = {404, 412, 428}
"""What a route may say before it looks at the body: no such thing, or not as you saw it."""


@pytest.fixture(scope="module")
def served(
    postgres: Postgres, postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Door]:
    address = postgres.address(postgres.new_database(postgres_template), "clerk")
    home = tmp_path_factory.mktemp("served")
    settings = Settings(home=home, database_url=address, requests_per_minute=1_000_000)
    now = datetime.now(SHANGHAI)
    store = Store.open(settings)
    store.load(simulate(60, 7, now.date()).book, HOME_OWNER, now)
    store.close()
    services = open_services(settings)
    app = application(services)
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield Door(app, client, services.tokens, tuple(routes_of(app)))


def refused(answer: Any, route: Route, why: str) -> Json:
    """Return the problem that an answer is, having seen that it is one of the caller's making."""
    assert 400 <= answer.status_code < 500, (why, route.path, answer.text)
    assert answer.status_code != 401, (why, route.path)
    assert answer.headers["content-type"] == "application/problem+json", (why, route.path)
    told: Json = answer.json()
    assert told["detail"], route.path
    assert "Traceback" not in answer.text
    return told


def nested(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


TEXTS = {
    "nothing": (b"", JSON, "not-json"),
    "half an object": (b'{"a":', JSON, "not-json"),
    "no object": (b"[]", JSON, "bad-input"),
    "a thousand levels": (nested(1000), JSON, "bad-input"),
    "a hundred thousand levels": (nested(100_000), JSON, "not-json"),
    "a list of a thousand levels": (
        b'{"a":' + b"[" * 1000 + b"]" * 1000 + b"}",
        JSON,
        "bad-input",
    ),
    "NaN": (b'{"a": NaN}', JSON, "not-json"),
    "Infinity": (b'{"a": Infinity}', JSON, "not-json"),
    "minus Infinity": (b'{"a": -Infinity}', JSON, "not-json"),
    "a number of 5,000 digits": (b'{"a": ' + b"9" * 5000 + b"}", JSON, "not-json"),
    "a number of 30 digits": (b'{"a": ' + b"9" * 30 + b"}", JSON, "bad-input"),
    "a power": (b'{"a": 1e300}', JSON, "bad-input"),
    "another charset": (b"{}", f"{JSON}; charset=gbk", "unsupported-media-type"),
    "a charset that is none": (b"{}", f"{JSON}; charset*=gbk''x", "unsupported-media-type"),
    "text in another charset": ('{"a": "两山"}'.encode("gbk"), JSON, "not-json"),
    "UTF-16": ('{"a": "两山"}'.encode("utf-16"), JSON, "not-json"),
    "a byte order mark": (b"\xef\xbb\xbf{}", JSON, "not-json"),
    "a name said twice": (b'{"a": 1, "a": 1}', JSON, "bad-input"),
    "half a surrogate": (b'{"a": "\\ud800"}', JSON, "not-json"),
    "NUL": (b'{"a": "\\u0000"}', JSON, "bad-input"),
    "a form": (b"a=1", FORM, "unsupported-media-type"),
    "no type": (b"{}", "", "unsupported-media-type"),
}


@pytest.mark.parametrize("what", TEXTS)
def test_what_is_no_strict_json_is_refused_by_every_route(served: Door, what: str) -> None:
    body, media_type, code = TEXTS[what]
    for route in served.json_routes():
        told = refused(served.send(route, body, media_type), route, what)
        assert told["status"] in FIRST or told["type"].endswith(f":{code}"), (route.path, told)


def test_every_route_that_takes_a_body_is_tried(served: Door) -> None:
    described = served.app.openapi()["paths"].values()
    taking = [one for path in described for one in path.values() if "requestBody" in one]
    assert len(taking) == len([route for route in served.routes if route.media_types])
    for route in served.json_routes():
        assert route.examples, f"{route.path} has no example"


def bodies_with(value: object, document: Any) -> Iterator[Json]:
    """Return a document once for each of its leaves and branches, with `value` in its place."""
    for place in places(document):
        changed = copy.deepcopy(document)
        inner = changed
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = value
        yield changed


def places(document: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(document, dict | list):
        steps = document if isinstance(document, dict) else range(len(document))
        for step in steps:
            yield (*before, step)
            yield from places(document[step], (*before, step))


ODD: dict[str, object] = {
    "null": None,
    "true": True,
    "an empty list": [],
    "an empty object": {},
    "a list of a list": [[]],
    "a list of null": [None],
    "an object": {"kind": {}},
    "nothing": "",
    "a blank": " ",
    "minus one": -1,
    "a fraction": 0.1,
    "the largest integer": 2**53 - 1,
    "NaN as text": "NaN",
    "Infinity as text": "Infinity",
    "a power as text": "1e400",
    "5,000 digits as text": "9" * 5000,
    "400 digits after the point": "0." + "9" * 400,
    "other digits": "１２３",
    "the first day": "0001-01-01",
    "the last day": "9999-12-31",
    "no day": "2026-02-30",
    "the last instant": "9999-12-31T23:59:59.999999+14:00",
    "the first instant": "0001-01-01T00:00:00-14:00",
    "a long text": "山" * 100_000,
    "markup": "<script>alert(1)</script>",
    "SQL": "'; DROP TABLE record; --",
    "a format": "{0.__class__} %s %n",
    "a path": "../../../../etc/passwd",
    "another script": "\u202e\U0001f600\ufffe",
}


def odd_requests(served: Door, what: str) -> Iterator[tuple[Route, Json]]:
    """Return every request of which one part is odd."""
    for route in served.json_routes():
        for example in route.examples:
            for body in bodies_with(ODD[what], example):
                yield route, body


def never_fails(served: Door, route: Route, body: Json, what: str) -> None:
    answer = served.send(route, orjson.dumps(body), JSON)
    assert answer.status_code < 500, (route.path, body, answer.text)
    if answer.status_code >= 400:
        refused(answer, route, what)


@pytest.mark.parametrize("what", ODD)
def test_no_odd_value_makes_a_route_fail(served: Door, what: str) -> None:
    """Try each place with one of the values, in turn."""
    begin = list(ODD).index(what)
    for route, body in islice(odd_requests(served, what), begin, None, len(ODD)):
        never_fails(served, route, body, what)


@pytest.mark.long
@pytest.mark.parametrize("what", ODD)
def test_no_odd_value_anywhere_makes_a_route_fail(served: Door, what: str) -> None:
    for route, body in odd_requests(served, what):
        never_fails(served, route, body, what)


def test_a_tenant_in_the_body_is_refused_by_name(served: Door) -> None:
    for route in served.json_routes():
        for example in route.examples:
            for name in ("owner", "tenant"):
                body = orjson.dumps(example | {name: "another bank"})
                told = refused(served.send(route, body, JSON), route, name)
                fields = [fault["field"] for fault in told["faults"]]
                assert told["status"] in FIRST or name in " ".join([told["detail"], *fields]), (
                    route.path,
                    told,
                )


FORMS = {
    "NUL": b"name=of%00ficer&password=x&csrf=x",
    "no UTF-8": b"name=%ff%fe&password=x&csrf=x",
    "half a surrogate": b"name=%ed%a0%80&csrf=x",
    "many fields": b"&".join(b"a%d=1" % number for number in range(2000)),
    "no form": b"{}",
    "nothing": b"",
    "bytes": bytes(range(256)),
}


@pytest.mark.parametrize("what", FORMS)
@pytest.mark.parametrize(
    "media_type",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
    ],
)
def test_no_form_makes_a_route_fail(served: Door, what: str, media_type: str) -> None:
    for route in served.routes:
        answer = served.send(route, FORMS[what], media_type)
        assert 300 <= answer.status_code < 500, (route.path, answer.status_code, answer.text)


@pytest.mark.parametrize(
    "path", ["%00", "x%00y", "%0d%0aset-cookie:%20x", "%1b", "%ff", "%ed%a0%80"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_control_characters_in_an_address_are_refused(
    served: Door, method: str, path: str
) -> None:
    described = {route.path for route in api_routes(served.client.app, method)}  # type: ignore[arg-type]
    assert described
    for route in api_routes(served.client.app, method):  # type: ignore[arg-type]
        for address in (path_with(route, path), f"{path_with(route, 'x')}?q={path}"):
            if path in address:
                answer = served.client.request(method, address)
                assert answer.status_code == 400, address
                assert answer.json()["type"].endswith(":malformed")
                assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("key", ["", "x" * 256, "batch:x:1", "é", "a\tb"])
def test_an_odd_idempotency_key_makes_no_route_fail(served: Door, key: str) -> None:
    for route in served.json_routes():
        said = served.headers(route) | {"idempotency-key": key}
        headers = {name.encode(): value.encode("latin-1") for name, value in said.items()}
        for example in route.examples:
            answer = served.client.request(route.method, route.path, json=example, headers=headers)
            assert answer.status_code < 500, (route.path, answer.text)


@pytest.mark.parametrize("limit", ["0", "-1", "1e9", "9" * 400, "١٠", "null", ""])
def test_an_odd_page_size_makes_no_list_fail(served: Door, limit: str) -> None:
    for route in api_routes(served.app, "GET"):
        headers = bearer(served.tokens, caller_for(route))
        for query in ({"limit": limit}, {"cursor": limit}, {"as_of": limit}, {"county": limit}):
            answer = served.client.get(path_with(route, "x"), params=query, headers=headers)
            assert answer.status_code < 500, (route.path, query, answer.text)
