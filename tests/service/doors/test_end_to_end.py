"""The real thing behind the JSON door: a simulated county, the store, the policy, the cards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from starlette.testclient import TestClient

from features.simulate import simulate, write
from service.doors.http.schemas import requests
from service.settings import Settings
from service.store.records import SHANGHAI
from service.store.store import Store
from service.trust.roles import Role
from service.use_cases.book.books import HOME_OWNER, load_folder
from service.wiring import application, open_services
from tests.service.doors.bearer import token_by

Json = dict[str, Any]
CREDIT = "/v1/products/credit/assessments"


class County(NamedTuple):
    """A served county, tokens of its tenant and of another, an application of the newest."""

    client: TestClient
    ours: Json
    theirs: Json
    application: str


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    home: Path = tmp_path_factory.mktemp("county")
    settings = Settings(home=home, database_url="")
    write(simulate(200, 5, datetime.now(SHANGHAI).date()), home / "book")
    load_folder(Store.open(settings), home / "book")
    services = open_services(settings)
    token = token_by(services.tokens)
    ours, theirs = (token(Role.OFFICER, owner) for owner in (HOME_OWNER, "other"))
    with TestClient(application(services), raise_server_exceptions=False) as client:
        yield County(client, ours, theirs, consenting(client, ours))


def subject(application: str) -> Json:
    return {"subject": {"kind": "application", "id": application}}


def consenting(client: TestClient, key: Json) -> str:
    """Return an application for credit whose borrower has consented."""
    for number in range(200):
        name = f"A{number:06d}"
        if client.post(CREDIT, json=subject(name), headers=key).status_code == 201:
            return name
    raise AssertionError("no application could be assessed")


def inline(**household: object) -> Json:
    body: Json = requests()["inline"]["value"]
    return body | {"household": body["household"] | household}


def faults_of(answer: Any, status: int) -> list[str]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return [fault["field"] for fault in answer.json()["faults"]]


@pytest.mark.parametrize("name", sorted(requests()))
def test_each_example_is_answered(county: County, name: str) -> None:
    body = requests()[name]["value"] if name != "subject" else subject(county.application)
    answer = county.client.post(CREDIT, json=body, headers=county.ours)
    assert answer.status_code == 201, answer.text
    decision = answer.json()
    score = decision["score"]
    drawn = sum(part["points"] for part in score["contributions"])
    assert score["base_points"] + drawn == score["points"]
    assert decision["outcome"] == "refer"
    assert score["evidence"]["kind"] == "expert"
    again = county.client.get(answer.headers["location"], headers=county.ours)
    assert again.content == answer.content


@pytest.mark.parametrize(
    ("household", "field"),
    [
        ({"anual_income": "1.00"}, "anual_income"),
        ({"annual_income": 186000}, "annual_income"),
        ({"annual_income": "-1.00"}, "annual_income"),
        ({"annual_income": "NaN"}, "annual_income"),
        ({"lender_count": "two"}, "lender_count"),
        ({"operator_type": "龙"}, "operator_type"),
        ({"consent_expiry": "2099-02-30"}, "consent_expiry"),
        ({"known_at": "2999-01-01T00:00:00+08:00"}, "known_at"),
        ({"id_number": "33082219700101001X"}, "id_number"),
        ({"religion": "x"}, "religion"),
    ],
)
def test_a_fault_in_a_row_names_its_field(county: County, household: Json, field: str) -> None:
    answer = county.client.post(CREDIT, json=inline(**household), headers=county.ours)
    assert any(field in name for name in faults_of(answer, 422))
    assert "33082219700101001X" not in answer.text


def test_all_faults_of_a_body_are_told_at_once(county: County) -> None:
    body = inline(annual_income="-1.00", lender_count="two")
    answer = county.client.post(CREDIT, json=body, headers=county.ours)
    assert len(faults_of(answer, 422)) == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"subject": "A000001"},
        {"subject": {"kind": "household", "id": "H000001"}},
        {"application": []},
        {"application": {"amount": "1.00"}, "household": [1]},
        {"loan": {}},
        {"application": {}, "resources": {}},
    ],
)
def test_a_body_of_another_shape_is_refused(county: County, body: Json) -> None:
    answer = county.client.post(CREDIT, json=body, headers=county.ours)
    faults_of(answer, 422)


def test_an_unknown_product_or_subject_is_not_found(county: County) -> None:
    unknown = county.client.post(
        "/v1/products/gold/assessments", json=subject(county.application), headers=county.ours
    )
    assert faults_of(unknown, 404) == ["product"]
    assert unknown.json()["type"] == "urn:liangshan:problem:unknown-product"
    nobody = county.client.post(CREDIT, json=subject("A999999"), headers=county.ours)
    assert nobody.json()["type"] == "urn:liangshan:problem:not-found"


def test_without_consent_nothing_is_decided(county: County) -> None:
    body = inline(consent_expiry="2020-01-01")
    answer = county.client.post(CREDIT, json=body, headers=county.ours)
    assert answer.json()["type"] == "urn:liangshan:problem:consent"
    assert answer.status_code == 403


def test_an_idempotency_key_gives_the_same_document_and_refuses_another_body(
    county: County,
) -> None:
    headers = county.ours | {"idempotency-key": "one"}
    first = county.client.post(CREDIT, json=inline(), headers=headers)
    same = county.client.post(CREDIT, json=inline(), headers=headers)
    assert (same.status_code, same.content) == (201, first.content)
    other = county.client.post(CREDIT, json=inline(lender_count=2), headers=headers)
    faults_of(other, 409)


def test_another_tenant_sees_nothing_of_ours(county: County) -> None:
    made = county.client.post(CREDIT, json=subject(county.application), headers=county.ours)
    assert made.status_code == 201
    hidden = county.client.get(made.headers["location"], headers=county.theirs)
    faults_of(hidden, 404)
    faults_of(
        county.client.post(CREDIT, json=subject(county.application), headers=county.theirs), 404
    )
