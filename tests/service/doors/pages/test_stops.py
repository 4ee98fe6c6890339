"""What stops a loan for another's sake stands apart from the person's reasons."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import pytest
from starlette.testclient import TestClient

PASSWORD = "青山绿水-green-hills"
SENTENCE = "合作社暂不能新增收购承诺，与您的信用无关，可改办不带承诺的贷款。"
Json = dict[str, Any]


@pytest.fixture
def decision(decision: Json) -> Json:
    """A decision that a cooperative and a resource stop, with names that would be markup."""
    stop = {
        "rule": "RL-05",
        "subject": {"kind": "cooperative", "id": "K 1/<b>"},
        "state": "breach",
        "outcome": "refer",
        "zh": SENTENCE,
        "en": "The cooperative can give no new purchase undertaking for now.",
        "goes_on": {"zh": "信用贷", "en": "Credit loans"},
    }
    papers = {
        **stop,
        "rule": "RL-50",
        "subject": {"kind": "resource", "id": "R7"},
        "zh": "这块资源还缺材料：<i>估值</i>。",
    }
    return {**decision, "stops": [stop, papers]}


@pytest.fixture
def page(client: TestClient) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/login").text)
    assert found
    client.post("/login", data={"name": "officer", "password": PASSWORD, "csrf": found[1]})
    return client.get("/applications/A000001").text


def section(page: str, name: str) -> str:
    found = re.search(rf'<section[^>]*aria-labelledby="{name}".*?</section>', page, re.DOTALL)
    assert found
    return found[0]


def test_the_sentence_for_the_farmer_stands_in_a_box_of_its_own(page: str) -> None:
    box = section(page, "stops")
    assert SENTENCE in box
    assert "不是借款人的不良信息" in box
    assert "信用贷" in box
    assert SENTENCE not in section(page, "reasons")


def test_a_stop_of_a_cooperative_leads_to_its_line_and_others_only_name_theirs(page: str) -> None:
    box = section(page, "stops")
    assert re.findall(r'href="([^"]+)"', box) == ["/cooperatives/K%201/%3Cb%3E#RL-05"]
    assert "资源 R7 RL-50" in box


def test_markup_in_a_stop_is_text(page: str) -> None:
    assert "<i>估值" not in page
    assert escape("<i>估值</i>") in page
    assert "<b>" not in page
