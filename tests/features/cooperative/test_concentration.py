"""What hangs on one project, developer, village or commodity, by hand (money in 分)."""

from __future__ import annotations

from math import nan
from typing import Any

import numpy as np
import pytest

from features.arrays import Floats, Rows
from features.cooperative import concentration
from features.cooperative.guarantees import guarantee_exposure
from features.cooperative.undertakings import undertaking_exposure
from features.dictionary import load_dictionary
from features.resource.deposit import commodity_group

AS_OF = "2026-03-31"
FIRM, COMPANY, OTHER, DEVELOPER, RIVAL = 11.0, 12.0, 13.0, 21.0, 22.0


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def days(*texts: str) -> Floats:
    return np.array(texts, dtype="datetime64[D]").astype(np.int64).astype(np.float64)


def rows(count: int, declared: bool = True) -> Rows:
    return Rows(np.array([0, count]), np.array([declared]))


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, expected, equal_nan=True)


# ------------------------------------------------------------------ projects and developers


def associates(*parties: tuple[float, float], declared: bool = True) -> dict[str, Any]:
    """Return a register of (party, each of its five amounts)."""
    names = ("equity_paid", "loan", "entrusted", "other_receivable", "compensation_receivable")
    amount = col(*(amount for _, amount in parties))
    return {
        "associates": rows(len(parties), declared),
        "associates__associate_id": col(*(party for party, _ in parties)),
        **{f"associates__{name}": amount for name in names},
    }


def guarantees(*parties: tuple[float, float], until: str = "2027-01-01") -> dict[str, Any]:
    """Return a register of (party, balance), each guaranteed to one half."""
    count = len(parties)
    return {
        "guarantees": rows(count),
        "guarantees__party_id": col(*(party for party, _ in parties)),
        "guarantees__balance": col(*(balance for _, balance in parties)),
        "guarantees__own_share": np.full(count, 0.5),
        "guarantees__asset_value": np.full(count, nan),
        "guarantees__kind__抵押": np.zeros(count),
        "guarantees__kind__质押": np.zeros(count),
        "guarantees__from": days(*["2025-01-01"] * count),
        "guarantees__to": days(*[until] * count),
        "as_of": days(AS_OF),
    }


def projects(*links: tuple[float, float], declared: bool = True) -> dict[str, Any]:
    """Return projects of (developer, company)."""
    return {
        "project": rows(len(links), declared),
        "project__developer_id": col(*(developer for developer, _ in links)),
        "project__project_company_id": col(*(company for _, company in links)),
    }


def test_a_project_is_its_company_with_all_that_stands_in_it() -> None:
    put_in = associates((FIRM, 10), (COMPANY, 6), (OTHER, 9))
    backed = guarantees((COMPANY, 50), (OTHER, 4))
    assert same(concentration.largest_project(**put_in, **backed), 5 * 6 + 25)
    assert same(concentration.largest_project(**put_in, **guarantees()), 50)
    assert same(concentration.largest_project(**associates(), **guarantees()), 0)


def test_a_guarantee_that_has_ended_stands_in_nothing() -> None:
    ended = guarantees((COMPANY, 50), until=AS_OF)
    assert same(concentration.largest_project(**associates(), **ended), 0)


def test_an_asset_given_for_a_debt_counts_to_its_value() -> None:
    for value, counted in ((30, 15), (70, 25)):
        pledged = guarantees((COMPANY, 50)) | {
            "guarantees__kind__抵押": col(1),
            "guarantees__asset_value": col(value),
        }
        assert same(concentration.largest_project(**associates(), **pledged), counted)


def test_a_developer_is_itself_and_the_companies_of_all_its_projects() -> None:
    put_in = associates((FIRM, 10), (COMPANY, 6), (DEVELOPER, 1))
    backed = guarantees((FIRM, 20), (OTHER, 150))
    owned = projects((DEVELOPER, FIRM), (DEVELOPER, COMPANY), (DEVELOPER, FIRM))
    assert same(concentration.largest_developer(**put_in, **backed, **owned), 60 + 30 + 5)
    elsewhere = projects((DEVELOPER, FIRM), (RIVAL, COMPANY), (RIVAL, OTHER), (nan, FIRM))
    assert same(concentration.largest_developer(**put_in, **backed, **elsewhere), 30 + 75)


def test_a_party_of_no_project_stands_alone() -> None:
    put_in = associates((FIRM, 10), (OTHER, 30))
    for links in (projects(), projects((DEVELOPER, FIRM)), projects((nan, OTHER))):
        assert same(concentration.largest_developer(**put_in, **guarantees(), **links), 150)


def test_registers_that_nobody_declared_are_not_known() -> None:
    undeclared = associates(declared=False)
    assert same(concentration.largest_project(**undeclared, **guarantees()), nan)
    assert same(concentration.largest_developer(**undeclared, **guarantees(), **projects()), nan)
    unlisted = projects(declared=False)
    assert same(concentration.largest_developer(**associates(), **guarantees(), **unlisted), nan)


def test_guarantees_are_those_of_the_exposure() -> None:
    one_party = guarantees((FIRM, 51), (FIRM, 30), (FIRM, 7)) | {
        "guarantees__kind__质押": col(0, 1, 0),
        "guarantees__asset_value": col(nan, 20, nan),
        "guarantees__to": days("2027-01-01", "2027-01-01", "2026-01-01"),
    }
    whole = {key: value for key, value in one_party.items() if key != "guarantees__party_id"}
    assert same(guarantee_exposure(**whole), 26 + 10)
    assert same(concentration.largest_project(**associates(), **one_party), 26 + 10)


# ------------------------------------------------------------------ villages and commodities


def undertakings(*caps: float, shared: bool = True) -> dict[str, Any]:
    """Return undertakings for resources 1, 2 …, of which the cooperative bears a fifth."""
    count = len(caps)
    resources = np.arange(1.0, count + 1)
    return {
        "undertakings": rows(count),
        "undertakings__resource_id": resources,
        "undertakings__cap": col(*caps),
        "undertakings__own_share": np.full(count, 0.2),
        "undertakings__beneficiary__lender": np.ones(count),
        "undertakings__trigger__default": np.zeros(count),
        "undertakings__expiry": days(*["2027-01-01"] * count),
        "undertakings__called_on": np.full(count, nan),
        "co_sharers": rows(count),
        "co_sharers__resource_id": resources,
        "co_sharers__share": np.full(count, 0.8),
        "co_sharers__contract_doc_id": np.full(count, 5.0 if shared else nan),
        "as_of": days(AS_OF),
    }


def stock(
    amount: float, *held: tuple[float, float, float], declared: bool = True
) -> dict[str, Any]:
    """Return stock of an amount, and resources of (group, valuation, only promised)."""
    return {
        "inventory_resources": col(amount),
        "resource": rows(len(held), declared),
        "resource__valuation": col(*(value for _, value, _ in held)),
        "resource__deposit_mode__承诺收购": col(*(promised for _, _, promised in held)),
        "group": col(*(group for group, _, _ in held)),
    }


def village(promised: dict[str, Any], of: Floats, held: dict[str, Any]) -> Floats:
    held = dict(held)
    group = held.pop("group")
    seen = concentration.largest_village(
        **promised, undertaken__village_code=of, resource__village_code=group, **held
    )
    other = concentration.largest_commodity(
        **promised, undertaken__commodity_group=of, resource__commodity_group=group, **held
    )
    assert np.array_equal(seen, other, equal_nan=True), "both sum alike"
    return seen


def test_a_village_has_what_is_promised_for_it_and_its_part_of_the_stock() -> None:
    promised = undertakings(100, 50, 200)
    held = stock(90, (7, 200, 0), (8, 100, 0), (7, 5000, 1))
    assert same(village(promised, col(7, 7, 8), held), max(20 + 10 + 60, 40 + 30))
    assert same(village(promised, col(7, 8, 8), stock(0)), 50)
    assert same(village(undertakings(), col(), stock(0)), 0)


def test_an_undertaking_that_nobody_shares_counts_in_full() -> None:
    assert same(village(undertakings(100, shared=False), col(7), stock(0)), 100)


def test_what_cannot_be_attributed_is_not_known() -> None:
    promised = undertakings(100)
    assert same(village(promised, col(nan), stock(0)), nan)
    assert same(village(promised, col(7), stock(9)), nan)
    assert same(village(promised, col(7), stock(9, (7, 10, 1))), nan)
    assert same(village(promised, col(7), stock(9, (nan, 10, 0))), nan)
    assert same(village(promised, col(7), stock(nan, (7, 10, 0))), nan)
    assert same(village(promised, col(7), stock(9, declared=False)), nan)
    assert same(village(promised, col(7), stock(0, declared=False)), 20)


def test_undertakings_are_those_of_the_exposure() -> None:
    promised = undertakings(100, 33, 70, 40) | {
        "undertakings__beneficiary__lender": col(1, 0, 0, 1),
        "undertakings__trigger__default": col(0, 1, 0, 0),
        "undertakings__called_on": col(nan, nan, nan, *days("2026-01-01")),
    }
    assert same(undertaking_exposure(**promised), 20 + 7)
    assert same(village(promised, col(7, 7, 7, 7), stock(0)), 20 + 7)


# ------------------------------------------------------------------ the rest


def group_of(commodity: str | None, resource: float = 3) -> float:
    named = commodities()
    flags = [nan if commodity is None else float(code == commodity) for code in named]
    return float(commodity_group(col(resource), *(col(flag) for flag in flags))[0])


def commodities() -> list[str]:
    codes = load_dictionary().table("resource").columns["commodity"].codes
    return [code.name for code in codes if code.name != "other"]


def test_every_commodity_of_the_dictionary_is_a_group_of_its_own() -> None:
    assert [group_of(name) for name in commodities()] == list(range(1, len(commodities()) + 1))


def test_another_commodity_and_none_are_one_group() -> None:
    assert group_of("other") == group_of(None) == 0


def test_a_resource_that_is_not_in_the_book_has_no_group() -> None:
    assert np.isnan(group_of(None, nan))


def test_encumbered_assets_are_held_or_pledged() -> None:
    assert same(concentration.encumbered_assets(col(30), col(12)), 42)
    assert same(concentration.encumbered_assets(col(nan), col(12)), nan)
    assert same(concentration.encumbered_assets(col(30), col(nan)), nan)


@pytest.mark.parametrize("more", [1, 10**9])
def test_more_in_one_party_never_lessens_a_side(more: int) -> None:
    put_in = associates((FIRM, 10), (COMPANY, 20))
    owned = projects((DEVELOPER, FIRM), (DEVELOPER, OTHER))
    before = guarantees((FIRM, 100), (OTHER, 80))
    for party in (FIRM, COMPANY, OTHER):
        after = guarantees((FIRM, 100), (OTHER, 80), (party, 2 * more))
        first = concentration.largest_project(**put_in, **before)
        assert concentration.largest_project(**put_in, **after) >= first
        first = concentration.largest_developer(**put_in, **before, **owned)
        assert concentration.largest_developer(**put_in, **after, **owned) >= first
