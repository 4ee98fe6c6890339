"""Folds keep bads and groups."""

from __future__ import annotations

import numpy as np
import pytest

from features.errors import BadInput
from models.train.splits import folds_of


def test_each_row_is_held_out_once_and_bads_are_shared_out() -> None:
    bad = np.arange(1000) % 20 == 0
    folds = folds_of(bad, 5)
    assert np.sort(np.concatenate([held for _, held in folds])).tolist() == list(range(1000))
    assert {int(bad[held].sum()) for _, held in folds} == {10}
    assert all(len(np.intersect1d(train, held)) == 0 for train, held in folds)


def test_a_group_is_never_parted() -> None:
    chance = np.random.default_rng(0)
    groups = chance.integers(0, 60, 900)
    for train, held in folds_of(chance.random(900) < 0.2, 5, groups=groups):
        assert not set(groups[train]) & set(groups[held])


def test_groups_are_dealt_out_by_bads_and_size() -> None:
    chance = np.random.default_rng(0)
    groups = chance.integers(0, 600, 9000)
    bad = chance.random(9000) < 0.05
    folds = folds_of(bad, 5, groups=groups)
    assert np.sort(np.concatenate([held for _, held in folds])).tolist() == list(range(9000))
    assert np.ptp([bad[held].sum() for _, held in folds]) < 12
    assert np.ptp([len(held) for _, held in folds]) < 200


def test_each_fold_has_a_group_with_a_bad() -> None:
    groups = np.repeat(np.arange(50), 4)
    bad = groups < 3
    folds = folds_of(bad, 10, groups=groups)
    assert len(folds) == 3
    assert all(bad[held].sum() == 4 for _, held in folds)


def test_few_bads_get_fewer_folds() -> None:
    bad = np.arange(100) < 3
    folds = folds_of(bad, 10)
    assert len(folds) == 3
    assert all(bad[held].sum() == 1 for _, held in folds)


def test_the_same_seed_cuts_the_same_way_and_repeats_differ() -> None:
    bad = np.arange(100) % 3 == 0
    first, again = folds_of(bad, 2, repeats=2, seed=4), folds_of(bad, 2, repeats=2, seed=4)
    assert all(np.array_equal(a[1], b[1]) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0][1], first[2][1])


def test_one_bad_row_and_one_group_are_refused() -> None:
    with pytest.raises(BadInput, match="two rows of each class"):
        folds_of(np.arange(50) == 0, 5)
    with pytest.raises(BadInput, match="at least two groups of each class"):
        folds_of(np.arange(50) < 9, 5, groups=np.zeros(50, dtype=np.int64))
