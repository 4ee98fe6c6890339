"""A loan meets the red lines of those it touches, in the store and in the request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
import pytest

from features.canonical import canonical_json
from features.records import book_from_rows
from risk.files import EffectivePolicy, load_policy
from service.settings import Settings
from service.store.store import Store
from service.use_cases.assessing.assess import Assessor
from service.use_cases.assessing.conclude import LIVE, Case, conclude
from service.use_cases.assessing.score import score_book
from service.use_cases.book.books import HOME_OWNER
from service.use_cases.decided.replay import SAME, replay
from tests.service.use_cases.assessing.test_assess import application, body, household
from tests.service.use_cases.conftest import NOW, OFFICER, County

Row = dict[str, Any]
BEFORE = "2026-06-01"
KNOWN = "2026-06-05T08:00:00+08:00"


def known(**columns: object) -> Row:
    return {"source": "t", "quality": "verified", "as_of": BEFORE, "known_at": KNOWN, **columns}


def quality(credit_npl: str) -> list[Row]:
    return [
        {
            "product": "credit", "loan_balance": "1000.00", "npl_balance": credit_npl,
            "overdue_90_balance": "10.00",
        },
        {
            "product": "deposit", "loan_balance": "1000.00", "npl_balance": "10.00",
            "overdue_90_balance": "10.00",
        },
    ]  # fmt: skip


def loan(id: str, dpd: int, **columns: object) -> Row:
    return known(loan_id=id, application_id=f"A-{id}", balance="9.00", dpd=dpd, **columns)


def earlier(loan: str, household: str) -> Row:
    return known(
        **application(application_id=f"A-{loan}", household_id=household, product="credit")
    )


def body_of(id: str, liability: str) -> Row:
    return known(
        body_id=id, licence_no="z", leverage_cap="10", weighted_liability=liability,
        body_net_assets="10.00", largest_party_liability="0.10", largest_group_liability="0.10",
        controller_guarantees="0.00",
    )  # fmt: skip


BOOK = {
    "county": [
        known(county_code="330822", products=quality("10.00")),
        known(county_code="330825", products=quality("51.00")),
    ],
    "bank": [
        known(
            bank_code=code, bank_capital_net="100.00", bank_tier1_net="100.00",
            largest_borrower_loans=largest, largest_group_exposure="1.00",
        )
        for code, largest in (("B01", "1.00"), ("B02", "10.01"))
    ],
    "guarantee_body": [body_of("G1", "100.00"), body_of("G2", "100.01")],
    "application": [earlier("L1", "H-late"), earlier("L2", "H-closed"), earlier("L3", "H-good")],
    "loan": [
        loan("L1", 90),
        loan("L2", 120, closed_on="2026-05-31"),
        loan("L3", 3),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def assessor(tmp_path_factory: pytest.TempPathFactory) -> Assessor:
    home = tmp_path_factory.mktemp("touching")
    store = Store.open(Settings(home=home, database_url=""))
    checked = book_from_rows(BOOK)
    assert not len(checked.faults), checked.faults
    store.load(checked.book, HOME_OWNER, NOW)
    return Assessor(store, load_policy(), home, lambda: NOW)


def decide(assessor: Assessor, **changes: Any) -> Row:
    document = assessor.decide("credit", body(**changes), OFFICER)
    found: Row = orjson.loads(canonical_json(document))
    return found


def told(document: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [(s["rule"], s["subject"]["id"], s["outcome"]) for s in document["stops"]]


def test_a_request_that_touches_nothing_bad_is_not_stopped(assessor: Assessor) -> None:
    document = decide(assessor, household=household(household_id="H-good"))
    assert document["stops"] == []
    states = {(v["rule"], v["subject"]["id"]): v["state"] for v in document["verdicts"]}
    assert states == {
        ("RL-40", "inline"): "pass",
        ("RL-48", "inline"): "pass",
        ("RL-35a", "L3"): "pass",
        ("RL-35c", "330822"): "pass",
        ("P-5", "B01"): "pass",
    }


def test_a_loan_ninety_days_late_declines_the_household_a_new_one(assessor: Assessor) -> None:
    document = decide(assessor, household=household(household_id="H-late"))
    assert (document["outcome"], told(document)) == ("decline", [("RL-35a", "L1", "decline")])
    assert "九十天" in document["stops"][0]["zh"]


def test_a_closed_loan_touches_nothing(assessor: Assessor) -> None:
    document = decide(assessor, household=household(household_id="H-closed"))
    assert told(document) == []
    assert all(verdict["rule"] != "RL-35a" for verdict in document["verdicts"])


def test_the_county_of_the_borrower_stops_the_product(assessor: Assessor) -> None:
    document = decide(assessor, household=household(county_code="330825"))
    assert told(document) == [("RL-35c", "330825", "refer")]
    assert document["stops"][0]["zh"] == "本县该产品暂停受理，非您个人原因。"


@pytest.mark.parametrize(
    ("route", "body_id", "stopped"),
    [
        ("农担", "G2", True),
        ("政府性担保", "G2", True),
        ("农担", "G1", False),
        ("none", "G2", False),
    ],
)
def test_a_full_guarantee_body_stops_its_own_route(
    assessor: Assessor, route: str, body_id: str, stopped: bool
) -> None:
    asked = application(enhancer_kind=route, body_id=body_id)
    expected = [("P-1", "G2", "refer")] if stopped else []
    assert told(decide(assessor, application=asked)) == expected


def test_a_full_bank_refers_and_is_no_reason_of_the_borrower(assessor: Assessor) -> None:
    document = decide(assessor, application=application(bank_code="B02"))
    assert told(document) == [("P-5", "B02", "refer")]
    clear = decide(assessor)
    for own in ("reasons", "grounds", "score", "unknown"):
        assert document[own] == clear[own]
    assert "P-5" not in canonical_json(document["reasons"]).decode()


def test_a_collective_that_borrows_without_a_vote_is_declined(assessor: Assessor) -> None:
    asked = application(borrower_is_collective=True, collective_limit="1000.00")
    document = decide(assessor, application=asked)
    assert (document["outcome"], told(document)) == ("decline", [("RL-40", "inline", "decline")])
    assert "举债决议" in document["stops"][0]["zh"]


def test_a_whole_book_is_decided_as_each_application_alone(county: County) -> None:
    assessor = county.assessor()
    compared = 0
    for product in ("credit", "deposit"):
        rows = score_book(product, county.book, county.policy, county.home).to_pylist()
        rows = [row for row in rows if row["stops"] is not None]
        stopped = [row for row in rows if row["stops"]]
        assert stopped, product
        for row in (*stopped[:60], *rows[:20]):
            subject = {"kind": "application", "id": row["application_id"]}
            document: Any = assessor.decide(product, {"subject": subject}, OFFICER)
            assert {stop["rule"] for stop in document["stops"]} == set(row["stops"].split())
            assert document["outcome"] == row["outcome"]
            compared += 1
    assert compared > 80


def test_a_decision_older_than_propagation_replays(county: County) -> None:
    key = county.applications("deposit")[0]
    now: Any = county.assessor().decide(
        "deposit", {"subject": {"kind": "application", "id": key}}, OFFICER
    )
    kept = county.policy.effective(day_of(now))
    later = ("propagation", "admission")
    content = canonical_json({k: v for k, v in kept.document.items() if k not in later})
    old = EffectivePolicy.from_content(content)
    facts = [f for f in now["facts"] if f["subject"] in ("application", "cooperative")]
    concluded = conclude(Case("deposit", facts, old, None, LIVE))
    assert "stops" not in concluded
    cooperative: Any = concluded["verdicts"]
    assert [v["rule"] for v in cooperative] == list(old.products["deposit"].red_lines)
    county.store.blobs.put(content)
    content_of = {k: v for k, v in now.items() if k not in ("stops", "id")} | concluded
    stored = county.store.decisions.append(content_of, HOME_OWNER)
    replayed = replay(county.store, county.policy, stored.id, HOME_OWNER)
    assert replayed.from_features == SAME


def day_of(document: Mapping[str, Any]) -> date:
    return date.fromisoformat(document["as_of"])
