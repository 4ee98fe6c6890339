"""The registry: one MLflow version per model of record, checked against shap before it enters."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import shap
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema

from features.errors import BadInput
from features.frame import Floats
from models import shelf
from models.record import ModelOfRecord
from models.shelf import Alias
from models.table import compile_ensemble
from models.trees import Tree

CHECKED_ROWS = 20
CHECKED_REFERENCE = 500
AGREEMENT = 1e-4

logging.getLogger("mlflow").setLevel(logging.WARNING)


@dataclass(frozen=True, eq=False)
class Origin:
    """What a model of record was compiled from, and can be checked against.

    Attributes
    ----------
    trees
        The trees of its table.
    reference
        (n, f) rows to check on, such as the reference population.
    score
        The native model's own score of an (n, f) matrix, in log-odds before calibration.
    native
        Native model files by name.
    """

    trees: Sequence[Tree]
    reference: Floats
    score: Callable[[Floats], Floats]
    native: Mapping[str, bytes]


@dataclass(frozen=True)
class Registration:
    """A registered version.

    Attributes
    ----------
    name, number
        Registered model and version number in MLflow.
    version
        SHA-256 of the artefact.
    folder
        Where workers read it.
    """

    name: str
    number: int
    version: str
    folder: Path


def register(
    home: Path,
    model: ModelOfRecord,
    origin: Origin,
    *,
    alias: Alias = "champion",
    metrics: Mapping[str, float] | None = None,
    tracking_uri: str | None = None,
    by: str | None = None,
) -> Registration:
    """Check a model, make it a version in MLflow, and appoint it for the workers.

    Parameters
    ----------
    home
        $LIANGSHAN_HOME: mlflow.db, artefacts in mlflow/, the workers' shelf in models/.
    alias
        What it becomes of its product.
    metrics
        Validation figures to keep with the version.
    tracking_uri
        Another MLflow store than home's own.
    by
        Who trained it, where that was said.

    Raises
    ------
    BadInput
        Where the table disagrees with the native model or with shap (design 10.10).
    """
    refuse_disagreement(model, origin)
    home.mkdir(parents=True, exist_ok=True)
    number = _version_in_mlflow(home, model, origin, alias, metrics or {}, tracking_uri)
    folder = shelf.put(home, model)
    shelf.appoint(home, model, alias, number, metrics, by)
    return Registration(model.name, number, model.version, folder)


def promote(
    home: Path, product: str, approver: str, *, tracking_uri: str | None = None
) -> Mapping[str, object]:
    """Make a product's challenger its champion, on the shelf and in MLflow; see `shelf.promote`.

    Raises
    ------
    BadInput
        As there.
    """
    index = shelf.promote(home, product, approver)
    mlflow.set_tracking_uri(tracking_uri or f"sqlite:///{home / 'mlflow.db'}")
    client = mlflow.MlflowClient()
    client.set_registered_model_alias(index["name"], "champion", str(index["number"]))
    client.delete_registered_model_alias(index["name"], "challenger")
    return index


def refuse_disagreement(model: ModelOfRecord, origin: Origin) -> None:
    """Recompute 20 rows on 500 reference rows with shap, and their scores natively.

    Raises
    ------
    BadInput
        Where any contribution or score differs by more than 1e-4 log-odds.
    """
    rows = _evenly(origin.reference, CHECKED_ROWS)
    background = _evenly(origin.reference, CHECKED_REFERENCE)
    table = compile_ensemble(origin.trees, background)
    ours = np.ldexp(table.contributions(rows).astype(np.float64), -table.scale)
    theirs = interventional(origin.trees, rows, background)
    scores = model.table.base + model.table.contributions(rows).sum(axis=1)
    apart = {
        "contributions": np.abs(ours - theirs),
        "score": np.abs(
            np.ldexp(scores.astype(np.float64), -model.table.scale) - origin.score(rows)
        ),
    }
    for field, differences in apart.items():
        if not (differences <= AGREEMENT).all():
            raise BadInput(
                "table and oracle disagree; the model is not registered",
                where=model.name,
                field=field,
                value=str(differences.max()),
            )


def interventional(trees: Sequence[Tree], rows: Floats, background: Floats) -> Floats:
    """Return shap's interventional values of (n, f) rows against every background row.

    `max_samples` is given because shap's masker silently keeps 100 rows otherwise.
    """
    everyone = shap.maskers.Independent(background, max_samples=len(background))
    explainer = shap.TreeExplainer(
        {"trees": [_as_shap(tree) for tree in trees]},
        everyone,
        feature_perturbation="interventional",
    )
    values: Floats = explainer.shap_values(rows, check_additivity=False)
    return values


def _as_shap(tree: Tree) -> dict[str, object]:
    """Return a tree in shap's arrays: inner nodes first, then leaves, children by index."""
    inner, leaves = len(tree.feature), tree.leaves
    left, right = (
        np.append(np.where(side >= 0, side, inner + ~side), np.full(leaves, -1))
        for side in (tree.left, tree.right)
    )
    goes_left = np.append(tree.default_left, np.zeros(leaves, dtype=np.bool_))
    return {
        "children_left": left.astype(np.int32),
        "children_right": right.astype(np.int32),
        "children_default": np.where(goes_left, left, right).astype(np.int32),
        "features": np.append(tree.feature, np.full(leaves, -2)).astype(np.int32),
        "thresholds": np.append(tree.threshold, np.zeros(leaves)),
        "values": np.append(np.zeros(inner), tree.value).reshape(-1, 1),
        "node_sample_weight": np.ones(inner + leaves),
    }


def _evenly(rows: Floats, count: int) -> Floats:
    """Return at most `count` rows, evenly spaced."""
    picked = np.linspace(0, len(rows) - 1, min(count, len(rows))).astype(np.int64)
    return rows[picked]


def _version_in_mlflow(
    home: Path,
    model: ModelOfRecord,
    origin: Origin,
    alias: Alias,
    metrics: Mapping[str, float],
    tracking_uri: str | None,
) -> int:
    mlflow.set_tracking_uri(tracking_uri or f"sqlite:///{home / 'mlflow.db'}")
    client = mlflow.MlflowClient()
    experiment = _experiment(client, model.product, home / "mlflow")
    with mlflow.start_run(experiment_id=experiment, run_name=model.version[:12]) as run:
        mlflow.log_metrics(dict(metrics))
        source = _log_artefact(model, origin)
    if not client.search_registered_models(f"name = '{model.name}'"):
        client.create_registered_model(model.name)
    tags = {"version": model.version, **{k: str(v) for k, v in vars(model.evidence).items()}}
    version = client.create_model_version(
        model.name, source, run_id=run.info.run_id, tags=tags, model_id=source.rsplit("/", 1)[-1]
    )
    client.set_registered_model_alias(model.name, alias, version.version)
    return int(version.version)


def _experiment(client: mlflow.MlflowClient, product: str, folder: Path) -> str:
    """Return the id of the product's experiment, which keeps its artefacts in `folder`."""
    found = client.get_experiment_by_name(product)
    if found:
        return str(found.experiment_id)
    return client.create_experiment(product, folder.resolve().as_uri())


def _log_artefact(model: ModelOfRecord, origin: Origin) -> str:
    """Log model.json, tables.npz and the native files; return the address in MLflow."""
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "record"
        model.save(files)
        for name, content in origin.native.items():
            (files / name).write_bytes(content)
        example = pd.DataFrame(np.nan_to_num(origin.reference[:1]), columns=list(model.names))
        logged = mlflow.pyfunc.log_model(
            name="record",
            loader_module="models.pyfunc",
            data_path=str(files),
            signature=signature(model),
            input_example=example,
            pip_requirements=["liangshan"],
        )
    return str(logged.model_uri)


def signature(model: ModelOfRecord) -> ModelSignature:
    """Return the signature: one required double column per feature.

    Written by hand, because one inferred from data with a NaN makes the column optional.
    """
    outputs = [("double", "pd"), ("double", "pd_low"), ("double", "pd_high"), ("long", "points")]
    return ModelSignature(
        inputs=Schema([ColSpec("double", name, required=True) for name in model.names]),
        outputs=Schema([ColSpec(kind, name) for kind, name in outputs]),
    )
