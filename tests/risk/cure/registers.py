"""Rows of a cooperative's registers, and what the cures of its lines move."""

from __future__ import annotations

from features.scene import Scene
from risk.red_lines import State
from tests.risk.cure.sheets import Row, cures, states, wan

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
