"""Earlier readings by quarter and half-year, by hand numbers."""

from __future__ import annotations

from math import nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given as holds_for
from hypothesis import strategies as st

from features import arrays as a
from features.arrays import Floats, Rows


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def days(*texts: str) -> Floats:
    return np.array(texts, dtype="datetime64[D]").astype(np.int64).astype(np.float64)


def rows(count: int, declared: bool = True) -> Rows:
    return Rows(np.array([0, count]), np.array([declared]))


QUARTERS = ("2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31")


def mean(
    values: tuple[float, ...],
    ends: tuple[str, ...],
    today: str = "2026-03-31",
    own: float = 10,
    since: str = "2015-01-01",
) -> float:
    past = rows(len(values))
    seen = a.quarters_mean(
        col(*values), days(*ends), past, col(own), days(today), days(since), col(5)
    )
    return float(seen[0])


def test_the_mean_is_over_the_newest_reading_and_four_quarter_ends() -> None:
    assert mean((1, 2, 3, 4), QUARTERS) == (10 + 1 + 2 + 3 + 4) / 5


def test_older_readings_and_those_between_quarter_ends_are_left_out() -> None:
    ends = ("2024-12-31", *QUARTERS[:2], "2025-07-31", *QUARTERS[2:], "2026-02-15")
    assert mean((500, 1, 2, 500, 3, 4, 500), ends) == 4


def test_a_reading_between_two_quarter_ends_takes_those_before_it() -> None:
    assert mean((1, 2, 3, 4), QUARTERS, today="2026-02-15") == 4
    assert mean((1, 2, 3, 4), QUARTERS, today="2026-03-30") == 4
    assert np.isnan(mean((1, 2, 3, 4), QUARTERS, today="2026-04-01"))


def test_a_quarter_end_without_a_reading_is_missing() -> None:
    assert np.isnan(mean((1, 2, 4), (*QUARTERS[:2], QUARTERS[3])))
    assert np.isnan(mean((), ()))
    assert np.isnan(mean((1, 2, nan, 4), QUARTERS))
    assert np.isnan(mean((1, 2, 3, 4), QUARTERS, own=nan))


def test_a_young_subject_is_judged_on_the_readings_there_are() -> None:
    assert mean((2, 4), QUARTERS[2:], since="2025-07-01") == (10 + 2 + 4) / 3
    assert mean((), (), since="2026-02-01") == 10
    assert mean((), (), since="2025-01-01") == 10
    assert np.isnan(mean((), (), since="2024-12-31")), "opened 15 months ago"


def test_an_unknown_beginning_is_not_young() -> None:
    args = (col(), col(), rows(0), col(10), days("2026-03-31"))
    assert np.isnan(a.quarters_mean(*args, col(nan), col(5))[0])
    assert np.isnan(a.quarters_mean(*args, days("2026-01-01"), col(nan))[0])


# ------------------------------------------------------------------ half-years


PAID_ON = ("2025-11-15", "2025-05-20", "2024-12-30")
HALVES = ("2024-06-30", "2024-12-31", "2025-06-30")


def run(
    paid: tuple[float, ...] = (100, 100, 100),
    paid_on: tuple[str, ...] = PAID_ON,
    means: float = 50,
    debts: tuple[float, ...] = (1, 2, 3),
    ends: tuple[str, ...] = HALVES,
    debt: float = 4,
    taken: tuple[float, ...] = (),
    taken_on: tuple[str, ...] = (),
    money: bool = True,
    today: str = "2025-12-31",
    enough: float = 2,
) -> float:
    seen = a.new_money_run(
        col(*paid),
        days(*paid_on),
        rows(len(paid)),
        col(means),
        col(*taken),
        days(*taken_on),
        rows(len(taken), money),
        col(*debts),
        days(*ends),
        rows(len(debts)),
        col(debt),
        days(today),
        col(enough),
    )
    return float(seen[0])


def test_half_years_in_a_row_while_debt_rises() -> None:
    assert run() == 3
    assert run(debt=3) == 0, "debt that stood still"
    assert run(debts=(1, 3, 3)) == 1
    assert run(means=100) == 0, "exactly what its own cash can pay"
    assert run(means=99) == 3


def test_half_years_in_a_row_while_money_comes_in() -> None:
    still: dict[str, Any] = {"debts": (4.0, 4.0, 4.0), "debt": 4.0}
    assert run(**still) == 0
    assert run(**still, taken=(5, 6), taken_on=("2025-06-30", "2025-07-01")) == 2
    assert run(**still, taken=(6, 6), taken_on=("2025-06-30", "2025-07-01")) == 0


@pytest.mark.parametrize(("day", "expected"), [("2025-07-01", 1), ("2025-06-30", 0)])
def test_a_half_year_of_june_ends_on_the_thirtieth(day: str, expected: float) -> None:
    assert run(paid=(100,), paid_on=(day,)) == expected
    assert run(paid=(100,), paid_on=("2025-12-31",), today="2026-06-30", debt=4) == 0
    own: dict[str, Any] = {"debts": (3.0,), "ends": ("2025-12-31",)}
    assert run(paid=(100,), paid_on=("2026-01-01",), today="2026-06-30", **own) == 1


def test_payouts_of_nothing_need_neither_cash_nor_history() -> None:
    assert run(paid=(), paid_on=(), means=nan, debts=(), ends=(), debt=nan, money=False) == 0
    assert run(paid=(), paid_on=(), means=-900) == 0
    assert run(paid=(0,), paid_on=("2025-12-01",), means=-900) == 0


def test_cash_below_nothing_pays_nothing() -> None:
    assert run(paid=(1, 1, 1), means=-900) == 3


def test_history_that_decides_and_is_not_there_is_missing() -> None:
    assert np.isnan(run(means=nan))
    assert np.isnan(run(debts=(), ends=()))
    assert np.isnan(run(debts=(3,), ends=("2025-06-30",))), "the second half-year may count or not"
    assert run(debts=(2, 3), ends=("2024-12-31", "2025-06-30")) == 2, "two are enough"
    assert np.isnan(run(debts=(2, 3), ends=("2024-12-31", "2025-06-30"), enough=3))
    assert run(debts=(2, 3), ends=("2024-12-31", "2025-06-30"), paid=(100, 10, 100)) == 1


def test_one_rise_is_enough_where_the_other_is_not_known() -> None:
    assert run(money=False) == 3
    assert np.isnan(run(debt=3, money=False))
    taken: dict[str, Any] = {"taken": (5.0,), "taken_on": ("2025-08-01",)}
    assert run(debts=(), ends=(), debt=nan, paid=(100,), paid_on=PAID_ON[:1], **taken) == 1


def test_a_payout_without_a_day_could_lie_in_any_half_year() -> None:
    paid_on = np.append(days("2025-11-15"), nan)
    for amount, expected in ((5.0, nan), (0.0, 1.0)):
        seen = a.new_money_run(
            col(100, amount),
            paid_on,
            rows(2),
            col(50),
            *(col(), col(), rows(0)),
            *(col(1, 2, 3), days(*HALVES), rows(3)),
            col(4),
            days("2025-12-31"),
            col(2),
        )
        assert np.array_equal(seen, col(expected), equal_nan=True)


def test_a_half_years_debt_is_that_of_the_last_quarter_before_its_end() -> None:
    assert run(paid=(100,), paid_on=PAID_ON[:1], debts=(3,), ends=("2025-05-31",)) == 1
    assert np.isnan(run(paid=(100,), paid_on=PAID_ON[:1], debts=(3,), ends=("2025-03-31",)))


@holds_for(
    st.lists(st.integers(0, 60), min_size=4, max_size=4),
    st.lists(st.integers(0, 9), min_size=5, max_size=5),
    st.integers(-20, 60),
    st.integers(0, 3),
    st.integers(1, 9),
)
def test_more_paid_and_less_cash_never_shorten_the_run(
    paid: list[int], debts: list[int], means: int, which: int, more: int
) -> None:
    on = ("2025-11-15", "2025-05-20", "2024-12-30", "2024-03-03")
    ends = ("2023-12-31", "2024-06-30", "2024-12-31", "2025-06-30")
    known: dict[str, Any] = {
        "paid_on": on,
        "debts": tuple(map(float, debts[:4])),
        "ends": ends,
        "debt": float(debts[4]),
        "enough": 9.0,
    }
    worse = [amount + (more if place == which else 0) for place, amount in enumerate(paid)]
    before = run(paid=tuple(map(float, paid)), means=float(means), **known)
    assert run(paid=tuple(map(float, worse)), means=float(means), **known) >= before
    assert run(paid=tuple(map(float, paid)), means=float(means - more), **known) >= before
