"""A person's rights over HTTP: withdrawal, copy, erasure, and the door of identity numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import pytest
from starlette.testclient import TestClient

from features.simulate import simulate
from service.doors.http.schemas import requests
from service.doors.http.wire.shapes import told
from service.settings import Settings
from service.store.records import SHANGHAI
from service.store.store import Store
from service.trust.roles import Role
from service.use_cases.book.books import HOME_OWNER
from service.wiring import application, open_services
from tests.service.doors.bearer import token_by
from tests.service.people import citizen

Json = dict[str, Any]
CREDIT = "/v1/products/credit/assessments"


class House(NamedTuple):
    """A served county and the header fields of its people."""

    client: TestClient
    store: Store
    officer: Json
    approver: Json
    other: Json

    def post(self, path: str, body: Json, by: Json | None = None) -> Any:
        return self.client.post(path, json=body, headers=by or self.officer)

    def known_by_request(self, serial: int) -> tuple[str, Json]:
        """Return the token and the decision of somebody sent inline with his number."""
        example = requests()["inline"]["value"]
        person = {"id_number": citizen(serial), "consent_id": f"C-{serial}"}
        answer = self.post(CREDIT, {**example, "household": example["household"] | person})
        assert answer.status_code == 201, answer.text
        return self.store.subjects.token(citizen(serial)), answer.json()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    settings = Settings(home=tmp_path_factory.mktemp("rights"), database_url="")
    now = datetime.now(SHANGHAI)
    store = Store.open(settings)
    store.load(simulate(40, 5, now.date()).book, HOME_OWNER, now)
    services = open_services(settings)
    token = token_by(services.tokens)
    with TestClient(application(services), raise_server_exceptions=False) as client:
        roles = (Role.OFFICER, Role.APPROVER)
        officer, approver = (token(role, HOME_OWNER) for role in roles)
        yield House(client, store, officer, approver, token(Role.OFFICER, "other"))


def problem(answer: Any, status: int, code: str) -> Json:
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    assert found["type"] == f"urn:liangshan:problem:{code}"
    return found


@pytest.mark.parametrize("name", sorted(told("rights_requests.yaml")))
def test_a_withdrawal_stops_new_decisions(house: House, name: str) -> None:
    serial = 100 + len(name)
    token, made = house.known_by_request(serial)
    body = told("rights_requests.yaml")[name]["value"]
    answer = house.post(f"/v1/households/{token}/consent-withdrawal", body)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert said["consents"] == [made["consent"]["id"]]
    assert answer.headers["etag"] == f'"{said["hash"]}"'
    assert house.post(f"/v1/households/{token}/consent-withdrawal", {}).json() == said
    again = house.post(CREDIT, made["input"])
    assert problem(again, 403, "consent")["faults"][0]["field"] == "household.consent_id"
    read = house.client.get(f"/v1/assessments/{made['id']}", headers=house.officer)
    assert read.json() == made


def test_a_copy_holds_everything_and_masks_the_number(house: House) -> None:
    token, made = house.known_by_request(200)
    answer = house.client.get(f"/v1/households/{token}/export", headers=house.officer)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert citizen(200) not in answer.text
    number = citizen(200)
    assert found["identity"] == [
        {"subject_token": token, "id_number": f"{number[:6]}***{number[-1]}"}
    ]
    assert found["decisions"][0]["document"] == made
    assert "两山信用贷" in found["decisions"][0]["plain"]["zh"]
    assert found["consents"] == [{"id": "C-200", "withdrawn": False}]
    assert "attachment" in answer.headers["content-disposition"]


def test_a_copy_of_a_household_holds_its_records(house: House) -> None:
    answer = house.client.get("/v1/households/H000001/export", headers=house.officer)
    assert answer.status_code == 200, answer.text
    records = answer.json()["records"]
    assert {row["household_id"] for row in records["household"]} == {"H000001"}
    assert {row["household_id"] for row in records["application"]} <= {"H000001"}


def test_an_erasure_takes_two_people(house: House) -> None:
    token, made = house.known_by_request(300)
    path = f"/v1/households/{token}/erasure"
    approve, reject = (told("erasure_answers.yaml")[key]["value"] for key in ("approve", "reject"))
    problem(house.post(f"{path}/approval", approve, house.approver), 409, "not-now")
    asked = house.post(path, {"reason": "本人申请"})
    assert asked.status_code == 201, asked.text
    problem(house.post(f"{path}/approval", approve), 403, "forbidden")
    assert house.post(f"{path}/approval", reject, house.approver).json()["action"] == "reject"
    house.post(path, {})
    done = house.post(f"{path}/approval", approve, house.approver)
    assert (done.status_code, done.json()["action"]) == (201, "erased"), done.text
    assert house.store.identities(HOME_OWNER).get(token) is None
    assert house.client.get(f"/v1/assessments/{made['id']}", headers=house.officer).json() == made


def test_a_borrower_is_kept_while_the_law_wants_it(house: House) -> None:
    loans = house.store.export(datetime.now(SHANGHAI).date(), HOME_OWNER).tables["loan"]
    asked = set(loans["application_id"].to_pylist())
    rows = house.store.export(datetime.now(SHANGHAI).date(), HOME_OWNER).tables["application"]
    home = next(
        row["household_id"]
        for row in rows.to_pylist()
        if row["application_id"] in asked and row["household_id"]
    )
    found = problem(house.post(f"/v1/households/{home}/erasure", {}), 409, "must-be-kept")
    assert found["faults"][0]["field"] == "loan"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "consent-withdrawal"),
        ("GET", "export"),
        ("POST", "erasure"),
    ],
)
def test_another_tenants_people_are_unknown(house: House, method: str, path: str) -> None:
    address = f"/v1/households/H000001/{path}"
    body: Json | None = {} if method == "POST" else None
    answer = house.client.request(method, address, json=body, headers=house.other)
    problem(answer, 404, "not-found")


def test_a_refused_number_is_not_repeated(house: House) -> None:
    example = requests()["inline"]["value"]
    wrong = citizen(400)[:-1] + ("0" if citizen(400)[-1] != "0" else "1")
    answer = house.post(CREDIT, {**example, "household": {"id_number": wrong}})
    assert problem(answer, 422, "bad-input")["faults"][0]["field"] == "household.id_number"
    assert wrong not in answer.text
    lost = house.client.get(f"/v1/households/{citizen(401)}/export", headers=house.officer)
    problem(lost, 404, "not-found")
    assert citizen(401) not in lost.text
    assert json.loads(lost.text)["faults"][0]["value"]
