"""Claims in force on one parcel, by hand numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import nan

import numpy as np
import pytest

from features.arrays import Floats, Rows
from features.resource import claims as c

KINDS = ("carbon", "GEP", "覆盖率", "补", "pledge", "sale")
DAY = 20_543.0
Two = tuple[float, float]


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, expected, equal_nan=True)


PARCEL: Callable[..., Floats] = c.parcel_claims_conflicting
FORMS: list[Callable[..., Floats]] = [c.own_claims_conflicting, partial(PARCEL, col(1))]


def two(
    form: Callable[..., Floats], one: str, other: str, since: Two, to: Two, declared: bool = True
) -> Floats:
    """Return the conflicts of two claims on one parcel with these periods."""
    kinds = (col(one == kind, other == kind) for kind in KINDS)
    rows = Rows(np.array([0, 2]), np.array([declared]))
    same_for_both, each, none = col(1, 1), col(1, 2), col(nan, nan)
    identity = (each, none, same_for_both)
    return form(
        same_for_both, *kinds, same_for_both, col(*since), col(*to), *identity, rows, col(DAY)
    )


@pytest.mark.parametrize("form", FORMS)
def test_every_kind_meets_its_own_rule(form: Callable[..., Floats]) -> None:
    open_ = (DAY - 9, DAY - 9), (nan, nan)
    group = KINDS[:4]
    for one in (*KINDS, "公益林", "水权"):
        for other in (*KINDS, "公益林", "水权"):
            exclusive = one in group and other in group
            clash = exclusive or {one, other} == {"pledge", "sale"}
            assert same(two(form, one, other, *open_), float(clash)), (one, other)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("since", "to", "expected"),
    [
        ((DAY, DAY), (DAY + 1, nan), 1),
        ((DAY, DAY + 1), (nan, nan), 0),
        ((DAY - 9, DAY - 9), (DAY, nan), 0),
        ((nan, DAY), (nan, nan), nan),
        ((nan, DAY), (DAY, nan), 0),
    ],
)
def test_a_claim_is_in_force_from_its_first_day_to_before_its_last(
    form: Callable[..., Floats], since: Two, to: Two, expected: float
) -> None:
    assert same(two(form, "carbon", "GEP", since, to), expected)


@pytest.mark.parametrize("form", FORMS)
def test_claims_that_are_not_declared_are_unknown(form: Callable[..., Floats]) -> None:
    period = (DAY, DAY), (nan, nan)
    assert same(two(form, "公益林", "公益林", *period, declared=False), nan)


def test_claims_on_another_parcel_do_not_count_on_this_one() -> None:
    open_ = (DAY - 9, DAY - 9), (nan, nan)
    assert same(two(partial(PARCEL, col(3)), "carbon", "GEP", *open_), 0)


def test_without_a_parcel_its_claims_are_unknown() -> None:
    none, rows = col(), Rows(np.array([0, 0]), np.array([True]))
    told = [none] * 13
    assert same(PARCEL(col(3), *told, rows, col(DAY)), 0)
    assert same(PARCEL(col(nan), *told, rows, col(DAY)), nan)


def test_the_more_of_its_own_and_its_parcels_counts() -> None:
    assert same(c.claims_conflicting(col(0, 1, 0, nan), col(0, 0, 2, 0)), 0, 1, 2, nan)
