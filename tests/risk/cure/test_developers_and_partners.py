"""Cures of developers, guarantee bodies and banks."""

from __future__ import annotations

from features.scene import Scene
from tests.risk.cure.sheets import Row, cures, scene, wan
from tests.risk.cure.subjects import ORG, passes


def developer(**columns: object) -> Scene:
    row: Row = {
        "org_id": ORG,
        "entity_type": "developer",
        "reg_date": "2020-01-01",
        "is_lgfv": False,
        "capital_subscribed": wan(100),
        "capital_paid": wan(80),
        "capital_due": wan(80),
        "list_entries": [],
        "subsidies": [],
        "yearly": [{"year": year, "revenue": wan(50)} for year in (2023, 2024, 2025)],
        **columns,
    }
    owned: Row = {
        "project_id": "P1",
        "coop_id": "c",
        "activity_code": "x",
        "developer_id": ORG,
        "project_capital_due": "0.00",
        "project_capital_paid": "0.00",
    }
    return scene("organisation", row, {"project": [owned]})


def test_an_entry_on_a_public_list_is_repaired() -> None:
    entry: Row = {"list": "失信", "about": "firm", "from": "2025-01-01"}
    old = {**entry, "from": "2021-01-01", "to": "2022-01-01"}
    assert passes(developer(list_entries=[old, entry]), "RL-27", "developer") == {
        "obtain_paper": {"list_entries.repaired_on[2]": "2026-04-15"}
    }


def test_capital_due_is_paid_in_but_no_more_than_was_subscribed() -> None:
    judged = developer(capital_paid=wan(50))
    assert passes(judged, "RL-28", "developer") == {
        "inject_equity": {"capital_paid": "+300000.00"}
    }
    judged = developer(capital_paid=wan(50), capital_subscribed=wan(79))
    assert passes(judged, "RL-28", "developer") == {}


def subsidy(programme: str, amount: float, **columns: object) -> Row:
    return {
        "programme": programme,
        "kind": "investment",
        "amount": wan(amount),
        "received_on": "2025-06-01",
        **columns,
    }


def test_subsidies_are_given_back() -> None:
    # (70 − x) ≤ .3 (170 − x): x = 19 ÷ .7
    judged = developer(subsidies=[subsidy("A", 60), subsidy("B", 10)])
    assert passes(judged, "RL-30", "developer") == {"undo": {"subsidies.amount[1]": "-271428.58"}}
    twice = [subsidy("A", 6, parcel_id="x"), subsidy("B", 1, parcel_id="x")]
    assert passes(developer(subsidies=twice), "RL-30", "developer") == {
        "undo": {"subsidies.amount[2]": "-10000.00", "subsidies[2]": "withdrawn"}
    }


def test_a_guarantee_body_is_brought_back_inside_its_limits() -> None:
    # 950 ÷ .9 ÷ 10 − 100 = 5.555…; 11 − .08 × 100 = 3; 16 − .12 × 100 = 4
    judged = scene(
        "guarantee_body",
        {
            "body_id": "b",
            "licence_no": "l",
            "leverage_cap": "10",
            "weighted_liability": wan(950),
            "body_net_assets": wan(100),
            "largest_party_liability": wan(11),
            "largest_group_liability": wan(16),
            "controller_guarantees": wan(2),
        },
    )
    assert passes(judged, "P-1") == {
        "inject_equity": {"body_net_assets": "+55555.56"},
        "release": {"weighted_liability": "-500000.00"},
    }
    party = {"largest_party_liability": "-30000.00"}
    assert passes(judged, "P-2") == {
        "release": {**party, "weighted_liability": "-30000.00"},
        "add_co_sharer": party,
    }
    assert cures(judged, "P-3")["release"].amount == 4_000_000
    assert cures(judged, "P-4")["release"].amount == 2_000_000


def test_a_bank_shares_its_largest_exposures() -> None:
    # 11 − .08 × 100 = 3, 20 − .15 × 90 = 6.5
    judged = scene(
        "bank",
        {
            "bank_code": "b",
            "bank_capital_net": wan(100),
            "bank_tier1_net": wan(90),
            "largest_borrower_loans": wan(11),
            "largest_group_exposure": wan(20),
        },
    )
    assert passes(judged, "P-5") == {
        "add_co_sharer": {
            "largest_borrower_loans": "-30000.00",
            "largest_group_exposure": "-65000.00",
        }
    }
