"""The sides of RL-27 … RL-31 by hand numbers (money in 分)."""

from __future__ import annotations

from math import isnan, nan

import pytest

from features.organisation import capital, links, register, subsidies
from tests.features.cooperative.registers import Row, seen

TODAY = "2026-03-31"
OTHERWISE = {"enterprise": 0, "developer": 0, "project_company": 0}


def alike(one: float, other: float) -> bool:
    return one == other or (isnan(one) and isnan(other))


# ------------------------------------------------------------------ what it is


@pytest.mark.parametrize(
    ("called", "projects", "expected"),
    [(1, 0, 1), (0, 2, 1), (0, 0, 0), (0, None, 0), (1, None, 1), (None, 0, nan), (None, 1, 1)],
)
def test_a_developer_is_called_so_or_named_by_a_project(
    called: float | None, projects: int | None, expected: float
) -> None:
    named: list[Row] | None = None if projects is None else [{}] * projects
    flag = seen(register.is_developer, {"project": named}, entity_type__developer=called)
    assert alike(flag, expected)


def test_cooperatives_and_collectives_are_no_companies() -> None:
    def company(kind: str) -> float:
        flags = {f"entity_type__{code}": float(code == kind) for code in OTHERWISE}
        return seen(register.is_company, {}, **flags)

    assert [company(kind) for kind in OTHERWISE] == [1, 1, 1]
    assert [company(kind) for kind in ("合作社", "村集体")] == [0, 0]


@pytest.mark.parametrize(("developer", "company"), [(1, 1), (1, 0), (0, 1), (0, None)])
def test_capital_is_asked_of_developers_that_are_companies(
    developer: float, company: float | None
) -> None:
    both = seen(register.is_developer_company, {}, is_developer=developer, is_company=company)
    assert both == float(developer == 1 and company == 1)


# ------------------------------------------------------------------ lists


def entry(**changed: str | None) -> Row:
    never: Row = {"list": "失信", "from": "2025-01-01", "to": None, "repaired_on": None}
    return {**never, **changed}


@pytest.mark.parametrize(
    ("changed", "counted"),
    [
        ({}, 1),
        ({"from": "2026-03-31"}, 1),
        ({"from": "2026-04-01"}, 0),
        ({"to": "2026-03-31"}, 0),
        ({"to": "2026-04-01"}, 1),
        ({"repaired_on": "2026-03-31"}, 0),
        ({"repaired_on": "2026-04-01"}, 1),
        ({"from": None}, nan),
        ({"list": None}, nan),
    ],
)
def test_an_entry_counts_while_in_force_and_not_repaired(
    changed: dict[str, str | None], counted: float
) -> None:
    for kind in ("失信", "严重违法", "骗补"):
        listed = {"list_entries": [entry(**{"list": kind, **changed})]}
        assert alike(seen(register.serious_entries, listed, judged_on=TODAY), counted)
    abnormal = {"list_entries": [entry(**{"list": "经营异常", **changed})]}
    assert alike(seen(register.abnormal_entries, abnormal, judged_on=TODAY), counted)


def test_each_kind_of_entry_stands_on_its_own_test() -> None:
    listed = {"list_entries": [entry(), entry(list="经营异常"), entry(list="骗补")]}
    assert seen(register.serious_entries, listed, judged_on=TODAY) == 2
    assert seen(register.abnormal_entries, listed, judged_on=TODAY) == 1


def test_lists_that_were_not_asked_are_unknown_and_an_empty_one_is_clean() -> None:
    for side in (register.serious_entries, register.abnormal_entries):
        assert isnan(seen(side, {"list_entries": None}, judged_on=TODAY))
        assert seen(side, {"list_entries": []}, judged_on=TODAY) == 0


# ------------------------------------------------------------------ capital


def test_capital_is_summed_over_the_projects() -> None:
    two: list[Row] = [
        {"project_capital_paid": 30, "project_capital_due": 50},
        {"project_capital_paid": 12, "project_capital_due": None},
    ]
    assert seen(capital.project_capital_paid, {"project": two}) == 42
    assert isnan(seen(capital.project_capital_due, {"project": two}))
    assert seen(capital.project_capital_due, {"project": two[:1]}) == 50
    assert isnan(seen(capital.project_capital_paid, {"project": None}))


# ------------------------------------------------------------------ subsidies


def grant(amount: float | None, on: str | None, kind: str | None = "operation") -> Row:
    return {"amount": amount, "received_on": on, "kind": kind}


def supported(*grants: Row) -> float:
    registers = {"subsidies": list(grants)}
    return seen(subsidies.subsidies_counted_24m, registers, judged_on=TODAY)


def test_subsidies_of_the_24_months_that_end_today_count() -> None:
    old, first = grant(1, "2024-03-31"), grant(20, "2024-04-01")
    last, later = grant(300, "2026-03-31"), grant(4000, "2026-04-01")
    assert supported(old, first, last, later) == 320


def test_compensation_for_forest_and_farm_land_is_no_support() -> None:
    day = "2025-06-01"
    assert supported(grant(1, day), grant(20, day, "公益林"), grant(300, day, "耕地")) == 1


def test_a_subsidy_that_may_count_and_is_not_known_is_missing() -> None:
    day = "2025-06-01"
    assert isnan(supported(grant(None, day)))
    assert isnan(supported(grant(1, day, None)))
    assert isnan(supported(grant(1, None)))
    assert supported(grant(None, "2020-01-01"), grant(1, day)) == 1


def income(revenue: dict[int, float | None], since: str, today: str = TODAY) -> float:
    years: list[Row] = [{"year": year, "revenue": value} for year, value in revenue.items()]
    return seen(
        subsidies.income_counted_24m,
        {"yearly": years},
        reg_date=since,
        subsidies_counted_24m=7,
        judged_on=today,
        accounts_due_months=4,
    )


def test_income_is_revenue_of_the_last_two_full_years_and_subsidies() -> None:
    assert income({2022: 1, 2023: 20, 2024: 300}, "2015-05-01") == 327
    assert income({2022: 1, 2023: 20, 2024: 300, 2025: 4000}, "2015-05-01") == 4307
    assert income({2023: 20, 2024: 300, 2026: 9}, "2015-05-01") == 327


def test_accounts_are_missed_once_they_are_due() -> None:
    filed: dict[int, float | None] = {2023: 20, 2024: 300}
    assert income(filed, "2015-05-01", "2026-04-30") == 327
    assert isnan(income(filed, "2015-05-01", "2026-05-01"))


def test_a_firm_that_lacks_a_year_it_lived_through_is_unknown() -> None:
    assert isnan(income({2024: 300}, "2015-05-01"))
    assert isnan(income({2024: 300}, "2023-01-01"))
    assert income({2024: 300}, "2023-01-02") == 307
    assert income({}, "2025-11-01") == 7
    assert isnan(income({2023: None, 2024: 300}, "2015-05-01"))


def claim(programme: str | None, parcel: str | None, invoice: str | None) -> Row:
    return {"programme": programme, "parcel_id": parcel, "invoice_hash": invoice}


def test_double_claims_are_pairs_of_two_programmes() -> None:
    def pairs(*claims: Row) -> float:
        return seen(subsidies.duplicate_claims, {"subsidies": list(claims)})

    assert pairs(claim("A", "P1", None), claim("B", "P1", None)) == 1
    assert pairs(claim("A", "P1", "I1"), claim("B", "P1", "I1")) == 1
    assert pairs(claim("A", "P1", None), claim("A", "P1", None)) == 0
    assert pairs(claim("A", None, None), claim("B", None, None)) == 0
    assert pairs(claim("A", "P1", "I1"), claim("B", "P2", "I1"), claim("B", "P1", "I2")) == 2
    assert isnan(pairs(claim("A", "P1", None), claim(None, "P1", None)))


# ------------------------------------------------------------------ links

SOFT = ("address", "phone", "officer")
HARD = ("control", "family", "account")


def link(kind: str, shared_by: float | None = 2, **parties: str | None) -> Row:
    ends: Row = {"party_a": "FIRM", "party_b": "OTHER"}
    return {**ends, **parties, "kind": kind, "shared_by": shared_by}


def ties(*found: Row) -> tuple[float, float]:
    own = {"org_id": "FIRM", "parent_id": "PARENT"}
    registers = {"links": list(found)}
    soft = seen(links.soft_links, registers, **own, link_shared_by_most=5)
    return soft, seen(links.hard_links, registers, **own)


def test_addresses_phones_and_officers_tie_softly_the_others_hard() -> None:
    assert all(ties(link(kind)) == (1, 0) for kind in SOFT)
    assert all(ties(link(kind)) == (0, 1) for kind in HARD)
    assert ties(*map(link, SOFT + HARD)) == (3, 3)


def test_what_a_whole_village_shares_ties_nobody() -> None:
    assert ties(link("phone", 5)) == (1, 0)
    assert ties(link("phone", 6)) == (0, 0)
    assert ties(link("family", 6)) == (0, 1)


def test_a_soft_tie_shared_by_an_unknown_number_is_unknown() -> None:
    assert isnan(ties(link("phone", None))[0])
    assert ties(link("family", None)) == (0, 1)


def test_a_tie_inside_the_own_house_is_no_tie_to_others() -> None:
    for kind in SOFT + HARD:
        assert ties(link(kind, party_b="PARENT")) == (0, 0)
        assert ties(link(kind, party_b="FIRM")) == (0, 0)
        assert sum(ties(link(kind, party_a="LEADER"))) == 1
        assert isnan(sum(ties(link(kind, party_b=None))))


def test_links_that_were_not_looked_for_are_unknown() -> None:
    own = {"org_id": "FIRM", "parent_id": None}
    assert isnan(seen(links.hard_links, {"links": None}, **own))
    assert seen(links.hard_links, {"links": []}, **own) == 0
