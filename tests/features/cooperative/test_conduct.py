"""Acts, money of the public, fees and trades of a cooperative, by hand (money in 分)."""

from __future__ import annotations

from math import nan
from typing import Any

import numpy as np
import pytest

from features.arrays import Floats, Rows
from features.cooperative import conduct

AS_OF = "2026-03-31"


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def days(*texts: str) -> Floats:
    return np.array(texts, dtype="datetime64[D]").astype(np.int64).astype(np.float64)


def rows(count: int, declared: bool = True) -> Rows:
    return Rows(np.array([0, count]), np.array([declared]))


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, expected, equal_nan=True)


# ------------------------------------------------------------------ acts


def acts(dates: Floats, papers: Floats, declared: bool = True) -> Floats:
    register = rows(len(dates), declared)
    return conduct.acts_without_paper(
        dates, papers, register, days(AS_OF), act_window_months=col(36)
    )


def test_an_act_of_three_years_needs_its_paper() -> None:
    dates = days("2023-03-31", "2023-04-01", "2025-05-05", "2026-04-02")
    assert same(acts(dates, col(nan, nan, 4, nan)), 2)
    assert same(acts(dates, col(1, 2, 3, 4)), 0)


def test_acts_that_are_not_known_are_missing_unless_they_have_their_paper() -> None:
    assert same(acts(col(nan), col(nan)), nan)
    assert same(acts(col(nan), col(3)), 0)
    assert same(acts(col(), col()), 0)
    assert same(acts(col(), col(), declared=False), nan)


# ------------------------------------------------------------------ money of the public


def promised(offer: float, promise: float, licence: float, amount: float = 500) -> Floats:
    return conduct.public_money_promised(
        col(amount, 7), col(offer, 0), col(promise, 1), col(licence, nan), rows(2)
    )


def test_money_of_the_public_with_a_promise_needs_a_licence() -> None:
    assert same(promised(1, 1, nan), 500)
    assert same(promised(1, 1, 9), 0)
    assert same(promised(0, 1, nan), 0)
    assert same(promised(1, 0, nan), 0)


def test_an_offer_that_is_not_known_is_missing_unless_something_else_clears_it() -> None:
    assert same(promised(nan, 1, nan), nan)
    assert same(promised(nan, 1, 9), 0)
    assert same(promised(nan, 0, nan), 0)
    assert same(promised(1, 1, nan, amount=nan), nan)
    assert same(promised(1, 0, nan, amount=nan), 0)
    nothing = (col(), col(), col(), col())
    assert same(conduct.public_money_promised(*nothing, rows(0)), 0)
    assert same(conduct.public_money_promised(*nothing, rows(0, declared=False)), nan)


# ------------------------------------------------------------------ payouts


def periods(op_cash: Floats, reserve: Floats, projects: bool = True) -> Floats:
    """Return the run over one payout of 100 and rising debt, against the projects' means."""
    return conduct.payouts_from_new_money_periods(
        col(100),
        days("2026-01-05"),
        rows(1),
        op_cash,
        reserve,
        rows(len(op_cash), projects),
        col(),
        col(),
        rows(0),
        col(3),
        days("2025-09-30"),
        rows(1),
        col(4),
        days(AS_OF),
        new_money_half_years=col(2),
    )


def test_payouts_are_held_against_half_a_year_of_cash_and_the_reserve() -> None:
    assert same(periods(col(100, 60), col(10, 10)), 0)
    assert same(periods(col(100, 58), col(10, 10)), 1)
    assert same(periods(col(), col()), 1)


def test_means_that_are_not_known_are_missing() -> None:
    assert same(periods(col(nan), col(10)), nan)
    assert same(periods(col(), col(), projects=False), nan)


# ------------------------------------------------------------------ fees


def unlicensed(fee: float, number: float, until: str | None, exemption: float = nan) -> Floats:
    end = col(nan) if until is None else days(until)
    return conduct.guarantee_fee_unlicensed_12m(
        col(fee), col(number), end, col(exemption), days(AS_OF)
    )


@pytest.mark.parametrize(
    ("number", "until", "exemption", "expected"),
    [
        (5, "2026-04-01", nan, 0),
        (5, AS_OF, nan, 70),
        (nan, "2026-04-01", nan, 70),
        (nan, None, nan, 70),
        (5, None, nan, nan),
        (5, None, 6, 0),
        (nan, None, 6, 0),
    ],
)
def test_a_fee_needs_a_licence_on_the_day_or_an_exemption(
    number: float, until: str | None, exemption: float, expected: float
) -> None:
    assert same(unlicensed(70, number, until, exemption), expected)
    assert same(unlicensed(0, number, until, exemption), 0)
    assert same(unlicensed(nan, number, until, exemption), nan)


# ------------------------------------------------------------------ trades


def trade(
    in_on: str = "2026-01-05",
    out_on: str = "2026-01-05",
    margin: float = 0.005,
    moved: float = 0,
    related: float = 1,
    amount: float = 900,
) -> Floats:
    return conduct.financing_trade_12m(
        col(amount),
        col(margin),
        days(in_on),
        days(out_on),
        col(moved),
        col(related),
        rows(1),
        days(AS_OF),
        trade_window_months=col(12),
        trade_margin_most=col(0.005),
        trade_signs_fewest=col(3),
    )


ORDINARY: list[dict[str, Any]] = [
    {"in_on": "2026-01-04"},
    {"margin": 0.0051},
    {"moved": 1},
    {"related": 0},
]


def test_three_of_four_signs_make_lending_of_a_trade() -> None:
    assert same(trade(), 900)
    for first in ORDINARY:
        assert same(trade(**first), 900)
        for second in ORDINARY:
            if second is not first:
                assert same(trade(**{**first, **second}), 0)


def test_a_sign_that_is_not_known_counts_only_where_it_decides() -> None:
    assert same(trade(related=nan), 900)
    assert same(trade(related=nan, moved=1), nan)
    assert same(trade(related=nan, moved=1, margin=0.2), 0)
    assert same(trade(amount=nan), nan)
    assert same(trade(amount=nan, moved=1, related=0), 0)


def test_trades_of_twelve_months_count_by_the_day_they_were_sold() -> None:
    assert same(trade(in_on="2025-03-31", out_on="2025-03-31"), 0)
    assert same(trade(in_on="2025-04-01", out_on="2025-04-01"), 900)
    assert same(trade(in_on="2025-03-01", out_on="2025-04-01"), 900)
