"""The model of record: what it answers, what it refuses, and that its bytes are its name."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import BadInput
from models.grown import grown_model
from models.record import Evidence, ModelOfRecord
from tests.models.forests import random_forest, random_rows

NAMES = ("income", "debt", "eco", "age_of_business")
SIGNS = (-1, 1, -1, 0)


def model(seed: int = 1, *, slope: float = 1.1, **other: Any) -> ModelOfRecord:
    """Return a small model; `eco` is a reward, `debt` was never missing in training."""
    reference = {"reference": random_rows(seed + 1, 300, 4), "spread": np.full(300, 0.2)}
    return grown_model(
        name="credit",
        product="credit",
        trees=random_forest(seed, trees=20, signs=SIGNS),
        names=NAMES,
        signs=SIGNS,
        rewards=("eco",),
        missing_seen=(40, 0, 0, 7),
        calibration=(-2.5, slope),
        posterior=np.diag([0.02, 0.01]),
        evidence=Evidence("model", 123, "synthetic", "ab12"),
        **{**reference, **other},
    )


@pytest.fixture(scope="module")
def credit() -> ModelOfRecord:
    return model()


def grade(default_probability: Decimal) -> str:
    return "good" if default_probability <= Decimal("0.05") else "bad"


def test_one_row_answers_what_the_batch_answers(credit: ModelOfRecord) -> None:
    rows = random_rows(5, 200, 4)
    batch = credit.score(rows)
    for i in (0, 7, 199):
        one = credit.credit_score(rows[i], grade)
        assert one.pd == Decimal(int(batch.pd_micro[i])) / 1_000_000
        assert one.pd_low == Decimal(int(batch.pd_low_micro[i])) / 1_000_000
        assert one.pd_high == Decimal(int(batch.pd_high_micro[i])) / 1_000_000
        assert one.points == batch.points[i]
        assert [c.points for c in one.contributions] == batch.feature_points[i].tolist()
        assert one.unknown == tuple(np.array(NAMES)[batch.unknown[i]])


def test_feature_points_sum_to_points_less_base_points(credit: ModelOfRecord) -> None:
    scored = credit.score(random_rows(6, 500, 4))
    assert (scored.feature_points.sum(axis=1) == scored.points - scored.base_points).all()


def test_pd_lies_inside_its_interval(credit: ModelOfRecord) -> None:
    scored = credit.score(random_rows(6, 500, 4))
    assert (scored.pd_low_micro < scored.pd_micro).all()
    assert (scored.pd_micro < scored.pd_high_micro).all()


def test_pd_is_the_calibrated_logistic_of_the_trees(credit: ModelOfRecord) -> None:
    rows = random_rows(8, 100, 4)
    seen = np.where(np.isnan(rows) & (np.arange(4) == 2), 0.0, rows)
    raw = np.sum([t.predict(seen) for t in random_forest(1, trees=20, signs=SIGNS)], axis=0)
    pd = 1 / (1 + np.exp(-(-2.5 + 1.1 * raw)))
    assert credit.score(rows).pd_micro / 1e6 == pytest.approx(pd, abs=6e-7)


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_improving_a_signed_input_never_costs_points_or_raises_pd(seed: int, step: int) -> None:
    of, rows = model(seed % 7), random_rows(seed, 50, 4)
    before = of.score(rows)
    for column, sign in enumerate(SIGNS):
        better = rows.copy()
        better[:, column] -= sign * step / 2
        after = of.score(better)
        assert sign == 0 or (after.points >= before.points).all()
        assert sign == 0 or (after.pd_micro <= before.pd_micro).all()


@pytest.mark.parametrize("seed", range(8))
def test_ecological_credit_only_rewards(seed: int) -> None:
    of, rows = model(seed), random_rows(seed + 50, 400, 4)
    rows[:, 2] = np.abs(rows[:, 2])
    assert (of.score(rows).feature_points[:, 2] >= 0).all()
    without = rows.copy()
    without[:, 2] = 0.0
    assert not of.score(without).feature_points[:, 2].any()
    assert (of.score(rows).points >= of.score(without).points).all()


def test_no_ecological_credit_is_the_same_as_none_of_it(credit: ModelOfRecord) -> None:
    rows = random_rows(9, 50, 4)
    rows[:, 2] = np.nan
    zero = rows.copy()
    zero[:, 2] = 0.0
    assert credit.score(rows).points.tolist() == credit.score(zero).points.tolist()
    assert not credit.score(rows).unknown[:, 2].any()


def test_a_missing_value_that_training_never_saw_is_unknown(credit: ModelOfRecord) -> None:
    row = np.array([np.nan, np.nan, 0.5, np.nan])
    assert credit.credit_score(row, grade).unknown == ("debt",)


def test_infinity_is_no_value(credit: ModelOfRecord) -> None:
    endless, missing = np.array([np.inf, 1.0, 0.0, -np.inf]), np.array([np.nan, 1.0, 0.0, np.nan])
    of = credit.credit_score(endless, grade)
    assert of == credit.credit_score(missing, grade)
    assert of.contributions[0].value is None


def test_each_contribution_shows_value_and_reference(credit: ModelOfRecord) -> None:
    of = credit.credit_score(np.array([0.1, 2.0, np.nan, 1e-7]), grade)
    assert [c.value for c in of.contributions] == [
        Decimal("0.1"),
        Decimal(2),
        None,
        Decimal("1e-7"),
    ]
    seen = np.sort(random_rows(2, 300, 4)[:, 1])
    assert of.contributions[1].reference == Decimal(str(seen[(~np.isnan(seen)).sum() // 2]))
    assert of.contributions[2].reference == 0


def test_reference_is_a_value_that_occurs() -> None:
    rows = np.array([[0.0, 1.0, 0.0, np.nan], [0.0, 2.0, 9.0, np.nan]])
    of = model(reference=rows, spread=np.zeros(2))
    assert [feature.reference for feature in of.features] == [0, 1, 0, None]


def test_the_score_says_what_it_stands_on(credit: ModelOfRecord) -> None:
    of = credit.credit_score(np.zeros(4), grade)
    assert (of.evidence, of.defaults, of.trained_on) == ("model", 123, "synthetic")
    assert (of.model_name, of.model_version) == ("credit", credit.version)
    assert of.grade == grade(of.pd)


def test_version_is_the_digest_of_both_files(credit: ModelOfRecord, tmp_path: Path) -> None:
    credit.save(tmp_path)
    page, tables = ((tmp_path / name).read_bytes() for name in ("model.json", "tables.npz"))
    assert credit.version == hashlib.sha256(page + b"\n" + tables).hexdigest()


def test_scoring_changes_nothing_about_a_model() -> None:
    of = model()
    of.score(np.zeros((2, 4)))
    assert of.to_bytes() == model().to_bytes()


def test_the_same_model_has_the_same_version_and_another_has_not(credit: ModelOfRecord) -> None:
    assert model().version == credit.version
    assert model(slope=1.2).version != credit.version
    assert replace(credit, product="deposit").version != credit.version


def test_round_trip_by_folder_and_by_bytes_keeps_every_answer(
    credit: ModelOfRecord, tmp_path: Path
) -> None:
    credit.save(tmp_path)
    rows = random_rows(3, 100, 4)
    for again in (ModelOfRecord.load(tmp_path), ModelOfRecord.from_bytes(credit.to_bytes())):
        assert again.to_bytes() == credit.to_bytes()
        assert again.version == credit.version
        assert [again.credit_score(row, grade) for row in rows] == [
            credit.credit_score(row, grade) for row in rows
        ]


def test_page_holds_no_float(credit: ModelOfRecord) -> None:
    page = credit.artefact.page
    assert b"\n" not in page
    assert b'"slope":"1.1"' in page


@pytest.mark.parametrize("name", ["model.json", "tables.npz"])
def test_a_changed_file_is_refused(credit: ModelOfRecord, tmp_path: Path, name: str) -> None:
    credit.save(tmp_path)
    content = bytearray((tmp_path / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match="not those that were registered"):
        ModelOfRecord.load(tmp_path, credit.version)


def test_a_slope_that_is_not_positive_is_refused(credit: ModelOfRecord) -> None:
    for slope in (0.0, -1.0, float("nan")):
        with pytest.raises(BadInput, match="higher PD"):
            model(slope=slope)
        with pytest.raises(BadInput, match="higher PD"):
            replace(credit, slope=slope)


def test_features_that_are_not_the_table_s_are_refused(credit: ModelOfRecord) -> None:
    with pytest.raises(BadInput, match="belong together"):
        replace(credit, features=credit.features[:-1])
    with pytest.raises(BadInput, match="one column per feature"):
        credit.score(np.zeros((3, 5)))
