"""Cures of what was put into associates, each amount worked out by hand.

The cooperative of `sheets.SOUND`: net assets 700, free cash 200, total assets 1,000 (万元).
"""

from __future__ import annotations

from tests.risk.cure.registers import amounts, associate
from tests.risk.cure.sheets import body, changes, cures, wan


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
