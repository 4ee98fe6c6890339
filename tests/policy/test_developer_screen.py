"""A shell that grabs resources and an honest village collective: from records to verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from features.frame import Frame
from features.point_in_time import evaluate
from features.records import book_from_rows
from features.simulate.organisations import social_credit_code
from risk.files import load_policy
from risk.red_lines import judge

DAY = date(2026, 3, 31)
POLICY = load_policy()
NOW = POLICY.effective(DAY)
SCREEN = ("RL-27", "RL-28", "RL-29", "RL-30", "RL-31")
SIGNALS = (
    "young_shell",
    "hoarding",
    "land_drift",
    "subsidy_harvest",
    "double_claim",
    "front_loaded",
    "circular_partner",
    "valuation_jump",
)
SHELL, VILLAGE, FIRM = (social_credit_code(f"91330899MA000000{n}") for n in (1, 2, 3))
COMMON = {
    "as_of": "2025-12-31",
    "known_at": "2026-02-01T08:00:00+08:00",
    "source": "test",
    "quality": "verified",
}
Row = dict[str, object]


def organisation(org_id: str, kind: str, **given: object) -> Row:
    quiet: Row = {
        **COMMON,
        "org_id": org_id,
        "entity_type": kind,
        "reg_date": "2015-05-01",
        "is_lgfv": False,
        "counties_active": 1,
        "resources_held_value": "1000000.00",
        "resources_held_area": "100000",
        "resources_idle_area": "10000",
        "yearly": [
            {"year": 2023, "revenue": "3000000.00"},
            {"year": 2024, "revenue": "3000000.00"},
        ],
        "subsidies": [],
        "list_entries": [],
        "links": [],
        "shareholders": [],
    }
    return quiet | given


def subsidy(programme: str, amount: str, on: str, kind: str = "operation", **given: str) -> Row:
    return {"programme": programme, "kind": kind, "amount": amount, "received_on": on, **given}


def project(number: int, developer: str, resources: list[str], **given: object) -> Row:
    usual: Row = {
        **COMMON,
        "project_id": f"J{number}",
        "coop_id": "K1",
        "activity_code": "生态旅游",
        "developer_id": developer,
        "life_state": "在营",
        "fixed_asset_project": False,
        "approved_on": "2023-05-01",
        "project_area": "50000",
        "total_investment": "2000000.00",
        "project_capital_paid": "600000.00",
        "project_capital_due": "600000.00",
        "payout_reserve": "100000.00",
        "op_cash_12m": "100000.00",
        "invest_plan": [{"on": "2025-05-01", "amount": "1000000.00"}],
        "invest_actual": [{"on": "2025-05-01", "amount": "1000000.00"}],
        "funding": [{"kind": "equity", "amount": "600000.00"}],
        "milestones": [{"kind": "construction_start", "on": "2024-01-01"}],
        "payouts": [],
        "resources": [{"resource_id": id} for id in resources],
    }
    return usual | given


def resource(id: str, **given: object) -> Row:
    usual: Row = {
        **COMMON,
        "resource_id": id,
        "parcel_id": f"P-{id}",
        "county_code": "330899",
        "village_code": "330899001",
        "holder_token": "T1",
        "type": "土地经营权",
        "commodity": "茶",
        "right_type": "operation",
        "holder_kind": "collective",
        "title_state": "confirmed",
        "deposit_mode": "流转",
        "liquidity_class": "B",
        "area": "66666.67",
        "right_expiry": "2045-12-31",
        "sensing_change": "none",
        "valuation": "500000.00",
        "valuation_date": "2025-11-01",
        "valuation_method": "market",
        "valuation_age_cap": 12,
        "overlaps": [],
    }
    return usual | given


FARMLAND = {"layer": "其他农田", "basis": "computed", "area": "900"}
COUNTY: Row = {
    **COMMON,
    "county_code": "330899",
    "prices": [{"type": "土地经营权", "commodity": "茶", "on": "2025-10-15", "price": "5000.00"}],
}
GRABBER = organisation(
    SHELL,
    "developer",
    reg_date="2025-06-01",
    capital_subscribed="10000000.00",
    capital_paid="1000000.00",
    capital_due="9000000.00",
    resources_held_value="30000000.00",
    resources_idle_area="60000",
    yearly=[],
    subsidies=[
        subsidy("A", "500000.00", "2025-10-01", parcel_id="P1"),
        subsidy("B", "400000.00", "2025-11-01", parcel_id="P1"),
    ],
    links=[{"party_a": SHELL, "party_b": "PZ01", "kind": "address", "shared_by": 2}],
)
COLLECTIVE = organisation(
    VILLAGE,
    "村集体",
    subsidies=[
        subsidy("林补", "4000000.00", "2025-07-01", "公益林"),
        subsidy("茶园", "500000.00", "2025-10-01"),
    ],
    links=[{"party_a": VILLAGE, "party_b": "村委会", "kind": "phone", "shared_by": 30}],
)
DECENT = organisation(
    FIRM,
    "enterprise",
    capital_subscribed="5000000.00",
    capital_paid="5000000.00",
    capital_due="5000000.00",
)
BOOK: Mapping[str, list[Row]] = {
    "organisation": [GRABBER, COLLECTIVE, DECENT],
    "project": [
        project(1, SHELL, ["R1"], milestones=[], project_capital_paid="100000.00"),
        project(2, VILLAGE, ["R2"]),
    ],
    "resource": [
        resource("R1", sensing_change="building", overlaps=[FARMLAND], valuation="700000.00"),
        resource("R2"),
    ],
    "county": [COUNTY],
}


@pytest.fixture(scope="module")
def frame() -> Frame:
    checked = book_from_rows(BOOK, today=DAY)
    assert not len(checked.faults), checked.faults.by_rule()
    sides = {side for id in SCREEN for side in NOW.red_lines[id].sides()}
    wanted = sorted(sides | {f"signal_{name}" for name in SIGNALS})
    return evaluate(checked.book, "organisation", wanted, at=DAY, parameters=POLICY.parameters())


def raised(frame: Frame, org_id: str) -> set[str]:
    """Return the signals that are raised, or unknown."""
    row = frame.keys.index(org_id)
    return {name for name in SIGNALS if frame.columns[f"signal_{name}"][row] != 0.0}


def states(frame: Frame, org_id: str) -> dict[str, str]:
    judged, row = judge(frame, NOW, SCREEN), frame.keys.index(org_id)
    return {id: judged.verdict(id, row).state.word for id in SCREEN}


def test_a_shell_that_grabs_resources_is_refused(frame: Frame) -> None:
    assert states(frame, SHELL) == {
        "RL-27": "pass",
        "RL-28": "breach",
        "RL-29": "breach",
        "RL-30": "breach",
        "RL-31": "warn",
    }
    assert raised(frame, SHELL) == {
        "young_shell",
        "land_drift",
        "subsidy_harvest",
        "double_claim",
        "circular_partner",
        "valuation_jump",
    }
    assert frame.columns["developer_signals"][frame.keys.index(SHELL)] == 5


def test_an_honest_collective_passes_or_is_not_asked(frame: Frame) -> None:
    assert raised(frame, VILLAGE) == set()
    assert states(frame, VILLAGE) == {
        "RL-27": "pass",
        "RL-28": "not_applicable",
        "RL-29": "pass",
        "RL-30": "pass",
        "RL-31": "pass",
    }


def test_a_firm_that_develops_nothing_is_not_screened(frame: Frame) -> None:
    assert set(states(frame, FIRM).values()) == {"not_applicable"}
