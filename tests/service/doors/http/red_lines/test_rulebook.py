"""Policies and models over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from risk.files import Policy
from service.trust.roles import Role
from service.wiring import now
from tests.service.doors.bearer import Token

RED_LINES, MODELS = "/v1/policies/red-lines", "/v1/models"
Json = dict[str, Any]


@pytest.fixture
def author(token: Token) -> Json:
    return token(Role.AUTHOR)


def test_the_lines_of_a_day_are_those_of_its_policy(
    client: TestClient, author: Json, policy: Policy
) -> None:
    answer = client.get(RED_LINES, params={"as_of": "2026-03-31"}, headers=author)
    said = answer.json()
    today = client.get(RED_LINES, headers=author).json()
    assert today["as_of"] == now().date().isoformat()
    lines = {line["id"]: line for line in said["red_lines"]}
    assert len(lines) == len(policy.red_lines)
    limits = lines["RL-05"]["tests"][0]["limits"]
    at = {limit["level"]: limit["at"] for limit in limits}
    assert (at["warn"], at["breach"]) == ("1.0", "0.5")
    assert all(limit["basis"] and limit["source"] for limit in limits)


def test_the_same_policy_is_not_sent_again(client: TestClient, author: Json) -> None:
    day = {"as_of": "2026-03-31"}
    first = client.get(RED_LINES, params=day, headers=author)
    assert first.json()["policy"].removeprefix("sha256:") in first.headers["etag"]
    known = author | {"if-none-match": first.headers["etag"]}
    assert client.get(RED_LINES, params=day, headers=known).status_code == 304
    assert client.get(RED_LINES, params={"as_of": "2022-01-01"}, headers=known).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("as_of", "2026-02-30"),
        ("as_of", "20260331"),
        ("as_of", "1999-12-31"),
        ("as_of", "9999-12-31"),
        ("county", "33082"),
        ("county", "３３０８２２"),
        ("product", "credit"),
    ],
)
def test_what_is_no_day_or_county_is_named(
    client: TestClient, author: Json, name: str, value: str
) -> None:
    answer = client.get(RED_LINES, params={name: value}, headers=author)
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["field"] == name


def test_without_a_champion_the_card_decides(client: TestClient, author: Json) -> None:
    models = client.get(MODELS, headers=author).json()["models"]
    assert [(model["product"], model["role"], model["decides"]) for model in models] == [
        ("credit", "card", True),
        ("deposit", "card", True),
    ]
    signs = {feature["name"]: feature["sign"] for feature in models[0]["features"]}
    assert signs["debt_service_to_income"] == 1
    assert models[0]["evidence"] == {"kind": "expert", "defaults": 0}


def test_an_administrator_sees_no_models(client: TestClient, token: Token) -> None:
    assert client.get(MODELS, headers=token(Role.ADMINISTRATOR)).status_code == 403
