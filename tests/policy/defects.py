"""One small defect for every test of every line, put into the lawful world (domain 7.2).

`DEFECTS` maps line/test to what is changed; `ALSO` names the other lines that a defect must move.
"""

from __future__ import annotations

from typing import Any

from tests.policy.lawful import PERMITS, PLEDGE
from tests.policy.lawful_cooperative import CALL, PROMISE, Row

Changes = dict[str, Any]


def owing(liabilities: int, **more: str) -> Changes:
    """Return a cooperative of 1,000 that owes so much in all."""
    sheet = {"total_liabilities": f"{liabilities}", "equity": f"{1000 - liabilities}"} | more
    return {f"coop/{name}": value for name, value in sheet.items()}


def promises(*called: Row, **terms: str) -> Changes:
    """Return 14 live undertakings on other terms, and those that were called."""
    calls = [PROMISE | CALL | row for row in called]
    return {"coop/undertakings": [*[PROMISE | terms] * 14, *calls]}


def overlap(layer: str, **papers: str) -> Changes:
    """Return a project on 101 ㎡ of a layer."""
    found = {"layer": layer, "basis": "computed", "area": "101"}
    return {"works/overlaps/+": found | papers}


def penalty(kind: str, level: str) -> Changes:
    """Return a project with a penalty that stands."""
    return {"works/penalties/+": {"kind": kind, "level": level, "date": "2025-11-01"}}


def permit(**dates: str) -> Changes:
    """Return a project with one more permit that it needs."""
    return {"works/permits/+": {"kind": "采伐", "required": True} | dates}


def listed(name: str) -> Changes:
    """Return a developer on a public list."""
    return {"developer/list_entries/+": {"list": name, "about": "firm", "from": "2025-06-01"}}


def link(kind: str) -> Changes:
    """Return a developer tied to another party by what two share."""
    tie = {"party_a": "ORG1§", "party_b": "T8", "kind": kind, "shared_by": 2}
    return {"developer/links/+": tie}


def subsidy(programme: str, amount: str, **mark: str) -> Row:
    """Return a subsidy of the last year."""
    usual = {"kind": "operation", "received_on": "2025-03-01"}
    return {"programme": programme, "amount": amount, **usual, **mark}


def worked(on: str) -> Changes:
    """Return a project that was last worked on a day, as planned."""
    return {"works/invest_plan/0/on": on, "works/invest_actual/0/on": on}


TAKEN: Row = {"project_id": "WORKS§", "kind": "占", "amount": "10"}
IDLE = {"sensing_change": "none", "sensing_date": None}
HOARDING = {"developer/resources_idle_area": "40000"}
JUMP = {"land/valuation": "140"}
HEAVY = {"coop/associates/0/equity_paid": "200", "coop/associates/0/equity_paid_total": "667"}
DEFECTS: dict[str, Changes] = {
    "RL-01/t1": owing(660),
    "RL-02/t1": owing(640, long_debt="370"),
    "RL-03/t1": owing(520, current_liabilities="360"),
    "RL-04/t1": {"coop/inventory_other": "250"},
    "RL-05/t1": owing(370, current_liabilities="200", short_debt="140"),
    "RL-06/t1": {"coop/ebit_12m": "18"},
    "RL-07/t1": {
        f"{row}/{flow}": "-1"
        for row in ("coop", "coop@2024-12-31")
        for flow in ("cfo", "net_profit")
    },
    "RL-08/t1": {
        "coop/associates/0/loan": "40",
        "coop/associates/0/all_shareholder_funding": "150",
    },
    "RL-09/t1": {"coop/associates/0/all_shareholder_funding": "40"},
    "RL-10/t1": {"coop/associates/0/dpd": 30},
    "RL-11a/t1": {"coop/associates/0/equity_as_loan": "0.01"},
    "RL-11b/t1": {"coop/buyback_equity_unbooked": "0.01"},
    "RL-12/t1": {
        "coop/guarantees/0/balance": "130",
        "coop/guarantees/0/all_guarantees": "434",
    },
    "RL-12/t2": {"coop/net_assets_parent": "70"},
    "RL-13/t1": {"coop/guarantees/1/party_kind": "enterprise"},
    "RL-13/t2": {"coop/co_sharers/1/kind": "other"},
    "RL-14/t1": {"coop/guarantees/0/all_guarantees": "90"},
    "RL-15/t1": promises({}, cap="50"),
    "RL-16/t1": owing(420, pool_cash="0", current_liabilities="250", short_debt="128"),
    "RL-16/t2": promises({"called_amount": "30"}),
    "RL-17/t1": promises({}, {}, {}),
    "RL-18/t1": {"coop/documents/0/budget_doc_id": None},
    "RL-18/t2": {"coop/hidden_debt_items/0/first_seen": "2024-01-01"},
    "RL-19/t1": {"coop/fiscal_debt_service_12m": "20"},
    "RL-20/t1": {"coop/public_good_capital": "0.01"},
    "RL-21/t1": {"coop/off_purpose_payments_12m": "2"},
    "RL-22/t1": {"works/gep_after": "989"},
    "RL-22/t2": {"works/gep_after": "999"},
    "RL-22/t3": {"works/gep_reg_after": "593"},
    "RL-22/t4": {"works/gep_reg_after": "599"},
    "RL-23/t1": {
        "county/gep_ledger/+": {
            **TAKEN,
            **{"approved_on": "2023-06-01", "offset_due": "2024-06-01"},
        }
    },
    "RL-23/t2": {"county/gep_ledger/+": TAKEN | {"approved_on": "2025-06-01"}},
    "RL-24/t1": overlap("核心保护区"),
    "RL-24/t2": {"works/overlaps/0/permit_doc_id": None},
    "RL-25/t1": overlap("永久基本农田"),
    "RL-25/t2": overlap("其他农田"),
    "RL-26/t1": penalty("forest", "minor"),
    "RL-26/t2": penalty("forest", "major"),
    "RL-26/t3": permit(),
    "RL-26/t4": permit(issued_on="2023-03-01", expires_on="2026-02-28"),
    "RL-26/t5": penalty("environment", "criminal"),
    "RL-27/t1": listed("骗补"),
    "RL-27/t2": listed("经营异常"),
    "RL-28/t1": {"developer/capital_due": "90"},
    "RL-28/t2": {"works/project_capital_due": "40"},
    "RL-29/t1": {"developer/resources_held_value": "601"},
    "RL-29/t2": HOARDING | JUMP,
    "RL-30/t1": {"developer/subsidies/0/amount": "400"},
    "RL-30/t2": {
        "developer/subsidies/+": subsidy("茶旅", "1", invoice_hash="i1"),
        "developer/subsidies/0/invoice_hash": "i1",
    },
    "RL-31/t1": link("address"),
    "RL-31/t2": link("account"),
    "RL-32/t1": {
        **worked("2025-05-01"),
        **{f"land/{name}": value for name, value in IDLE.items()},
        "land/handover_date": "2025-06-01",
    },
    "RL-32/t2": {
        **worked("2024-12-10"),
        **{f"hall/{name}": value for name, value in IDLE.items()},
        "hall/handover_date": "2024-12-15",
    },
    "RL-33/t1": {"works/invest_plan/0/amount": "80"},
    "RL-33/t2": {"works/invest_plan/0/amount": "40"},
    "RL-34/t1": {"works/payouts/0/paid_on": "2025-11-01"},
    "RL-34/t2": {"works/op_cash_12m": "8"},
    "RL-34/t3": {"works/payout_reserve": "9"},
    "RL-35a/t1": {"loan1/dpd": 8},
    "RL-35b/t1": {"loan2/balance": "23"},
    **{
        f"RL-35c/{test}_{kind}": {f"county/products/{place}/{column}": amount}
        for place, kind in enumerate(("credit", "deposit", "carbon"))
        for test, column, amount in (("t1", "npl_balance", "4"), ("t2", "overdue_90_balance", "2"))
    },
    "RL-36/t1": {"coop/money_in/0/licence_doc_id": None},
    "RL-36/t2": {
        **{"works/payouts/0/due": "80", "works/payouts/0/paid": "80", "works/op_cash_12m": "70"},
        "coop@2025-06-30/long_debt": "130",
    },
    "RL-36/t3": {"coop/restricted_name": True},
    "RL-37/t1": {"coop/guarantee_licence_to": "2025-12-31"},
    "RL-38/t1": {"coop/associates/0/partner_funded": "0.01"},
    "RL-38/t2": {"coop/associates/0/equity_paid": "31"},
    "RL-39/t1": {"works/project_capital_planned": "21"},
    "RL-39/t2": {"works/project_capital_paid": "10.5", "works/project_capital_due": "10.5"},
    "RL-40/t1": {"pledged/security_giver_kind": "collective"},
    "RL-40/t2": {"collective/assembly_decision_doc_id": None},
    "RL-41/t1": {"coop/acts/0/decision_doc_id": None},
    "RL-42/t1": {"works/milestones/0/on": "2024-01-20"},
    "RL-43/t1": {
        **{"coop/trades/0/amount": "3", "coop/trades/0/out_on": "2025-05-01"},
        **{"coop/trades/0/margin": "0.005", "coop/trades/0/goods_moved": False},
    },
    "RL-44/t1": {"coop/guarantees/0/party_insolvent": True},
    "RL-45/t1": owing(510, current_liabilities="340", short_debt="240"),
    "RL-45/t2": {"coop/debt_due_by_month/0/amount": "140"},
    "RL-45/t3": {"coop/interest_expensed_12m": "12"},
    "RL-45/t4": {"coop/nonstandard_debt": "50"},
    "RL-45/t5": {
        **{"coop/cash_total": "280", "coop/current_assets": "560"},
        **{"coop/debt_service_12m": "9", "coop/fiscal_debt_service_12m": "0.9"},
    },
    "RL-46/t1": HEAVY,
    "RL-46/t2": HEAVY,
    "RL-46/t3": {"coop/inventory_resources": "300", "coop/current_assets": "740"},
    "RL-46/t4": {
        **{"coop/inventory_resources": "350", "coop/current_assets": "790"},
        "hall/commodity": "茶",
    },
    "RL-47/t1": {"coop/assets_pledged": "250"},
    "RL-48/t1": {"firm/enhancer_kind": "政府性担保", "developer/is_lgfv": True},
    "RL-49/t1": {"bamboo/claims/+": PLEDGE | {"kind": "sale", "holder": "B1"}},
    "RL-50/t1": {"bamboo/valuation_date": "2024-12-01"},
    "RL-50/t2": {"bamboo/second_valuation": "50"},
    "RL-50/t3": {"bamboo/appraiser_id": "T1"},
    "RL-50/t4": {"bamboo/insured_amount": "9.5"},
    "RL-50/t5": {"bamboo/right_expiry": "2027-11-10"},
    "RL-51/t1": overlap("饮用水一级"),
    "RL-51/t2": overlap("湿地"),
    "RL-52/t1": {"hall/deals/0/channel": "private"},
    "RL-52/t2": {"hall/deals/0/deal_price": "89"},
    "P-1/t1": {"body/weighted_liability": "950"},
    "P-2/t1": {"body/largest_party_liability": "9", "body/largest_group_liability": "9"},
    "P-3/t1": {"body/largest_group_liability": "13"},
    "P-4/t1": {"body/controller_guarantees": "0.01"},
    "P-5/t1": {"bank/largest_borrower_loans": "90"},
    "P-5/t2": {"bank/largest_group_exposure": "130"},
}
ALSO: dict[str, set[str]] = {"RL-45/t1": {"RL-05"}}
"""A gap of short debt beyond cash is cash below short debt, which is RL-05 itself."""

TOO_DEEP = "so much debt that its cash would repay it and leave the short debt bare"
MOVED: dict[str, tuple[Changes, set[str]]] = {
    "buy-back equity off the books": (
        {"coop/buyback_equity_unbooked": "340"},
        {"RL-11b", "RL-01"},
    ),
    "a public park as capital": (
        owing(640, public_good_capital="50"),
        {"RL-20", "RL-01"},
    ),
    "guarantees that fill the exposure too": (
        {"coop/guarantees/1/balance": "150"},
        {"RL-12", "RL-15"},
    ),
    "money for associates under a false name": (
        {
            "coop/associates/0/equity_as_loan": "40",
            "coop/associates/0/all_shareholder_funding": "184",
        },
        {"RL-11a", "RL-08"},
    ),
    "a subsidy taken twice by one who hoards": (
        {
            **HOARDING,
            "developer/subsidies/+": subsidy("茶旅", "1", parcel_id="P1"),
            "developer/subsidies/0/parcel_id": "P1",
        },
        {"RL-30", "RL-29"},
    ),
    "works begun without a required permit": (
        {"works/permits": [{"kind": "立项", "required": True}, *PERMITS[1:]]},
        {"RL-26", "RL-42"},
    ),
    "a bank behind no undertaking": (
        {"coop/co_sharers": [], **promises({}, cap="12", own_share="0.2")},
        {"RL-13", "RL-15", "RL-46"},
    ),
    TOO_DEEP: (
        {
            **owing(720, current_liabilities="370", short_debt="270"),
            **{"coop/cash_total": "290", "coop/current_assets": "570"},
            "coop/debt_service_12m": "150",
        },
        {"RL-01", "RL-05", "RL-08"},
    ),
}
"""Defects that domain 7.1 and 7.2 carry into a second line."""
