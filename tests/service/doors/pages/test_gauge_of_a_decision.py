"""A gauge on the officer's page is coloured although a decision does not say which way is bad."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

PASSWORD = "青山绿水-green-hills"
Json = dict[str, Any]


@pytest.fixture
def decision(decision: Json) -> Json:
    """A decision whose verdict stands exactly at the only limit of its test."""
    (verdict,) = decision["verdicts"]
    (test,) = verdict["tests"]
    only = [limit for limit in test["limits"] if limit["level"] == "breach"]
    exact = {**test, "value": only[0]["at"], "headroom": "0.00", "limits": only}
    return {**decision, "verdicts": [{**verdict, "tests": [exact]}]}


def test_a_value_at_its_only_limit_lies_between_the_good_and_the_bad_side(
    client: TestClient,
) -> None:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/login").text)
    assert found
    client.post("/login", data={"name": "officer", "password": PASSWORD, "csrf": found[1]})
    page = client.get("/applications/A000001").text
    zones = re.findall(r'class="zone zone-(\w+)" x="([0-9.]+)%"', page)
    assert zones == [("breach", "0.00"), ("pass", "50.00")]
