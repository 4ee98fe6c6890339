"""Every route that names a thing, asked by another body than the one that made it (API1, API5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from service.doors.http.batches.lines import NDJSON
from service.doors.http.schemas import requests
from service.doors.http.wire.shapes import told
from service.store.versions import version_of
from service.trust.roles import Role
from tests.service.doors.every_route import (
    APPROVAL,
    ASSESSMENT,
    BATCH,
    CLIENT,
    CORRECTION,
    CREDIT,
    HOUSEHOLD,
    NEEDS,
    PERSON,
    STATEMENTS,
    Json,
    Route,
    Served,
    kind_of,
    serve,
)
from tests.service.doors.meeting import BANK, COOP, OTHER_COOP, RIVAL, Body


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("strangers")) as installation:
        yield installation


@dataclass(frozen=True)
class Theirs:
    """Something that one body made, and how it would be asked for."""

    owner: Body
    role: Role
    stranger: Body
    path: str
    body: object = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


def made_by(served: Served, owner: Body, role: Role, path: str, content: object) -> Json:
    answer = served.client.post(path, headers=served.headers(owner.caller(role)), json=content)
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


def known_household(served: Served) -> str:
    """Return a household that the first bank keeps."""
    row = {"household_id": "H-000009", "consent_id": "C9", "quality": "reported", "source": "核心"}
    times = {"as_of": "2026-02-28", "known_at": "2026-03-01T09:00:00+08:00"}
    version = version_of("household", {**row, **times})
    served.store.records(BANK.owner).append([version], datetime.now(UTC))
    return row["household_id"]


OFFICER, ADMINISTRATOR, ACCOUNTANT = Role.OFFICER, Role.ADMINISTRATOR, Role.ACCOUNTANT


def batch_of(served: Served, line: Json) -> str:
    """Return the id of a bank's batch of one line."""
    headers = served.headers(BANK.caller(OFFICER)) | {"content-type": NDJSON}
    made = served.client.post(
        "/v1/batches?product=credit", headers=headers, content=orjson.dumps(line)
    )
    return str(made.json()["id"])


@pytest.fixture(scope="module")
def theirs(served: Served) -> dict[Route, Theirs]:
    """One thing for each route that names one, made by a body whom the stranger is not."""
    inline = requests()["inline"]["value"]
    asked = CREDIT.replace("{product}", "credit")
    decision = made_by(served, BANK, OFFICER, asked, inline)["id"]
    override = {"action": "override", "outcome": "decline", "reason": "现场核查不符", "days": 30}
    review = made_by(served, BANK, OFFICER, f"/v1/assessments/{decision}/review", override)["id"]
    batch = batch_of(served, inline)
    served.work_through()
    waiting = batch_of(served, inline)
    name = made_by(served, BANK, ADMINISTRATOR, "/v1/people", {"name": "赵敏", "role": "officer"})[
        "name"
    ]
    client = made_by(
        served, BANK, ADMINISTRATOR, "/v1/clients", {"name": "核心系统", "role": "officer"}
    )["id"]
    statement = dict(told("statements.yaml")["quarter"]["value"])
    statement.pop("coop_id", None)
    filed = STATEMENTS.replace("{id}", "K900")
    made_by(served, COOP, ACCOUNTANT, filed, statement)
    period = {"table": "cooperative", "id": "K900", "as_of": statement["as_of"]}
    wish = {**period, "changes": {"inventory_resources": "1.00"}, "reason": "盘点与账面不符"}
    proposed = made_by(served, COOP, ACCOUNTANT, "/v1/corrections", wish)["id"]
    correction, reject = f"/v1/corrections/{proposed}", {"action": "reject", "reason": "依据不足"}
    coop = (COOP, ACCOUNTANT, OTHER_COOP)
    household = f"/v1/households/{known_household(served)}"
    made_by(served, BANK, OFFICER, f"{household}/erasure", {})
    erase = told("erasure_answers.yaml")["approve"]["value"]
    assessment, one_batch = f"/v1/assessments/{decision}", f"/v1/batches/{batch}"
    confirm = {"action": "confirm", "reason": "材料齐全"}
    approve = {"action": "approve", "reason": "同意"}
    what_if = told("what_ifs.yaml")["less_debt"]["value"]
    bank = (BANK, OFFICER, RIVAL)
    admin = (BANK, ADMINISTRATOR, RIVAL)
    return {
        ("GET", ASSESSMENT): Theirs(*bank, assessment),
        ("GET", f"{ASSESSMENT}/explanation"): Theirs(*bank, f"{assessment}/explanation"),
        ("POST", f"{ASSESSMENT}/what-if"): Theirs(*bank, f"{assessment}/what-if", what_if),
        ("GET", f"{ASSESSMENT}/reviews"): Theirs(*bank, f"{assessment}/reviews"),
        ("POST", APPROVAL): Theirs(
            BANK, Role.APPROVER, RIVAL, f"{assessment}/reviews/{review}/approval", approve, 201
        ),
        ("POST", f"{ASSESSMENT}/review"): Theirs(*bank, f"{assessment}/review", confirm, 201),
        ("GET", BATCH): Theirs(*bank, one_batch),
        ("GET", f"{BATCH}/result"): Theirs(*bank, f"{one_batch}/result"),
        ("POST", f"{BATCH}/cancellation"): Theirs(*bank, f"/v1/batches/{waiting}/cancellation"),
        ("GET", PERSON): Theirs(*admin, f"/v1/people/{name}"),
        ("PATCH", PERSON): Theirs(
            *admin, f"/v1/people/{name}", {"disabled": True}, headers=(("if-match", "*"),)
        ),
        ("DELETE", CLIENT): Theirs(*admin, f"/v1/clients/{client}", status=204),
        ("POST", f"{HOUSEHOLD}/consent-withdrawal"): Theirs(
            *bank, f"{household}/consent-withdrawal", {}, 201
        ),
        ("GET", f"{HOUSEHOLD}/export"): Theirs(*bank, f"{household}/export"),
        ("POST", f"{HOUSEHOLD}/erasure"): Theirs(*bank, f"{household}/erasure", {}, 201),
        ("POST", f"{HOUSEHOLD}/erasure/approval"): Theirs(
            BANK, Role.APPROVER, RIVAL, f"{household}/erasure/approval", erase, 201
        ),
        ("POST", STATEMENTS): Theirs(*coop, filed, statement, 201),
        ("GET", CORRECTION): Theirs(*coop, correction),
        ("POST", f"{CORRECTION}/approval"): Theirs(
            COOP, Role.APPROVER, OTHER_COOP, f"{correction}/approval", reject
        ),
    }


NAMES_A_THING = [route for route in NEEDS if "{" in route[1] and route[1] != CREDIT]


@pytest.mark.parametrize("route", NAMES_A_THING, ids=lambda route: " ".join(route))
def test_a_stranger_finds_nothing_where_the_owner_does(
    served: Served, theirs: dict[Route, Theirs], route: Route
) -> None:
    one = theirs[route]
    sent: Json = {} if one.body is None else {"json": one.body}

    def ask(body: Body) -> Any:
        headers = served.headers(body.caller(one.role)) | dict(one.headers)
        return served.client.request(route[0], one.path, headers=headers, **sent)

    found = ask(one.stranger)
    assert (found.status_code, kind_of(found)) == (404, "not-found"), found.text
    assert one.owner.owner not in found.text
    known = ask(one.owner)
    assert known.status_code == one.status, known.text


def absent(route: Route, path: str) -> tuple[str, dict[str, str]]:
    """Return the address of nothing, of the same form, and which id stands there for which."""
    named = {
        segment: segment[:1] + segment[:0:-1]
        for template, segment in zip(route[1].split("/"), path.split("/"), strict=True)
        if template.startswith("{")
    }
    return "/".join(named.get(segment, segment) for segment in path.split("/")), named


FOR_THE_TAKING = [("POST", STATEMENTS)]
"""Where nobody states a cooperative yet, whoever is one may."""


@pytest.mark.parametrize(
    "route",
    [route for route in NAMES_A_THING if route not in FOR_THE_TAKING],
    ids=lambda route: " ".join(route),
)
def test_what_is_anothers_is_told_from_nothing_by_no_word(
    served: Served, theirs: dict[Route, Theirs], route: Route
) -> None:
    one = theirs[route]
    nowhere, named = absent(route, one.path)
    sent: Json = {} if one.body is None else {"json": one.body}
    knowing: tuple[dict[str, str], ...] = (
        {},
        {"if-none-match": "*"},
        {"if-match": "*"},
        {"idempotency-key": "theirs-too"},
    )
    for more in knowing:
        headers = served.headers(one.stranger.caller(one.role)) | dict(one.headers) | more
        told = [
            served.client.request(route[0], path, headers=headers, **sent)
            for path in (one.path, nowhere)
        ]
        assert [answer.status_code for answer in told] == [404, 404]
        assert not any("etag" in answer.headers for answer in told)
        words = told[0].text
        for theirs_id, nothing in named.items():
            words = words.replace(theirs_id, nothing)
        assert words == told[1].text


def test_a_key_of_another_tenant_is_nobodys(served: Served) -> None:
    body = requests()["inline"]["value"]
    asked = CREDIT.replace("{product}", "credit")

    def decided(bank: Body, content: object) -> Any:
        headers = served.headers(bank.caller(OFFICER)) | {"idempotency-key": "shared-key"}
        return served.client.post(asked, headers=headers, json=content)

    ours = decided(BANK, body)
    other = {**body, "application": body["application"] | {"amount": "70000.00"}}
    theirs = decided(RIVAL, other)
    assert (ours.status_code, theirs.status_code) == (201, 201)
    assert ours.json()["id"] != theirs.json()["id"]


def test_a_cursor_of_another_tenant_leads_nowhere(served: Served) -> None:
    body = requests()["inline"]["value"]
    for bank in (BANK, RIVAL):
        for _ in range(2):
            made_by(served, bank, OFFICER, CREDIT.replace("{product}", "credit"), body)

    def page(bank: Body, cursor: str = "") -> Any:
        query = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        headers = served.headers(bank.caller(OFFICER))
        return served.client.get("/v1/assessments", headers=headers, params=query)

    cursor = page(BANK).json()["next"]
    assert page(BANK, cursor).status_code == 200
    assert page(RIVAL, cursor).status_code == 422


LISTS = [("/v1/assessments", OFFICER, BANK, RIVAL), ("/v1/batches", OFFICER, BANK, RIVAL)]
LISTS += [("/v1/people", ADMINISTRATOR, BANK, RIVAL), ("/v1/clients", ADMINISTRATOR, BANK, RIVAL)]
LISTS += [("/v1/corrections", ACCOUNTANT, COOP, OTHER_COOP)]


@pytest.mark.parametrize(("path", "role", "owner", "stranger"), LISTS)
def test_a_list_names_what_is_the_callers_alone(
    served: Served,
    theirs: dict[Route, Theirs],
    path: str,
    role: Role,
    owner: Body,
    stranger: Body,
) -> None:
    def items(body: Body) -> list[Json]:
        found = served.client.get(path, headers=served.headers(body.caller(role)))
        assert found.status_code == 200
        listed: list[Json] = found.json()["items"]
        return listed

    assert items(owner)
    ours = orjson.dumps(items(stranger)).decode()
    assert not [one for one in items(owner) if str(one.get("id", one.get("name"))) in ours]


def test_the_lists_are_all_tried() -> None:
    readable = {path for method, path in NEEDS if method == "GET" and "{" not in path}
    public = {"/v1/policies/red-lines", "/v1/models"}
    assert readable - public == {path for path, *_ in LISTS}
