"""The registry: what may enter, what MLflow keeps, and what a worker finds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.exceptions import MlflowException

from features.errors import BadInput
from features.frame import Floats
from features.two_people import SamePerson
from models import registry
from models.boosting import grow
from models.grown import grown_model
from models.record import Evidence, ModelOfRecord
from models.registry import (
    Origin,
    Registration,
    interventional,
    promote,
    refuse_disagreement,
    register,
)
from models.shelf import appointed, champion, index_of
from models.train.splits import folds_of
from models.trees import Tree

NAMES = ("income", "debt", "dpd")


@pytest.fixture(scope="module")
def trained() -> tuple[ModelOfRecord, Origin]:
    """A model of bagged boosters; `income` was never missing in training."""
    rng = np.random.default_rng(5)
    rows = rng.normal(size=(1500, 3))
    rows[:, 1:][rng.random((1500, 2)) < 0.1] = np.nan
    bad = rng.random(1500) < 1 / (1 + np.exp(2 + rows[:, 0] - np.nan_to_num(rows[:, 1])))
    bags = grow(rows, bad, folds_of(bad, 3), {"max_depth": 3}, rounds=40)
    model = grown_model(
        name="credit",
        product="credit",
        trees=bags.trees(),
        names=NAMES,
        signs=(-1, 1, 1),
        missing_seen=np.isnan(rows).sum(axis=0).tolist(),
        reference=rows,
        spread=np.full(len(rows), 0.1),
        calibration=(0.1, 0.9),
        posterior=np.eye(2) / 100,
        evidence=Evidence("model", int(bad.sum()), "synthetic", "ab12"),
    )
    native = {f"bag-{i}.txt": text.encode() for i, text in enumerate(bags.native())}
    return model, Origin(bags.trees(), rows, lambda x: bags.scores(x).mean(axis=0), native)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def registered(home: Path, trained: tuple[ModelOfRecord, Origin]) -> Registration:
    model, origin = trained
    return register(home, model, origin, metrics={"auc": 0.75})


def frame(rows: Floats) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(NAMES))


def test_a_version_carries_its_digest_and_what_it_was_trained_on(
    home: Path, registered: Registration
) -> None:
    client = mlflow.MlflowClient(f"sqlite:///{home / 'mlflow.db'}")
    version = client.get_model_version_by_alias("credit", "champion")
    assert int(version.version) == registered.number == 1
    assert version.tags["version"] == registered.version
    assert version.tags["trained_on"] == "synthetic"
    assert version.run_id is not None
    assert client.get_run(version.run_id).data.metrics == {"auc": 0.75}


def test_the_shelf_says_what_the_champion_is_worth(home: Path, registered: Registration) -> None:
    index = index_of(home, "credit", "champion")
    assert index is not None
    assert (index["number"], index["figures"]) == (1, {"auc": "0.75"})


def test_pyfunc_predicts_through_the_record(
    trained: tuple[ModelOfRecord, Origin], registered: Registration
) -> None:
    model, origin = trained
    loaded = mlflow.pyfunc.load_model(f"models:/{registered.name}@champion")
    answers = loaded.predict(frame(origin.reference))
    scored = model.score(origin.reference)
    assert answers["points"].tolist() == scored.points.tolist()
    assert answers["pd"].tolist() == (scored.pd_micro / 1e6).tolist()
    assert answers["pd_high"].tolist() == (scored.pd_high_micro / 1e6).tolist()


def test_pyfunc_refuses_a_frame_without_a_column_that_may_be_missing(
    registered: Registration,
) -> None:
    """The trap of an inferred signature: a column with a NaN would have become optional."""
    loaded = mlflow.pyfunc.load_model(f"models:/{registered.name}@champion")
    with pytest.raises(MlflowException, match="missing inputs"):
        loaded.predict(frame(np.zeros((2, 3))).drop(columns="debt"))


def test_native_model_lies_beside_the_record(home: Path, registered: Registration) -> None:
    artefacts = [path.name for path in (home / "mlflow").rglob("record/*")]
    assert {"model.json", "tables.npz", "bag-0.txt", "bag-2.txt"} <= set(artefacts)


def test_a_worker_finds_the_champion_without_mlflow(home: Path, registered: Registration) -> None:
    code = f"""
import sys
from pathlib import Path
from models.shelf import champion
print(champion(Path({str(home)!r}), "credit").version)
print({{"mlflow", "shap", "pandas", "sklearn", "lightgbm"}} & {{*sys.modules}})
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split("\n")[:2] == [registered.version, "set()"]


def test_the_champion_scores_as_what_was_registered(
    home: Path, trained: tuple[ModelOfRecord, Origin], registered: Registration
) -> None:
    model, origin = trained
    found = champion(home, "credit")
    assert found is not None
    assert (
        found.score(origin.reference).points.tolist()
        == model.score(origin.reference).points.tolist()
    )


def test_a_product_without_a_champion_has_none(tmp_path: Path) -> None:
    assert champion(tmp_path, "deposit") is None


def test_a_challenger_does_not_replace_the_champion(
    home: Path, trained: tuple[ModelOfRecord, Origin], registered: Registration
) -> None:
    model, origin = trained
    other = replace(model, evidence=replace(model.evidence, defaults=7))
    second = register(home, other, origin, alias="challenger")
    assert second.number == 2
    found, shadow = champion(home, "credit"), appointed(home, "credit", "challenger")
    assert found is not None
    assert shadow is not None
    assert (found.version, shadow.version) == (registered.version, second.version)
    client = mlflow.MlflowClient(f"sqlite:///{home / 'mlflow.db'}")
    numbers = {alias: int(client.get_model_version_by_alias("credit", alias).version)
               for alias in ("champion", "challenger")}  # fmt: skip
    assert numbers == {"champion": 1, "challenger": 2}


def test_a_challenger_is_promoted_by_somebody_else_than_its_author(
    tmp_path: Path, trained: tuple[ModelOfRecord, Origin]
) -> None:
    model, origin = trained
    with pytest.raises(BadInput, match="no challenger"):
        promote(tmp_path, "credit", "李强")
    register(tmp_path, model, origin, alias="challenger")
    with pytest.raises(BadInput, match="who trained it was not recorded"):
        promote(tmp_path, "credit", "李强")
    register(tmp_path, model, origin, alias="challenger", by="王芳")
    with pytest.raises(SamePerson):
        promote(tmp_path, "credit", " 王芳")
    with pytest.raises(BadInput, match="must both be named"):
        promote(tmp_path, "credit", " ")
    assert champion(tmp_path, "credit") is None
    promoted = promote(tmp_path, "credit", "李强")
    assert (promoted["by"], promoted["approved_by"], promoted["number"]) == ("王芳", "李强", 2)
    found = champion(tmp_path, "credit")
    assert found is not None
    assert found.version == model.version
    assert appointed(tmp_path, "credit", "challenger") is None
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert int(client.get_model_version_by_alias("credit", "champion").version) == 2


def test_a_changed_artefact_is_not_served(
    tmp_path: Path, home: Path, registered: Registration
) -> None:
    page = registered.folder / "model.json"
    true = page.read_bytes()
    try:
        page.write_bytes(true.replace(b'"slope":"0.9"', b'"slope":"0.8"'))
        with pytest.raises(BadInput, match="not those that were registered"):
            champion(home, "credit")
    finally:
        page.write_bytes(true)


def test_a_table_that_disagrees_with_its_native_model_is_refused(
    tmp_path: Path, trained: tuple[ModelOfRecord, Origin]
) -> None:
    model, origin = trained
    with pytest.raises(BadInput, match=r"score.*disagree"):
        register(tmp_path, model, replace(origin, score=lambda x: origin.score(x) + 0.01))
    assert list(tmp_path.iterdir()) == []


def test_contributions_that_disagree_with_shap_are_refused(
    trained: tuple[ModelOfRecord, Origin], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, origin = trained

    def by_nine_rows(trees: Sequence[Tree], rows: Floats, background: Floats) -> Floats:
        return interventional(trees, rows, background[:9])

    monkeypatch.setattr(registry, "interventional", by_nine_rows)
    with pytest.raises(BadInput, match=r"contributions.*disagree"):
        refuse_disagreement(model, origin)
