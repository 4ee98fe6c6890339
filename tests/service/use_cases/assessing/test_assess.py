"""One assessment end to end: from a book of the store, or from a book of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from features.errors import BadInput
from service.store.decisions import IdempotencyConflict
from service.use_cases.assessing.assess import UnknownProduct
from service.use_cases.assessing.consents import ConsentMissing
from service.use_cases.assessing.request_book import BadRows, NoSuchSubject
from service.use_cases.decided.reviews import Reviewer
from tests.service.use_cases.conftest import NOW, OFFICER, TODAY, County

SECTION_9 = {
    "id", "at", "product", "application", "as_of", "policy", "unknown", "score", "verdicts",
    "outcome", "reasons", "previous_hash", "hash",
}  # fmt: skip


def household(**changes: Any) -> dict[str, Any]:
    row = {
        "subject_token": "ab" * 32,
        "consent_id": "C-1",
        "consent_expiry": (TODAY + timedelta(days=365)).isoformat(),
        "county_code": "330822",
        "village_code": "330822001",
        "operator_type": "农户",
        "annual_income": "120000.00",
        "op_cash_12m": "60000.00",
        "total_debt": "30000.00",
        "debt_service_12m": "12000.00",
        "guarantees_given": "0.00",
        "current_overdue_amount": "0.00",
        "lender_count": 1,
        "max_dpd_24m": 0,
        "overdue_count_24m": 0,
        "inquiries_6m": 1,
        "credit_history_m": 48,
        "dishonest_flag": False,
        "enforcement_amount": "0.00",
        "admin_penalties_24m": 0,
        "env_penalties_24m": 0,
        "experience_years": "12",
    }
    return {name: value for name, value in (row | changes).items() if value is not None}


def application(**changes: Any) -> dict[str, Any]:
    row = {
        "subject_token": "ab" * 32,
        "bank_code": "B01",
        "purpose_code": "A0151",
        "segment": "household",
        "enhancer_kind": "none",
        "secured": False,
        "borrower_is_collective": False,
        "amount": "50000.00",
        "term_m": 12,
    }
    return {name: value for name, value in (row | changes).items() if value is not None}


def body(**changes: Any) -> dict[str, Any]:
    return {"application": application(), "household": household()} | changes


def test_an_inline_application_gets_a_document_with_every_key(county: County) -> None:
    document = county.assess("credit", body())
    assert set(document) >= SECTION_9
    assert document["as_of"] == TODAY.isoformat()
    assert document["outcome"] == "refer"
    assert document["score"]["evidence"] == {"kind": "expert", "defaults": 0}


def test_an_application_of_yesterday_is_judged_on_what_stands_beside_it(county: County) -> None:
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    document = county.assess("credit", body(application=application(as_of=yesterday)))
    today = county.assess("credit", body())
    assert document["as_of"] == yesterday
    assert document["score"]["pd"] == today["score"]["pd"]


def test_points_of_the_features_sum_to_the_score(county: County) -> None:
    score = county.assess("credit", body())["score"]
    parts = sum(part["points"] for part in score["contributions"])
    assert parts == score["points"] - score["base_points"]


def test_amounts_in_the_document_are_yuan(county: County) -> None:
    document = county.assess("credit", body(household=household(lender_count=5)))
    seen = {reason["feature"]: reason["value"] for reason in document["reasons"]}
    assert seen["lender_count"] == "5"
    assert document["facts"][0]["values"]["amount"] == "5000000"


def test_a_deposit_from_the_book_shows_its_cooperatives_lines(county: County) -> None:
    key = county.applications("deposit")[0]
    document = county.assess("deposit", {"subject": {"kind": "application", "id": key}})
    rules = {verdict["rule"]: verdict["subject"]["kind"] for verdict in document["verdicts"]}
    lines = county.policy.effective(TODAY).red_lines
    ours = {id for id, line in lines.items() if line.subject == "cooperative"}
    assert {id for id, kind in rules.items() if kind == "cooperative"} == ours
    others = {"RL-40": "application", "RL-49": "resource", "RL-35c": "county", "P-5": "bank"}
    assert others.items() <= rules.items()
    assert document["application"] == key


def test_the_list_shows_the_latest_outcome(county: County) -> None:
    key = county.applications("deposit")[0]
    document = county.assess("deposit", {"subject": {"kind": "application", "id": key}})
    (line,) = county.assessor().find(key, OFFICER)
    assert (line.outcome, line.decision_id) == (document["outcome"], document["id"])


def test_the_list_shows_what_is_in_force_after_review(county: County) -> None:
    key = county.applications("deposit")[1]
    document = county.assess("deposit", {"subject": {"kind": "application", "id": key}})
    reviewer, another = (
        Reviewer(county.store.decisions, county.policy, lambda: NOW),
        replace(OFFICER, name="李强"),
    )
    override = {"action": "override", "outcome": "decline", "reason": "现场核查不符", "days": 9}
    review = orjson.loads(reviewer.review(document["id"], override, OFFICER))["id"]
    reviewer.approve(document["id"], review, {"action": "approve", "reason": "同意"}, another)
    (line,) = county.assessor().find(key, OFFICER)
    assert (document["outcome"], line.outcome) == ("refer", "decline")


def test_credit_shows_what_stops_it_and_no_cooperative(county: County) -> None:
    document = county.assess("credit", body())
    seen = {(said["rule"], said["subject"]["kind"]) for said in document["verdicts"]}
    assert seen == {
        ("RL-40", "application"),
        ("RL-48", "application"),
        ("RL-35c", "county"),
        ("P-5", "bank"),
    }
    assert document["stops"] == []


def test_equal_requests_get_equal_decisions(county: County) -> None:
    document = county.assess("credit", body())
    again = county.assess("credit", body())
    for changing in ("id", "hash", "previous_hash", "at"):
        document.pop(changing)
        again.pop(changing)
    assert document == again


def test_an_organisation_is_referred_without_points(county: County) -> None:
    offered = county.applications("credit", "organisation")
    latest = {
        row["application_id"]: row["as_of"]
        for row in county.book.tables["application"].to_pylist()
    }
    key = max(offered, key=lambda name: (latest[name], name))
    document = county.assess("credit", {"subject": {"kind": "application", "id": key}})
    assert (document["outcome"], document["score"]) == ("refer", None)
    assert "RC-014" in {reason["code"] for reason in document["reasons"]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"household": household(annual_income="-1.00")}, "annual_income"),
        ({"household": household(annual_income=120000.5)}, "annual_income"),
        ({"household": household(lender_count="NaN")}, "lender_count"),
        ({"household": household() | {"ethnicity": "x"}}, "ethnicity"),
        ({"household": household() | {"id_number": "330822199001011234"}}, "id_number"),
        ({"application": application(amount="1e999")}, "amount"),
        ({"application": application(as_of="2026-02-30")}, "as_of"),
        ({"elephant": {}}, "elephant"),
    ],
)
def test_a_bad_value_is_named(county: County, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        county.assess("credit", body(**changes))
    assert refused.value.field == field


def test_every_bad_value_is_named_at_once(county: County) -> None:
    with pytest.raises(BadRows) as refused:
        county.assess("credit", body(household=household(annual_income="x", total_debt="y")))
    assert {fault.field for fault in refused.value.faults} == {"annual_income", "total_debt"}


def test_a_missing_required_value_is_referred_and_named(county: County) -> None:
    document = county.assess("credit", body(household=household(lender_count=None)))
    assert document["outcome"] == "refer"
    assert "lender_count" in document["unknown"]


def test_a_listed_borrower_is_declined(county: County) -> None:
    document = county.assess("credit", body(household=household(dishonest_flag=True)))
    assert document["outcome"] == "decline"
    assert document["reasons"][0]["feature"] == "dishonest_flag"


@pytest.mark.parametrize("expiry", [None, TODAY.isoformat(), "2020-01-01"])
def test_without_consent_nothing_is_kept(county: County, expiry: str | None) -> None:
    before = county.assessor().find("inline", OFFICER)
    with pytest.raises(ConsentMissing):
        county.assess("credit", body(household=household(consent_expiry=expiry)))
    assert county.assessor().find("inline", OFFICER) == before


def test_an_unknown_product_or_subject_is_said(county: County) -> None:
    with pytest.raises(UnknownProduct):
        county.assess("carbon", body())
    with pytest.raises(NoSuchSubject):
        county.assess("credit", {"subject": {"kind": "application", "id": "nobody"}})


def test_an_application_for_another_product_is_refused(county: County) -> None:
    key = county.applications("deposit")[0]
    with pytest.raises(BadInput, match="another product"):
        county.assess("credit", {"subject": {"kind": "application", "id": key}})


def test_the_same_key_gives_the_same_document_and_another_body_a_conflict(county: County) -> None:
    first = county.assess("credit", body(), key="k-1")
    assert county.assess("credit", body(), key="k-1") == first
    with pytest.raises(IdempotencyConflict):
        county.assess("credit", body(application=application(amount="60000.00")), key="k-1")


def test_a_later_application_is_not_judged_before_its_day(county: County) -> None:
    tomorrow = (NOW.date() + timedelta(days=1)).isoformat()
    with pytest.raises(BadInput) as refused:
        county.assess("credit", body(application=application(as_of=tomorrow)))
    assert refused.value.field == "as_of"
