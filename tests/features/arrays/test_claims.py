"""Pairs of claims that exclude each other, by hand and against a search pair by pair."""

from __future__ import annotations

from itertools import combinations
from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given as holds_for
from hypothesis import strategies as st

from features.arrays import Floats, Rows, clashing_pairs

CARBON, GEP, COVER, OFFSET, PLEDGE, SALE, FOREST = 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0


def numbers(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def pairs(*kinds: float, **told: Floats) -> float:
    """Return the pairs of one subject; what is not told is live, disclosed and different."""
    n = len(kinds)
    one = np.ones(n)
    claims = {"parcels": one, "disclosed": one, "live": one, "since": one, "owners": one}
    claims |= {"holders": np.arange(1.0, n + 1), "registry": np.full(n, nan)} | told
    seen = clashing_pairs(
        claims["parcels"],
        numbers(*kinds),
        claims["disclosed"],
        claims["live"],
        claims["holders"],
        claims["since"],
        claims["registry"],
        claims["owners"],
        Rows(np.array([0, n]), np.array([True])),
    )
    return float(seen[0])


def test_two_rights_of_the_exclusive_group_clash_once() -> None:
    rights = (CARBON, GEP, COVER, OFFSET)
    assert [pairs(one, other) for one, other in combinations(rights, 2)] == [1] * 6
    assert pairs(CARBON, CARBON) == 1
    assert pairs(*rights) == 6


def test_a_pledge_clashes_with_a_sale_and_not_with_a_right() -> None:
    assert pairs(PLEDGE, SALE) == pairs(SALE, PLEDGE) == 1
    assert pairs(PLEDGE, CARBON) == pairs(SALE, CARBON) == pairs(SALE, SALE) == 0


def test_two_pledges_clash_where_one_is_not_disclosed() -> None:
    assert pairs(PLEDGE, PLEDGE) == 0
    assert pairs(PLEDGE, PLEDGE, disclosed=numbers(1, 0)) == 1
    assert pairs(PLEDGE, PLEDGE, disclosed=numbers(0, 0)) == 1
    assert isnan(pairs(PLEDGE, PLEDGE, disclosed=numbers(1, nan)))
    assert pairs(PLEDGE, PLEDGE, disclosed=numbers(0, nan)) == 1


def test_public_welfare_forest_and_water_exclude_nothing() -> None:
    assert pairs(FOREST, CARBON) == pairs(FOREST, PLEDGE) == pairs(FOREST, FOREST) == 0


def test_only_claims_on_one_parcel_that_are_in_force_clash() -> None:
    assert pairs(CARBON, GEP, parcels=numbers(1, 2)) == 0
    assert pairs(CARBON, GEP, live=numbers(1, 0)) == 0
    assert pairs(CARBON, GEP, COVER, live=numbers(1, 0, 1)) == 1


@pytest.mark.parametrize("missing", ["parcels", "live"])
def test_a_missing_value_counts_where_it_decides(missing: str) -> None:
    assert isnan(pairs(CARBON, GEP, **{missing: numbers(nan, 1)}))
    assert pairs(FOREST, GEP, **{missing: numbers(nan, 1)}) == 0


def test_a_kind_that_is_not_known_counts_beside_one_that_excludes() -> None:
    assert isnan(pairs(nan, GEP))
    assert pairs(nan, FOREST) == pairs(nan) == 0


def test_one_claim_told_twice_is_no_pair() -> None:
    assert pairs(CARBON, CARBON, registry=numbers(7, 7)) == 0
    assert pairs(CARBON, CARBON, registry=numbers(7, 8)) == 1
    assert pairs(CARBON, GEP, registry=numbers(7, 7)) == 1
    assert pairs(PLEDGE, SALE, registry=numbers(7, 7)) == 1
    holder, records = numbers(4, 4), numbers(1, 2)
    assert pairs(CARBON, CARBON, holders=holder, owners=records) == 0
    assert pairs(CARBON, CARBON, holders=holder) == 1
    assert pairs(CARBON, GEP, holders=holder, owners=records) == 1
    assert pairs(CARBON, CARBON, holders=holder, owners=records, since=numbers(1, 2)) == 1


def test_each_subject_has_its_own_pairs_and_an_undeclared_one_none() -> None:
    rows = Rows(np.array([0, 2, 2, 3, 3]), np.array([True, True, True, False]))
    one = np.ones(3)
    kinds = numbers(CARBON, GEP, CARBON)
    seen = clashing_pairs(one, kinds, one, one, one, one, np.full(3, nan), one, rows)
    assert np.array_equal(seen, [1, 0, 0, nan], equal_nan=True)


Claim = tuple[int, bool, bool, int]
CLAIM = st.tuples(st.sampled_from(range(7)), st.booleans(), st.booleans(), st.integers(1, 2))


def told(one: Claim, other: Claim) -> bool:
    """Return whether two claims clash, as domain 7.1 says it in words."""
    (kind, shown, live, parcel), (its, its_shown, its_live, its_parcel) = one, other
    if not (live and its_live) or parcel != its_parcel:
        return False
    exclusive = kind in range(1, 5) and its in range(1, 5)
    return exclusive or {kind, its} == {5, 6} or (kind == its == 5 and not (shown and its_shown))


@holds_for(st.lists(CLAIM, max_size=7))
def test_it_is_a_search_pair_by_pair(claims: list[Claim]) -> None:
    seen = pairs(
        *(float(kind) for kind, *_ in claims),
        disclosed=numbers(*(shown for _, shown, _, _ in claims)),
        live=numbers(*(live for _, _, live, _ in claims)),
        parcels=numbers(*(parcel for *_, parcel in claims)),
    )
    assert seen == sum(told(one, other) for one, other in combinations(claims, 2))
