"""Cures of maturity and concentration, each amount worked out by hand.

The cooperative of `sheets.SOUND`: net assets 700, free cash 200, total assets 1,000 (万元).
"""

from __future__ import annotations

from tests.risk.cure.registers import COUNTY, POOL, amounts, associate, guarantee
from tests.risk.cure.sheets import body, changes, cures, wan


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
