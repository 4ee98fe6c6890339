"""`fit` on any table: the keys of its report, honest figures, and each mistake named."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from features.errors import BadInput
from models.train.saved import load
from models.train.tables import read_columns
from service.use_cases.tables.fit import FitOrder, Fitted, fit_table

CV = {
    "auc", "auc_sd", "ks", "gini", "brier", "log_loss", "ece", "calibration_slope",
    "calibration_intercept", "seconds",
}  # fmt: skip


ROWS = 400


def loans(rows: int, seed: int = 0) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    income = chance.lognormal(10, 1, rows)
    county = chance.choice(["开化", "常山", "龙游"], rows)
    z = -1.5 - 0.8 * (np.log(income) - 10) + 0.9 * (county == "常山")
    frame = pd.DataFrame({"income": income, "county": county})
    frame["member"] = chance.random(rows) < 0.5
    frame["since"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(
        chance.integers(0, 900, rows), "D"
    )
    frame["income"] = frame["income"].mask(chance.random(rows) < 0.1)
    frame["firm"] = chance.integers(0, rows // 4, rows)
    frame["nothing"] = np.nan
    frame["always"] = "yes"
    frame["bad"] = chance.random(rows) < 1 / (1 + np.exp(-z))
    return frame


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fit") / "loans.parquet"
    loans(ROWS).to_parquet(path)
    return path


@pytest.fixture(scope="module")
def order(table: Path) -> FitOrder:
    test = table.with_name("later.csv.gz")
    loans(400, seed=1).to_csv(test, index=False)
    signs = table.with_name("signs.yaml")
    signs.write_text("income: -1\n", encoding="utf-8")
    return FitOrder(table, "bad", test, signs, drop=["since"], group="firm")


@dataclass(frozen=True)
class Done:
    """A finished fit, what it said on the way, and the folder it saved into."""

    fitted: Fitted
    said: list[str]
    folder: Path


@pytest.fixture(scope="module")
def done(order: FitOrder) -> Done:
    said: list[str] = []
    folder = order.table.with_name("model")
    return Done(fit_table(replace(order, save_to=folder), said.append), said, folder)


def test_the_report_has_the_keys_of_the_contract_and_honest_figures(done: Done) -> None:
    report = dict(done.fitted.report)
    assert set(report) == {
        "rows", "bads", "bad_rate", "cv", "test", "family", "features", "reasons_stability",
    }  # fmt: skip
    cv, test = report["cv"], report["test"]
    assert isinstance(cv, dict)
    assert isinstance(test, dict)
    assert set(cv) == CV
    assert set(test) == CV - {"auc_sd", "seconds"} | {"psi"}
    assert report["family"] == "lightgbm"
    assert report["features"] == ["income", "county", "member"]
    assert report["rows"] == ROWS
    assert 0.6 < cv["auc"] < 0.9
    assert abs(test["auc"] - cv["auc"]) < 0.12
    assert test["psi"] < 0.2
    assert any("nothing, always" in line for line in done.said)
    orjson.dumps(report)


def test_a_saved_model_predicts_the_same_bits(done: Done, order: FitOrder) -> None:
    frame = read_columns(order.table)
    assert (load(done.folder).predict(frame) == done.fitted.model.predict(frame)).all()
    assert orjson.loads((done.folder / "report.json").read_bytes()) == done.fitted.report


def test_a_second_table_is_scored_by_the_model_of_all_rows(done: Done, order: FitOrder) -> None:
    test = done.fitted.report["test"]
    assert isinstance(test, dict)
    later = read_columns(order.table.with_name("later.csv.gz"))
    assert test["auc"] == pytest.approx(
        roc_auc_score(later["bad"], done.fitted.model.predict(later)), abs=1e-9
    )


def test_a_folder_in_use_is_refused_before_anything_is_fitted(order: FitOrder) -> None:
    with pytest.raises(BadInput, match="already and not empty"):
        fit_table(replace(order, save_to=order.table.parent))


def test_a_sign_holds_in_the_fitted_model(done: Done, order: FitOrder) -> None:
    frame = read_columns(order.table)
    richer = frame.assign(income=frame["income"] * 1.7)
    predict = done.fitted.model.predict
    assert (predict(richer) <= predict(frame) + 1e-12).all()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"target": "default"}, "default: the table has no such target"),
        ({"target": "firm"}, "a target is 0/1 or true/false"),
        ({"target": "income"}, "rows have no target"),
        ({"target": "always", "bad": "yes"}, "every row is bad"),
        ({"drop": ["village"]}, "village: no such column"),
        ({"group": "village"}, "village: no such column"),
        ({"test": Path("nowhere.csv")}, "nowhere.csv: no such file"),
        ({"group": "always"}, "at least 4 groups of each class"),
        ({"drop": ["income", "county", "member", "since", "firm"], "group": None}, "no feature"),
    ],
)
def test_a_mistake_is_named(order: FitOrder, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        fit_table(replace(order, **changed))


def test_a_sign_of_an_unused_or_text_column_is_refused(order: FitOrder, tmp_path: Path) -> None:
    path = tmp_path / "signs.yaml"
    for text, said in (("since: 1", "since: .*left out"), ("county: 1", "county: .*text")):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(BadInput, match=said):
            fit_table(replace(order, signs=path))


def test_a_tiny_table_is_fitted_honestly(tmp_path: Path) -> None:
    frame = loans(40)[["income", "county"]].assign(y=np.arange(40) < 4)
    frame.to_csv(tmp_path / "tiny.csv", index=False)
    report = fit_table(FitOrder(tmp_path / "tiny.csv", "y")).report
    assert report["bads"] == 4
    cv = report["cv"]
    assert isinstance(cv, dict)
    assert cv["log_loss"] < 0.45


def test_one_bad_row_is_too_few(tmp_path: Path) -> None:
    loans(40)[["income"]].assign(y=np.arange(40) < 1).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises(BadInput, match="at least"):
        fit_table(FitOrder(tmp_path / "t.csv", "y"))


@pytest.mark.data
@pytest.mark.skipif("LIANGSHAN_DATA" not in os.environ, reason="LIANGSHAN_DATA names no folder")
def test_south_german_credit_is_ranked_as_it_was_when_measured() -> None:
    name = "south_german_credit"
    table = Path(os.environ["LIANGSHAN_DATA"]) / name / f"{name}_train.parquet"
    cv = fit_table(FitOrder(table, "credit_risk", bad="0")).report["cv"]
    assert isinstance(cv, dict)
    assert cv["auc"] > 0.78
    assert cv["log_loss"] < 0.51
    assert 0.8 < cv["calibration_slope"] < 1.25
