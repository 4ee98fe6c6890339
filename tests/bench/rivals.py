"""What others serve the same trees with: `mlflow models serve`, and FastAPI with shap.

    python tests/bench/rivals.py shap FOLDER PORT       serve the explainer of FOLDER/trees

Neither keeps, judges or decides anything; the first does not explain either.
"""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path
from typing import Any

import lightgbm as lgb
import mlflow
import numpy as np
import pandas as pd
import shap
import uvicorn
from fastapi import FastAPI
from mlflow.pyfunc.model import PythonModel
from pydantic import BaseModel

from models.boosting import Bags
from models.registry import _as_shap

BACKGROUND = 100
HERE = Path(__file__)


class AverageOfBags(PythonModel):  # type: ignore[misc, unused-ignore]
    """Predicts with LightGBM's own boosters, as the champion was grown."""

    def load_context(self, context: Any) -> None:
        texts = sorted(Path(context.artifacts["bags"]).glob("*.txt"))
        self.boosters = [lgb.Booster(model_file=str(path)) for path in texts]

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        rows = model_input.to_numpy()
        scores = [one.predict(rows, raw_score=True, num_threads=1) for one in self.boosters]
        return 1 / (1 + np.exp(-np.mean(np.array(scores), axis=0)))


def keep_for_mlflow(folder: Path, bags: Path, example: pd.DataFrame) -> Path:
    """Save the boosters as an MLflow model and return its folder."""
    target = folder / "predict-only"
    mlflow.pyfunc.save_model(
        target,
        python_model=AverageOfBags(),
        artifacts={"bags": str(bags)},
        signature=mlflow.models.infer_signature(example, np.zeros(1)),
        pip_requirements=[],
        code_paths=[str(HERE)],
    )
    return target


def mlflow_command(model: Path, port: int) -> list[str]:
    """Return how MLflow serves a model, with one worker, on this interpreter."""
    program = str(Path(sys.executable).with_name("mlflow"))
    words = ["models", "serve", "-m", str(model), "--env-manager", "local"]
    return [program, *words, "--port", str(port), "--workers", "1", "--host", "127.0.0.1"]


def keep_for_shap(folder: Path, bags: Path, background: np.ndarray[Any, Any]) -> Path:
    """Save the trees and the rows that shap compares with."""
    grown = Bags.from_native([path.read_text() for path in sorted(bags.glob("*.txt"))])
    kept = {"trees": grown.trees(), "background": background[:BACKGROUND]}
    (folder / "trees").write_bytes(pickle.dumps(kept))
    return folder / "trees"


class Row(BaseModel):
    """The values of one applicant's features."""

    values: list[float]


def explainer_app(path: Path) -> FastAPI:
    """Return an application that scores and explains one row, and keeps nothing."""
    kept = pickle.loads(path.read_bytes())
    everyone = shap.maskers.Independent(kept["background"], max_samples=BACKGROUND)
    explainer = shap.TreeExplainer(
        {"trees": [_as_shap(tree) for tree in kept["trees"]]},
        everyone,
        feature_perturbation="interventional",
    )
    base = float(np.ravel(explainer.expected_value)[0])
    app = FastAPI()

    @app.post("/score")
    def score(row: Row) -> dict[str, Any]:
        parts = explainer.shap_values(np.array([row.values]), check_additivity=False)[0]
        pd_now = 1 / (1 + np.exp(-(base + parts.sum())))
        return {"pd": float(pd_now), "contributions": [float(part) for part in parts]}

    return app


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    _, _, trees, port_given = sys.argv
    uvicorn.run(explainer_app(Path(trees)), port=int(port_given), log_level="warning")
