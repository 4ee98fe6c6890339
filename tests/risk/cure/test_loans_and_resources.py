"""Cures of loans and resources."""

from __future__ import annotations

from collections.abc import Sequence

from features.scene import Scene
from risk.red_lines import State
from tests.risk.cure.sheets import Row, scene, states, wan
from tests.risk.cure.subjects import AROUND, passes

LOAN: Row = {
    "loan_id": "l",
    "application_id": "a",
    "balance": wan(60),
    "secured_balance": wan(60),
    "overdue_amount": wan(3),
    "accrued_interest": wan(1),
    "dpd": 0,
    "secured": True,
    "valuation": wan(100),
    "ltv_cap": "0.5",
    "maturity": "2027-01-01",
}
REQUEST: Row = {
    "application_id": "a",
    "bank_code": "b",
    "purpose_code": "x",
    "household_id": "h",
    "product": "deposit",
    "segment": "household",
    "amount": wan(60),
    "term_m": 12,
    "enhancer_kind": "none",
    "security_giver_kind": "borrower",
    "secured": True,
    "borrower_is_collective": False,
}


def test_a_loan_is_repaid_down_to_its_value() -> None:
    # (.5 + .05) × 100 = 55
    judged = scene("loan", LOAN, {"application": [REQUEST]})
    assert passes(judged, "RL-35b") == {
        "repay": {
            "balance": "-50000.00",
            "secured_balance": "-50000.00",
            "overdue_amount": "-30000.00",
        }
    }


def test_a_collective_is_released_or_decides_where_its_request_is_judged() -> None:
    pledged = {**REQUEST, "security_giver_kind": "collective"}
    assert passes(scene("application", pledged, subject="loan"), "RL-40", "loan") == {
        "undo": {"security_giver_kind": "none", "secured": False}
    }
    undecided = {**REQUEST, "borrower_is_collective": True, "collective_limit": wan(50)}
    assert passes(scene("application", undecided, subject="loan"), "RL-40", "loan") == {
        "obtain_paper": {"assembly_decision_doc_id": "given"}
    }
    loan = scene("loan", LOAN, {"application": [pledged]})
    assert states(loan)["RL-40"] is State.BREACH
    assert passes(loan, "RL-40") == {}


RESOURCE: Row = {
    "resource_id": "r1",
    "county_code": "k",
    "village_code": "v",
    "coop_id": "c",
    "parcel_id": "pp",
    "type": "经济林",
    "holder_kind": "collective",
    "holder_token": "hh",
    "appraiser_id": "app",
    "valuation": wan(50),
    "second_valuation": wan(50),
    "valuation_date": "2026-01-01",
    "valuation_age_cap": 12,
    "insurable": True,
    "insured_amount": wan(50),
    "right_expiry": "2028-01-01",
    "claims": [],
    "deals": [],
}


def resource(**columns: object) -> Scene:
    held: Row = {**LOAN, "valuation": wan(50), "secured_balance": wan(40), "balance": wan(40)}
    using: Row = {"project_id": "P1", "coop_id": "c", "activity_code": "x", "resources": []}
    others: dict[str, Sequence[Row]] = {
        "county": AROUND["county"],
        "application": [{**REQUEST, "resources": [{"resource_id": "r1"}]}],
        "loan": [held],
        "project": [using],
    }
    return scene("resource", {**RESOURCE, **columns}, others)


def test_a_valuation_is_made_anew_insured_and_its_right_prolonged() -> None:
    # 15 months of 12; 50 against 40; 30 insured of 40; 5 months after the loan, 12 are needed
    judged = resource(
        valuation_date="2025-01-01",
        second_valuation=wan(40),
        insured_amount=wan(30),
        right_expiry="2027-06-15",
    )
    assert passes(judged, "RL-50") == {
        "obtain_paper": {
            "valuation_date": "2026-04-15",
            "second_valuation": "+100000.00",
            "insured_amount": "+100000.00",
            "right_expiry": "2028-01-01",
        }
    }


def claim(kind: str, **columns: object) -> Row:
    return {
        "parcel_id": "pp",
        "holder": "x",
        "kind": kind,
        "from": "2025-01-01",
        "disclosed": True,
        **columns,
    }


def test_one_of_two_claims_is_withdrawn_or_a_pledge_disclosed() -> None:
    sold_twice = resource(claims=[claim("carbon"), claim("GEP"), claim("公益林")])
    assert passes(sold_twice, "RL-49") == {"undo": {"claims.to[1]": "2026-04-15"}}
    pledged_twice = resource(
        claims=[claim("pledge"), claim("pledge", disclosed=False, holder="y")]
    )
    assert passes(pledged_twice, "RL-49") == {
        "undo": {"claims.to[1]": "2026-04-15"},
        "obtain_paper": {"claims.disclosed[2]": True},
    }


def test_a_cheap_deal_is_decided_or_undone_a_private_one_undone() -> None:
    deal: Row = {"deal_price": wan(8), "appraised": wan(9), "channel": "open", "on": "2026-01-01"}
    fair = {**deal, "deal_price": wan(9)}
    assert passes(resource(deals=[fair, deal]), "RL-52") == {
        "undo": {"deals[2]": "withdrawn"},
        "obtain_paper": {"deals.decision_doc_id[2]": "given"},
    }
    private = {**deal, "deal_price": wan(12), "channel": "private"}
    assert passes(resource(deals=[fair, private]), "RL-52") == {"undo": {"deals[2]": "withdrawn"}}
