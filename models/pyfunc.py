"""The loader that `mlflow.pyfunc` calls: a registered version predicts through its record."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from models.logistic import MICRO
from models.record import ModelOfRecord


class RecordPredictor:
    """What `mlflow.pyfunc.load_model` wraps."""

    def __init__(self, model: ModelOfRecord) -> None:
        self.model = model

    def predict(
        self, frame: pd.DataFrame, params: Mapping[str, object] | None = None
    ) -> pd.DataFrame:
        """Return pd, pd_low, pd_high (double) and points (whole) of each row of named features."""
        scored = self.model.score(frame[list(self.model.names)].to_numpy(dtype="float64"))
        return pd.DataFrame(
            {
                "pd": scored.pd_micro / MICRO,
                "pd_low": scored.pd_low_micro / MICRO,
                "pd_high": scored.pd_high_micro / MICRO,
                "points": scored.points,
            },
            index=frame.index,
        )


def _load_pyfunc(path: str) -> RecordPredictor:
    return RecordPredictor(ModelOfRecord.load(Path(path)))
