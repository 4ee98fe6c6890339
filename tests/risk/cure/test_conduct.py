"""Cures of hidden debt and conduct, each amount worked out by hand.

The cooperative of `sheets.SOUND`: net assets 700, free cash 200, total assets 1,000 (万元).
"""

from __future__ import annotations

from datetime import date

from tests.risk.cure.registers import PROJECT, amounts
from tests.risk.cure.sheets import Row, body, changes, cures, wan

PROMISE: Row = {
    "doc_id": "x",
    "kind": "commitment",
    "issuer_kind": "government",
    "capped": False,
    "return_guaranteed": False,
    "date": "2025-01-01",
}


def test_a_promise_of_government_is_capped_and_budgeted_or_withdrawn() -> None:
    found = cures(body(documents=[PROMISE]), "RL-18")
    assert changes(found["obtain_paper"]) == {
        "documents.capped[1]": True,
        "documents.budget_doc_id[1]": "given",
    }
    assert found["obtain_paper"].document()["amount"] is None
    assert changes(found["undo"]) == {"documents[1]": "withdrawn"}


def test_new_hidden_debt_is_paid_off_beside_it() -> None:
    items = [
        {"item_id": "h", "first_seen": "2025-01-01", "balance": wan(3)},
        {"item_id": "old", "first_seen": "2020-01-01", "balance": wan(9)},
    ]
    found = cures(body(documents=[PROMISE], hidden_debt_items=items), "RL-18")
    assert set(found) == {"undo"}
    assert changes(found["undo"]) == {
        "cash_total": "-30000.00",
        "current_assets": "-30000.00",
        "total_assets": "-30000.00",
        "equity": "-30000.00",
        "hidden_debt_items.balance[1]": "-30000.00",
        "documents[1]": "withdrawn",
    }


def test_public_good_assets_leave_the_sheet() -> None:
    found = cures(body({"public_good_capital": 50}), "RL-20")["undo"]
    assert changes(found) == {
        "public_good_capital": "-500000.00",
        "total_assets": "-500000.00",
        "equity": "-500000.00",
    }


def test_payments_off_purpose_are_paid_back_down_to_the_limit() -> None:
    judged = body({"drawn_debt_12m": 100, "off_purpose_payments_12m": 6})
    assert amounts(judged, "RL-21") == {"undo": "40000.00"}


def test_money_of_the_public_is_given_back_and_the_name_changed() -> None:
    taken: Row = {"source_kind": "household", "public_offer": True, "promised_return": True}
    on = {"on": date(2025, 6, 1).isoformat()}
    judged = body(
        {},
        {"project": [PROJECT]},
        money_in=[
            {**taken, **on, "amount": wan(5)},
            {**taken, **on, "amount": wan(7), "licence_doc_id": "z"},
            {**taken, **on, "amount": wan(4), "public_offer": False},
        ],
        restricted_name=True,
    )
    assert changes(cures(judged, "RL-36")["undo"]) == {
        "cash_total": "-50000.00",
        "current_assets": "-50000.00",
        "total_assets": "-50000.00",
        "current_liabilities": "-50000.00",
        "total_liabilities": "-50000.00",
        "money_in.amount[1]": "-50000.00",
        "restricted_name": False,
    }


def test_a_guarantee_fee_has_its_exemption_or_is_refunded() -> None:
    judged = body({"guarantee_fee_income_12m": 3})
    assert amounts(judged, "RL-37") == {"obtain_paper": None, "undo": "30000.00"}


def test_an_act_gets_its_decision_or_is_undone() -> None:
    act: Row = {"kind": "sale", "amount": wan(3), "date": "2025-05-01"}
    judged = body(acts=[{**act, "decision_doc_id": "d"}, act, {**act, "date": "2015-05-01"}])
    found = cures(judged, "RL-41")
    assert changes(found["obtain_paper"]) == {"acts.decision_doc_id[2]": "given"}
    assert changes(found["undo"]) == {"acts[2]": "withdrawn"}


def test_trade_without_goods_is_unwound() -> None:
    trade: Row = {
        "buyer": "b",
        "seller": "s",
        "amount": wan(9),
        "margin": "0.001",
        "in_on": "2025-10-01",
        "out_on": "2025-10-01",
        "goods_moved": False,
        "related": True,
    }
    real = {**trade, "amount": wan(20), "goods_moved": True, "related": False, "margin": "0.2"}
    assert changes(cures(body(trades=[real, trade]), "RL-43")["undo"]) == {
        "revenue_12m": "-90000.00",
        "trades.amount[2]": "-90000.00",
    }
