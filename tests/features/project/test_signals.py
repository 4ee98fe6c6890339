"""What a project shows of its developer, by hand numbers (money in 分)."""

from __future__ import annotations

from math import inf, isnan, nan

import pytest

from features.project import signals
from tests.features.cooperative.registers import Cell, Row, seen

TODAY = "2026-03-31"


def alike(one: float, other: float) -> bool:
    return one == other or (isnan(one) and isnan(other))


def on_day(text: str) -> float:
    return seen(signals.last_spent_on, {"invest_actual": [spent(text)]}, judged_on="2030-01-01")


def reached(kind: str, on: str | None) -> Row:
    return {"kind": kind, "on": on}


def spent(on: str | None, amount: float = 5) -> Row:
    return {"on": on, "amount": amount}


def test_milestones_count_once_reached() -> None:
    listed = [reached("立项", "2025-01-01"), reached("用地", TODAY), reached("环评", "2026-04-01")]
    assert seen(signals.milestones_count, {"milestones": listed}, judged_on=TODAY) == 2
    assert seen(signals.milestones_count, {"milestones": []}, judged_on=TODAY) == 0
    assert isnan(seen(signals.milestones_count, {"milestones": None}, judged_on=TODAY))


def test_the_last_spending_is_of_money_and_by_today() -> None:
    paid = [spent("2025-03-01"), spent("2025-09-01"), spent("2025-12-01", 0), spent("2026-06-01")]
    last = seen(signals.last_spent_on, {"invest_actual": paid}, judged_on=TODAY)
    assert last == on_day("2025-09-01")
    assert seen(signals.last_spent_on, {"invest_actual": []}, judged_on=TODAY) == 0
    assert isnan(seen(signals.last_spent_on, {"invest_actual": [spent(None)]}, judged_on=TODAY))


@pytest.mark.parametrize(
    ("milestones", "planned", "expected"),
    [
        ([], 101, 1),
        ([], 100, 0),
        ([reached("construction_start", "2025-01-01")], 101, 1),
        ([reached("construction_end", "2025-01-01")], 101, 0),
        ([reached("operation", "2025-01-01")], 101, 0),
        ([reached("operation", "2027-01-01")], 101, 1),
        (None, 101, nan),
        (None, 100, 0),
    ],
)
def test_a_project_is_behind_plan_until_it_is_finished(
    milestones: list[Row] | None, planned: float, expected: float
) -> None:
    flag = seen(
        signals.is_behind_plan,
        {"milestones": milestones},
        planned_to_date=planned,
        spent_to_date=100,
        judged_on=TODAY,
    )
    assert alike(flag, expected)


def reading(day: str, **values: Cell) -> Row:
    return {"as_of": day, **values}


def exit_seen(past: list[tuple[str, str]], now: str) -> float:
    readings = [reading(day, life_state=state) for day, state in past]
    gone = float(now == "退出")
    return seen(
        signals.exit_seen_on, {"past": readings}, life_state__退出=gone, as_of="2025-12-31"
    )


def test_the_exit_is_that_of_the_first_reading_that_has_it() -> None:
    earlier = [("2025-06-30", "在营"), ("2025-09-30", "退出")]
    assert exit_seen(earlier, "退出") == on_day("2025-09-30")
    assert exit_seen(earlier[:1], "退出") == on_day("2025-12-31")
    assert exit_seen(earlier[:1], "在营") == inf
    assert exit_seen([], "在营") == inf


def test_funding_is_summed_and_payouts_count_when_paid() -> None:
    assert seen(signals.funding_total, {"funding": [{"amount": 3}, {"amount": 40}]}) == 43
    payouts: list[Row] = [
        {"paid_on": "2025-03-31", "paid": 1},
        {"paid_on": "2025-04-01", "paid": 20},
        {"paid_on": TODAY, "paid": 300},
        {"paid_on": None, "paid": 4000},
    ]
    assert seen(signals.payouts_paid_12m, {"payouts": payouts}, as_of=TODAY) == 320
    assert isnan(seen(signals.payouts_paid_12m, {"payouts": None}, as_of=TODAY))


PAYS: dict[str, Cell] = {
    "payouts_paid_12m": 101,
    "payout_cash_cover": 100,
    "funding_total": 60,
    "approved_on": "2020-01-01",
    "as_of": TODAY,
}
YEAR_AGO = [reading("2024-12-31", funding_total=40), reading("2025-03-31", funding_total=50)]


def pays(past: list[Row], **changed: Cell) -> float:
    return seen(signals.pays_from_new_money, {"past": past}, **(PAYS | changed))


def test_payouts_beyond_the_cash_while_funding_rises_come_from_new_money() -> None:
    assert pays(YEAR_AGO) == 1
    assert pays(YEAR_AGO, payouts_paid_12m=100) == 0
    assert pays(YEAR_AGO, funding_total=50) == 0
    later = [*YEAR_AGO, reading("2025-09-30", funding_total=99)]
    assert pays(later) == 1


def test_all_the_money_of_a_new_project_is_new() -> None:
    assert pays([], approved_on="2025-06-01") == 1
    assert pays([], approved_on="2025-06-01", funding_total=0) == 0


def test_without_a_reading_of_a_year_ago_nobody_knows_whether_funding_rose() -> None:
    assert isnan(pays([]))
    assert pays([], payouts_paid_12m=100) == 0
    assert isnan(pays(YEAR_AGO, payout_cash_cover=None))


def test_one_resource_is_enough() -> None:
    for feature, name in (
        (signals.land_drift, "built_on_farmland"),
        (signals.valuation_jump, "valuation_jump"),
    ):
        flags: dict[float, list[Cell]] = {1: [0, None, 1], 0: [0, 0], nan: [0, None]}
        for expected, listed in flags.items():
            rows: list[Row] = [{name: flag} for flag in listed]
            assert alike(seen(feature, {"resource": rows}), expected)
        assert seen(feature, {"resource": []}) == 0
