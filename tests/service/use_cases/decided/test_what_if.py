"""What a decision would have been: changed inputs named, its own model and policy, unkept."""

from __future__ import annotations

from typing import Any

import pytest

from features.errors import BadInput
from service.store.decisions import DecisionLog
from service.trust.identity import Caller
from service.trust.roles import Role
from service.use_cases.decided.reviews import NoSuchDecision, Reviewer
from service.use_cases.decided.what_if import WhatIf, with_keys
from tests.service.use_cases.assessing.test_assess import body, household
from tests.service.use_cases.conftest import NOW, OFFICER, County

Json = dict[str, Any]


def asked(county: County, id: str, changes: Json, caller: Caller = OFFICER) -> Json:
    reviewer = Reviewer(county.store.decisions, county.policy, lambda: NOW)
    return WhatIf(county.store, county.policy, reviewer).what_if(id, {"changes": changes}, caller)


def inputs(answer: Json) -> list[tuple[Any, ...]]:
    return [(one["table"], one["input"], one["from"], one["to"]) for one in answer["changed"]]


def test_a_changed_input_is_named_with_what_moves(county: County) -> None:
    decision = county.assess("credit", body())
    answer = asked(county, decision["id"], {"household": {"lender_count": 5}})
    assert inputs(answer) == [("household", "lender_count", 1, 5)]
    moved = {one["name"]: (one["from"], one["to"]) for one in answer["moved"]}
    assert moved == {"lender_count": ("1", "5")}
    assert answer["after"]["score"]["points"] < answer["before"]["score"]["points"]


def test_it_is_what_a_real_decision_on_these_inputs_says(county: County) -> None:
    decision = county.assess("credit", body())
    answer = asked(
        county, decision["id"], {"household": {"lender_count": 5, "total_debt": "0.00"}}
    )
    real = county.assess("credit", body(household=household(lender_count=5, total_debt="0.00")))
    assert answer["after"] == {name: real[name] for name in answer["after"]}


def test_it_stops_where_a_decision_would(county: County) -> None:
    decision = county.assess("credit", body())
    answer = asked(county, decision["id"], {"household": {"dishonest_flag": True}})
    assert (answer["before"]["outcome"], answer["after"]["outcome"]) == ("refer", "decline")


def test_an_application_of_the_book_may_change_its_amount(county: County) -> None:
    key = county.applications("deposit")[0]
    decision = county.assess("deposit", {"subject": {"kind": "application", "id": key}})
    answer = asked(county, decision["id"], {"application": {"amount": "100.00"}})
    assert [(table, name, to) for table, name, _, to in inputs(answer)] == [
        ("application", "amount", "100.00")
    ]
    assert "amount" in {one["name"] for one in answer["moved"]}


def test_another_subject_that_was_read_may_change(county: County) -> None:
    key = county.applications("deposit")[0]
    decision = county.assess("deposit", {"subject": {"kind": "application", "id": key}})
    coop = next(facts["id"] for facts in decision["facts"] if facts["subject"] == "cooperative")
    planned = {
        "coop_id": coop,
        "cash_restricted": "0.00",
        "cash_total": "1.00",
        "pool_cash": "0.00",
    }
    answer = asked(county, decision["id"], {"cooperative": planned})
    assert ("cooperative", "cash_total") in {(t, name) for t, name, *_ in inputs(answer)}


def test_the_borrower_is_the_one_of_the_application_itself() -> None:
    own = {"application_id": "A1", "household_id": "H1"}
    known = {"application": [own, {"application_id": "A2"}], "household": [{"household_id": "H1"}]}
    keyed = with_keys({"household": [{"lender_count": 5}]}, known, "A1")
    assert keyed == {"household": [{"household_id": "H1", "lender_count": 5}]}


def test_nothing_is_kept(county: County) -> None:
    decision = county.assess("credit", body())
    log: DecisionLog = county.store.decisions
    before = log.page(OFFICER.owner, 1)
    asked(county, decision["id"], {"household": {"lender_count": 5}})
    assert log.page(OFFICER.owner, 1) == before


def test_an_input_that_stays_is_no_change(county: County) -> None:
    decision = county.assess("credit", body())
    answer = asked(county, decision["id"], {"household": {"lender_count": 1}})
    assert (answer["changed"], answer["moved"]) == ([], [])
    assert answer["after"] == answer["before"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "changes"),
        ({"household": []}, "changes"),
        ({"household": {"consent_expiry": "2099-01-01"}}, "consent_expiry"),
        ({"household": {"as_of": "2020-01-01"}}, "as_of"),
        ({"household": {"lender_count": -1}}, "lender_count"),
        ({"household": {"ethnicity": "x"}}, "ethnicity"),
        ({"household": {"household_id": "H999999", "lender_count": 1}}, "household_id"),
        ({"cooperative": {"cash_total": "1.00"}}, "coop_id"),
        ({"elephant": {"x": 1}}, "elephant"),
    ],
)
def test_what_cannot_be_changed_is_named(county: County, changes: Json, field: str) -> None:
    decision = county.assess("credit", body())
    with pytest.raises(BadInput) as refused:
        asked(county, decision["id"], changes)
    assert refused.value.field == field


def test_another_tenants_decision_is_none(county: County) -> None:
    decision = county.assess("credit", body())
    with pytest.raises(NoSuchDecision):
        asked(
            county,
            decision["id"],
            {"household": {"lender_count": 5}},
            Caller("x", "y", Role.OFFICER),
        )
