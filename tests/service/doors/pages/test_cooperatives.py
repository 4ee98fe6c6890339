"""The list of cooperatives and the page of one, over a real judge of a small county."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from itertools import pairwise
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.doors.pages.figures import exact_yuan
from service.doors.pages.gauge import draw
from service.doors.pages.verdicts import groups_of, limit_of, telling, told_value
from service.trust.identity import Caller
from service.trust.roles import Role
from service.use_cases.judging.cooperatives import CooperativeLine
from service.use_cases.judging.supervise import Supervisor

PASSWORD = "青山绿水-green-hills"
HTML = {"accept": "text/html"}
WATCHER = Caller("supervisor", "county", Role.SUPERVISOR)
Json = dict[str, Any]


def sign_in(client: TestClient, name: str) -> Any:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/login").text)
    assert found
    form = {"name": name, "password": PASSWORD, "csrf": found[1]}
    return client.post("/login", data=form)


@pytest.fixture
def watcher(client: TestClient) -> TestClient:
    assert sign_in(client, "supervisor").headers["location"] == "/cooperatives"
    return client


@pytest.fixture(scope="module")
def lines(supervisor: Supervisor) -> list[CooperativeLine]:
    return supervisor.cooperatives(WATCHER)


@pytest.fixture(scope="module")
def documents(supervisor: Supervisor, lines: list[CooperativeLine]) -> Mapping[str, Json]:
    found = {line.coop_id: supervisor.cooperative(line.coop_id, WATCHER) for line in lines}
    return {key: judged.document() for key, judged in found.items() if judged}


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def test_the_list_says_of_each_cooperative_what_its_own_page_says(
    watcher: TestClient, lines: list[CooperativeLine], documents: Mapping[str, Json]
) -> None:
    page = watcher.get("/cooperatives").text
    assert re.findall(r'href="/cooperatives/(\w+)"', page) == [line.coop_id for line in lines]
    assert any(line.gravest for line in lines)
    for line in lines:
        document = documents[line.coop_id]
        told = [finding["rule"] for finding in line.gravest]
        assert told == [finding["rule"] for finding in document["findings"]]
        breached = [f for f in document["findings"] if f["state"] == "breach"]
        assert sum(line.breaches.values()) == len(breached)
        assert line.unknown == document["counts"]["unknown"]


def test_the_gravest_cooperative_stands_first(lines: list[CooperativeLine]) -> None:
    counts = [(*line.breaches.values(), line.warned) for line in lines]
    assert counts == sorted(counts, reverse=True)


def test_every_line_stands_on_the_page_once_the_worst_states_first(
    watcher: TestClient, documents: Mapping[str, Json]
) -> None:
    for key, document in documents.items():
        page = watcher.get(f"/cooperatives/{key}").text
        shown = re.findall(r'<article class="verdict state-(\w+)" id="([\w-]+)"', page)
        assert sorted(rule for _, rule in shown) == sorted(
            verdict["rule"] for verdict in document["verdicts"]
        )
        order = ["breach", "warn", "unknown", "pass", "not_applicable", "not_in_force"]
        places = [order.index(state) for state, _ in shown]
        assert places == sorted(places)
        assert {rule: state for state, rule in shown} == {
            verdict["rule"]: verdict["state"] for verdict in document["verdicts"]
        }
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))


def test_a_breach_is_shown_with_its_arithmetic_its_records_and_its_cures(
    watcher: TestClient, documents: Mapping[str, Json]
) -> None:
    seen = 0
    for key, document in documents.items():
        articles = watcher.get(f"/cooperatives/{key}").text.split('<article class="verdict')
        by_rule = {re.findall(r' id="([\w-]+)"', part)[0]: plain(part) for part in articles[1:]}
        for verdict in document["verdicts"]:
            if verdict["state"] not in ("breach", "warn"):
                continue
            said = by_rule[verdict["rule"]]
            assert verdict["action"]["zh"] in said
            assert verdict["clause"]["document"] in said
            assert told_value(telling(verdict)) in said
            for test in verdict["tests"]:
                assert all(limit["source"] in said for limit in test["limits"])
                assert all(given["name"] in said for given in test["inputs"])
                assert all(given["source"] in said for given in test["inputs"] if given["source"])
            for cure in verdict["cures"]:
                seen += 1
                assert cure["amount"] is None or exact_yuan(cure["amount"]) in said
                assert f"分录 Postings （{len(cure['postings'])}）" in said
    assert seen


def test_a_drawn_value_stands_in_the_zone_that_its_state_names(
    documents: Mapping[str, Json],
) -> None:
    drawn = 0
    tests = [
        test
        for document in documents.values()
        for verdict in document["verdicts"]
        for test in verdict["tests"]
    ]
    for test in tests:
        gauge = draw(test)
        if gauge is None or not gauge.zones:
            continue
        drawn += 1
        assert sum(zone.width for zone in gauge.zones) == 100
        at = {
            zone.state
            for zone in gauge.zones
            if zone.left <= gauge.value <= zone.left + zone.width
        }
        assert test["state"] in at or gauge.value in dict(gauge.limits).values(), test
    assert drawn > len(documents)


def test_a_page_of_the_cooperatives_has_no_script_and_goes_down_by_headings(
    watcher: TestClient, lines: list[CooperativeLine]
) -> None:
    for path in ("/cooperatives", f"/cooperatives/{lines[0].coop_id}"):
        page = watcher.get(path).text
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", page), path
        levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_each_role_may_read_the_cooperatives_of_its_house(client: TestClient, role: Role) -> None:
    home = sign_in(client, role.value).headers["location"]
    assert home == ("/" if role is Role.OFFICER else "/cooperatives")
    assert client.get("/cooperatives").status_code == 200
    assert "/cooperatives" in client.get(home).text


def test_an_administrator_sees_no_cooperative(client: TestClient) -> None:
    home = sign_in(client, Role.ADMINISTRATOR.value).headers["location"]
    for path in (home, "/cooperatives", "/cooperatives/K001"):
        page = client.get(path, headers={"accept": "text/html"})
        assert (page.status_code, "K00" in page.text) == (403, False)
        assert 'href="/cooperatives"' not in page.text


def test_an_accountant_reads_his_own_cooperatives_alone(
    supervisor: Supervisor, lines: list[CooperativeLine]
) -> None:
    key = lines[0].coop_id
    bank = Caller("bank", "a-bank", Role.OFFICER)
    assert [line.coop_id for line in supervisor.cooperatives(bank)]
    assert supervisor.cooperative(key, bank) is not None
    stranger = Caller("accountant", "another-body", Role.ACCOUNTANT)
    assert supervisor.cooperatives(stranger) == []
    assert supervisor.cooperative(key, stranger) is None


def test_what_is_not_there_is_not_found(client: TestClient, watcher: TestClient) -> None:
    answer = watcher.get("/cooperatives/<b>none</b>", headers=HTML)
    assert answer.status_code == 404
    assert "<b>none" not in answer.text
    client.cookies.clear()
    for path in ("/cooperatives", "/cooperatives/K000"):
        assert client.get(path).headers["location"] == "/login"


def test_the_test_that_decides_tells_a_line() -> None:
    one = {"id": "t1", "state": "pass", "value": "0.1", "over": "1", "inputs": [{"unit": "yuan"}]}
    two = {"id": "t2", "state": "breach", "value": "31", "inputs": [{"unit": "days"}]}
    verdict = {"rule": "RL-99", "severity": "O", "state": "breach", "tests": [one, two]}
    assert telling(verdict) is two
    assert told_value(two) == "31 天"
    assert limit_of(one, {"at": "0.25"}) == "0.25"
    milder = {**verdict, "rule": "RL-01", "severity": "Y"}
    assert [v["rule"] for v in groups_of([milder, verdict])[0].verdicts] == ["RL-99", "RL-01"]
