"""The table: exact contributions in whole numbers, against three independent definitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import lightgbm as lgb
import numpy as np
import pytest
import shap
from hypothesis import given, settings
from hypothesis import strategies as st

from features.errors import BadInput
from features.frame import Floats
from models.boosting import trees_of
from models.table import BLOCK, FINEST_SCALE, ROOM, Table, compile_ensemble
from models.trees import Tree, steps
from tests.models.forests import (
    forest_score,
    random_forest,
    random_rows,
    shapley_by_permutation,
)

SIGNED = (1, -1, 0, -1)


def in_log_odds(table: Table, rows: Floats) -> Floats:
    return np.ldexp(table.contributions(rows).astype(np.float64), -table.scale)


def scores(table: Table, rows: Floats) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    total: np.ndarray[tuple[int], np.dtype[np.int64]] = table.contributions(rows).sum(axis=1)
    return total + table.base


@pytest.mark.parametrize("seed", range(6))
def test_contributions_are_shapley_values_by_definition(seed: int) -> None:
    trees, reference = random_forest(seed), random_rows(seed, 25, 4)
    rows = random_rows(seed + 100, 6, 4)
    truth = [shapley_by_permutation(trees, row, reference) for row in rows]
    assert in_log_odds(compile_ensemble(trees, reference), rows) == pytest.approx(
        np.array(truth), abs=1e-7
    )


@pytest.fixture(scope="module")
def booster() -> tuple[lgb.Booster, Floats]:
    """A booster over 8 features of which the first has no missing value in training."""
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(4000, 8))
    rows[:, 1:][rng.random((4000, 7)) < 0.15] = np.nan
    log_odds = np.nan_to_num(rows[:, 0] + rows[:, 1] * rows[:, 2] - np.isnan(rows[:, 3]))
    bad = rng.random(4000) < 1 / (1 + np.exp(2 - log_odds))
    params = {"objective": "binary", "max_depth": 5, "verbosity": -1, "num_threads": 1}
    return lgb.train(params, lgb.Dataset(rows, bad.astype(float)), 60), rows


def test_contributions_are_those_of_shap(booster: tuple[lgb.Booster, Floats]) -> None:
    model, rows = booster
    background, asked = rows[:150], rows[200:215]
    explainer = shap.TreeExplainer(
        model,
        shap.maskers.Independent(background, max_samples=len(background)),
        feature_perturbation="interventional",
    )
    table = compile_ensemble(trees_of(model, 60), background)
    assert in_log_odds(table, asked) == pytest.approx(explainer.shap_values(asked), abs=2e-6)
    assert np.ldexp(float(table.base), -table.scale) == pytest.approx(
        explainer.expected_value, abs=1e-6
    )


def test_shap_alone_would_keep_100_rows_of_the_reference(
    booster: tuple[lgb.Booster, Floats],
) -> None:
    """The trap that the oracle is guarded against: it samples, and says nothing."""
    model, rows = booster
    masker = shap.maskers.Independent(rows[:1000])
    sampled = shap.TreeExplainer(model, masker, feature_perturbation="interventional")
    table = compile_ensemble(trees_of(model, 60), rows[:1000])
    assert np.abs(in_log_odds(table, rows[:20]) - sampled.shap_values(rows[:20])).max() > 1e-3


def test_score_is_the_booster_s(booster: tuple[lgb.Booster, Floats]) -> None:
    model, rows = booster
    table = compile_ensemble(trees_of(model, 60), rows[:2000])
    ours = np.ldexp(scores(table, rows).astype(np.float64), -table.scale)
    assert ours == pytest.approx(model.predict(rows, raw_score=True), abs=1e-6)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_score_is_exactly_the_sum_of_rounded_leaf_values(seed: int) -> None:
    trees, rows = random_forest(seed), random_rows(seed, 40, 4)
    table = compile_ensemble(trees, random_rows(seed + 1, 30, 4))
    rounded = [replace(t, value=np.rint(np.ldexp(t.value, table.scale))) for t in trees]
    assert scores(table, rows).tolist() == forest_score(rounded, rows).tolist()


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_improving_a_signed_input_never_worsens_the_score(seed: int) -> None:
    table = compile_ensemble(random_forest(seed, signs=SIGNED), random_rows(seed + 1, 30, 4))
    rows = random_rows(seed + 2, 60, 4)
    for column, sign in enumerate(SIGNED):
        better = rows.copy()
        better[:, column] -= sign * np.random.default_rng(seed).integers(0, 4, len(rows)) / 2
        assert sign == 0 or (scores(table, better) <= scores(table, rows)).all()


def test_rounding_each_contribution_alone_would_break_monotonicity() -> None:
    """Why leaf values are rounded first: the sum of rounded contributions strays from them."""
    trees, reference = random_forest(5, trees=40), random_rows(6, 50, 4)
    table = compile_ensemble(trees, reference)
    rows = random_rows(7, 200, 4)
    alone = np.sum([np.rint(in_log_odds(compile_ensemble([t], reference), rows) * 2**12)
                    for t in trees], axis=0).sum(axis=1)  # fmt: skip
    coarse = np.rint(np.ldexp(scores(table, rows) - table.base, 12 - table.scale))
    assert (alone != coarse).any()


def test_a_feature_on_the_reference_s_side_of_every_split_contributes_exactly_nothing() -> None:
    trees = random_forest(11, trees=30, width=4)
    reference = random_rows(12, 40, 4)
    reference[:, 2] = 0.0
    rows = random_rows(13, 50, 4)
    rows[:, 2] = 0.0
    assert not compile_ensemble(trees, reference).contributions(rows)[:, 2].any()


def test_one_row_alone_has_the_bits_of_the_same_row_among_many() -> None:
    table = compile_ensemble(random_forest(1, depth=4, width=6), random_rows(2, 100, 6))
    rows = random_rows(3, 2 * BLOCK + 5, 6)
    together = table.contributions(rows)
    for row in (0, BLOCK - 1, BLOCK, 2 * BLOCK + 4):
        assert table.contributions(rows[row : row + 1])[0].tolist() == together[row].tolist()
    assert table.contributions(rows[:0]).shape == (0, 6)


def test_order_of_trees_and_rows_of_the_reference_changes_no_score() -> None:
    trees, reference = random_forest(1), random_rows(2, 64, 4)
    rows = random_rows(3, 50, 4)
    straight = compile_ensemble(trees, reference).contributions(rows)
    turned = compile_ensemble(trees[::-1], reference[::-1]).contributions(rows)
    assert straight.tolist() == turned.tolist()


def test_bags_are_one_ensemble_of_divided_leaf_values() -> None:
    bags = [random_forest(seed) for seed in range(4)]
    divided = [replace(tree, value=tree.value / 4) for bag in bags for tree in bag]
    reference, rows = random_rows(1, 60, 4), random_rows(2, 30, 4)
    mean = np.mean([in_log_odds(compile_ensemble(b, reference), rows) for b in bags], axis=0)
    assert in_log_odds(compile_ensemble(divided, reference), rows) == pytest.approx(mean, abs=1e-6)


@pytest.mark.parametrize("missing_left", [True, False])
def test_missing_meets_a_repeated_feature_only_where_all_its_nodes_send_it(
    missing_left: bool,
) -> None:
    """Two nodes of one feature on a path may default to different sides."""
    tree = Tree(
        feature=np.zeros(2, dtype=np.int32),
        threshold=np.array([1.0, 0.0]),
        default_left=np.array([True, missing_left]),
        left=np.array([1, -1], dtype=np.int32),
        right=np.array([-2, -3], dtype=np.int32),
        value=np.array([1.0, 2.0, 4.0]),
    )
    rows = np.array([[np.nan], [0.5], [-1.0], [3.0]])
    table = compile_ensemble([tree], np.zeros((1, 1)))
    assert np.ldexp(scores(table, rows).astype(float), -table.scale).tolist() == [
        1.0 if missing_left else 4.0, 4.0, 1.0, 2.0,
    ]  # fmt: skip


@pytest.mark.parametrize("largest", [1e-3, 0.2, 3.0, 700.0])
def test_scale_is_the_finest_that_merged_leaves_fit(largest: float) -> None:
    tree = steps(0, [0.0, 1.0], [largest, -largest, 0.0], missing=0.0)
    table = compile_ensemble([tree], np.array([[0.5], [2.0]]))
    merged = sum(
        int(np.abs(table.entries[start:end].astype(np.int64)).max())
        for start, end in zip(table.leaves.rows, table.leaves.rows[1:], strict=False)
    )
    assert merged < ROOM
    assert table.scale == FINEST_SCALE or merged * 2 + 16 >= ROOM


def chain(features: Sequence[int]) -> Tree:
    """Return a tree that asks one feature after the other."""
    n = len(features)
    return Tree(
        feature=np.array(features, dtype=np.int32),
        threshold=np.zeros(n),
        default_left=np.zeros(n, dtype=np.bool_),
        left=np.array([*range(1, n), -1], dtype=np.int32),
        right=np.array([-k - 2 for k in range(n)], dtype=np.int32),
        value=np.linspace(0.1, 0.9, n + 1),
    )


def test_twelve_features_on_a_path_are_the_most() -> None:
    reference = random_rows(1, 20, 13)
    compile_ensemble([chain([*range(12), *range(12)])], reference)
    with pytest.raises(BadInput, match="at most 12 features"):
        compile_ensemble([chain(range(13))], reference)


def test_what_cannot_be_compiled_is_refused() -> None:
    tree = steps(1, [0.0], [0.0, 1.0], missing=0.0)
    with pytest.raises(BadInput, match="reference does not have"):
        compile_ensemble([tree], np.zeros((3, 1)))
    with pytest.raises(BadInput, match="at least one row"):
        compile_ensemble([tree], np.zeros((0, 2)))
    with pytest.raises(BadInput, match="too large"):
        compile_ensemble([replace(tree, value=tree.value * 1e12)], np.zeros((1, 2)))


def test_round_trip_keeps_every_byte() -> None:
    table = compile_ensemble(random_forest(1), random_rows(2, 30, 4))
    content = table.to_bytes()
    again = Table.from_bytes(content, scale=table.scale, base=table.base)
    assert again.to_bytes() == content == table.to_bytes()
    rows = random_rows(3, 9, 4)
    assert again.contributions(rows).tolist() == table.contributions(rows).tolist()


def test_arrays_the_kernel_would_stumble_over_are_refused() -> None:
    table = compile_ensemble(random_forest(1), random_rows(2, 30, 4))
    leaves = table.leaves
    crooked = [
        replace(table, entries=table.entries[:-1]),
        replace(table, leaves=leaves._replace(feature=leaves.feature + 9)),
        replace(table, leaves=leaves._replace(rows=leaves.rows[::-1].copy())),
        replace(table, leaves=leaves._replace(last=leaves.last[:-1])),
        replace(table, ruler=replace(table.ruler, starts=table.ruler.starts + 1)),
    ]
    for wrong in crooked:
        with pytest.raises(BadInput, match="do not fit"):
            Table.from_bytes(wrong.to_bytes(), scale=table.scale, base=table.base)
    with pytest.raises(BadInput, match="not a table"):
        Table.from_bytes(b"nonsense", scale=1, base=0)
