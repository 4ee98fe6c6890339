"""Text columns become bad rates without handing over the row's own outcome."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.metrics import auc
from models.train.encoding import TableEncoder


def towns(rows: int = 400) -> tuple[pd.DataFrame, np.ndarray]:
    bad = np.arange(rows) % 4 == 0
    town = np.where(np.arange(rows) % 8 < 4, "开化", "常山").astype(object)
    town[:10] = None
    return pd.DataFrame({"town": town, "income": np.arange(rows, dtype=np.float64)}), bad


def test_a_level_is_its_smoothed_bad_rate() -> None:
    frame = pd.DataFrame({"a": np.array(["x"] * 30 + ["y"] * 10, dtype=object)})
    bad = np.r_[np.ones(6), np.zeros(24), np.ones(4), np.zeros(6)].astype(bool)
    rates = TableEncoder().fit(frame, bad).levels["a"]
    assert rates["x"] == pytest.approx((6 + 20 * 0.25) / 50)
    assert rates["y"] == pytest.approx((4 + 20 * 0.25) / 30)


def test_a_missing_text_is_missing_and_an_unseen_level_takes_the_overall_rate() -> None:
    frame, bad = towns()
    encoder = TableEncoder().fit(frame, bad)
    new = pd.DataFrame({"town": np.array([None, "龙游"], dtype=object), "income": [1.0, np.nan]})
    coded = encoder.encode(new)
    assert np.isnan(coded[0, 0])
    assert coded[1, 0] == pytest.approx(bad.mean())
    assert coded[0, 1] == 1.0
    assert np.isnan(coded[1, 1])


def test_a_level_per_row_tells_nothing_of_its_own_outcome() -> None:
    chance = np.random.default_rng(0)
    bad = chance.random(600) < 0.3
    frame = pd.DataFrame({"id": np.array([f"n{i}" for i in range(600)], dtype=object)})
    coded = TableEncoder().fit_encode(frame, bad)[:, 0]
    assert auc(bad, coded) < 0.6
    assert auc(bad, TableEncoder().fit(frame, bad).encode(frame)[:, 0]) == 1.0


def test_rows_of_a_group_are_coded_by_other_groups() -> None:
    groups = np.repeat(np.arange(4), 25)
    frame = pd.DataFrame({"firm": groups.astype(str).astype(object)})
    coded = TableEncoder().fit_encode(frame, groups < 2, groups)[:, 0]
    assert (coded == 0.5).all()


def test_numbers_pass_as_they_are_and_in_order() -> None:
    frame, bad = towns()
    encoder = TableEncoder()
    values = encoder.fit_encode(frame, bad)
    assert encoder.names == ("town", "income")
    assert values[:, 1].tolist() == frame["income"].tolist()
    assert encoder.encode(frame[["income", "town"]])[:, 1].tolist() == frame["income"].tolist()
