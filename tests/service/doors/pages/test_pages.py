"""Sign in, be told why not, see what is yours: the pages as a browser asks for them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from service.doors.http.wire.problems import Problem, ProblemKind
from service.trust.identity import Identity
from service.trust.roles import Role

PASSWORD = "青山绿水-green-hills"
HTML = {"accept": "text/html"}
Json = dict[str, Any]


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def sign_in(client: TestClient, name: str, password: str = PASSWORD) -> Any:
    csrf = csrf_of(client.get("/login").text)
    return client.post("/login", data={"name": name, "password": password, "csrf": csrf})


@pytest.fixture
def officer(client: TestClient) -> TestClient:
    assert sign_in(client, "officer").status_code == 303
    return client


def test_nobody_sees_a_page_before_signing_in(client: TestClient) -> None:
    for path in ("/", "/applications/A000001"):
        answer = client.get(path, headers=HTML)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client: TestClient) -> None:
    answer = sign_in(client, "officer")
    cookies = answer.headers.get_list("set-cookie")
    (cookie,) = [cookie for cookie in cookies if cookie.startswith("liangshan_session=")]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


@pytest.mark.parametrize(
    ("name", "password"),
    [("officer", "wrong"), ("nobody", PASSWORD), ("", ""), ("of\x00ficer", PASSWORD)],
)
def test_a_wrong_name_or_password_is_told_apart_from_nothing(
    client: TestClient, name: str, password: str
) -> None:
    answer = sign_in(client, name, password)
    assert answer.status_code == 403
    assert "用户名或密码不对" in answer.text
    assert "liangshan_session" not in client.cookies


def test_a_sign_in_form_of_another_site_is_refused(client: TestClient) -> None:
    form = {"name": "officer", "password": PASSWORD, "csrf": "0" * 64}
    assert client.post("/login", data=form).status_code == 403
    client.get("/login")
    answer = client.post("/login", data=form)
    assert answer.status_code == 403
    assert "页面已过期" in answer.text


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.SUPERVISOR, Role.ACCOUNTANT])
def test_another_role_is_told_that_the_page_is_not_its_own(client: TestClient, role: Role) -> None:
    sign_in(client, role.value)
    assert client.get("/").headers["location"] == "/cooperatives"
    answer = client.get("/applications/A000001", headers=HTML)
    assert answer.status_code == 403
    assert "这里不归您" in answer.text
    assert "A000001" not in answer.text


def test_signing_out_ends_the_session(officer: TestClient) -> None:
    session = officer.cookies["liangshan_session"]
    csrf = csrf_of(officer.get("/").text)
    assert officer.post("/logout", data={"csrf": csrf}).headers["location"] == "/login"
    officer.cookies.set("liangshan_session", session)
    assert officer.get("/").headers["location"] == "/login"


def test_the_list_finds_what_is_asked_for(officer: TestClient) -> None:
    assert "A000002" in officer.get("/").text
    page = officer.get("/", params={"q": "A000001"}).text
    assert "A000001" in page
    assert "A000002" not in page
    assert "没有找到" in officer.get("/", params={"q": "<script>"}).text


def test_a_decision_is_shown_with_everything_that_explains_it(
    officer: TestClient, decision: Json
) -> None:
    page = officer.get("/applications/A000001").text
    score = decision["score"]
    for shown in (
        "转人工审核", str(score["points"]), "BBB", "3.45%", "1.40% – 8.20%", "统计模型", "412",
        "此模型由模拟数据训练", "还本付息占收入偏高", "RC-101", "现金短债比", "1,800.00 万元",
        "0.75", "民宿保险", decision["id"], decision["hash"], decision["policy"],
    ):  # fmt: skip
        assert shown in page, shown


def test_a_decision_from_before_stops_were_kept_is_shown_without_them(officer: TestClient) -> None:
    page = officer.get("/applications/A000001").text
    assert "还本付息占收入偏高" in page
    assert "与本人信用无关的暂停" not in page


def test_a_verdict_on_a_cooperative_leads_to_its_page(officer: TestClient) -> None:
    page = officer.get("/applications/A000001").text
    assert 'href="/cooperatives/C330822#RL-05"' in page


def test_the_drawn_bars_sum_to_the_score(officer: TestClient, decision: Json) -> None:
    page = officer.get("/applications/A000001").text
    drawn = [int(points) for points in re.findall(r'data-points="(-?\d+)"', page)]
    score = decision["score"]
    assert score["base_points"] + sum(drawn) == score["points"]
    assert f'data-base="{score["base_points"]}" data-total="{score["points"]}"' in page


def test_a_page_holds_no_script_and_no_inline_style(officer: TestClient) -> None:
    for path in ("/", "/applications/A000001", "/applications/A000002", "/nowhere"):
        page = officer.get(path, headers=HTML).text
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", page), path
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page), path


def test_headings_go_down_one_step_at_a_time(officer: TestClient) -> None:
    for path in ("/", "/applications/A000001", "/nowhere"):
        page = officer.get(path, headers=HTML).text
        levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_field_has_a_label(client: TestClient) -> None:
    page = client.get("/login").text
    fields = re.findall(r'<input id="(\w+)"', page)
    assert fields == re.findall(r'<label for="(\w+)"', page)


def test_asking_for_an_assessment_needs_the_form_of_this_session(officer: TestClient) -> None:
    address = "/applications/A000002/assessment"
    assert officer.post(address, data={"csrf": "0" * 64}).status_code == 403
    csrf = csrf_of(officer.get("/applications/A000002").text)
    answer = officer.post(address, data={"csrf": csrf})
    assert (answer.status_code, answer.headers["location"]) == (303, "/applications/A000002")


def test_an_unknown_page_is_a_page(officer: TestClient) -> None:
    for path in ("/nowhere", "/applications/none"):
        answer = officer.get(path, headers=HTML)
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")
        assert "没有这一页" in answer.text


def test_a_person_of_another_tenant_is_not_known_by_a_guessed_cookie(
    client: TestClient, identity: Identity
) -> None:
    client.cookies.set("liangshan_session", "guess")
    assert client.get("/").headers["location"] == "/login"


@pytest.mark.parametrize("kind", ProblemKind)
def test_every_problem_can_be_told_on_a_page(app: FastAPI, kind: ProblemKind) -> None:
    """Also the ones that no page foresees: a browser may send anything."""

    @app.get("/troubled")
    def troubled() -> None:
        raise Problem(kind, "说明 · detail", headers={"retry-after": "7"})

    answer = TestClient(app).get("/troubled", headers=HTML)
    assert answer.status_code == kind.value.status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["retry-after"] == "7"
    assert "<h1>" in answer.text
