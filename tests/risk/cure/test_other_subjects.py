"""Cures of projects, counties, developers, loans, resources, guarantee bodies and banks."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from features.scene import Scene
from risk.red_lines import State
from tests.risk.cure.sheets import Row, changes, cures, scene, states, wan

ORG = "91330800MA2B001X6F"
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
AROUND = {
    "cooperative": [{"coop_id": "c", "county_code": "k"}],
    "county": [{"county_code": "k", "sector_capital_floor": "0.2", "deal_limit": wan(10)}],
}


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


def passes(judged: Scene, rule: str, subject: str | None = None) -> dict[str, dict[str, object]]:
    """Return what each cure changes; each leads to pass."""
    found = cures(judged, rule, subject)
    assert all(states(c.after, subject)[rule] is State.PASS for c in found.values())
    return {act: changes(cure) for act, cure in found.items()}


# ------------------------------------------------------------------ project, county


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


# ------------------------------------------------------------------ developer


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


# ------------------------------------------------------------------ loan, resource


LOAN: Row = {
    "loan_id": "l",
    "application_id": "a",
    "balance": wan(60),
    "secured_balance": wan(60),
    "overdue_amount": wan(3),
    "accrued_interest": wan(1),
    "dpd": 0,
    "secured": True,
    "valuation": wan(100),
    "ltv_cap": "0.5",
    "maturity": "2027-01-01",
}
REQUEST: Row = {
    "application_id": "a",
    "bank_code": "b",
    "purpose_code": "x",
    "household_id": "h",
    "product": "deposit",
    "segment": "household",
    "amount": wan(60),
    "term_m": 12,
    "enhancer_kind": "none",
    "security_giver_kind": "borrower",
    "secured": True,
    "borrower_is_collective": False,
}


def test_a_loan_is_repaid_down_to_its_value() -> None:
    # (.5 + .05) × 100 = 55
    judged = scene("loan", LOAN, {"application": [REQUEST]})
    assert passes(judged, "RL-35b") == {
        "repay": {
            "balance": "-50000.00",
            "secured_balance": "-50000.00",
            "overdue_amount": "-30000.00",
        }
    }


def test_a_collective_is_released_or_decides_where_its_request_is_judged() -> None:
    pledged = {**REQUEST, "security_giver_kind": "collective"}
    assert passes(scene("application", pledged, subject="loan"), "RL-40", "loan") == {
        "undo": {"security_giver_kind": "none", "secured": False}
    }
    undecided = {**REQUEST, "borrower_is_collective": True, "collective_limit": wan(50)}
    assert passes(scene("application", undecided, subject="loan"), "RL-40", "loan") == {
        "obtain_paper": {"assembly_decision_doc_id": "given"}
    }
    loan = scene("loan", LOAN, {"application": [pledged]})
    assert states(loan)["RL-40"] is State.BREACH
    assert passes(loan, "RL-40") == {}


RESOURCE: Row = {
    "resource_id": "r1",
    "county_code": "k",
    "village_code": "v",
    "coop_id": "c",
    "parcel_id": "pp",
    "type": "经济林",
    "holder_kind": "collective",
    "holder_token": "hh",
    "appraiser_id": "app",
    "valuation": wan(50),
    "second_valuation": wan(50),
    "valuation_date": "2026-01-01",
    "valuation_age_cap": 12,
    "insurable": True,
    "insured_amount": wan(50),
    "right_expiry": "2028-01-01",
    "claims": [],
    "deals": [],
}


def resource(**columns: object) -> Scene:
    held: Row = {**LOAN, "valuation": wan(50), "secured_balance": wan(40), "balance": wan(40)}
    using: Row = {"project_id": "P1", "coop_id": "c", "activity_code": "x", "resources": []}
    others: dict[str, Sequence[Row]] = {
        "county": AROUND["county"],
        "application": [{**REQUEST, "resources": [{"resource_id": "r1"}]}],
        "loan": [held],
        "project": [using],
    }
    return scene("resource", {**RESOURCE, **columns}, others)


def test_a_valuation_is_made_anew_insured_and_its_right_prolonged() -> None:
    # 15 months of 12; 50 against 40; 30 insured of 40; 5 months after the loan, 12 are needed
    judged = resource(
        valuation_date="2025-01-01",
        second_valuation=wan(40),
        insured_amount=wan(30),
        right_expiry="2027-06-15",
    )
    assert passes(judged, "RL-50") == {
        "obtain_paper": {
            "valuation_date": "2026-04-15",
            "second_valuation": "+100000.00",
            "insured_amount": "+100000.00",
            "right_expiry": "2028-01-01",
        }
    }


def claim(kind: str, **columns: object) -> Row:
    return {
        "parcel_id": "pp",
        "holder": "x",
        "kind": kind,
        "from": "2025-01-01",
        "disclosed": True,
        **columns,
    }


def test_one_of_two_claims_is_withdrawn_or_a_pledge_disclosed() -> None:
    sold_twice = resource(claims=[claim("carbon"), claim("GEP"), claim("公益林")])
    assert passes(sold_twice, "RL-49") == {"undo": {"claims.to[1]": "2026-04-15"}}
    pledged_twice = resource(
        claims=[claim("pledge"), claim("pledge", disclosed=False, holder="y")]
    )
    assert passes(pledged_twice, "RL-49") == {
        "undo": {"claims.to[1]": "2026-04-15"},
        "obtain_paper": {"claims.disclosed[2]": True},
    }


def test_a_cheap_deal_is_decided_or_undone_a_private_one_undone() -> None:
    deal: Row = {"deal_price": wan(8), "appraised": wan(9), "channel": "open", "on": "2026-01-01"}
    fair = {**deal, "deal_price": wan(9)}
    assert passes(resource(deals=[fair, deal]), "RL-52") == {
        "undo": {"deals[2]": "withdrawn"},
        "obtain_paper": {"deals.decision_doc_id[2]": "given"},
    }
    private = {**deal, "deal_price": wan(12), "channel": "private"}
    assert passes(resource(deals=[fair, private]), "RL-52") == {"undo": {"deals[2]": "withdrawn"}}


# ------------------------------------------------------------------ partners


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
