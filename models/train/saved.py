"""A fitted table model in a folder, and back: JSON and LightGBM's own text, nothing pickled."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from features.errors import BadInput
from models.boosting import Bags
from models.calibration import PlattCalibration
from models.train.champion import Champion
from models.train.encoding import TableEncoder
from models.train.validation import TableModel

MODEL = "model.json"
REPORT = "report.json"


def save(model: TableModel, report: Mapping[str, object], folder: Path) -> None:
    """Write model.json, report.json and one text per booster, `<family>_<bag>.txt`.

    Raises
    ------
    BadInput
        Where `folder` is there already and not empty.
    """
    refuse_occupied(folder)
    folder.mkdir(parents=True, exist_ok=True)
    champion, encoder = model.champion, model.encoder
    page = {
        "family": "lightgbm",
        "features": list(encoder.names),
        "prior": encoder.prior,
        "levels": encoder.levels,
        "weights": dict(zip(champion.families, champion.weights, strict=True)),
        "bags": {name: len(bags.boosters) for name, bags in champion.families.items()},
        "calibration": [champion.calibration.intercept_, *champion.calibration.coef_.tolist()],
    }
    options = orjson.OPT_INDENT_2
    (folder / MODEL).write_bytes(orjson.dumps(page, option=options))
    (folder / REPORT).write_bytes(orjson.dumps(report, option=options))
    for name, texts in champion.native().items():
        for number, text in enumerate(texts):
            (folder / f"{name}_{number}.txt").write_text(text, encoding="utf-8")


def refuse_occupied(folder: Path) -> None:
    """Raise `BadInput` where `folder` is there already and not empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput("is there already and not empty", where=str(folder))


def load(folder: Path) -> TableModel:
    """Return the model that `save` wrote; its PDs are the same to the last bit.

    Raises
    ------
    BadInput
        Where the folder holds no such model.
    """
    try:
        page: dict[str, Any] = orjson.loads((folder / MODEL).read_bytes())
        families = {
            name: Bags.from_native(
                [(folder / f"{name}_{k}.txt").read_text(encoding="utf-8") for k in range(bags)]
            )
            for name, bags in page["bags"].items()
        }
    except (OSError, orjson.JSONDecodeError, KeyError) as fault:
        raise BadInput(f"holds no saved model: {fault}", where=str(folder)) from fault
    names = tuple(page["features"])
    encoder = TableEncoder(names=names, prior=page["prior"], levels=page["levels"])
    champion = Champion(
        names, families, tuple(page["weights"].values()), _line(*page["calibration"]), np.zeros(0)
    )
    return TableModel(encoder, champion)


def _line(intercept: float, slope: float) -> PlattCalibration:
    calibration = PlattCalibration()
    calibration.intercept_, calibration.coef_ = intercept, np.array([slope])
    calibration.classes_, calibration.n_features_in_ = np.array([False, True]), 1
    return calibration
