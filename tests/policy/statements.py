"""Statements of cooperatives: one of nothing, a rich one, and a lawful one with its registers."""

from __future__ import annotations

from features.dictionary import Kind, load_dictionary

Row = dict[str, object]
MONEY = [
    column.name
    for column in load_dictionary().table("cooperative").columns.values()
    if column.kind is Kind.MONEY and column.required
]
RECORD: Row = {
    "as_of": "2026-03-31",
    "known_at": "2026-04-10T09:00:00+08:00",
    "source": "test",
    "quality": "reported",
}
STATEMENT: Row = {
    **RECORD,
    **dict.fromkeys(MONEY, "0"),
    "county_code": "330802",
    "level": "县",
    "reporting_scope": "entity",
    "is_lgfv": False,
    "investment_type": False,
    "restricted_name": False,
    "audited": True,
    "operating_since": "2020-01-01",
    "hidden_debt_baseline_date": "2023-07-01",
    "associates": [],
    "guarantees": [],
    "undertakings": [],
    "co_sharers": [],
}
RICH: Row = {
    **STATEMENT,
    "total_assets": "1000",
    "equity": "1000",
    "current_assets": "100",
    "cash_total": "100",
    "cash_restricted": "40",
    "pool_cash": "40",
}
FIRM: Row = {
    "associate_id": "E1",
    "stake": "0.3",
    "control": False,
    "loan": "30",
    "all_shareholder_funding": "100",
    "equity_paid": "60",
    "equity_paid_total": "200",
    "dpd": 0,
}
GUARANTEE: Row = {
    "party_id": "E1",
    "party_kind": "associate",
    "kind": "连带",
    "giver": "parent",
    "equity_link": True,
    "party_insolvent": False,
    "party_cfo_negative": False,
    "party_loss_years": 1,
    "own_share": "1",
    "stake": "0.3",
    "balance": "60",
    "all_guarantees": "200",
    "from": "2025-01-01",
    "to": "2027-01-01",
}
PROMISE: Row = {
    "beneficiary": "lender",
    "trigger": "default",
    "cap": "10",
    "own_share": "0.2",
    "expiry": "2028-01-01",
}
CALL: Row = {"called_on": "2026-01-10", "called_amount": "2", "call_reason": "credit"}


def promises(live: int, called: int) -> Row:
    """Return undertakings with bank and guarantee body behind each, and those called."""
    listed = [{**PROMISE, "resource_id": f"R{n}"} for n in range(live)]
    listed += [{**PROMISE, **CALL, "resource_id": f"Q{n}"} for n in range(called)]
    sharer = {"party_id": "P", "share": "0.4", "contract_doc_id": "C"}
    kinds = ("bank", "guarantee_body")
    return {
        "undertakings": listed,
        "co_sharers": [
            {**sharer, "kind": kind, "resource_id": row["resource_id"]}
            for row in listed
            for kind in kinds
        ],
    }


REGISTERS = ("associates", "guarantees", "undertakings", "co_sharers")
LAWFUL: Row = {**RICH, "associates": [FIRM], "guarantees": [GUARANTEE], **promises(14, 1)}
