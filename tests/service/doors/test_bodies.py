"""Who sees what over HTTP when several bodies share a store: the same story on both databases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.doors.http.wire.shapes import told
from service.settings import Settings
from service.trust.roles import Role
from service.wiring import application, open_services
from tests.service.conftest import KINDS, Postgres
from tests.service.doors.bearer import bearer
from tests.service.doors.conftest import PASSWORD
from tests.service.doors.meeting import (
    BANK,
    BODIES,
    COOP,
    COOPERATIVE,
    COUNTY,
    GUARANTEE,
    GUARANTOR,
    HERE,
    NEIGHBOUR,
    OTHER_COOP,
    OTHER_COUNTY,
    PROVINCE,
    RIVAL,
    THERE,
    Body,
    settle,
    texts,
)

Json = dict[str, Any]
CREDIT = "/v1/products/credit/assessments"
EVALUATE = "/v1/red-lines/evaluations"

JUDGES = {
    body: Role.OFFICER
    if body in (BANK, RIVAL, GUARANTEE)
    else Role.COMMITTEE
    if body in (COOP, OTHER_COOP)
    else Role.SUPERVISOR
    for body in BODIES
}
LENDERS = {BANK, RIVAL, GUARANTEE}
SUPERVISORS = {COUNTY, OTHER_COUNTY, PROVINCE}
OF_HERE = LENDERS | {PROVINCE, COOP, COUNTY}
OF_THERE = LENDERS | {PROVINCE, OTHER_COOP, OTHER_COUNTY}


@dataclass(frozen=True)
class Met:
    """The served installation."""

    client: TestClient
    keys: dict[tuple[Body, Role], dict[str, str]]

    def status(self, body: Body, method: str, path: str, **sent: Any) -> int:
        return int(self.asked(body, JUDGES[body], method, path, **sent).status_code)

    def asked(self, body: Body, role: Role, method: str, path: str, **sent: Any) -> Any:
        return self.client.request(method, path, headers=self.keys[body, role], **sent)


@pytest.fixture(scope="module", params=KINDS)
def met(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Met]:
    address = ""
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        template = request.getfixturevalue("postgres_template")
        address = server.address(server.new_database(template), "clerk")
    settings = Settings(home=tmp_path_factory.mktemp("met"), database_url=address)
    settle(settings)
    services = open_services(settings)
    for body in BODIES:
        role = JUDGES[body]
        services.identity.add_person(f"{body.owner}-{role}", body.owner, role, PASSWORD)
    keys = {
        (body, role): bearer(services.tokens, body.caller(role))
        for body in BODIES
        for role in Role
    }
    with TestClient(application(services), follow_redirects=False) as client:
        yield Met(client, keys)


def subject(kind: str, key: str) -> Json:
    return {"subject": {"kind": kind, "id": key}}


@pytest.fixture(scope="module")
def decided(met: Met) -> tuple[str, str]:
    """An application of the first bank for credit that could be assessed, and where it is told."""
    for number in texts("application", "application_id", bank_code="B01", product="credit"):
        made = met.asked(BANK, Role.OFFICER, "POST", CREDIT, json=subject("application", number))
        if made.status_code == 201:
            return number, made.headers["location"]
    raise AssertionError("no application could be assessed")


def running(bank: str) -> str:
    """Return a loan of a bank."""
    asked = texts("application", "application_id", bank_code=bank)
    return next(loan for one in asked for loan in texts("loan", "loan_id", application_id=one))


SUBJECTS: list[tuple[str, Callable[[], str], set[Body]]] = [
    ("cooperative", lambda: COOPERATIVE, OF_HERE),
    ("cooperative", lambda: NEIGHBOUR, OF_THERE),
    ("project", lambda: texts("project", "project_id", coop_id=COOPERATIVE)[0], OF_HERE),
    ("resource", lambda: texts("resource", "resource_id", coop_id=NEIGHBOUR)[0], OF_THERE),
    ("developer", lambda: texts("project", "developer_id", coop_id=COOPERATIVE)[0], OF_HERE),
    ("county", lambda: HERE, OF_HERE),
    ("county", lambda: THERE, OF_THERE),
    ("bank", lambda: "B01", {BANK} | SUPERVISORS),
    ("bank", lambda: "B02", {RIVAL} | SUPERVISORS),
    ("guarantee_body", lambda: GUARANTOR, LENDERS | SUPERVISORS),
    ("loan", lambda: running("B01"), {BANK}),
    ("loan", lambda: running("B02"), {RIVAL}),
]


@pytest.mark.parametrize(("kind", "key", "readers"), SUBJECTS, ids=[kind for kind, *_ in SUBJECTS])
def test_verdicts_are_told_to_those_whom_domain_14_names(
    met: Met, kind: str, key: Callable[[], str], readers: set[Body]
) -> None:
    body = subject(kind, key())
    found = {one: met.status(one, "POST", EVALUATE, json=body) for one in BODIES}
    assert found == {one: 200 if one in readers else 404 for one in BODIES}


def test_no_other_body_reads_a_banks_decision(met: Met, decided: tuple[str, str]) -> None:
    _, location = decided
    for path in (location, f"{location}/explanation", f"{location}/reviews"):
        found = {body: met.status(body, "GET", path) for body in BODIES}
        lenders = {RIVAL: 404, GUARANTEE: 404, BANK: 200}
        assert found == {body: lenders.get(body, 403) for body in BODIES}
    for body in LENDERS - {BANK}:
        listed = met.asked(body, Role.OFFICER, "GET", "/v1/assessments").json()
        assert listed["items"] == []


def test_no_other_bank_assesses_or_reviews_its_applicant(
    met: Met, decided: tuple[str, str]
) -> None:
    number, location = decided
    asked = subject("application", number)
    review = {"action": "confirm", "reason": "材料齐全"}
    for body in (RIVAL, GUARANTEE):
        assert met.status(body, "POST", CREDIT, json=asked) == 404
        assert met.status(body, "POST", f"{location}/review", json=review) == 404
    assert met.status(BANK, "POST", f"{location}/review", json=review) == 201


def test_the_banks_auditor_reads_its_decisions_without_raw_data(
    met: Met, decided: tuple[str, str]
) -> None:
    _, location = decided
    whole = met.asked(BANK, Role.OFFICER, "GET", location).json()
    shown = met.asked(BANK, Role.AUDITOR, "GET", location).json()
    assert {"input", "facts"} <= set(whole)
    assert not {"input", "facts"} & set(shown)
    assert (shown["outcome"], shown["hash"]) == (whole["outcome"], whole["hash"])
    explained = met.asked(BANK, Role.AUDITOR, "GET", f"{location}/explanation")
    assert explained.status_code == 200
    for part in explained.json()["score"]["contributions"]:
        assert not {"value", "reference"} & set(part)
    assert met.asked(RIVAL, Role.AUDITOR, "GET", location).status_code == 404
    assert met.asked(BANK, Role.ADMINISTRATOR, "GET", location).status_code == 403


def test_a_cooperative_states_its_own_alone(met: Met) -> None:
    statement = told("statements.yaml")["quarter"]["value"]
    statement = {name: value for name, value in statement.items() if name != "coop_id"}
    path = "/v1/cooperatives/K900/statements"

    def post(body: Body, role: Role = Role.ACCOUNTANT) -> int:
        return int(met.asked(body, role, "POST", path, json=statement).status_code)

    assert post(COOP) == 201
    assert post(OTHER_COOP) == 404
    assert post(BANK, Role.OFFICER) == post(COUNTY, Role.SUPERVISOR) == 403
    assert met.status(OTHER_COOP, "POST", EVALUATE, json=subject("cooperative", "K900")) == 404


PAGES: dict[Body, tuple[bool, bool]] = {
    BANK: (True, True),
    GUARANTEE: (True, True),
    COOP: (True, False),
    OTHER_COOP: (False, True),
    COUNTY: (True, False),
    OTHER_COUNTY: (False, True),
    PROVINCE: (True, True),
}


def browser(met: Met, body: Body) -> TestClient:
    """Return a browser in which somebody of a body has signed in."""
    client = TestClient(met.client.app, follow_redirects=False)
    form = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/login").text)
    assert form
    name = f"{body.owner}-{JUDGES[body]}"
    login = {"name": name, "password": PASSWORD, "csrf": form[1]}
    assert client.post("/login", data=login).status_code == 303
    return client


HTML = {"accept": "text/html"}


@pytest.mark.parametrize("body", PAGES, ids=lambda body: body.owner)
def test_pages_show_the_cooperatives_that_a_body_may_see(met: Met, body: Body) -> None:
    client = browser(met, body)
    listed = client.get("/cooperatives").text
    assert tuple(f">{key}<" in listed for key in (COOPERATIVE, NEIGHBOUR)) == PAGES[body]
    for key, seen in zip((COOPERATIVE, NEIGHBOUR), PAGES[body], strict=True):
        page = client.get(f"/cooperatives/{key}", headers=HTML)
        assert page.status_code == (200 if seen else 404)


def test_pages_find_the_applicants_of_the_own_bank_alone(
    met: Met, decided: tuple[str, str]
) -> None:
    path = f"/applications/{decided[0]}"
    found = {
        body: browser(met, body).get(path, headers=HTML).status_code
        for body in (BANK, RIVAL, GUARANTEE, COUNTY)
    }
    assert found == {BANK: 200, RIVAL: 404, GUARANTEE: 404, COUNTY: 403}
