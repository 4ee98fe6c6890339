"""A list in pages: each item once, and cursors that only we can make and only there they fit."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from service.doors.http.openapi import PlainRoute, needs
from service.doors.http.wire.paging import page, wanted_page
from service.trust.roles import Role
from tests.service.doors.bearer import Token

ROWS = [f"{number:03}" for number in range(7, 0, -1)]
Json = dict[str, Any]

router = APIRouter(route_class=PlainRoute)


@router.get("/v1/some/{of}", openapi_extra=needs("score:read", "loan_verdict"))
def some(request: Request) -> Response:
    wanted = wanted_page(request, "parity")
    odd = [row for row in ROWS if wanted.filters.get("parity") != "odd" or int(row) % 2]
    left = [row for row in odd if wanted.after is None or row < wanted.after]
    return page(request, wanted, left[: wanted.fetched], lambda row: {"id": row}, str)


@pytest.fixture
def client(app: FastAPI, token: Token) -> TestClient:
    app.include_router(router)
    return of_tenant(app, token, "county")


def of_tenant(app: FastAPI, token: Token, owner: str) -> TestClient:
    headers = token(Role.OFFICER, owner)
    return TestClient(app, headers=headers, raise_server_exceptions=False)


def walked(client: TestClient, address: str) -> list[list[str]]:
    pages = []
    answer = client.get(address)
    while True:
        pages.append([item["id"] for item in answer.json()["items"]])
        if answer.json()["next"] is None:
            return pages
        answer = client.get(answer.links["next"]["url"])


def test_every_item_stands_on_one_page(client: TestClient) -> None:
    pages = walked(client, "/v1/some/列表?limit=3")
    assert pages == [["007", "006", "005"], ["004", "003", "002"], ["001"]]


def test_a_last_page_that_is_full_has_no_next(client: TestClient) -> None:
    answer = client.get("/v1/some/all?limit=7")
    assert answer.json()["next"] is None
    assert "link" not in answer.headers


def test_the_next_page_is_narrowed_as_the_first(client: TestClient) -> None:
    assert walked(client, "/v1/some/all?limit=3&parity=odd") == [["007", "005", "003"], ["001"]]


def refused(answer: Any, field: str) -> None:
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:liangshan:problem:bad-input")
    assert [fault["field"] for fault in answer.json()["faults"]] == [field]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "x", "٣", "9" * 5000, "+1", " 1", ""])
def test_a_limit_is_a_number_of_1_to_200(client: TestClient, limit: str) -> None:
    refused(client.get("/v1/some/all", params={"limit": limit}), "limit")


@pytest.mark.parametrize("cursor", ["x", "", "AAAA", "é", "A" * 44, "%00", "=" * 8])
def test_a_cursor_that_is_not_ours_is_refused(client: TestClient, cursor: str) -> None:
    refused(client.get("/v1/some/all", params={"cursor": cursor}), "cursor")


def test_a_cursor_fits_its_own_list_alone(client: TestClient, app: FastAPI, token: Token) -> None:
    cursor = client.get("/v1/some/all?limit=3").json()["next"]
    refused(client.get("/v1/some/other", params={"cursor": cursor}), "cursor")
    refused(client.get("/v1/some/all", params={"cursor": cursor, "parity": "odd"}), "cursor")
    refused(client.get("/v1/some/all", params={"cursor": cursor + "!"}), "cursor")
    bank = of_tenant(app, token, "bank")
    refused(bank.get("/v1/some/all", params={"cursor": cursor}), "cursor")
    assert client.get("/v1/some/all", params={"cursor": cursor}).status_code == 200


def test_an_unknown_or_repeated_parameter_is_named(client: TestClient) -> None:
    refused(client.get("/v1/some/all?owner=bank"), "owner")
    refused(client.get("/v1/some/all?limit=1&limit=2"), "limit")
