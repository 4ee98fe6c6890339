"""Cures of the cooperative's balance sheet, each amount worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from features.scene import Scene
from risk.cure import with_cures
from risk.red_lines import State, judge_one
from tests.risk.cure.sheets import changes, coop, cures, effective, states


def leveraged(cash: float, short: float) -> Scene:
    """Return the body of domain 7.3: A 1,000, L 720, investment type."""
    return coop(
        total_assets=1000,
        current_assets=500,
        cash_total=cash,
        total_liabilities=720,
        current_liabilities=short,
        short_debt=short,
        long_debt=720 - short,
        equity=280,
    )


def test_the_example_of_the_domain_page() -> None:
    # x = (L − ℓA) ÷ (1 − ℓ) = (720 − 650) ÷ 0.35 = 200; x = L ÷ ℓ − A = 107.692307…
    found = cures(leveraged(cash=400, short=100), "RL-01")
    assert found["repay"].amount == 200_000_000
    assert found["inject_equity"].document()["amount"] == "1076923.08"
    assert found["sell_asset"].amount == 200_000_000
    assert changes(found["repay"]) == {
        "cash_total": "-2000000.00",
        "current_assets": "-2000000.00",
        "total_assets": "-2000000.00",
        "short_debt": "-1000000.00",
        "current_liabilities": "-1000000.00",
        "long_debt": "-1000000.00",
        "total_liabilities": "-2000000.00",
    }


def test_a_cure_that_sinks_another_line_is_not_shown() -> None:
    # cash 230 of 300 is .77; after repaying 200 it is 30 of 100: below .5
    body = leveraged(cash=230, short=300)
    assert states(body)["RL-05"] is State.WARN
    found = cures(body, "RL-01")
    assert "repay" not in found
    assert found["inject_equity"].amount == 107_692_308
    assert ("RL-05", State.WARN, State.PASS) in found["inject_equity"].also


def test_no_more_cash_than_is_free_is_spent() -> None:
    body = leveraged(cash=400, short=100).changed({"cash_restricted": 200_000_001.0})
    assert "repay" not in cures(body, "RL-01")
    body = leveraged(cash=400, short=100).changed({"cash_restricted": 200_000_000.0})
    assert "repay" in cures(body, "RL-01")


def test_what_is_pledged_is_not_for_sale() -> None:
    # long-term assets of 300, of which 200 must be sold
    body = leveraged(cash=400, short=100).changed({"current_assets": 700_000_000.0})
    assert "sell_asset" in cures(body.changed({"assets_pledged": 100_000_000.0}), "RL-01")
    assert "sell_asset" not in cures(body.changed({"assets_pledged": 100_000_001.0}), "RL-01")


def test_short_debt_is_made_long() -> None:
    # cash 30 of short debt 60 + 40: 70 must go beyond twelve months, of the loan first
    body = coop(
        total_assets=1000,
        current_assets=300,
        cash_total=30,
        total_liabilities=150,
        current_liabilities=120,
        short_debt=60,
        ltd_due_12m=40,
        long_debt=30,
        equity=850,
    )
    months = np.array([1.0, 2.0, 14.0])
    due = np.array([50.0, 50.0, 30.0]) * 1_000_000
    body = body.added("debt_due_by_month", {"month_no": months, "amount": due})
    found = cures(body, "RL-05")
    assert changes(found["re_term"]) == {
        "short_debt": "-600000.00",
        "current_liabilities": "-700000.00",
        "ltd_due_12m": "-100000.00",
        "long_debt": "+700000.00",
        "debt_due_by_month.amount[1]": "-500000.00",
        "debt_due_by_month.amount[2]": "-200000.00",
        "debt_due_by_month.month_no[4]": "36",
        "debt_due_by_month.amount[4]": "700000.00",
    }
    assert found["re_term"].amount == 70_000_000


def test_interest_of_the_past_has_no_cure() -> None:
    body = leveraged(cash=400, short=100).changed(
        {"ebit_12m": 1_000_000.0, "interest_expensed_12m": 1_000_000.0}
    )
    assert states(body)["RL-06"] is State.WARN
    assert cures(body, "RL-06") == {}


def test_a_verdict_shows_its_cures_only_where_they_were_sought() -> None:
    body = leveraged(cash=400, short=100)
    verdicts = judge_one(body.frame(), effective())
    assert all("cures" not in verdict.document() for verdict in verdicts)
    documents: list[Any] = [v.document() for v in with_cures(body, effective(), verdicts)]
    shown = {document["rule"]: document["cures"] for document in documents}
    assert shown["RL-03"] == []
    assert [cure["act"] for cure in shown["RL-01"]] == ["inject_equity", "sell_asset", "repay"]
    first = shown["RL-01"][0]
    assert set(first) == {"act", "amount", "to_state", "also_changes", "postings"}
    assert first["to_state"] == "pass"


@pytest.mark.parametrize("rule", ["RL-01", "RL-02"])
def test_what_is_not_known_is_not_cured(rule: str) -> None:
    body = leveraged(cash=400, short=100).changed({"total_liabilities": float("nan")})
    verdicts = judge_one(body.frame(), effective())
    assert {v.rule.id: v.state for v in verdicts}[rule] is State.UNKNOWN
    assert all(v.cures == () for v in with_cures(body, effective(), verdicts) if v.rule.id == rule)
