"""Connected parties: circles of holdings, what a village shares, the state, and the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.book import Book
from features.records import book_from_rows
from features.simulate.organisations import social_credit_code
from risk.connected import Connected, components, connected

DAY = date(2026, 3, 31)
Row = dict[str, object]


def code(number: int) -> str:
    return social_credit_code(f"91330899MA{number:07d}")


A, B, C, D, E = (code(number) for number in range(1, 6))


def firm(org_id: str, known_at: str = "2026-02-01T08:00:00+08:00", **given: object) -> Row:
    whole: Row = {
        "org_id": org_id,
        "entity_type": "developer",
        "reg_date": "2020-01-01",
        "is_lgfv": False,
        "as_of": "2025-12-31",
        "known_at": known_at,
        "source": "test",
        "quality": "verified",
        "shareholders": [],
        "links": [],
    }
    return whole | given


def holder(token: str, stake: str = "0.6", kind: str = "person") -> Row:
    return {
        "holder_token": token,
        "holder_kind": kind,
        "stake": stake,
        "subscribed": "1.00",
        "paid": "1.00",
    }


def link(a: str, b: str, kind: str, shared_by: int | None = None) -> Row:
    row: Row = {"party_a": a, "party_b": b, "kind": kind}
    return row if shared_by is None else row | {"shared_by": shared_by}


def book(*firms: Row) -> Book:
    checked = book_from_rows({"organisation": firms}, today=DAY)
    assert not len(checked.faults), checked.faults.by_rule()
    return checked.book


def parties(*firms: Row, day: date = DAY) -> Connected:
    return connected(book(*firms), day, shared_by_most=5, stake=0.25)


def groups(*firms: Row, day: date = DAY) -> list[int]:
    return [int(group) for group in parties(*firms, day=day).group]


def test_organisations_without_ties_stand_alone() -> None:
    assert groups(firm(A), firm(B), firm(C)) == [0, 1, 2]
    assert groups() == []


def test_a_circle_of_holdings_is_one_group() -> None:
    circle = [
        firm(A, shareholders=[holder(C, kind="firm")]),
        firm(B, shareholders=[holder(A, kind="firm")]),
        firm(C, shareholders=[holder(B, kind="firm")]),
        firm(D),
    ]
    assert groups(*circle) == [0, 0, 0, 1]
    seen = parties(*circle)
    assert seen.members(B) == [A, B, C]
    assert sorted(seen.explanation(B)) == sorted(
        [(A, C, "holding"), (B, A, "holding"), (C, B, "holding")]
    )
    assert seen.explanation(D) == []


def test_a_firm_that_holds_itself_is_no_tie() -> None:
    assert parties(firm(A, shareholders=[holder(A, kind="firm")])).edges.num_rows == 0


def test_one_holder_of_enough_of_two_firms_ties_them() -> None:
    def held(stake: str, kind: str = "person") -> list[int]:
        return groups(
            firm(A, shareholders=[holder("T1", kind=kind)]),
            firm(B, shareholders=[holder("T1", stake, kind)]),
        )

    assert held("0.2501") == [0, 0]
    assert held("0.25") == [0, 1]
    assert held("0.9", "collective") == [0, 0]
    assert held("0.9", "state") == [0, 1]


def test_a_controller_ties_and_the_state_does_not() -> None:
    assert groups(firm(A, controller_token="T1"), firm(B, controller_token="T1")) == [0, 0]
    public = [holder("T1", kind="state")]
    assert groups(
        firm(A, controller_token="T1", shareholders=public), firm(B, controller_token="T1")
    ) == [0, 1]


def test_a_parent_ties_its_houses_though_it_is_not_in_the_book() -> None:
    assert groups(firm(A, parent_id=E), firm(B), firm(C, parent_id=E)) == [0, 1, 0]


def test_a_leader_between_two_bidders_ties_them() -> None:
    seen = parties(
        firm(A, links=[link(A, "T9", "family")]),
        firm(B, links=[link("T9", B, "account")]),
        firm(C),
    )
    assert seen.group.tolist() == [0, 0, 1]
    assert sorted(seen.explanation(A)) == sorted([(A, "T9", "family"), ("T9", B, "account")])


@pytest.mark.parametrize("kind", ["address", "phone", "officer"])
def test_what_a_whole_village_shares_ties_nobody(kind: str) -> None:
    assert groups(firm(A, links=[link(A, B, kind, 5)]), firm(B)) == [0, 0]
    assert groups(firm(A, links=[link(A, B, kind, 6)]), firm(B)) == [0, 1]


def test_a_family_is_a_tie_however_large() -> None:
    assert groups(firm(A, links=[link(A, B, "family", 40)]), firm(B)) == [0, 0]


@pytest.mark.parametrize(("firms", "together"), [(5, True), (6, False)])
def test_sharers_are_counted_where_nobody_says_how_many(firms: int, together: bool) -> None:
    listed = [firm(code(n), links=[link(code(n), "村委会", "phone")]) for n in range(firms)]
    assert (len(set(groups(*listed))) == 1) == together


def test_a_tie_reported_by_both_ends_is_counted_once() -> None:
    def both(n: int) -> list[Row]:
        return [link(code(n), "村委会", "phone"), link("村委会", code(n), "phone")]

    assert set(groups(*(firm(code(n), links=both(n)) for n in range(5)))) == {0}


def test_only_what_was_known_on_the_day_ties() -> None:
    later = firm(A, "2026-03-01T08:00:00+08:00", as_of="2026-02-20", controller_token="T1")
    firms = [firm(A), later, firm(B, controller_token="T1")]
    assert groups(*firms, day=date(2026, 2, 28)) == [0, 1]
    assert groups(*firms, day=date(2026, 3, 1)) == [0, 0]


def test_an_organisation_whose_registers_are_undeclared_is_unsure() -> None:
    silent = {key: value for key, value in firm(B).items() if key != "links"}
    assert parties(firm(A), silent).unsure.tolist() == [False, True]


def test_a_stranger_has_no_members_and_no_ties() -> None:
    seen = parties(firm(A, parent_id=E))
    assert seen.members(D) == []
    assert seen.explanation(D) == []


def slowly(edges: Sequence[tuple[int, int]], size: int) -> list[int]:
    """Return the least point of each component, by spreading labels until nothing moves."""
    label, moved = list(range(size)), True
    while moved:
        moved = False
        for one, other in edges:
            least = min(label[one], label[other])
            moved = moved or label[one] != least or label[other] != least
            label[one] = label[other] = least
    return label


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=20))
def test_components_are_those_of_spreading_labels(edges: list[tuple[int, int]]) -> None:
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    assert components(ends[:, 0], ends[:, 1], 12).tolist() == slowly(edges, 12)


def test_a_long_chain_and_its_circle_are_one() -> None:
    size = 200_000
    order = np.random.default_rng(1).permutation(size)
    assert not components(order, np.roll(order, 1), size).any()
