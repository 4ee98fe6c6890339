"""What is in force on a day: its bytes, its hash, its replay, its parameters."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from features.canonical import sha256_hex
from risk.files import EffectivePolicy, load_policy

POLICY = load_policy()
DAY = date(2026, 3, 31)
NOW = POLICY.effective(DAY)


def test_stored_bytes_give_the_same_policy_back() -> None:
    again = EffectivePolicy.from_content(NOW.content)
    assert again.sha256 == NOW.sha256 == sha256_hex(NOW.content)
    assert again.red_lines == NOW.red_lines
    assert again.products == NOW.products
    assert again.scorecards == NOW.scorecards


def test_days_between_changes_share_one_policy() -> None:
    assert POLICY.effective(date(2026, 1, 1)) is NOW


def test_nothing_is_in_force_before_its_first_day() -> None:
    before = POLICY.effective(date(2023, 6, 30))
    assert all(not test.limits for line in before.red_lines.values() for test in line.tests)
    assert before.products == {}
    first = POLICY.effective(date(2023, 7, 1))
    assert first.products == NOW.products
    assert first.red_lines["RL-05"] == NOW.red_lines["RL-05"]


def test_a_change_of_one_line_changes_its_version_alone() -> None:
    before = POLICY.effective(date(2023, 6, 30))
    lines = NOW.red_lines
    assert all(before.red_lines[id].rule_version != lines[id].rule_version for id in lines)
    assert len({line.rule_version for line in lines.values()}) == len(lines)


def test_parameter_is_a_step_function_of_the_day() -> None:
    of_day = POLICY.parameters()["loss_grace_years"]
    first = np.datetime64("2023-07-01").astype(np.int64)
    np.testing.assert_equal(of_day(np.array([first - 1, first, first + 999])), [np.nan, 3.0, 3.0])


@pytest.mark.parametrize(
    ("pd", "grade"),
    [
        ("0.000000", "AAA"),
        ("0.005000", "AAA"),
        ("0.005001", "AA"),
        ("0.050000", "BB"),
        ("0.120000", "CCC"),
        ("0.120001", "CC"),
        ("1.000000", "CC"),
    ],
)
def test_grade_holds_pds_up_to_its_bound(pd: str, grade: str) -> None:
    assert NOW.grade(Decimal(pd)) == grade


def test_products_are_those_of_the_term_sheets() -> None:
    credit, deposit = NOW.products["credit"], NOW.products["deposit"]
    assert (credit.anchor, deposit.anchor) == (Decimal("0.020"), Decimal("0.030"))
    assert credit.red_lines == ()
    assert {NOW.red_lines[id].subject for id in deposit.red_lines} == {"cooperative"}
    assert credit.features["eco_credit_pct"] == "R"
    assert (credit.features["annual_income"], credit.features["max_dpd_24m"]) == (-1, 1)
    assert credit.features["income_source_count"] == 0


def test_card_has_the_range_that_its_weights_are_shares_of() -> None:
    for card, expected in (("credit", 567), ("deposit", 506)):
        bins = NOW.scorecards[card].bins.values()
        points = [[part for _, part in row] for row in bins]
        assert sum(max(row) - min(row) for row in points) == expected


def test_money_of_a_product_is_shown_in_yuan() -> None:
    credit = NOW.products["credit"]
    assert credit.shown("annual_income", Decimal(12345)) == Decimal("123.45")
    assert credit.shown("max_dpd_24m", Decimal(31)) == Decimal(31)
    assert credit.shown("loan_to_income", None) is None
