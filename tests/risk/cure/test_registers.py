"""Cures of a cooperative's registers, each amount worked out by hand.

The cooperative of `sheets.SOUND`: net assets 700, free cash 200, total assets 1,000 (万元).
"""

from __future__ import annotations

from datetime import date

from features.scene import Scene
from risk.red_lines import State
from tests.risk.cure.sheets import Row, body, changes, cures, states, wan

COUNTY = {"county": [{"county_code": "k", "lpr_1y": "0.03"}]}
PROJECT: Row = {"project_id": "P1", "coop_id": "other", "activity_code": "x"}
TEA: Row = {
    "resource_id": "r1",
    "county_code": "k",
    "village_code": "v",
    "coop_id": "c",
    "type": "经济林",
    "commodity": "茶",
    "valuation": wan(50),
    "deposit_mode": "流转",
}
POOL = {"resource": [TEA], "project": [PROJECT]}


def associate(**columns: object) -> Row:
    money = ("loan", "all_shareholder_funding", "equity_paid", "equity_paid_total")
    return {
        "associate_id": "a",
        "stake": "0.4",
        "control": False,
        "dpd": 0,
        **dict.fromkeys(money, "0.00"),
        **columns,
    }


def guarantee(balance: float, **columns: object) -> Row:
    return {
        "party_id": "p",
        "party_kind": "associate",
        "kind": "连带",
        "giver": "parent",
        "equity_link": True,
        "party_insolvent": False,
        "party_cfo_negative": False,
        "party_loss_years": 0,
        "own_share": "1",
        "stake": "0.4",
        "balance": wan(balance),
        "all_guarantees": wan(balance * 2.5),
        "from": "2025-01-01",
        "to": "2027-01-01",
        **columns,
    }


def undertaking(cap: float, **columns: object) -> Row:
    return {
        "resource_id": "r1",
        "beneficiary": "lender",
        "trigger": "default",
        "cap": wan(cap),
        "own_share": "1",
        "expiry": "2028-01-01",
        **columns,
    }


def amounts(judged: Scene, rule: str) -> dict[str, str | None]:
    found = {}
    for act, cure in cures(judged, rule).items():
        assert states(cure.after)[rule] is State.PASS
        found[act] = None if cure.amount is None else f"{cure.amount / 100:.2f}"
    return found


# ------------------------------------------------------------------ associates


def test_funding_of_associates_is_returned_netted_off_or_outgrown() -> None:
    # 80 of 700 against .05 (35): 45 less, the largest loan first; or 80 ÷ .05 − 700 = 900 more
    judged = body(
        associates=[
            associate(loan=wan(60), all_shareholder_funding=wan(150), payable_to=wan(50)),
            associate(associate_id="b", loan=wan(20), all_shareholder_funding=wan(50)),
        ]
    )
    assert amounts(judged, "RL-08") == {
        "undo": "450000.00",
        "net_off": "450000.00",
        "inject_equity": "9000000.00",
    }
    found = cures(judged, "RL-08")
    assert changes(found["undo"]) == {
        "cash_total": "+450000.00",
        "associates.loan[1]": "-450000.00",
        "associates.all_shareholder_funding[1]": "-450000.00",
    }
    assert changes(found["net_off"]) == {
        "current_assets": "-450000.00",
        "total_assets": "-450000.00",
        "current_liabilities": "-450000.00",
        "total_liabilities": "-450000.00",
        "associates.payable_to[1]": "-450000.00",
        "associates.loan[1]": "-450000.00",
        "associates.all_shareholder_funding[1]": "-450000.00",
    }


def test_no_more_is_netted_off_than_is_owed_to_the_associate() -> None:
    judged = body(
        associates=[
            associate(loan=wan(60), all_shareholder_funding=wan(150), payable_to=wan(24.99))
        ]
    )
    assert set(amounts(judged, "RL-08")) == {"undo", "inject_equity"}


def test_what_exceeds_the_stake_is_returned_or_the_partners_fund_their_part() -> None:
    # (30 − x) − .4(60 − x) ≤ .01(30 − x): x = 5.7 ÷ .59; 30 − .4(60 + y) ≤ .3: y = 14.25
    # stake × all is rounded to whole 分, half-even: a 分 less than 14.25 does too
    judged = body(associates=[associate(loan=wan(30), all_shareholder_funding=wan(60))])
    assert amounts(judged, "RL-09") == {"undo": "96610.18", "add_co_sharer": "142499.99"}


def test_an_overdue_loan_is_paid_back_whole() -> None:
    late = associate(loan=wan(10), all_shareholder_funding=wan(25), dpd=40)
    other = associate(associate_id="b", loan=wan(5), all_shareholder_funding=wan(20), dpd=10)
    judged = body(associates=[late, other])
    assert amounts(judged, "RL-10") == {"undo": "100000.00"}
    assert changes(cures(judged, "RL-10")["undo"])["associates.dpd[1]"] == "-40"


def test_equity_that_is_a_loan_is_booked_as_one_or_returned() -> None:
    row = associate(
        equity_as_loan=wan(10),
        equity_paid=wan(20),
        equity_paid_total=wan(50),
        all_shareholder_funding=wan(25),
    )
    judged = body(associates=[row])
    assert amounts(judged, "RL-11a") == {"obtain_paper": "100000.00", "undo": "100000.00"}
    assert changes(cures(judged, "RL-11a")["obtain_paper"]) == {
        "associates.equity_as_loan[1]": "-100000.00",
        "associates.loan[1]": "+100000.00",
        "associates.equity_paid[1]": "-100000.00",
        "associates.equity_paid_total[1]": "-100000.00",
    }


def test_a_buy_back_is_booked_as_the_debt_it_is() -> None:
    judged = body({"buyback_equity": 30, "buyback_equity_unbooked": 10})
    found = cures(judged, "RL-11b")["obtain_paper"]
    assert changes(found) == {
        "buyback_equity_unbooked": "-100000.00",
        "equity": "-100000.00",
        "total_liabilities": "+100000.00",
    }
    leverage = found.after.frame(["liabilities_adjusted", "net_assets"]).columns
    assert {n: v[0] for n, v in leverage.items()} == {
        n: v[0] for n, v in judged.frame([*leverage]).columns.items()
    }


def test_partners_pay_for_themselves() -> None:
    # 8 paid for partners; 30 of 50 with a stake of .4: (30 − x) − .4(50 − x) = 0, x = 10 ÷ .6;
    # what the register rounds the stake by pays in nothing ahead: 0.5e-6 × 33.33, a third of 元
    judged = body(
        associates=[
            associate(partner_funded=wan(8), equity_paid=wan(30), equity_paid_total=wan(50))
        ]
    )
    found = cures(judged, "RL-38")["undo"]
    assert changes(found)["associates.partner_funded[1]"] == "-80000.00"
    assert 24_666_600 < (found.amount or 0) <= 24_666_667


# ------------------------------------------------------------------ guarantees, undertakings


def test_guarantees_are_released_shared_or_outgrown() -> None:
    # 100 + half of 90 = 145 against .2 × 700 = 140
    judged = body(guarantees=[guarantee(100), guarantee(90, party_id="q", own_share="0.5")])
    assert amounts(judged, "RL-12") == {
        "release": "50000.00",
        "add_co_sharer": "50000.00",
        "inject_equity": "250000.00",
    }
    assert changes(cures(judged, "RL-12")["add_co_sharer"]) == {
        "guarantees.own_share[1]": "-0.050000"
    }


def test_a_guarantee_for_a_stranger_ends() -> None:
    stranger = guarantee(5, party_kind="enterprise", equity_link=False, all_guarantees="0.00")
    judged = body(guarantees=[guarantee(9, party_id="q"), stranger])
    assert changes(cures(judged, "RL-13")["release"]) == {
        "guarantees.balance[2]": "-50000.00",
        "guarantees.to[2]": "2026-03-31",
    }
    assert set(cures(judged, "RL-13")) == {"release"}


def test_an_undertaking_given_alone_ends_or_is_shared_by_contract() -> None:
    judged = body(undertakings=[undertaking(10)])
    found = cures(judged, "RL-13")
    assert amounts(judged, "RL-13") == {"release": "100000.00", "add_co_sharer": "80000.00"}
    assert changes(found["release"])["undertakings.expiry[1]"] == "2026-03-31"
    shared = changes(found["add_co_sharer"])
    assert shared["undertakings.own_share[1]"] == "-0.800000"
    assert [shared[f"co_sharers.kind[{row}]"] for row in (1, 2)] == ["bank", "guarantee_body"]
    assert [shared[f"co_sharers.share[{row}]"] for row in (1, 2)] == ["0.400000", "0.400000"]
    assert shared["co_sharers.contract_doc_id[1]"] == "given"
    assert shared["co_sharers.party_id[1]"] == "given"
    assert [shared[f"co_sharers.resource_id[{row}]"] for row in (1, 2)] == ["r1", "r1"]


def test_a_guarantee_beyond_the_stake_falls() -> None:
    # (60 − x) − .4(100 − x) ≤ .01(60 − x): x = 19.4 ÷ .59; .99(60 − y) ≤ 40: y = 60 − 40.4040…
    judged = body(guarantees=[guarantee(60, all_guarantees=wan(100))])
    assert amounts(judged, "RL-14") == {"release": "328813.56", "add_co_sharer": "195960.00"}


def test_contingent_exposure_falls_where_it_is_largest() -> None:
    # 100 + 90 against .25 × 700 = 175
    judged = body(
        guarantees=[guarantee(100)],
        undertakings=[undertaking(90)],
    )
    assert amounts(judged, "RL-15") == {
        "release": "150000.00",
        "add_co_sharer": "150000.00",
        "inject_equity": "600000.00",
    }
    assert "guarantees.balance[1]" in changes(cures(judged, "RL-15")["release"])


def test_the_pool_covers_what_may_be_called() -> None:
    # pool 30, no cash beyond short debt; 50 + 290 at .15 need 51: 21 more, or 140 less
    judged = body(
        {
            "cash_total": 40,
            "cash_restricted": 30,
            "pool_cash": 30,
            "short_debt": 10,
            "long_debt": 190,
        },
        undertakings=[undertaking(100, own_share="0.5"), undertaking(290, resource_id="r2")],
        co_sharers=[
            {
                "resource_id": "r1",
                "party_id": "b",
                "kind": "bank",
                "share": "0.5",
                "contract_doc_id": "d",
            }
        ],
    )
    found = amounts(judged, "RL-16")
    assert (found["inject_equity"], found["release"]) == ("210000.00", "1400000.00")
    assert "undertakings.cap[2]" in changes(cures(judged, "RL-16")["release"])
    assert found["add_co_sharer"] == "1400001.10"  # a share of 290 moves by 0.000001: 2.90 元


def test_a_guarantee_for_a_weak_party_ends() -> None:
    judged = body(guarantees=[guarantee(5), guarantee(7, party_id="q", party_insolvent=True)])
    assert changes(cures(judged, "RL-44")["release"]) == {
        "guarantees.balance[2]": "-70000.00",
        "guarantees.all_guarantees[2]": "-70000.00",
        "guarantees.to[2]": "2026-03-31",
    }


# ------------------------------------------------------------------ hidden debt, conduct


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


# ------------------------------------------------------------------ maturity, concentration


def test_the_heaviest_month_is_re_termed() -> None:
    # 35 of next month against .8 × 40 = 32
    months = [(1, 35), (2, 15), (14, 150)]
    judged = body(
        {"cash_total": 40, "cash_restricted": 0},
        COUNTY,
        operating_since="2026-01-01",
        debt_due_by_month=[{"month_no": m, "amount": wan(due)} for m, due in months],
    )
    found = cures(judged, "RL-45")
    assert changes(found["re_term"]) == {
        "short_debt": "-30000.00",
        "current_liabilities": "-30000.00",
        "long_debt": "+30000.00",
        "debt_due_by_month.amount[1]": "-30000.00",
        "debt_due_by_month.month_no[4]": "36",
        "debt_due_by_month.amount[4]": "30000.00",
    }
    assert found["sell_asset"].amount == 3_000_000


def test_months_beyond_the_short_debt_are_re_termed_as_far_as_it_goes() -> None:
    # two months of 35, 3 too much each, of which no more than the short debt of 50 can move
    judged = body(
        {"cash_total": 40, "cash_restricted": 0},
        COUNTY,
        operating_since="2026-01-01",
        debt_due_by_month=[{"month_no": month, "amount": wan(35)} for month in (1, 2)],
    )
    assert amounts(judged, "RL-45")["re_term"] == "60000.00"


def test_non_standard_debt_is_repaid_first_where_it_is_too_much() -> None:
    # (60 − x) ≤ .2 (200 − x): x = 25
    judged = body({"nonstandard_debt": 60}, COUNTY, operating_since="2026-01-01")
    found = cures(judged, "RL-45")
    assert changes(found["repay"])["nonstandard_debt"] == "-250000.00"
    assert found["repay"].amount == 25_000_000


def test_stock_of_one_village_is_sold_or_outgrown() -> None:
    # 300 against .3 × 700 = 210; or 300 ÷ .3 − 700 = 300 more
    judged = body({"inventory_resources": 300}, POOL)
    assert amounts(judged, "RL-46") == {"sell_asset": "900000.00", "inject_equity": "3000000.00"}


def test_what_stands_in_one_project_is_shared() -> None:
    # 100 of equity + a guarantee of 150 against 210: 40 of 150 is a share of .266667
    judged = body(
        {},
        POOL,
        associates=[associate(associate_id="p", equity_paid=wan(100), equity_paid_total=wan(250))],
        guarantees=[guarantee(150)],
    )
    found = cures(judged, "RL-46")["add_co_sharer"]
    assert changes(found) == {"guarantees.own_share[1]": "-0.266667"}
    assert found.document()["amount"] == "400000.50"


def test_a_pledge_is_lifted_or_its_debt_repaid() -> None:
    # 20 + 290 against .3 × 1,000; (310 − x) ≤ .3 (1,000 − x): x = 10 ÷ .7
    judged = body({"assets_pledged": 290})
    assert amounts(judged, "RL-47") == {"repay": "142857.15", "undo": "100000.00"}
