"""The sides of RL-01 … RL-07 and what else a cooperative has, by hand numbers (money in 分)."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from math import nan

import numpy as np
import pytest

from features.arrays import Floats, Rows
from features.cooperative import concentration, conduct, earnings, leverage, liquidity


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, expected, equal_nan=True)


def days(*texts: str) -> Floats:
    return np.array(texts, dtype="datetime64[D]").astype(np.int64).astype(np.float64)


SIDES: list[tuple[Callable[..., Floats], tuple[float, ...], float]] = [
    (leverage.liabilities_adjusted, (600, 30, 5), 635),
    (leverage.assets_adjusted, (1000, 100), 900),
    (leverage.net_assets, (900, 635), 265),
    (leverage.net_assets, (600, 635), -35),
    (leverage.interest_bearing_debt, (1, 20, 300, 4000, 50000, 600000, 7000000), 7654321),
    (leverage.net_debt, (100, 130), -30),
    (liquidity.cash_unrestricted, (80, 30), 50),
    (liquidity.short_debt_total, (1, 20, 300), 321),
    (liquidity.current_assets_free, (500, 30, 70), 400),
    (liquidity.quick_assets, (400, 100, 20, 3), 277),
    (liquidity.quick_assets_reported, (500, 100, 20, 3), 377),
    (earnings.ebit_clean_12m, (10, 25), -15),
    (earnings.interest_total_12m, (7, 8), 15),
]


@pytest.mark.parametrize(("side", "given", "expected"), SIDES)
def test_a_side_is_its_formula(
    side: Callable[..., Floats], given: tuple[float, ...], expected: float
) -> None:
    assert same(side(*(col(value) for value in given)), expected)


@pytest.mark.parametrize("side", [side for side, _, _ in SIDES])
def test_a_side_without_one_part_is_missing(side: Callable[..., Floats]) -> None:
    parts = len(signature(side).parameters)
    for absent in range(parts):
        given = [col(nan if place == absent else 1) for place in range(parts)]
        assert same(side(*given), nan)


@pytest.mark.parametrize("side", [side for side, _, _ in SIDES])
def test_a_side_of_nothing_is_zero(side: Callable[..., Floats]) -> None:
    assert same(side(*(col(0) for _ in signature(side).parameters)), 0)


ENDS = days("2022-12-31", "2023-12-31", "2024-12-31", "2025-06-30")
PAST = Rows(np.array([0, 4]), np.array([True]))


def losses(cfo: Floats, profit: Floats, since: str = "2015-05-01", grace: float = 3) -> Floats:
    today, own = days("2025-09-30"), col(-1)
    return earnings.loss_years(
        own, own, today, days(since), cfo, profit, ENDS, PAST, loss_grace_years=col(grace)
    )


def test_a_loss_year_loses_both_cash_and_profit() -> None:
    assert same(losses(col(1, -1, -1, 5), col(1, -1, -1, 5)), 2)
    assert same(losses(col(1, -1, -1, -1), col(1, 1, -1, -1)), 1)
    assert same(losses(col(-1, -1, 0, -1), col(-1, -1, -1, -1)), 0)


def test_a_missing_result_counts_only_where_it_decides() -> None:
    assert same(losses(col(1, -1, nan, 5), col(1, -1, -1, 5)), nan)
    assert same(losses(col(1, -1, nan, 5), col(1, -1, 3, 5)), 0)


def test_the_first_years_of_a_young_cooperative_do_not_count() -> None:
    every = col(-1, -1, -1, -1)
    assert same(losses(every, every, since="2021-05-01"), 1)
    assert same(losses(every, every, since="2021-05-01", grace=2), 2)
    assert same(losses(every, every, since="2023-05-01"), 0)
    assert same(losses(every, every), nan)


TODAY = "2026-03-31"


def rent(
    due_on: Floats,
    due: Floats,
    paid_on: Floats,
    paid: Floats,
    declared: bool = True,
    read_on: str = TODAY,
) -> Floats:
    rows = Rows(np.array([0, len(due)]), np.array([declared]))
    read = days(*[read_on] * len(due))
    return conduct.rent_paid_on_time_share(due_on, due, paid_on, paid, read, rows, days(TODAY))


def test_rent_is_paid_in_time_in_full_and_within_24_months() -> None:
    due_on = days(
        "2024-03-30", "2024-03-31", "2025-01-01", "2025-02-01", "2026-03-30", "2026-03-31"
    )
    paid_on = days(
        "2025-01-01", "2024-03-31", "2025-01-02", "2025-02-01", "2026-03-30", "2026-03-31"
    )
    paid_on[4] = nan
    due, paid = col(1, 10, 10, 10, 10, 10), col(0, 10, 10, 9, 10, 0)
    assert same(rent(due_on, due, paid_on, paid), 0.25)


def test_rent_that_fell_due_after_the_reading_is_not_known_to_be_late() -> None:
    due_on, amounts = days("2025-11-20", "2026-02-20"), col(10, 10)
    paid_on = days("2025-11-20", "2026-01-01")
    paid_on[1] = nan
    assert same(rent(due_on, amounts, paid_on, col(10, 0), read_on="2025-12-31"), 1)
    assert same(rent(due_on, amounts, paid_on, col(10, 0)), 0.5)


def test_rent_that_never_fell_due_or_is_undeclared_is_missing() -> None:
    assert same(rent(col(), col(), col(), col()), nan)
    assert same(rent(col(), col(), col(), col(), declared=False), nan)


def test_the_pool_is_worth_all_its_resources() -> None:
    rows = Rows(np.array([0, 2, 2]), np.array([True, True]))
    assert same(concentration.resource_pool_value(col(30, 50), rows), 80, 0)
    assert same(concentration.resource_pool_value(col(30, nan), rows), nan, 0)
