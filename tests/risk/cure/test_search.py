"""The least amounts, against trying them all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from risk.cure.act import Part
from risk.cure.posting import Slot
from risk.cure.search import least

PART = Part(None, {}, (), (), {}, None, (), (), False, False, None)


def slots(*most: int, step: int = 1) -> list[Slot]:
    return [Slot(PART, row, amount, step) for row, amount in enumerate(most)]


def test_nothing_to_move_cures_nothing() -> None:
    assert least([], lambda amounts: True) is None
    assert least(slots(5), lambda amounts: False) is None


def test_the_first_slots_are_kept() -> None:
    assert least(slots(9, 5, 3), lambda amounts: sum(amounts) >= 11) == [9, 2, 0]
    assert least(slots(9, 5, 3), lambda amounts: sum(amounts) >= 0) == [0, 0, 0]


def test_a_slot_posted_whole_is_not_cut() -> None:
    assert least(slots(7, step=7), lambda amounts: amounts[0] >= 3) == [7]


def test_a_long_run_of_idle_slots_takes_few_trials() -> None:
    tried = 0

    def holds(amounts: Sequence[int]) -> bool:
        nonlocal tried
        tried += 1
        return amounts[0] >= 600

    assert least(slots(1_000, *[1] * 500), holds) == [600, *[0] * 500]
    assert tried < 60


@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=4),
    st.lists(st.integers(0, 3), min_size=4, max_size=4),
    st.integers(0, 20),
)
def test_no_amount_can_be_lower(most: list[int], weights: list[int], needed: int) -> None:
    def holds(amounts: Sequence[int]) -> bool:
        return sum(a * w for a, w in zip(amounts, weights, strict=False)) >= needed

    found = least(slots(*most), holds)
    all_of_it = product(*(range(m + 1) for m in most))
    assert (found is None) == (not any(holds(amounts) for amounts in all_of_it))
    if found is not None:
        assert holds(found)
        for place, amount in enumerate(found):
            lower = [*found[:place], amount - 1, *found[place + 1 :]]
            assert amount == 0 or not holds(lower)
