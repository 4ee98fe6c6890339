"""Red lines of resources and loans: their limits, and what they say of lawful and worse ones."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.frame import Frame
from risk.files import load_policy
from risk.red_lines import State, judge, judge_one

NOW = load_policy().effective(date(2026, 3, 31))
LIMITS = {
    "RL-35a": [("8", "90")],
    "RL-35b": [("0.05", "0.15")],
    "RL-40": [(None,), (None,)],
    "RL-48": [(None,)],
    "RL-49": [("1",)],
    "RL-50": [("1.0", "1.5"), ("0.2", "0.4"), (None,), ("1.0", "0.8"), ("11", "0")],
    "RL-52": [(None,), ("1.0",)],
}
LEVELS = {
    "RL-35a": [("warn", "breach")],
    "RL-35b": [("warn", "breach")],
    "RL-40": [("breach",), ("breach",)],
    "RL-48": [("breach",)],
    "RL-49": [("breach",)],
    "RL-50": [("warn", "breach")] * 2 + [("breach",)] + [("warn", "breach")] * 2,
    "RL-52": [("breach",), ("breach",)],
}
SEVERITIES = dict(zip(LIMITS, "OORRROR", strict=True))
GOOD = (State.PASS, State.NOT_APPLICABLE)

RESOURCE = {
    "claims_conflicting": 0.0,
    "valuation_age_months": 6.0,
    "valuation_age_cap": 12.0,
    "second_valuation_due": 1.0,
    "valuation_gap": 10.0,
    "valuation_lower": 100.0,
    "appraiser_related": 0.0,
    "insurance_due": 1.0,
    "insured_amount": 100.0,
    "secured_balance": 100.0,
    "lease_months_after_loan": 12.0,
    "holder_kind__collective": 1.0,
    "deal_off_exchange": 0.0,
    "deal_price": 100.0,
    "deal_floor_price": 100.0,
}
LOAN = {
    "dpd_counts": 1.0,
    "dpd": 0.0,
    "secured": 1.0,
    "balance": 50.0,
    "valuation": 100.0,
    "ltv_cap": 0.5,
    "collective_security_for_others": 0.0,
    "collective_undecided": 0.0,
    "lgfv_guarantee_route": 0.0,
}
LAWFUL = {"resource": RESOURCE, "loan": LOAN}


def frame(subject: str, values: dict[str, float]) -> Frame:
    columns = {name: np.array([value]) for name, value in values.items()}
    return Frame(subject, ["X"], np.array([20543]), columns)


def states(subject: str, **changed: float) -> dict[str, State]:
    """Return the state of each line of a lawful subject in which something is changed."""
    values = LAWFUL[subject] | changed
    verdicts = judge_one(frame(subject, values), NOW)
    return {verdict.rule.id: verdict.state for verdict in verdicts if verdict.rule.id in LIMITS}


@pytest.mark.parametrize("id", LIMITS)
def test_limits_and_levels_are_those_of_the_catalogue(id: str) -> None:
    line = NOW.red_lines[id].content
    tests = [test["limits"] for test in line["tests"]]
    assert [tuple(row.get("at", row.get("add")) for row in rows) for rows in tests] == LIMITS[id]
    assert [tuple(row["level"] for row in rows) for rows in tests] == LEVELS[id]
    assert line["severity"] == SEVERITIES[id]
    assert line["clause"]["article"] == "二（五）"


def test_limits_of_a_loan_to_value_stand_above_its_own_cap() -> None:
    limits = NOW.red_lines["RL-35b"].content["tests"][0]["limits"]
    assert {row["to"] for row in limits} == {"ltv_cap"}


@pytest.mark.parametrize("subject", LAWFUL)
def test_what_is_lawful_passes(subject: str) -> None:
    assert set(states(subject).values()) == {State.PASS}


def test_an_unsecured_loan_has_no_loan_to_value() -> None:
    nothing = {name: float("nan") for name in ("balance", "valuation", "ltv_cap")}
    assert states("loan", secured=0, **nothing)["RL-35b"] is State.NOT_APPLICABLE


def test_a_deferred_or_closed_loan_is_not_late() -> None:
    assert states("loan", dpd=120, dpd_counts=1)["RL-35a"] is State.BREACH
    assert states("loan", dpd=120, dpd_counts=0)["RL-35a"] is State.NOT_APPLICABLE


def test_a_small_resource_that_secures_nothing_is_judged_by_its_age_alone() -> None:
    unknown = {name: float("nan") for name in ("valuation_gap", "valuation_lower")}
    changed = unknown | {"second_valuation_due": 0, "insurance_due": 0, "secured_balance": 0}
    free = changed | {"lease_months_after_loan": float("inf"), "insured_amount": float("nan")}
    assert states("resource", **free)["RL-50"] is State.PASS
    old = states("resource", **free | {"valuation_age_months": 19.0})
    assert old["RL-50"] is State.BREACH


def test_a_household_has_no_collective_deals() -> None:
    unknown = {name: float("nan") for name in ("deal_off_exchange", "deal_price")}
    seen = states("resource", holder_kind__collective=0, **unknown)
    assert seen["RL-52"] is State.NOT_APPLICABLE


@pytest.mark.parametrize("subject", LAWFUL)
def test_a_record_of_zeros_breaches_nothing_and_warns_of_nothing(subject: str) -> None:
    for secured in (0.0, 1.0):
        zeros = dict.fromkeys(LAWFUL[subject], 0.0)
        zeros |= {"lease_months_after_loan": float("inf"), "secured": secured}
        verdicts = judge_one(frame(subject, zeros), NOW)
        assert {v.state for v in verdicts if v.rule.id in LIMITS} <= set(GOOD)


STEPS: dict[tuple[str, str], list[tuple[str, tuple[float, ...]]]] = {
    ("resource", "RL-49"): [("claims_conflicting", (0.0, 1.0, 5.0))],
    ("resource", "RL-50"): [
        ("valuation_age_months", (0.0, 12.0, 13.0, 18.0, 19.0)),
        ("valuation_gap", (0.0, 20.0, 21.0, 40.0, 41.0)),
        ("appraiser_related", (0.0, 1.0)),
        ("insured_amount", (200.0, 100.0, 99.0, 80.0, 79.0, 0.0)),
        ("secured_balance", (0.0, 100.0, 101.0, 125.0, 126.0)),
        ("lease_months_after_loan", (24.0, 12.0, 11.0, 1.0, 0.0, -3.0)),
    ],
    ("resource", "RL-52"): [
        ("deal_off_exchange", (0.0, 1.0)),
        ("deal_price", (200.0, 100.0, 99.0, 0.0)),
    ],
    ("loan", "RL-35a"): [("dpd", (0.0, 7.0, 8.0, 89.0, 90.0))],
    ("loan", "RL-35b"): [
        ("balance", (0.0, 55.0, 56.0, 65.0, 66.0)),
        ("valuation", (200.0, 91.0, 90.0, 77.0, 76.0, 0.0)),
        ("ltv_cap", (0.9, 0.5, 0.45, 0.44, 0.35, 0.34)),
    ],
    ("loan", "RL-40"): [
        ("collective_security_for_others", (0.0, 1.0)),
        ("collective_undecided", (0.0, 1.0)),
    ],
    ("loan", "RL-48"): [("lgfv_guarantee_route", (0.0, 1.0))],
}
WORSENING = [
    (subject, id, side, values)
    for (subject, id), listed in STEPS.items()
    for side, values in listed
]
BETTER_TO_WORSE = (State.NOT_APPLICABLE, State.PASS, State.WARN, State.BREACH)


@pytest.mark.parametrize(("subject", "id", "side", "steps"), WORSENING)
def test_worse_is_never_better(subject: str, id: str, side: str, steps: tuple[float, ...]) -> None:
    ranks = [BETTER_TO_WORSE.index(states(subject, **{side: step})[id]) for step in steps]
    assert ranks == sorted(ranks)
    assert ranks[-1] == BETTER_TO_WORSE.index(State.BREACH) or side == "secured_balance"


@pytest.mark.parametrize(
    ("side", "value", "expected"),
    [
        ("lease_months_after_loan", 11, State.WARN),
        ("lease_months_after_loan", 0, State.BREACH),
        ("valuation_age_months", 12, State.PASS),
        ("valuation_age_months", 18, State.WARN),
        ("valuation_age_months", 19, State.BREACH),
        ("insured_amount", 80, State.WARN),
        ("insured_amount", 79, State.BREACH),
        ("secured_balance", 0, State.PASS),
    ],
)
def test_each_limit_of_the_valuation_holds(side: str, value: float, expected: State) -> None:
    assert states("resource", **{side: value})["RL-50"] is expected


@pytest.mark.parametrize(("subject", "id", "side", "steps"), WORSENING)
def test_a_side_that_is_missing_is_unknown_in_both_forms(
    subject: str, id: str, side: str, steps: tuple[float, ...]
) -> None:
    values = LAWFUL[subject] | {side: float("nan")}
    verdict = judge_one(frame(subject, values), NOW, [id])[0]
    assert (verdict.state, verdict.missing) == (State.UNKNOWN, (side,))
    assert judge(frame(subject, values), NOW, [id]).states(id)[0] == State.UNKNOWN


@given(times=st.integers(1, 10**6), part=st.integers(0, 100))
def test_all_money_times_any_number_changes_nothing(times: int, part: int) -> None:
    base = dict.fromkeys(("valuation_gap", "insured_amount", "deal_price"), float(part))
    base |= dict.fromkeys(("valuation_lower", "secured_balance", "deal_floor_price"), 100.0)
    scaled = {name: value * times for name, value in base.items()}
    assert states("resource", **base) == states("resource", **scaled)
    owed = {"balance": float(part), "valuation": 100.0}
    assert states("loan", **owed) == states("loan", **{n: v * times for n, v in owed.items()})
