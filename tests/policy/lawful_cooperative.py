"""The cooperative of the lawful book: half of every limit, every register with a lawful row."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]

PROMISE: Row = {
    "resource_id": "BAMBOO§",
    "beneficiary": "lender",
    "trigger": "default",
    "cap": "10",
    "own_share": "0.2",
    "expiry": "2028-01-01",
}
CALL: Row = {"called_on": "2025-10-10", "called_amount": "2", "call_reason": "credit"}
GUARANTEE: Row = {
    "party_id": "ORG3§",
    "party_kind": "associate",
    "kind": "连带",
    "giver": "parent",
    "equity_link": True,
    "party_insolvent": False,
    "party_cfo_negative": False,
    "party_loss_years": 1,
    "own_share": "1",
    "stake": "0.3",
    "balance": "30",
    "all_guarantees": "100",
    "from": "2025-01-01",
    "to": "2027-01-01",
}
COOPERATIVE: Row = {
    "coop_id": "K§",
    "county_code": "X§",
    "level": "县",
    "reporting_scope": "entity",
    "is_lgfv": False,
    "investment_type": True,
    "restricted_name": False,
    "audited": True,
    "operating_since": "2020-01-01",
    "hidden_debt_baseline_date": "2023-07-01",
    "guarantee_licence_no": "L1",
    "guarantee_licence_to": "2028-01-01",
    **{"total_assets": "1000", "total_liabilities": "320", "equity": "680"},
    **{"current_assets": "500", "cash_total": "220", "cash_restricted": "60", "pool_cash": "50"},
    **{"receivables_gov": "20", "receivables_other": "40", "inventory_resources": "60"},
    **{"inventory_other": "10", "prepaid": "10", "investment_associates": "30"},
    **{"assets_pledged": "90", "public_good_capital": "0", "net_assets_parent": "680"},
    **{"current_liabilities": "150", "short_debt": "50", "ltd_due_12m": "20"},
    **{"notes_payable": "10", "long_debt": "140", "nonstandard_debt": "20"},
    **{"buyback_equity": "0", "buyback_equity_unbooked": "0", "revenue_12m": "200"},
    **{"ebit_12m": "60", "subsidies_12m": "10", "interest_expensed_12m": "5"},
    **{"interest_capitalised_12m": "1", "net_profit": "30", "cfo": "25"},
    **{"debt_service_12m": "90", "fiscal_debt_service_12m": "9", "drawn_debt_12m": "50"},
    **{"off_purpose_payments_12m": "0.5", "guarantee_fee_income_12m": "1"},
    "debt_due_by_month": [
        {"month_no": month, "amount": amount}
        for month, amount in ((1, "20"), (6, "30"), (12, "30"), (24, "140"))
    ],
    "associates": [
        {
            "associate_id": "ORG3§",
            **{"stake": "0.3", "control": False, "dpd": 0, "payable_to": "3"},
            **{"loan": "10", "other_receivable": "5", "all_shareholder_funding": "50"},
            **{"equity_paid": "30", "equity_paid_total": "100"},
        }
    ],
    "guarantees": [
        GUARANTEE,
        GUARANTEE
        | {"party_id": "H§", "party_kind": "household", "equity_link": False, "balance": "8"},
    ],
    "undertakings": [*[PROMISE] * 14, PROMISE | CALL],
    "co_sharers": [
        {
            "resource_id": "BAMBOO§",
            "party_id": kind,
            "kind": kind,
            "share": "0.4",
            "contract_doc_id": "C1",
        }
        for kind in ("bank", "guarantee_body")
    ],
    "documents": [
        {
            "doc_id": "F1",
            "kind": "风险补偿",
            "issuer_kind": "government",
            "capped": True,
            "budget_doc_id": "Y1",
            "date": "2024-03-01",
        }
    ],
    "hidden_debt_items": [{"item_id": "Y1", "first_seen": "2022-01-01", "balance": "5"}],
    "acts": [{"kind": "guarantee", "amount": "30", "date": "2025-01-01", "decision_doc_id": "J1"}],
    "trades": [
        {
            **{"buyer": "B1", "seller": "S1", "amount": "20", "margin": "0.08"},
            **{"in_on": "2025-05-01", "out_on": "2025-06-01"},
            **{"goods_moved": True, "related": False},
        }
    ],
    "money_in": [
        {
            **{"source_kind": "fund", "amount": "20", "on": "2025-03-01"},
            **{"public_offer": True, "promised_return": True, "licence_doc_id": "P1"},
        }
    ],
}
