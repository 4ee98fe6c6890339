"""Every route that names a thing, asked by another body than the one that made it (API1, API5)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from service.doors.http.batch_lines import NDJSON
from service.doors.http.examples import requests
from service.doors.http.shapes import told
from service.store.batches import FINISHED
from service.trust.roles import Role
from tests.service.doors.every_route import (
    APPROVAL,
    ASSESSMENT,
    BATCH,
    CLIENT,
    CREDIT,
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


def wait_for(served: Served, batch: str) -> None:
    """Wait until a batch has been answered in the background."""
    for _ in range(300):
        headers = served.headers(BANK.caller(OFFICER))
        found = served.client.get(f"/v1/batches/{batch}", headers=headers)
        if found.json()["state"] == FINISHED:
            return
        time.sleep(0.1)
    raise AssertionError("the batch was not answered")


OFFICER, ADMINISTRATOR, ACCOUNTANT = Role.OFFICER, Role.ADMINISTRATOR, Role.ACCOUNTANT


@pytest.fixture(scope="module")
def theirs(served: Served) -> dict[Route, Theirs]:
    """One thing for each route that names one, made by a body whom the stranger is not."""
    inline = requests()["inline"]["value"]
    asked = CREDIT.replace("{product}", "credit")
    decision = made_by(served, BANK, OFFICER, asked, inline)["id"]
    override = {"action": "override", "outcome": "decline", "reason": "现场核查不符", "days": 30}
    review = made_by(served, BANK, OFFICER, f"/v1/assessments/{decision}/review", override)["id"]
    batch = served.client.post(
        "/v1/batches?product=credit",
        headers=served.headers(BANK.caller(OFFICER)) | {"content-type": NDJSON},
        content=orjson.dumps(inline) + b"\n",
    ).json()["id"]
    wait_for(served, batch)
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
        ("GET", PERSON): Theirs(*admin, f"/v1/people/{name}"),
        ("PATCH", PERSON): Theirs(
            *admin, f"/v1/people/{name}", {"disabled": True}, headers=(("if-match", "*"),)
        ),
        ("DELETE", CLIENT): Theirs(*admin, f"/v1/clients/{client}", status=204),
        ("POST", STATEMENTS): Theirs(COOP, ACCOUNTANT, OTHER_COOP, filed, statement, 201),
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


LISTS = [("/v1/assessments", OFFICER), ("/v1/batches", OFFICER)]
LISTS += [("/v1/people", ADMINISTRATOR), ("/v1/clients", ADMINISTRATOR)]


@pytest.mark.parametrize(("path", "role"), LISTS)
def test_a_list_names_what_is_the_callers_alone(
    served: Served, theirs: dict[Route, Theirs], path: str, role: Role
) -> None:
    def items(body: Body) -> list[Json]:
        found = served.client.get(path, headers=served.headers(body.caller(role)))
        assert found.status_code == 200
        listed: list[Json] = found.json()["items"]
        return listed

    assert items(BANK)
    ours = orjson.dumps(items(RIVAL)).decode()
    assert not [one for one in items(BANK) if str(one.get("id", one.get("name"))) in ours]


def test_the_lists_are_all_tried() -> None:
    readable = {path for method, path in NEEDS if method == "GET" and "{" not in path}
    public = {"/v1/policies/red-lines", "/v1/models"}
    assert readable - public == {path for path, _ in LISTS}
