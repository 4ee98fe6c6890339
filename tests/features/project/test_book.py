"""The sides of projects and a county, evaluated over a small book: what joins to what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import inf

from features.book import Book
from features.point_in_time import evaluate
from risk.files import load_policy
from risk.red_lines import State, judge_one

DAY = date(2026, 1, 25)
POLICY = load_policy()
MARCH = date(2024, 3, 20)

COUNTY = {
    "county_code": "330825",
    "as_of": date(2025, 12, 31),
    "spring_festival": date(2026, 2, 17),
    "sector_capital_floor": 0.2,
    "gep_ledger": [
        {"project_id": "P1", "kind": "占", "amount": 100, "approved_on": date(2023, 5, 1)},
        {
            "project_id": "P2",
            "kind": "补",
            "amount": 99,
            "approved_on": date(2024, 5, 1),
            "accepted_on": date(2025, 12, 1),
        },
    ],
    "products": [
        {
            "product": "deposit",
            "loan_balance": 1000,
            "npl_balance": 60,
            "overdue_90_balance": 20,
        }
    ],
}
COOPERATIVE = {"coop_id": "K1", "county_code": "330825", "as_of": date(2025, 12, 31)}
HARMFUL = {
    "project_id": "P1",
    "coop_id": "K1",
    "as_of": date(2025, 12, 31),
    "fixed_asset_project": True,
    "weather_normalised": True,
    "price_base": 2020,
    "gep_before": 1000,
    "gep_after": 950,
    "gep_band": 10,
    "gep_reg_before": 700,
    "gep_reg_after": 690,
    "gep_reg_band": 20,
    "total_investment": 1000,
    "project_capital_planned": 190,
    "project_capital_paid": 150,
    "payout_reserve": 5,
    "op_cash_12m": 95,
    "invest_plan": [{"on": MARCH, "amount": 800}],
    "invest_actual": [{"on": MARCH, "amount": 390}],
    "milestones": [{"kind": "construction_start", "on": MARCH}],
    "payouts": [
        {"due_on": date(2025, 11, 25), "due": 10, "paid_on": date(2025, 12, 21), "paid": 4},
        {"due_on": date(2026, 2, 10), "due": 100},
    ],
    "permits": [{"kind": "立项", "required": True, "issued_on": date(2024, 1, 2)}],
    "penalties": [{"kind": "relic", "level": "major", "date": date(2025, 6, 1)}],
    "overlaps": [
        {"layer": "生态保护红线", "basis": "computed", "area": 120.5},
        {"layer": "河道", "basis": "computed", "area": 500},
        {
            "layer": "河道",
            "basis": "attested",
            "area": 20,
            "attestation_doc_id": "浙自然资函1号",
            "attested_on": date(2026, 1, 4),
        },
    ],
    "resources": [{"resource_id": "R1"}, {"resource_id": "R2"}],
}
RESOURCES = [
    {"resource_id": "R1", "as_of": MARCH, "type": "土地经营权", "handover_date": date(2023, 1, 5)},
    {"resource_id": "R2", "as_of": MARCH, "type": "毛竹"},
]
SIDES = {
    "gep_gain_point": -5_000,
    "gep_gain_upper": -4_000,
    "gep_reg_gain_point": -1_000,
    "gep_reg_gain_upper": 1_000,
    "core_area": 0,
    "redline_unpermitted_area": 120.5,
    "protected_unpermitted_area": 20,
    "penalties_minor": 0,
    "penalties_major": 1,
    "env_crime_or_relic_harm": 1,
    "permits_missing": 0,
    "permit_days_left": inf,
    "idle_months_land": 21,
    "idle_months_built": 0,
    "planned_to_date": 80_000,
    "spent_to_date": 39_000,
    "milestones_before_permit": 1,
    "payout_days_late": 36,
    "payouts_due_12m": 10_000,
    "payout_cash_cover": 10_000,
    "festival_unfunded": 1,
    "county__sector_capital_floor": 0.2,
}
STATES = {
    "RL-22": State.BREACH,
    "RL-24": State.BREACH,
    "RL-25": State.PASS,
    "RL-26": State.BREACH,
    "RL-32": State.BREACH,
    "RL-33": State.BREACH,
    "RL-34": State.BREACH,
    "RL-39": State.BREACH,
    "RL-42": State.BREACH,
    "RL-51": State.PASS,
}


def test_a_harmful_project_is_read_from_all_it_joins_to(
    book_of: Callable[..., Book],
) -> None:
    book = book_of(
        county=[COUNTY], cooperative=[COOPERATIVE], project=[HARMFUL], resource=RESOURCES
    )
    policy = POLICY.effective(DAY)
    lines = [policy.red_lines[id] for id in STATES]
    names = tuple({name for line in lines for name in line.sides()} | set(SIDES))
    frame = evaluate(book, "project", names, at=DAY, parameters=POLICY.parameters())
    seen = {name: float(frame.columns[name][0]) for name in SIDES}
    assert seen == SIDES
    verdicts = judge_one(frame, policy, list(STATES))
    assert {verdict.rule.id: verdict.state for verdict in verdicts} == STATES


def test_a_county_is_read_from_its_ledger_and_its_loans(book_of: Callable[..., Book]) -> None:
    policy = POLICY.effective(DAY)
    lines = [policy.red_lines[id] for id in ("RL-23", "RL-35c")]
    names = tuple(dict.fromkeys(name for line in lines for name in line.sides()))
    book = book_of(county=[COUNTY])
    frame = evaluate(book, "county", names, at=DAY, parameters=POLICY.parameters())
    assert frame.columns["gep_taken_due"][0] == 10_000
    assert frame.columns["gep_restored_accepted"][0] == 9_900
    verdicts = judge_one(frame, policy, ["RL-23", "RL-35c"])
    assert [verdict.state for verdict in verdicts] == [State.BREACH, State.BREACH]
    beyond = {test.test.id for test in verdicts[1].tests if test.state == State.BREACH}
    assert beyond == {"t1_deposit"}


def test_nobody_is_late_with_what_fell_due_after_the_reading(book_of: Callable[..., Book]) -> None:
    due = {"due_on": date(2026, 1, 10), "due": 10}
    read_before = HARMFUL | {"payouts": [due]}
    read_after = read_before | {"project_id": "P2", "as_of": date(2026, 1, 20)}
    book = book_of(project=[read_before, read_after])
    names = ("payout_days_late", "payouts_due_12m")
    frame = evaluate(book, "project", names, at=DAY, parameters=POLICY.parameters())
    late, to_come = (frame.columns[name].tolist() for name in names)
    assert late == [0, 10]
    assert to_come == [1_000, 0]


def test_idle_months_end_with_the_reading_and_not_with_the_day_it_is_judged_on(
    book_of: Callable[..., Book],
) -> None:
    handed = {**RESOURCES[0], "handover_date": date(2025, 1, 15), "as_of": date(2025, 2, 1)}
    project = {
        "project_id": "P1",
        "coop_id": "K1",
        "as_of": date(2025, 12, 31),
        "milestones": [{"kind": "operation", "on": date(2026, 1, 10)}],
        "invest_actual": [],
        "resources": [{"resource_id": "R1"}],
    }
    book = book_of(project=[project], resource=[handed])
    seen = {
        day: evaluate(book, "project", ["idle_months_land"], at=day).columns["idle_months_land"]
        for day in (date(2025, 12, 31), DAY)
    }
    assert {day: float(months[0]) for day, months in seen.items()} == dict.fromkeys(seen, 11)


def test_what_a_reading_only_plans_is_not_built_before_its_papers(
    book_of: Callable[..., Book],
) -> None:
    starts = {"kind": "construction_start", "on": date(2026, 1, 10)}
    planned = {
        "project_id": "P1",
        "coop_id": "K1",
        "as_of": date(2025, 12, 31),
        "milestones": [starts],
        "permits": [],
    }
    begun = planned | {"project_id": "P2", "as_of": date(2026, 1, 20)}
    name = "milestones_before_permit"
    frame = evaluate(book_of(project=[planned, begun]), "project", [name], at=DAY)
    assert frame.columns[name].tolist() == [0, 1]
