"""Hidden debt, conduct, maturity and concentration over a small book: what joins to what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from features.book import Book
from features.frame import Frame
from features.point_in_time import evaluate
from risk.files import load_policy
from risk.red_lines import State, judge_one

DAY = date(2026, 4, 20)
AS_OF = date(2026, 3, 31)
POLICY = load_policy()
NOW = POLICY.effective(DAY)
Row = dict[str, object]

DEBT: Row = {"ltd_due_12m": 0, "notes_payable": 0, "long_debt": 0, "buyback_equity": 0}
EARLIER = {
    date(2025, 3, 31): 100,
    date(2025, 6, 30): 200,
    date(2025, 9, 30): 300,
    date(2025, 12, 31): 400,
}
FIRM: Row = {"stake": 0.3, "control": False, "dpd": 0, "loan": 0}
GUARANTEE: Row = {"kind": "一般", "from": date(2025, 1, 1), "to": date(2027, 1, 1)}
PROMISE: Row = {
    "beneficiary": "lender",
    "trigger": "default",
    "own_share": 0.2,
    "expiry": date(2028, 1, 1),
}
HOLLOW: Row = {
    "in_on": date(2026, 2, 2),
    "out_on": date(2026, 2, 2),
    "goods_moved": False,
    "margin": 0.08,
    "related": True,
}
GOVERNMENT: Row = {"issuer_kind": "government", "return_guaranteed": False}
TROUBLED: Row = {
    **DEBT,
    "coop_id": "K1",
    "county_code": "330825",
    "restricted_name": False,
    "operating_since": date(2019, 1, 1),
    "hidden_debt_baseline_date": date(2023, 7, 1),
    "short_debt": 500,
    "total_assets": 1000,
    "total_liabilities": 800,
    "buyback_equity_unbooked": 0,
    "public_good_capital": 0,
    "cash_total": 120,
    "cash_restricted": 20,
    "assets_pledged": 15,
    "inventory_resources": 80,
    "debt_service_12m": 30,
    "fiscal_debt_service_12m": 0,
    "interest_expensed_12m": 10,
    "interest_capitalised_12m": 3,
    "guarantee_fee_income_12m": 2,
    "revenue_12m": 500,
    "drawn_debt_12m": 0,
    "off_purpose_payments_12m": 0,
    "nonstandard_debt": 0,
    "debt_due_by_month": [{"month_no": 3, "amount": 30}, {"month_no": 13, "amount": 99}],
    "associates": [
        {**FIRM, "associate_id": "E1", "equity_paid": 20, "other_receivable": 5},
        {**FIRM, "associate_id": "E9", "equity_paid": 30},
    ],
    "guarantees": [
        {**GUARANTEE, "party_id": "E1", "balance": 40, "own_share": 0.5},
        {**GUARANTEE, "party_id": "E2", "balance": 25, "own_share": 1},
    ],
    "undertakings": [
        {**PROMISE, "resource_id": "R1", "cap": 100},
        {**PROMISE, "resource_id": "R3", "cap": 50},
    ],
    "co_sharers": [
        {
            "resource_id": "R1",
            "party_id": "B1",
            "kind": "bank",
            "share": 0.8,
            "contract_doc_id": "C1",
        }
    ],
    "documents": [
        {**GOVERNMENT, "doc_id": "G1", "kind": "commitment", "capped": False},
        {
            **GOVERNMENT,
            "doc_id": "G2",
            "kind": "风险补偿",
            "capped": True,
            "budget_doc_id": "B2",
        },
    ],
    "hidden_debt_items": [
        {"item_id": "H1", "first_seen": date(2024, 1, 1), "balance": 7},
        {"item_id": "H2", "first_seen": date(2020, 1, 1), "balance": 900},
    ],
    "acts": [
        {"kind": "stake", "amount": 1, "date": date(2025, 5, 5)},
        {"kind": "stake", "amount": 1, "date": date(2022, 5, 5)},
        {"kind": "stake", "amount": 1, "date": date(2025, 6, 5), "decision_doc_id": "D1"},
    ],
    "trades": [
        {**HOLLOW, "amount": 9},
        {**HOLLOW, "amount": 70, "goods_moved": True},
    ],
    "money_in": [
        {"amount": 3, "public_offer": True, "promised_return": True, "on": date(2021, 1, 1)},
        {"amount": 80, "public_offer": False, "promised_return": True, "on": date(2021, 1, 1)},
    ],
}
NOTHING: Row = {
    name: [] if isinstance(value, list) else 0 if isinstance(value, int) else value
    for name, value in TROUBLED.items()
} | {"coop_id": "K0", "restricted_name": False}
PROJECT: Row = {"coop_id": "K1", "developer_id": "D1"}
BOOK: dict[str, list[Row]] = {
    "county": [{"county_code": "330825", "as_of": AS_OF, "lpr_1y": 0.03}],
    "cooperative": [
        *({**DEBT, "coop_id": "K1", "as_of": day, "short_debt": d} for day, d in EARLIER.items()),
        {**TROUBLED, "as_of": AS_OF},
        *({**DEBT, "coop_id": "K0", "as_of": day, "short_debt": 0} for day in EARLIER),
        {**NOTHING, "as_of": AS_OF},
    ],
    "project": [
        {
            **PROJECT,
            "project_id": "P1",
            "project_company_id": "E1",
            "op_cash_12m": 60,
            "payout_reserve": 10,
            "payouts": [
                {"due_on": date(2026, 1, 1), "due": 90, "paid_on": date(2026, 1, 5), "paid": 90},
                {"due_on": date(2026, 1, 1), "due": 90},
            ],
        },
        {
            **PROJECT,
            "project_id": "P2",
            "project_company_id": "E2",
            "op_cash_12m": 40,
            "payouts": [
                {"due_on": date(2025, 5, 5), "due": 61, "paid_on": date(2025, 5, 5), "paid": 61}
            ],
        },
    ],
    "resource": [
        {
            "resource_id": "R1",
            "coop_id": "K1",
            "village_code": "V1",
            "commodity": "茶",
            "valuation": 300,
            "deposit_mode": "租赁",
        },
        {
            "resource_id": "R2",
            "coop_id": "K1",
            "village_code": "V2",
            "commodity": "毛竹",
            "valuation": 100,
            "deposit_mode": "入股",
        },
        {
            "resource_id": "R3",
            "coop_id": "K1",
            "village_code": "V1",
            "valuation": 999,
            "deposit_mode": "承诺收购",
        },
    ],
}
FEN = {
    "gov_promises": 1,
    "hidden_debt_new": 700,
    "acts_without_paper": 1,
    "public_money_promised": 300,
    "payouts_from_new_money_periods": 2,
    "guarantee_fee_unlicensed_12m": 200,
    "financing_trade_12m": 900,
    "short_debt_gap": 40_000,
    "idle_cash_with_debt": 7_000,
    "debt_due_peak_month": 3_000,
    "debt_avg_12m": 30_000,
    "largest_project": 4_500,
    "largest_developer": 7_000,
    "largest_village": 13_000,
    "largest_commodity": 8_000,
    "encumbered_assets": 3_500,
}
LINES = (
    *("RL-18", "RL-19", "RL-20", "RL-21", "RL-36", "RL-37"),
    *("RL-41", "RL-43", "RL-45", "RL-46", "RL-47"),
)


@pytest.fixture(scope="module")
def frame(book_of: Callable[..., Book]) -> Frame:
    sides = {name for id in LINES for name in NOW.red_lines[id].sides()}
    wanted = sorted(sides | {*FEN})
    book = book_of(**BOOK)
    return evaluate(book, "cooperative", wanted, at=DAY, parameters=POLICY.parameters())


def seen(frame: Frame, key: str) -> dict[str, float]:
    row = frame.keys.index(key)
    return {name: float(frame.columns[name][row]) for name in FEN}


def states(frame: Frame, key: str) -> dict[str, str]:
    verdicts = judge_one(frame, NOW, LINES, row=frame.keys.index(key))
    return {verdict.rule.id: verdict.state.word for verdict in verdicts}


def test_each_side_is_made_of_the_rows_that_belong_to_it(frame: Frame) -> None:
    assert seen(frame, "K1") == FEN


def test_each_line_sees_its_sides(frame: Frame) -> None:
    assert states(frame, "K1") == {
        "RL-18": "breach",
        "RL-19": "pass",
        "RL-20": "pass",
        "RL-21": "not_applicable",
        "RL-36": "breach",
        "RL-37": "breach",
        "RL-41": "breach",
        "RL-43": "warn",
        "RL-45": "breach",
        "RL-46": "breach",
        "RL-47": "pass",
    }


def test_a_book_of_nothing_breaches_nothing(frame: Frame) -> None:
    assert seen(frame, "K0") == dict.fromkeys(FEN, 0)
    good = (State.PASS.word, State.NOT_APPLICABLE.word)
    assert {id: state for id, state in states(frame, "K0").items() if state not in good} == {}
