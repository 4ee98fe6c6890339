"""Reviews, lists and explanations over HTTP: a real installation and two people."""

from __future__ import annotations

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

Json = dict[str, Any]
CREDIT = "/v1/products/credit/assessments"
REASON = {"reason": "已与借款人当面核对"}


class House(NamedTuple):
    """A served county and the header fields of its people."""

    client: TestClient
    officer: Json
    approver: Json

    def decide(self) -> str:
        body = requests()["inline"]["value"]
        answer = self.client.post(CREDIT, json=body, headers=self.officer)
        assert answer.status_code == 201, answer.text
        address: str = answer.headers["location"]
        return address

    def say(self, address: str, body: Json, **headers: str) -> Any:
        headers = {key.replace("_", "-"): value for key, value in headers.items()}
        return self.client.post(f"{address}/review", json=body, headers=self.officer | headers)

    def approve(self, address: str, review: str, body: Json) -> Any:
        approval = f"{address}/reviews/{review}/approval"
        return self.client.post(approval, json=body, headers=self.approver)

    def reviews(self, address: str) -> Any:
        return self.client.get(f"{address}/reviews", headers=self.officer)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    settings = Settings(home=tmp_path_factory.mktemp("house"), database_url="")
    now = datetime.now(SHANGHAI)
    Store.open(settings).load(simulate(40, 5, now.date()).book, HOME_OWNER, now)
    services = open_services(settings)
    token = token_by(services.tokens)
    ours = (token(role, HOME_OWNER) for role in (Role.OFFICER, Role.APPROVER))
    with TestClient(application(services), raise_server_exceptions=False) as client:
        yield House(client, *ours)


def refused(answer: Any, status: int, code: str) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:liangshan:problem:{code}")


@pytest.mark.parametrize("name", sorted(told("reviews.yaml")))
def test_each_example_of_a_review_is_kept(house: House, name: str) -> None:
    address = house.decide()
    said = told("reviews.yaml")[name]["value"]
    answer = house.say(address, said)
    assert answer.status_code == 201, answer.text
    assert house.reviews(address).json()["reviews"] == [answer.json()]


@pytest.mark.parametrize(("name", "state"), [("approve", "overridden"), ("reject", "automatic")])
def test_each_example_of_an_approval_is_kept(house: House, name: str, state: str) -> None:
    address = house.decide()
    override = told("reviews.yaml")["override"]["value"]
    review = house.say(address, override).json()["id"]
    answer = house.approve(address, review, told("approvals.yaml")[name]["value"])
    assert answer.status_code == 201, answer.text
    assert house.reviews(address).json()["in_force"]["state"] == state


def test_what_is_in_force_stands_in_the_list_beside_the_machines_answer(house: House) -> None:
    address = house.decide()
    review = house.say(address, told("reviews.yaml")["override"]["value"]).json()["id"]
    house.approve(address, review, told("approvals.yaml")["approve"]["value"])
    line = house.client.get("/v1/assessments?limit=1", headers=house.officer).json()["items"][0]
    assert (line["outcome"], line["in_force"]["outcome"]) == ("refer", "approve")
    assert f"/v1/assessments/{line['id']}" == address


def test_the_decisions_are_listed_page_by_page(house: House) -> None:
    made = [house.decide() for _ in range(3)]
    first = house.client.get("/v1/assessments?limit=2", headers=house.officer)
    second = house.client.get(first.links["next"]["url"], headers=house.officer)
    listed = first.json()["items"] + second.json()["items"]
    assert [f"/v1/assessments/{line['id']}" for line in listed][:3] == made[::-1]
    none = house.client.get("/v1/assessments?application=nobody", headers=house.officer)
    assert none.json() == {"items": [], "next": None}


def test_a_review_is_not_read_as_a_decision(house: House) -> None:
    address = house.decide()
    review = house.say(address, REASON | {"action": "confirm"}).json()["id"]
    answer = house.client.get(f"/v1/assessments/{review}", headers=house.officer)
    refused(answer, 404, "not-found")


def test_each_refusal_has_its_own_kind(house: House) -> None:
    address = house.decide()
    confirm = REASON | {"action": "confirm"}
    refused(house.say("/v1/assessments/none", confirm), 404, "not-found")
    refused(house.say(address, confirm, if_match='"old"'), 412, "precondition-failed")
    seen = house.reviews(address).headers["etag"]
    assert house.say(address, confirm, if_match=seen, idempotency_key="c").status_code == 201
    refused(house.say(address, REASON | {"action": "contest"}), 409, "not-now")
    other = {"action": "confirm", "reason": "另一理由"}
    refused(house.say(address, other, idempotency_key="c"), 409, "conflict")
    refused(house.approve(address, "none", REASON | {"action": "approve"}), 404, "not-found")
    refused(house.say(address, REASON), 422, "bad-input")


NEARLY = {
    "with a blank": "{review}%20",
    "in capitals": "{capitals}",
    "with a slash": "{review}%2f",
    "without its end": "{short}",
    "with a query inside": "{review}%3fx",
    "its hash": "{hash}",
    "its decision": "{decision}",
    "another decision's": "{other}",
    "a confirmation": "{confirmation}",
    "any": "%2a",
}


@pytest.mark.parametrize("named", NEARLY)
def test_an_override_is_approved_by_its_own_name_alone(house: House, named: str) -> None:
    address, elsewhere = house.decide(), house.decide()
    override = told("reviews.yaml")["override"]["value"]
    said = house.say(address, override).json()
    review = said["id"]
    names = {
        "review": review,
        "capitals": f"{review.upper()}A",
        "short": review[:-1],
        "hash": said["hash"],
        "decision": said["decision"],
        "other": house.say(elsewhere, override).json()["id"],
        "confirmation": house.say(address, REASON | {"action": "confirm"}).json()["id"],
    }
    yes = told("approvals.yaml")["approve"]["value"]
    answer = house.approve(address, NEARLY[named].format(**names), yes)
    refused(answer, 404, "not-found")
    assert house.reviews(address).json()["in_force"]["state"] == "confirmed"


def test_a_key_that_approved_one_override_approves_no_other(house: House) -> None:
    yes = told("approvals.yaml")["approve"]["value"]
    override = told("reviews.yaml")["override"]["value"]
    first, second = house.decide(), house.decide()
    named = house.approver | {"idempotency-key": "one approval"}
    for address, status in ((first, 201), (first, 201), (second, 409)):
        if address == second or not house.reviews(address).json()["reviews"]:
            house.say(address, override)
        (review, *_) = house.reviews(address).json()["reviews"]
        approval = f"{address}/reviews/{review['id']}/approval"
        answer = house.client.post(approval, json=yes, headers=named)
        assert answer.status_code == status, answer.text
    assert house.reviews(second).json()["in_force"]["state"] == "automatic"


def test_an_officer_does_not_approve(house: House) -> None:
    address = house.decide()
    review = house.say(address, told("reviews.yaml")["override"]["value"]).json()["id"]
    approval = f"{address}/reviews/{review}/approval"
    body = told("approvals.yaml")["approve"]["value"]
    refused(house.client.post(approval, json=body, headers=house.officer), 403, "forbidden")


def test_an_unchanged_page_of_reviews_is_not_sent_again(house: House) -> None:
    address = house.decide()
    tag = house.reviews(address).headers["etag"]
    known = house.officer | {"if-none-match": tag}
    assert house.client.get(f"{address}/reviews", headers=known).status_code == 304
    house.say(address, REASON | {"action": "confirm"})
    assert house.client.get(f"{address}/reviews", headers=known).status_code == 200


def test_an_explanation_sums_to_the_score_and_names_every_part(house: House) -> None:
    address = house.decide()
    decision = house.client.get(address, headers=house.officer).json()
    told_why = house.client.get(f"{address}/explanation", headers=house.officer).json()
    score = told_why["score"]
    assert score["sum"]["points"] == score["points"] == decision["score"]["points"]
    sizes = [abs(part["points"]) for part in score["contributions"]]
    assert sizes == sorted(sizes, reverse=True)
    assert all(part["zh"] and part["columns"] for part in score["contributions"])
    assert told_why["cut_offs"] == {"approve_up_to": "0.05", "decline_above": "0.12"}
    assert told_why["grounds"] == decision["grounds"]


def test_an_explanation_tells_what_people_decided_since(house: House) -> None:
    address = house.decide()
    house.say(address, REASON | {"action": "contest"})
    told_why = house.client.get(f"{address}/explanation", headers=house.officer).json()
    assert told_why["in_force"]["state"] == "contested"
    assert "个人信息保护法" in told_why["rights"]["zh"]


@pytest.mark.parametrize("name", sorted(told("what_ifs.yaml")))
def test_each_example_of_a_what_if_is_answered_and_kept_nowhere(house: House, name: str) -> None:
    address = house.decide()
    asked = told("what_ifs.yaml")[name]["value"]
    answer = house.client.post(f"{address}/what-if", json=asked, headers=house.officer)
    assert answer.status_code == 200, answer.text
    changed = {(one["table"], one["input"]) for one in answer.json()["changed"]}
    assert changed <= {(table, name) for table, row in asked["changes"].items() for name in row}
    assert answer.json()["moved"]
    line = house.client.get("/v1/assessments?limit=1", headers=house.officer).json()["items"][0]
    assert f"/v1/assessments/{line['id']}" == address
