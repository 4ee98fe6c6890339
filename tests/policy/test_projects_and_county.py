"""The lines of projects and of the county: limits, lawful exemplars, levels and products."""

from __future__ import annotations

from decimal import Decimal
from math import inf, nan

import pytest

from risk.red_lines import State
from tests.policy.by_values import NOW, state, verdict

GOOD = (State.PASS, State.NOT_APPLICABLE)
FEN, AREA = 100.0, 1.0

IDLE = {"t1": ("6", "12", "24"), "t2": ("12", "18", "36")}
LOANS = ("credit", "deposit", "carbon")
LIMITS: dict[str, dict[str, dict[str, str | None]]] = {
    "RL-22": {
        "t1": {"breach": "0"},
        "t2": {"warn": "0"},
        "t3": {"breach": "0"},
        "t4": {"warn": "0"},
    },
    "RL-23": {"t1": {"breach": "1.0"}, "t2": {"warn": "1.0"}},
    "RL-24": {"t1": {"breach": "100"}, "t2": {"breach": "100"}},
    "RL-25": {"t1": {"breach": "100"}, "t2": {"breach": "100"}},
    "RL-26": {
        "t1": {"warn": "1", "breach": "2"},
        "t2": {"breach": "1"},
        "t3": {"breach": "1"},
        "t4": {"warn": "60"},
        "t5": {"exit": None},
    },
    "RL-32": {
        id: dict(zip(("warn", "breach", "exit"), months, strict=True))
        for id, months in IDLE.items()
    },
    "RL-33": {
        "t1": {"warn": "0.7", "breach": "0.5"},
        "t2": {"warn": "1.2", "breach": "1.5"},
    },
    "RL-34": {
        "t1": {"warn": "15", "breach": "30"},
        "t2": {"warn": "1.2", "breach": "1.0"},
        "t3": {"warn": None},
    },
    "RL-35c": {
        **{f"t1_{loan}": {"warn": "0.03", "breach": "0.05"} for loan in LOANS},
        **{f"t2_{loan}": {"breach": "1.0"} for loan in LOANS},
    },
    "RL-42": {"t1": {"breach": "1"}},
    "RL-51": {"t1": {"breach": "100"}, "t2": {"breach": "100"}},
}
SUBJECTS = {id: "county" if id in ("RL-23", "RL-35c") else "project" for id in (*LIMITS, "RL-39")}
SEVERITIES = {id: "O" if id in ("RL-26", "RL-32", "RL-33") else "R" for id in SUBJECTS}
LAW = ("RL-22", "RL-23", "RL-24", "RL-25", "RL-42", "RL-51")


# ---------------------------------------------------------------- the catalogue


@pytest.mark.parametrize("id", LIMITS)
def test_limits_are_those_of_the_catalogue(id: str) -> None:
    tests = NOW.red_lines[id].content["tests"]
    seen = {t["id"]: {limit["level"]: limit.get("at") for limit in t["limits"]} for t in tests}
    assert seen == LIMITS[id]


def test_capital_is_held_to_the_floor_of_its_sector() -> None:
    tests = NOW.red_lines["RL-39"].content["tests"]
    seen = {t["id"]: {limit["level"]: limit["add"] for limit in t["limits"]} for t in tests}
    assert seen == {"t1": {"warn": "0.02", "breach": "0"}, "t2": {"warn": "0.02", "breach": "0"}}
    to = {limit["to"] for t in tests for limit in t["limits"]}
    assert to == {"county__sector_capital_floor"}


@pytest.mark.parametrize("id", SUBJECTS)
def test_subject_and_severity_are_those_of_the_catalogue(id: str) -> None:
    line = NOW.red_lines[id]
    assert (line.subject, line.severity) == (SUBJECTS[id], SEVERITIES[id])


@pytest.mark.parametrize("id", LAW)
def test_what_the_law_sets_no_county_may_loosen(id: str) -> None:
    limits = [limit for t in NOW.red_lines[id].content["tests"] for limit in t["limits"]]
    assert {limit["basis"] for limit in limits} == {"LAW"}


def test_two_years_of_idle_land_are_law_and_the_rest_judgement() -> None:
    limits = [limit for t in NOW.red_lines["RL-32"].content["tests"] for limit in t["limits"]]
    assert [limit["at"] for limit in limits if limit["basis"] == "LAW"] == ["24"]
    assert {limit["basis"] for limit in limits if limit["at"] != "24"} == {"EXPERT"}


# ---------------------------------------------------------------- 7.4: what must not fire


@pytest.mark.parametrize("id", SUBJECTS)
def test_a_book_of_nothing_fires_nothing(id: str) -> None:
    values = dict.fromkeys(NOW.red_lines[id].sides(), 0.0) | {"permit_days_left": inf}
    assert state(id, values) in GOOD


LAWFUL: dict[str, dict[str, float]] = {
    "RL-22": {
        "gep_gain_point": 50 * FEN,
        "gep_gain_upper": 150 * FEN,
        "gep_reg_gain_point": 35 * FEN,
        "gep_reg_gain_upper": 105 * FEN,
        "gep_band": 100 * FEN,
    },
    "RL-23": {
        "gep_taken_due": 0,
        "gep_restored_accepted": 0,
        "gep_taken_12m": 0,
        "gep_restored_12m": 0,
    },
    "RL-24": {
        "core_area": 0,
        "redline_unpermitted_area": 0,
        "redline_permitted_area": 8000 * AREA,
    },
    "RL-25": {"basic_farmland_area": 0, "converted_area": 0, "converted_permitted_area": 0},
    "RL-26": {
        "penalties_minor": 0,
        "penalties_major": 0,
        "permits_missing": 0,
        "permit_days_left": 365,
        "env_crime_or_relic_harm": 0,
    },
    "RL-32": {"idle_months_land": 0, "idle_months_built": 0},
    "RL-33": {"spent_to_date": 80 * FEN, "planned_to_date": 80 * FEN},
    "RL-34": {
        "payout_days_late": 0,
        "payout_cash_cover": 130 * FEN,
        "payouts_due_12m": 100 * FEN,
        "festival_unfunded": 0,
    },
    "RL-39": {"fixed_asset_project": 0, "county__sector_capital_floor": 0.2},
    "RL-42": {"milestones_before_permit": 0},
    "RL-51": {"banned_area": 0, "protected_unpermitted_area": 0, "protected_permitted_area": 0},
}


@pytest.mark.parametrize("id", LAWFUL)
def test_the_lawful_exemplar_passes(id: str) -> None:
    assert state(id, LAWFUL[id]) in GOOD


def test_a_lawful_act_passes_with_its_duties() -> None:
    assert [c["doc"] for c in duties("RL-24")] == ["redline_permitted_area"]
    assert [c["doc"] for c in duties("RL-22")] == ["gep_band"]
    assert duties("RL-25") == []
    assert len(duties("RL-25", converted_permitted_area=5.0)) == 1
    assert len(duties("RL-51", protected_permitted_area=5.0)) == 1


def duties(id: str, **changed: float) -> list[dict[str, object]]:
    document = verdict(id, LAWFUL[id] | changed).document()
    conditions = document["conditions"]
    assert isinstance(conditions, list)
    return conditions


# ---------------------------------------------------------------- levels, products, limits


@pytest.mark.parametrize(
    ("id", "values", "level"),
    [
        ("RL-26", LAWFUL["RL-26"] | {"env_crime_or_relic_harm": 1}, "exit"),
        ("RL-26", LAWFUL["RL-26"] | {"penalties_minor": 2}, "breach"),
        ("RL-32", {"idle_months_land": 24, "idle_months_built": 0}, "exit"),
        ("RL-32", {"idle_months_land": 23, "idle_months_built": 0}, "breach"),
        ("RL-32", {"idle_months_land": 0, "idle_months_built": 36}, "exit"),
        ("RL-32", {"idle_months_land": 0, "idle_months_built": 35}, "breach"),
    ],
)
def test_what_opens_the_exit(id: str, values: dict[str, float], level: str) -> None:
    assert max(seen.level for seen in verdict(id, values).tests).word == level


@pytest.mark.parametrize("missing", ["gep_gain_upper", "gep_reg_gain_upper", "gep_reg_gain_point"])
def test_gep_without_band_or_regulating_services_is_unknown(missing: str) -> None:
    assert state("RL-22", LAWFUL["RL-22"] | {missing: nan}) == State.UNKNOWN


def lending(**products: tuple[float, float, float]) -> dict[str, float]:
    """Return loans, non-performing and 90 days overdue of each product; nothing of the others."""
    values = {}
    for name in LOANS:
        balance, bad, overdue = products.get(name, (0.0, 0.0, 0.0))
        values[f"lends_{name}"] = float(balance > 0)
        values[f"loan_balance_{name}"] = balance * FEN
        values[f"npl_balance_{name}"] = bad * FEN
        values[f"overdue_90_balance_{name}"] = overdue * FEN
    return values


@pytest.mark.parametrize("product", LOANS)
def test_a_bad_product_is_named_and_the_others_are_not(product: str) -> None:
    others = {name: (1000.0, 10.0, 0.0) for name in LOANS if name != product}
    seen = verdict("RL-35c", lending(**others, **{product: (1000.0, 60.0, 61.0)}))
    beyond = {test.test.id for test in seen.tests if test.state == State.BREACH}
    assert (seen.state, beyond) == (State.BREACH, {f"t1_{product}", f"t2_{product}"})


@pytest.mark.parametrize("product", LOANS)
def test_a_product_that_is_not_lent_is_not_judged(product: str) -> None:
    others = {name: (1000.0, 10.0, 0.0) for name in LOANS if name != product}
    seen = verdict("RL-35c", lending(**others))
    idle = {t.test.id for t in seen.tests if t.state == State.NOT_APPLICABLE}
    assert (seen.state, idle) == (State.PASS, {f"t1_{product}", f"t2_{product}"})


CAPITAL = {
    "fixed_asset_project": 1.0,
    "county__sector_capital_floor": 0.2,
    "total_investment": 1000 * FEN,
    "project_capital_planned": 300 * FEN,
    "spent_to_date": 500 * FEN,
    "project_capital_paid": 150 * FEN,
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, State.PASS),
        ({"project_capital_planned": 22_000.0}, State.PASS),
        ({"project_capital_planned": 21_999.0}, State.WARN),
        ({"project_capital_planned": 20_000.0}, State.WARN),
        ({"project_capital_planned": 19_999.0}, State.BREACH),
        ({"project_capital_paid": 11_000.0}, State.PASS),
        ({"project_capital_paid": 10_999.0}, State.WARN),
        ({"project_capital_paid": 10_000.0}, State.WARN),
        ({"project_capital_paid": 9_999.0}, State.BREACH),
        ({"spent_to_date": 0.0, "project_capital_paid": 0.0}, State.PASS),
        ({"county__sector_capital_floor": nan}, State.UNKNOWN),
        ({"county__sector_capital_floor": 0.35}, State.BREACH),
        ({"project_capital_paid": nan}, State.UNKNOWN),
        ({"fixed_asset_project": 0.0, "project_capital_planned": nan}, State.NOT_APPLICABLE),
    ],
)
def test_capital_to_the_fen(change: dict[str, float], expected: State) -> None:
    assert state("RL-39", CAPITAL | change) == expected


def test_the_same_hundred_square_metres_are_tolerated_everywhere() -> None:
    for id, side in (
        ("RL-24", "core_area"),
        ("RL-24", "redline_unpermitted_area"),
        ("RL-25", "basic_farmland_area"),
        ("RL-25", "converted_area"),
        ("RL-51", "banned_area"),
        ("RL-51", "protected_unpermitted_area"),
    ):
        assert state(id, LAWFUL[id] | {side: 100.0}) == State.PASS
        assert state(id, LAWFUL[id] | {side: 100.0001}) == State.BREACH
        assert state(id, LAWFUL[id] | {side: nan}) == State.UNKNOWN


def test_headroom_of_an_area_is_what_may_still_be_taken() -> None:
    document = verdict("RL-24", LAWFUL["RL-24"] | {"core_area": 60.0}).document()
    tests = document["tests"]
    assert isinstance(tests, list)
    assert Decimal(tests[0]["headroom"]) == 40
