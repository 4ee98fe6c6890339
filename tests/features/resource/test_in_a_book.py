"""Resources and loans of a small book: who claims, appraises and lends on what, line by line."""

from __future__ import annotations

from datetime import date
from math import inf, nan

import numpy as np
import pytest

from features.point_in_time import evaluate
from features.records import book_from_rows
from risk.files import load_policy
from service.use_cases.judging.red_lines import judge_book

POLICY = load_policy()
DAY = date(2026, 3, 31)
FIRM = "91330100799655058B"
Row = dict[str, object]
RECORD: Row = {
    "as_of": "2026-03-31",
    "known_at": "2026-03-31T09:00:00+08:00",
    "source": "test",
    "quality": "verified",
}
LATER: Row = {"as_of": "2026-04-01", "known_at": "2026-04-01T09:00:00+08:00"}


def claim(kind: str, **told: object) -> Row:
    said: Row = {"parcel_id": "G1", "holder": "H", "kind": kind, "from": "2025-01-01"}
    return {**said, "disclosed": True, **told}


def resource(key: str, **told: object) -> Row:
    """Return a sound resource: young valuation by one appraiser, no claim, no deal."""
    nature: Row = {
        "county_code": "330802",
        "village_code": "V",
        "parcel_id": key,
        "holder_token": f"T-{key}",
        "holder_kind": "household",
        "appraiser_id": "P01",
        "right_expiry": "2036-03-31",
        "valuation": "300000",
        "valuation_date": "2025-12-31",
        "valuation_age_cap": 12,
        "insurable": True,
        "insured_amount": "200000",
        "claims": [],
        "deals": [],
    }
    return {**RECORD, "resource_id": key, **nature, **told}


def listed(*keys: str) -> list[Row]:
    return [{"resource_id": key} for key in keys]


def request(key: str, **told: object) -> Row:
    terms: Row = {
        "bank_code": "B1",
        "household_id": "H1",
        "segment": "household",
        "amount": "300000",
        "enhancer_kind": "农担",
        "secured": True,
        "security_giver_kind": "borrower",
        "borrower_is_collective": False,
        "resources": [],
    }
    return {**RECORD, "application_id": key, **terms, **told}


def loan(key: str, of: str, **told: object) -> Row:
    terms: Row = {
        "balance": "250000",
        "secured_balance": "250000",
        "dpd": 0,
        "secured": True,
        "valuation": "600000",
        "ltv_cap": "0.5",
        "maturity": "2030-03-31",
    }
    return {**RECORD, "loan_id": key, "application_id": of, **terms, **told}


COUNTY: Row = {**RECORD, "county_code": "330802", "deal_limit": "50000"}


def seen(name: str, resources: list[Row], **others: list[Row]) -> dict[str, float]:
    """Return a feature of each resource of a book that has every table that matters."""
    rows = {"resource": resources, "county": [COUNTY], **filled(others)}
    checked = book_from_rows(rows)
    assert len(checked.faults) == 0, checked.faults.by_rule()
    frame = evaluate(checked.book, "resource", [name], at=DAY, parameters=POLICY.parameters())
    return dict(zip(frame.keys, frame.columns[name].tolist(), strict=True))


def filled(others: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Return tables with a row that has nothing to do with any resource where none is given."""
    spare: dict[str, list[Row]] = {
        "project": [{**RECORD, "project_id": "J0", "coop_id": "K0", "resources": []}],
        "organisation": [{**RECORD, "org_id": FIRM, "links": []}],
        "application": [request("A0")],
        "loan": [loan("L0", "A0")],
    }
    return spare | others


def same(found: dict[str, float], **expected: float) -> bool:
    return found.keys() == expected.keys() and np.array_equal(
        list(found.values()), [expected[key] for key in found], equal_nan=True
    )


# ------------------------------------------------------------------ claims


def test_claims_of_two_resources_on_one_parcel_meet() -> None:
    one = resource("R1", parcel_id="G1", claims=[claim("carbon")])
    two = resource("R2", parcel_id="G1", claims=[claim("GEP")])
    other = resource("R3", parcel_id="G3", claims=[claim("GEP", parcel_id="G3")])
    assert same(seen("claims_conflicting", [one, two, other]), R1=1, R2=1, R3=0)


def test_what_a_neighbour_claims_on_another_parcel_is_no_claim_on_this_one() -> None:
    elsewhere = [claim("carbon", parcel_id="G9"), claim("GEP", parcel_id="G9", registry_no="N9")]
    one = resource("R1", parcel_id="G1", claims=[])
    two = resource("R2", parcel_id="G1", claims=elsewhere)
    assert same(seen("claims_conflicting", [one, two]), R1=0, R2=1)


def test_one_pledge_that_two_resources_list_is_one() -> None:
    pledge = claim("pledge", disclosed=False, registry_no="N7")
    rows = [resource(key, parcel_id="G1", claims=[pledge]) for key in ("R1", "R2")]
    assert same(seen("claims_conflicting", rows), R1=0, R2=0)
    rows[1]["claims"] = [{**pledge, "registry_no": "N8"}]
    assert same(seen("claims_conflicting", rows), R1=1, R2=1)


def test_a_claim_that_is_known_later_or_not_declared_is_not_passed_over() -> None:
    one = resource("R1", parcel_id="G1", claims=[claim("carbon")])
    two = resource("R2", parcel_id="G1", claims=[claim("GEP")])
    assert same(seen("claims_conflicting", [one, two | LATER]), R1=0)
    del two["claims"]
    assert same(seen("claims_conflicting", [one, two]), R1=nan, R2=nan)


# ------------------------------------------------------------------ appraisers


def developed(project: str, developer: str | None, *keys: str) -> Row:
    named = {} if developer is None else {"developer_id": developer}
    head: Row = {**RECORD, "project_id": project, "coop_id": "K1", "resources": listed(*keys)}
    return head | named


def test_an_appraiser_in_the_developers_links_is_related_to_its_resources_alone() -> None:
    link = {"party_a": FIRM, "party_b": "P01", "kind": "account"}
    firm = {**RECORD, "org_id": FIRM, "links": [link]}
    rows = [resource("R1"), resource("R2", appraiser_id="P02"), resource("R3"), resource("R4")]
    projects = [developed("J1", FIRM, "R1", "R2"), developed("J2", None, "R4")]
    found = seen("appraiser_related", rows, project=projects, organisation=[firm])
    assert same(found, R1=1, R2=0, R3=0, R4=0)


def test_a_developer_that_the_book_does_not_know_leaves_the_appraiser_open() -> None:
    projects = [developed("J1", "91330100MA27XF6Q2X", "R1")]
    found = seen("appraiser_related", [resource("R1"), resource("R2")], project=projects)
    assert same(found, R1=nan, R2=0)


# ------------------------------------------------------------------ loans


def test_a_resource_answers_for_its_part_of_the_loans_that_are_open() -> None:
    requests = [request("A1", resources=listed("R1", "R2")), request("A2", resources=listed("R1"))]
    closed = loan("L2", "A2", closed_on="2026-03-31", maturity="2035-12-31")
    rows, others = [resource("R1"), resource("R2"), resource("R3")], {"application": requests}
    loans = [loan("L1", "A1"), closed]
    found = seen("secured_balance", rows, loan=loans, **others)
    assert same(found, R1=12_500_000, R2=12_500_000, R3=0)
    months = seen("lease_months_after_loan", rows, loan=loans, **others)
    assert same(months, R1=72, R2=72, R3=inf)
    assert same(seen("insurance_due", rows, loan=loans, **others), R1=1, R2=1, R3=0)


# ------------------------------------------------------------------ lines

LINES = ("RL-35a", "RL-35b", "RL-40", "RL-48", "RL-49", "RL-50", "RL-52")


def states(**tables: list[Row]) -> dict[tuple[str, str], str]:
    """Return the state of each line of resources and loans by subject."""
    book = book_from_rows({"county": [COUNTY], **filled(tables)}).book
    judged = judge_book(book, POLICY, DAY)
    kinds = ("resource", "loan")
    return {
        (verdict.row.subject[1], verdict.rule.id): verdict.state.word
        for verdict in judged.verdicts
        if verdict.row.subject[0] in kinds and verdict.rule.id in LINES
    }


def test_a_lawful_pledge_and_its_loan_pass() -> None:
    found = states(
        resource=[resource("R1")],
        application=[request("A1", resources=listed("R1"))],
        loan=[loan("L1", "A1", valuation="300000", balance="150000", secured_balance="150000")],
    )
    assert {word for (_, rule), word in found.items() if rule != "RL-52"} == {"pass"}
    assert found["R1", "RL-52"] == "not_applicable"


def deal(price: str, channel: str, **told: object) -> Row:
    return {"deal_price": price, "channel": channel, "on": "2026-01-10", **told}


@pytest.mark.parametrize(
    ("deals", "expected"),
    [
        ([], "pass"),
        ([deal("40000", "private", appraised="40000")], "pass"),
        ([deal("50000", "private", appraised="50000")], "breach"),
        ([deal("90000", "open", appraised="90000.01")], "breach"),
        ([deal("90000", "open", appraised="99000", decision_doc_id="D7")], "pass"),
        ([deal("90000", "open")], "unknown"),
    ],
)
def test_deals_of_a_collective_are_open_and_at_their_price(
    deals: list[Row], expected: str
) -> None:
    found = states(resource=[resource("R1", holder_kind="collective", deals=deals)])
    assert found["R1", "RL-52"] == expected


def test_a_loan_is_judged_by_what_its_request_says() -> None:
    collective = {"borrower_is_collective": True, "collective_limit": "200000"}
    platform = {**RECORD, "org_id": FIRM, "is_lgfv": True, "links": []}
    firm = {"segment": "organisation", "household_id": None, "org_id": FIRM}
    requests = [
        request("A1"),
        request("A2", security_giver_kind="collective"),
        request("A3", **collective),
        request("A4", **firm),
        request("A5", **firm, bank_code="B2"),
    ]
    requests[4]["enhancer_kind"] = "none"
    loans = [loan(f"L{n}", f"A{n}") for n in range(1, 6)]
    found = states(application=requests, loan=loans, organisation=[platform])
    by_line = {rule: [found[f"L{n}", rule] for n in range(1, 6)] for rule in ("RL-40", "RL-48")}
    assert by_line["RL-40"] == ["pass", "breach", "breach", "pass", "pass"]
    assert by_line["RL-48"] == ["pass", "pass", "pass", "breach", "pass"]


def test_days_past_due_count_until_a_deferral_stops_them() -> None:
    loans = [
        loan("L1", "A0", dpd=90),
        loan("L2", "A0", dpd=90, deferral_doc_id="D1"),
        loan("L3", "A0", dpd=8),
    ]
    found = states(loan=loans)
    assert [found[key, "RL-35a"] for key in ("L1", "L2", "L3")] == [
        "breach",
        "not_applicable",
        "warn",
    ]
