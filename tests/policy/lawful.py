"""A lawful book of every kind of subject: all exemplars of domain 7.4.2 side by side.

A world maps a short name to a table and a row. Ids end in `§`, which `worlds.named` replaces, so
that many worlds stand in one book without knowing of each other; `ORG…§` becomes a valid code.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.policy.lawful_cooperative import COOPERATIVE, Row

World = dict[str, tuple[str, Row]]

DAY = date(2026, 1, 31)
SEEN: Row = {
    "as_of": "2025-12-31",
    "known_at": "2026-01-15T09:00:00+08:00",
    "source": "test",
    "quality": "verified",
}
COUNTY: Row = {
    "county_code": "X§",
    "sector_benchmark": "0.60",
    "sector_capital_floor": "0.20",
    "lpr_1y": "0.03",
    "spring_festival": "2026-02-17",
    "deal_limit": "5",
    "prices": [
        {"type": "土地经营权", "commodity": "茶", "on": "2025-10-15", "price": "10.00"},
    ],
    "gep_ledger": [],
    "products": [
        {"product": kind, "loan_balance": "100", "npl_balance": "1", "overdue_90_balance": "1"}
        for kind in ("credit", "deposit", "carbon")
    ],
}
PERMITS: list[Row] = [
    {"kind": kind, "required": True, "issued_on": "2024-02-01", "expires_on": "2028-02-01"}
    for kind in ("立项", "用地", "环评", "施工")
]
PROJECT: Row = {
    "project_id": "WORKS§",
    "coop_id": "K§",
    "activity_code": "生态旅游",
    "developer_id": "ORG1§",
    "project_company_id": "ORG3§",
    "life_state": "在营",
    "fixed_asset_project": True,
    "weather_normalised": True,
    "approved_on": "2024-01-10",
    "project_area": "50000",
    "price_base": 2023,
    **{"total_investment": "100", "project_capital_planned": "40"},
    **{"project_capital_paid": "30", "project_capital_due": "30"},
    **{"payout_reserve": "12", "op_cash_12m": "25"},
    **{"gep_before": "1000", "gep_after": "1005", "gep_band": "10"},
    **{"gep_reg_before": "600", "gep_reg_after": "603", "gep_reg_band": "6"},
    "invest_plan": [{"on": "2025-11-01", "amount": "50"}],
    "invest_actual": [{"on": "2025-11-20", "amount": "50"}],
    "funding": [{"kind": "equity", "amount": "30"}],
    "milestones": [{"kind": "construction_start", "on": "2024-03-01"}],
    "payouts": [
        {"due_on": "2025-10-15", "due": "10", "paid_on": "2025-10-15", "paid": "10"},
        {"due_on": "2026-02-10", "due": "10"},
        {"due_on": "2026-09-10", "due": "10"},
    ],
    "permits": PERMITS,
    "penalties": [],
    "overlaps": [
        {
            **{"layer": "生态保护红线", "basis": "attested", "area": "5000"},
            **{"attestation_doc_id": "Z1", "attested_on": "2025-06-01"},
            **{"activity_code": "生态旅游", "permit_doc_id": "X1"},
        }
    ],
    "resources": [{"resource_id": "LAND§"}, {"resource_id": "HALL§"}],
}
GROVE: Row = PROJECT | {
    "project_id": "GROVE§",
    "developer_id": "ORG2§",
    "project_company_id": None,
    "fixed_asset_project": False,
    **{"invest_plan": [], "invest_actual": [], "milestones": [], "permits": [], "overlaps": []},
    "resources": [{"resource_id": "BAMBOO§"}],
}
DEVELOPER: Row = {
    "org_id": "ORG1§",
    "entity_type": "developer",
    "reg_date": "2015-05-01",
    "is_lgfv": False,
    **{"capital_subscribed": "100", "capital_paid": "60", "capital_due": "60"},
    **{"resources_held_value": "200", "counties_active": 1},
    **{"resources_held_area": "100000", "resources_idle_area": "10000"},
    "yearly": [{"year": year, "revenue": "300"} for year in (2023, 2024)],
    "shareholders": [],
    "subsidies": [
        {"programme": "茶园", "kind": "operation", "amount": "40", "received_on": "2025-03-01"},
    ],
    "list_entries": [],
    "links": [{"party_a": "ORG1§", "party_b": "T9", "kind": "phone", "shared_by": 30}],
}
VILLAGE: Row = {
    name: value for name, value in DEVELOPER.items() if not name.startswith("capital")
} | {"org_id": "ORG2§", "entity_type": "村集体", "links": []}
RESOURCE: Row = {
    "resource_id": "LAND§",
    "parcel_id": "P-LAND§",
    "county_code": "X§",
    "village_code": "V1§",
    "coop_id": "K§",
    "holder_token": "T1",
    "appraiser_id": "A1",
    "type": "土地经营权",
    "commodity": "茶",
    "right_type": "operation",
    "holder_kind": "household",
    "title_state": "confirmed",
    "deposit_mode": "流转",
    "liquidity_class": "B",
    "area": "6666.667",
    "right_expiry": "2045-12-31",
    "handover_date": "2025-10-01",
    "sensing_date": "2025-12-01",
    "sensing_change": "growth",
    "valuation": "100",
    "valuation_date": "2025-11-01",
    "valuation_method": "market",
    "valuation_age_cap": 12,
    "insurable": False,
    **{"title_evidence": [], "overlaps": [], "claims": [], "deals": []},
}
PLEDGE: Row = {
    **{"parcel_id": "P-BAMBOO§", "holder": "BK§", "kind": "pledge", "from": "2025-01-01"},
    **{"disclosed": True, "registry_no": "D1"},
}
HALL: Row = RESOURCE | {
    **{"resource_id": "HALL§", "parcel_id": "P-HALL§", "type": "集体资产", "commodity": "民宿"},
    **{"holder_kind": "collective", "village_code": "V2§", "valuation": "90"},
    "deals": [
        {
            **{"deal_price": "90", "appraised": "90", "reserve_price": "80", "channel": "open"},
            **{"on": "2025-09-01"},
        }
    ],
}
BAMBOO: Row = RESOURCE | {
    **{"resource_id": "BAMBOO§", "parcel_id": "P-BAMBOO§", "type": "毛竹", "commodity": "毛竹"},
    **{"deposit_mode": "承诺收购", "valuation": "40", "second_valuation": "40"},
    **{"insurable": True, "insured_amount": "30", "sensing_change": "none"},
    "claims": [PLEDGE, PLEDGE | {"kind": "公益林", "holder": "T1", "registry_no": "D2"}],
}
DYKE: Row = RESOURCE | {
    **{"resource_id": "DYKE§", "parcel_id": "P-DYKE§", "type": "堤坝", "holder_kind": "state"},
    **{"commodity": None, "deposit_mode": "租赁", "valuation": "50"},
}
REQUEST: Row = {
    "application_id": "APP1§",
    "bank_code": "BK§",
    "purpose_code": "种植",
    "household_id": "H§",
    "product": "credit",
    "segment": "household",
    **{"amount": "5", "term_m": 24, "enhancer_kind": "none"},
    **{"secured": False, "borrower_is_collective": False, "resources": []},
}
LOAN: Row = {
    **{"loan_id": "LOAN1§", "application_id": "APP1§", "balance": "5", "overdue_amount": "0"},
    **{"dpd": 0, "secured": False, "granted_on": "2025-01-10", "maturity": "2027-01-10"},
}
SECURED: Row = {"secured": True, "valuation": "40", "ltv_cap": "0.5"}
HOUSEHOLD: Row = {"household_id": "H§", "county_code": "X§", "village_code": "V1§"}
BODY: Row = {
    **{"body_id": "G§", "licence_no": "L2", "leverage_cap": "10", "weighted_liability": "450"},
    **{"body_net_assets": "100", "largest_party_liability": "4"},
    **{"largest_group_liability": "6", "controller_guarantees": "0"},
}
BANK: Row = {
    **{"bank_code": "BK§", "bank_capital_net": "1000", "bank_tier1_net": "800"},
    **{"largest_borrower_loans": "40", "largest_group_exposure": "60"},
}


def lawful() -> World:
    """Return the lawful world, free to be changed."""
    asked = REQUEST | {"segment": "organisation", "household_id": None}
    rows: list[tuple[str, str, Row]] = [
        ("county", "county", COUNTY),
        *((f"coop@{end}", "cooperative", COOPERATIVE | _ended(end)) for end in EARLIER),
        ("coop", "cooperative", COOPERATIVE),
        ("works", "project", PROJECT),
        ("grove", "project", GROVE),
        ("developer", "organisation", DEVELOPER),
        ("village", "organisation", VILLAGE),
        *((row["resource_id"][:-1].lower(), "resource", row) for row in RESOURCES),
        ("household", "household", HOUSEHOLD),
        ("request", "application", REQUEST),
        ("pledged", "application", REQUEST | SECURED | PLEDGED),
        ("firm", "application", asked | {"application_id": "APP3§", "org_id": "ORG1§"}),
        ("collective", "application", asked | COLLECTIVE),
        *(("loan" + row["loan_id"][4], "loan", row) for row in LOANS),
        ("body", "guarantee_body", BODY),
        ("bank", "bank", BANK),
    ]
    return {name: (table, fresh(SEEN | row)) for name, table, row in rows}


def fresh(value: Any) -> Any:
    """Return a copy of which no two parts are one and the same object."""
    if isinstance(value, dict):
        return {name: fresh(inner) for name, inner in value.items()}
    return [fresh(inner) for inner in value] if isinstance(value, list) else value


EARLIER = ("2023-12-31", "2024-12-31", "2025-03-31", "2025-06-30", "2025-09-30")
RESOURCES = (RESOURCE, HALL, BAMBOO, DYKE)
PLEDGED: Row = {
    **{"application_id": "APP2§", "product": "deposit", "amount": "20"},
    "security_giver_kind": "borrower",
    "resources": [{"resource_id": "BAMBOO§"}],
}
COLLECTIVE: Row = {
    **{"application_id": "APP4§", "org_id": "ORG2§", "borrower_is_collective": True},
    **{"amount": "60", "collective_limit": "50", "assembly_decision_doc_id": "M1"},
}
LOANS = (
    LOAN,
    LOAN
    | SECURED
    | {"loan_id": "LOAN2§", "application_id": "APP2§", "balance": "10", "secured_balance": "10"},
    LOAN | {"loan_id": "LOAN3§", "application_id": "APP3§"},
    LOAN | {"loan_id": "LOAN4§", "application_id": "APP4§"},
)


def _ended(end: str) -> Row:
    return {"as_of": end, "known_at": f"{end}T20:00:00+08:00"}
