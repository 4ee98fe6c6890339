"""Reasons: adverse, signed, ordered, at most four, with what would matter."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.files import load_policy
from risk.reason_codes import reasons
from tests.risk.scores import score

NOW = load_policy().effective(date(2026, 3, 31))
CREDIT = NOW.products["credit"]
CARD = NOW.scorecards["credit"]
CODES = NOW.reason_codes


def test_reasons_stand_by_cost_and_leave_out_what_is_unsigned_or_rewards() -> None:
    made = score(
        "0.08",
        {
            "inquiries_6m": ("4", -14),
            "max_dpd_24m": ("31", -40),
            "eco_credit_pct": ("0", -99),
            "income_source_count": ("1", -98),
            "annual_income": ("12345", 3),
            "lender_count": ("3", -14),
        },
    )
    found = [reason.feature for reason in reasons(CREDIT, made, CODES)]
    assert found == ["max_dpd_24m", "inquiries_6m", "lender_count"]


def test_no_more_than_four() -> None:
    names = [name for name, sign in CREDIT.features.items() if sign == 1]
    made = score("0.08", {name: ("1", -at) for at, name in enumerate(names, 1)})
    found = reasons(CREDIT, made, CODES)
    assert [reason.feature for reason in found] == names[-1:-5:-1]


@pytest.mark.parametrize(
    ("feature", "value", "change"),
    [
        ("max_dpd_24m", "31", "30"),
        ("max_dpd_24m", "30", "7"),
        ("max_dpd_24m", "999", "60"),
        ("debt_service_to_income", "0.500001", "0.50"),
        ("op_cash_dscr", "0.999999", "1.0"),
        ("op_cash_dscr", "1.0", "1.2"),
        ("experience_years", "1", "2"),
    ],
)
def test_card_names_the_next_better_bin(feature: str, value: str, change: str) -> None:
    made = score("0.08", {feature: (value, -10)}, evidence="expert", reference=None)
    assert reasons(CREDIT, made, CODES, CARD)[0].change == Decimal(change)


def test_model_names_the_reference_in_the_unit_people_read() -> None:
    made = score("0.08", {"annual_income": ("1234500", -10)}, reference="2000000")
    reason = reasons(CREDIT, made, CODES)[0]
    assert (reason.value, reason.reference) == (Decimal(12345), Decimal(20000))
    assert reason.document()["change"] == {"from": Decimal(12345), "to": Decimal(20000)}


def test_missing_value_has_no_change_on_a_card() -> None:
    made = score("0.08", {"max_dpd_24m": (None, -10)}, evidence="expert")
    reason = reasons(CREDIT, made, CODES, CARD)[0]
    assert (reason.value, reason.change) == (None, None)


@given(st.dictionaries(st.sampled_from(list(CREDIT.features)), st.integers(-80, 20)))
def test_reasons_are_adverse_signed_ordered_and_few(points: dict[str, int]) -> None:
    made = score("0.08", {name: ("1", number) for name, number in points.items()})
    found = reasons(CREDIT, made, CODES)
    costs = [points[reason.feature] for reason in found]
    assert costs == sorted(costs)
    assert all(cost < 0 for cost in costs)
    assert all(CREDIT.features[reason.feature] in (1, -1) for reason in found)
    adverse = [n for name, n in points.items() if n < 0 and CREDIT.features[name] in (1, -1)]
    assert len(found) == min(4, len(adverse))
