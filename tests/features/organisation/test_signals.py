"""The signals of a developer and how their families count, by hand numbers (money in 分)."""

from __future__ import annotations

from datetime import date
from math import inf, isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.organisation import signals
from tests.features.cooperative.registers import Cell, Row, seen

TODAY = "2026-03-31"


def alike(one: float, other: float) -> bool:
    return one == other or (isnan(one) and isnan(other))


def day(text: str) -> float:
    return float((date.fromisoformat(text) - date(1970, 1, 1)).days)


# ------------------------------------------------------------------ G

SHELL: dict[str, Cell] = {
    "is_company": 1,
    "reg_date": "2025-04-01",
    "judged_on": TODAY,
    "capital_paid": 29,
    "capital_due": 100,
    "resources_held_value": 290,
    "young_shell_months": 12,
    "young_shell_paid_share": 0.3,
    "young_shell_ask_multiple": 10,
}


def shell(*investments: Cell, **changed: Cell) -> float:
    projects: list[Row] = [{"total_investment": amount} for amount in investments]
    return seen(signals.signal_young_shell, {"project": projects}, **(SHELL | changed))


def test_a_young_company_with_little_paid_in_that_holds_much_is_a_shell() -> None:
    assert shell() == 1
    assert shell(reg_date="2025-03-31") == 0
    assert shell(capital_paid=30, resources_held_value=300) == 0
    assert shell(resources_held_value=289) == 0
    assert shell(is_company=0) == 0


def test_what_its_projects_ask_counts_as_what_it_holds() -> None:
    assert shell(100, 190, resources_held_value=0) == 1
    assert shell(100, 189, resources_held_value=0) == 0
    assert shell(290, resources_held_value=None) == 1
    assert isnan(shell(289, resources_held_value=None))


def test_a_collective_without_capital_is_no_shell() -> None:
    assert shell(9000, is_company=0, capital_paid=None, capital_due=None) == 0
    assert isnan(shell(9000, capital_paid=None))


# ------------------------------------------------------------------ F


def test_more_than_the_share_of_the_held_area_is_mostly_idle() -> None:
    def idle(area: float | None, held: float) -> float:
        own: dict[str, Cell] = {"resources_idle_area": area, "resources_held_area": held}
        return seen(signals.is_mostly_idle, {}, **own, hoarding_idle_share=0.3)

    assert [idle(30, 100), idle(30.0001, 100), idle(0, 0)] == [0, 1, 0]
    assert all(idle(0.3 * held, held) == 0 for held in (1.1, 3.7, 70, 1234.5))
    assert isnan(idle(None, 100))


HOARD: dict[str, Cell] = {
    "is_mostly_idle": 1,
    "judged_on": "2025-12-31",
    "reg_date": "2015-01-01",
    "counties_active": 1,
    "hoarding_idle_months": 12,
    "hoarding_counties": 3,
}


def hoards(
    past: list[tuple[str, float]], milestones: list[float | None] | None = None, **changed: Cell
) -> float:
    readings: list[Row] = [{"as_of": on, "is_mostly_idle": flag} for on, flag in past]
    projects: list[Row] | None = [{"milestones_count": count} for count in milestones or ()]
    registers = {"past": readings, "project": projects}
    return seen(signals.signal_hoarding, registers, **(HOARD | changed))


def test_land_is_hoarded_once_it_has_lain_idle_for_a_year() -> None:
    assert hoards([]) == 1
    assert hoards([], is_mostly_idle=0) == 0
    assert hoards([("2024-12-31", 1)]) == 1
    assert hoards([("2024-12-31", 0)]) == 0
    assert hoards([("2025-01-01", 0)]) == 1


def test_a_firm_of_this_year_cannot_have_let_land_lie_for_one() -> None:
    assert hoards([], reg_date="2024-12-31") == 1
    assert hoards([], reg_date="2025-01-01") == 0


def test_three_counties_without_a_milestone_are_hoarded() -> None:
    spread: dict[str, Cell] = {"is_mostly_idle": 0, "counties_active": 3}
    assert hoards([], [0, 0], **spread) == 1
    assert hoards([], [0, 1], **spread) == 0
    assert hoards([], [0, 0], **(spread | {"counties_active": 2})) == 0
    assert hoards([], [], **spread) == 0
    assert isnan(hoards([], [0, None], **spread))
    assert hoards([], [1, None], **spread) == 0
    assert isnan(hoards([], [0], **(spread | {"counties_active": None})))


# ------------------------------------------------------------------ M


def grant(on: str | None, kind: str = "operation") -> Row:
    return {"received_on": on, "kind": kind}


def stopped(grants: list[Row], last: str, behind: float | None = 1, read: str = TODAY) -> float:
    projects: list[Row] = [
        {"last_spent_on": 0, "is_behind_plan": 0, "as_of": read},
        {"last_spent_on": last, "is_behind_plan": behind, "as_of": TODAY},
    ]
    registers = {"subsidies": grants, "project": projects}
    return seen(signals.spending_stopped_after_subsidy, registers, harvest_spend_days=90)


def test_spending_that_ends_within_90_days_after_a_subsidy_has_stopped() -> None:
    assert stopped([grant("2025-06-01")], "2025-08-30") == 1
    assert stopped([grant("2025-06-01")], "2025-08-31") == 0
    assert stopped([grant("2025-06-01")], "2025-06-01") == 1
    assert stopped([grant("2025-06-01")], "2025-05-31") == 0
    assert stopped([grant("2025-06-01", "公益林")], "2025-07-01") == 0
    assert stopped([grant("2025-01-01"), grant("2025-06-01")], "2025-07-01") == 1


def test_a_pause_is_not_yet_an_end() -> None:
    assert stopped([grant("2025-12-01")], "2025-12-31", read="2026-03-31") == 0
    assert stopped([grant("2025-12-01")], "2025-12-30", read="2026-03-31") == 1


def test_a_project_that_keeps_its_plan_has_not_stopped() -> None:
    assert stopped([grant("2025-06-01")], "2025-07-01", behind=0) == 0
    assert isnan(stopped([grant("2025-06-01")], "2025-07-01", behind=None))
    assert stopped([], "2025-07-01", behind=None) == 0


def left(grants: list[Row], *exits: float) -> float:
    projects: list[Row] = [{"exit_seen_on": on} for on in exits]
    registers = {"subsidies": grants, "project": projects}
    return seen(signals.exit_after_subsidy, registers, harvest_exit_months=6)


def test_an_exit_within_six_months_after_a_subsidy_follows_it() -> None:
    paid = [grant("2025-02-28")]
    assert left(paid, inf, day("2025-08-28")) == 1
    assert left(paid, day("2025-08-29")) == 0
    assert left(paid, day("2025-02-27")) == 0
    assert left(paid, inf) == 0
    assert left([grant("2025-02-28", "耕地")], day("2025-03-01")) == 0
    assert isnan(left([grant(None)], day("2025-03-01")))


def test_a_harvest_is_any_of_its_three_marks() -> None:
    def harvest(subsidies: float, stop: float | None, leave: float | None) -> float:
        own: dict[str, Cell] = {
            "subsidies_counted_24m": subsidies,
            "income_counted_24m": 100,
            "spending_stopped_after_subsidy": stop,
            "exit_after_subsidy": leave,
        }
        return seen(signals.signal_subsidy_harvest, {}, **own, harvest_income_share=0.5)

    assert [harvest(50, 0, 0), harvest(51, 0, 0), harvest(0, 1, 0), harvest(0, 0, 1)] == [
        *[0, 1, 1, 1]
    ]
    assert harvest(51, None, None) == 1
    assert isnan(harvest(0, None, 0))


# ------------------------------------------------------------------ the others


def test_one_claim_twice_one_project_or_one_tie_is_a_signal() -> None:
    assert seen(signals.signal_double_claim, {}, duplicate_claims=1) == 1
    assert seen(signals.signal_double_claim, {}, duplicate_claims=0) == 0
    for feature, name in (
        (signals.signal_land_drift, "land_drift"),
        (signals.signal_front_loaded, "pays_from_new_money"),
        (signals.signal_valuation_jump, "valuation_jump"),
    ):
        assert seen(feature, {"project": [{name: None}, {name: 1}]}) == 1
        assert seen(feature, {"project": [{name: 0}]}) == 0
        assert isnan(seen(feature, {"project": [{name: None}, {name: 0}]}))


@pytest.mark.parametrize(
    ("soft", "hard", "expected"),
    [(0, 0, 0), (1, 0, 1), (0, 1, 1), (None, 1, 1), (None, 0, nan)],
)
def test_a_tie_makes_a_circular_partner(soft: float | None, hard: float, expected: float) -> None:
    flag = seen(signals.signal_circular_partner, {}, soft_links=soft, hard_links=hard)
    assert alike(flag, expected)


# ------------------------------------------------------------------ families

FAMILIES = {
    "G": ("young_shell",),
    "F": ("hoarding", "land_drift"),
    "M": ("subsidy_harvest", "double_claim", "front_loaded"),
    "N": ("circular_partner",),
    "A": ("valuation_jump",),
}
NAMES = [name for names in FAMILIES.values() for name in names]


def count(flags: dict[str, float | None], families: float = 2) -> float:
    own: dict[str, Cell] = {f"signal_{name}": flags.get(name, 0) for name in NAMES}
    return seen(signals.developer_signals, {}, **own, signal_families=families)


def test_families_count_and_not_signals() -> None:
    assert count({}) == 0
    assert all(count(dict.fromkeys(names, 1)) == 1 for names in FAMILIES.values())
    assert count({"hoarding": 1, "land_drift": 1, "double_claim": 1}) == 2
    assert count(dict.fromkeys(NAMES, 1)) == 5


def test_an_unknown_family_matters_until_enough_are_known() -> None:
    assert isnan(count({"hoarding": None}))
    assert isnan(count({"hoarding": None, "young_shell": 1}))
    assert count({"hoarding": None, "young_shell": 1, "double_claim": 1}) == 2
    assert isnan(count({"hoarding": None, "young_shell": 1, "double_claim": 1}, families=3))


def test_a_family_with_one_signal_raised_is_not_unknown() -> None:
    assert count({"hoarding": None, "land_drift": 1}) == 1
    assert count({"subsidy_harvest": None, "front_loaded": 1}) == 1


@given(
    st.fixed_dictionaries({name: st.sampled_from([0.0, 1.0, None]) for name in NAMES}),
    st.sampled_from(NAMES),
)
def test_raising_a_signal_never_lowers_the_count(
    flags: dict[str, float | None], raised: str
) -> None:
    before, after = count(flags), count(flags | {raised: 1.0})
    assert isnan(before) or after >= before
