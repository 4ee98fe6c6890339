"""Cures of projects and counties."""

from __future__ import annotations

import pytest

from features.scene import Scene
from risk.red_lines import State
from tests.risk.cure.sheets import Row, cures, scene, states, wan
from tests.risk.cure.subjects import AROUND, ORG, passes

CHILDREN = (
    "invest_plan",
    "invest_actual",
    "milestones",
    "payouts",
    "permits",
    "penalties",
    "overlaps",
    "resources",
)


def project(**columns: object) -> Scene:
    row: Row = {
        "project_id": "P1",
        "coop_id": "c",
        "activity_code": "x",
        "developer_id": ORG,
        "fixed_asset_project": True,
        "total_investment": wan(100),
        "weather_normalised": True,
        "price_base": 2020,
        "payout_reserve": "0.00",
        **{name: [] for name in CHILDREN},
        **columns,
    }
    return scene("project", row, AROUND)


def test_a_loss_of_gep_is_compensated_regulating_services_first() -> None:
    # 96 + 1 − 100 = −3, of which regulating 49 − 50 = −1: that 1 counts in both
    judged = project(
        gep_before=wan(100),
        gep_after=wan(96),
        gep_offset_accepted=wan(1),
        gep_band=wan(1),
        gep_reg_before=wan(50),
        gep_reg_after=wan(49),
        gep_reg_offset_accepted="0.00",
        gep_reg_band="0.00",
    )
    assert passes(judged, "RL-22") == {
        "undo": {"gep_offset_accepted": "+30000.00", "gep_reg_offset_accepted": "+10000.00"}
    }
    assert cures(judged, "RL-22")["undo"].amount == 3_000_000


def test_gep_taken_is_restored() -> None:
    entry: Row = {"project_id": "P1", "approved_on": "2025-06-01"}
    ledger = [
        {**entry, "kind": "占", "amount": wan(30), "offset_due": "2026-01-01"},
        {**entry, "kind": "补", "amount": wan(20), "accepted_on": "2026-01-01"},
    ]
    judged = scene("county", {"county_code": "k", "gep_ledger": ledger, "products": []})
    restored = passes(judged, "RL-23")["undo"]
    assert restored["gep_ledger.amount[3]"] == "100000.00"
    assert restored["gep_ledger.kind[3]"] == "补"
    assert restored["gep_ledger.accepted_on[3]"] == "2026-03-31"


def overlap(layer: str, area: str, **columns: object) -> Row:
    return {"layer": layer, "basis": "computed", "area": area, **columns}


@pytest.mark.parametrize(
    ("rule", "barred", "with_paper", "paper"),
    [
        ("RL-24", "核心保护区", "生态保护红线", ("activity_code", "permit_doc_id")),
        ("RL-25", "永久基本农田", "其他农田", ("permit_doc_id",)),
        ("RL-51", "饮用水一级", "湿地", ("permit_doc_id",)),
    ],
)
def test_land_is_permitted_where_the_law_allows_it_else_left(
    rule: str, barred: str, with_paper: str, paper: tuple[str, ...]
) -> None:
    found = passes(project(overlaps=[overlap(with_paper, "500"), overlap(barred, "90")]), rule)
    assert found["obtain_paper"] == {f"overlaps.{name}[1]": "given" for name in paper}
    assert found["undo"] == {"overlaps.area[1]": "-500.0000"}
    both = project(overlaps=[overlap(with_paper, "500"), overlap(barred, "101")])
    assert passes(both, rule) == {
        "undo": {"overlaps.area[1]": "-500.0000", "overlaps.area[2]": "-101.0000"}
    }


def test_permits_are_renewed_and_penalties_repaired() -> None:
    permits = [
        {
            "kind": "环评",
            "required": True,
            "issued_on": "2024-01-01",
            "expires_on": "2026-05-01",
        },
        {"kind": "施工", "required": True},
        {"kind": "消防", "required": False},
    ]
    renewed = {
        "permits.expires_on[1]": "2029-04-15",
        "permits.doc_id[1]": "given",
        "permits.issued_on[2]": "2026-04-15",
        "permits.expires_on[2]": "2029-04-15",
        "permits.doc_id[2]": "given",
    }
    assert passes(project(permits=permits), "RL-26") == {"obtain_paper": renewed}
    penalties = [
        {"kind": "environment", "level": "major", "date": "2026-01-01"},
        {"kind": "tax", "level": "minor", "date": "2026-01-01", "repaired_on": "2026-02-01"},
    ]
    assert passes(project(permits=permits, penalties=penalties), "RL-26") == {
        "undo": {**renewed, "penalties.repaired_on[1]": "2026-04-15"}
    }


def test_idle_land_is_worked_again() -> None:
    land: Row = {
        "resource_id": "r1",
        "county_code": "k",
        "village_code": "v",
        "coop_id": "c",
        "type": "土地经营权",
    }
    row: Row = {
        "project_id": "P1",
        "coop_id": "c",
        "activity_code": "x",
        "handover_date": "2025-01-01",
        "invest_actual": [],
        "milestones": [],
        "resources": [{"resource_id": "r1"}],
    }
    judged = scene("project", row, {**AROUND, "resource": [land]})
    assert states(judged)["RL-32"] is State.BREACH
    assert passes(judged, "RL-32")["undo"]["milestones.on[1]"] == "2026-03-31"


def test_payouts_to_come_are_reserved() -> None:
    # 10 of cash for 20: 1.2 × 20 − 10 = 14
    payouts = [{"due_on": "2026-09-01", "due": wan(20)}]
    judged = project(op_cash_12m=wan(10), payouts=payouts)
    assert passes(judged.changed({"county__spring_festival": 20_000.0}), "RL-34") == {
        "inject_equity": {"payout_reserve": "+140000.00"}
    }


def test_what_was_built_before_its_papers_has_no_cure_of_today() -> None:
    judged = project(milestones=[{"kind": "construction_start", "on": "2026-01-01"}])
    assert states(judged)["RL-42"] is State.BREACH
    assert passes(judged, "RL-42") == {}


def test_capital_is_planned_and_paid_in() -> None:
    # (.20 + .02) × 100 − 15 = 7 planned, .22 × 40 − 5 = 3.8 paid in
    judged = project(
        project_capital_planned=wan(15),
        project_capital_paid=wan(5),
        invest_actual=[{"on": "2026-01-01", "amount": wan(40)}],
    )
    assert passes(judged, "RL-39") == {
        "inject_equity": {
            "project_capital_planned": "+70000.00",
            "project_capital_paid": "+38000.00",
        }
    }
