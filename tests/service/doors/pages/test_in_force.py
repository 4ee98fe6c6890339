"""The officer's page says on whose word an outcome stands, and until when."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.service.doors.conftest import PASSWORD

Json = dict[str, Any]
SAID: dict[str, Json] = {
    "contest": {"action": "contest", "reason": "要求人工办理", "by": "王芳"},
    "override": {
        "action": "override",
        "outcome": "approve_with_conditions",
        "conditions": ["先办<林权>抵押登记"],
        "reason": "抵押物足值",
        "by": "王芳",
        "until": "2026-10-01T00:00:00+08:00",
    },
    "approve": {"action": "approve", "reason": "同意", "by": "李强", "review": "override"},
}


def said(*names: str) -> list[Json]:
    return [{**SAID[name], "id": name, "at": "2026-06-29T09:00:00+08:00"} for name in names]


def page_of(client: TestClient) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/login").text)
    assert found
    client.post("/login", data={"name": "officer", "password": PASSWORD, "csrf": found[1]})
    return client.get("/applications/A000001").text


class TestNothingSaid:
    def test_the_decision_stands_alone(self, client: TestClient) -> None:
        page = page_of(client)
        assert 'id="finding"' in page
        assert 'id="in-force"' not in page


class TestContested:
    @pytest.fixture
    def reviews(self) -> list[Json]:
        return said("contest")

    def test_a_person_must_look(self, client: TestClient) -> None:
        page = page_of(client)
        assert "借款人拒绝仅由机器作出的决定" in page
        assert "要求人工办理" in page


class TestProposed:
    @pytest.fixture
    def reviews(self) -> list[Json]:
        return said("override")

    def test_an_override_that_waits_holds_nothing(self, client: TestClient) -> None:
        page = page_of(client)
        assert "批准前不生效" in page
        assert "已由两人推翻" not in page


class TestOverridden:
    @pytest.fixture
    def reviews(self) -> list[Json]:
        return said("override", "approve")

    def test_both_people_the_conditions_and_the_last_day_are_named(
        self, client: TestClient
    ) -> None:
        page = page_of(client)
        box = page[page.index('id="in-force"') : page.index('id="finding"')]
        assert "附条件批准" in box
        assert "先办&lt;林权&gt;抵押登记" in box
        assert "王芳" in box
        assert "李强" in box
        assert "2026-10-01" in box
