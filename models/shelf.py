"""Where a worker finds its models: a folder per version and a small index, no MLflow needed.

models/<product>/<version>/model.json, tables.npz
models/<product>/champion.json         which version, under which registered name and number
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import orjson

from features.canonical import canonical_json
from models.record import ModelOfRecord

Alias = Literal["champion", "challenger"]


def put(home: Path, model: ModelOfRecord) -> Path:
    """Write a model's files under `home` and return their folder."""
    folder = _room(home, model.product) / model.version
    model.save(folder)
    return folder


def appoint(home: Path, model: ModelOfRecord, alias: Alias, number: int) -> None:
    """Make a model that was `put` the champion or challenger of its product, all at once.

    `number` is its version number in MLflow.
    """
    index = {
        "name": model.name,
        "number": number,
        "trained_on": model.evidence.trained_on,
        "version": model.version,
    }
    written = _room(home, model.product) / f"{alias}.json.new"
    written.write_bytes(canonical_json(index))
    written.replace(written.with_suffix(""))


def champion(home: Path, product: str) -> ModelOfRecord | None:
    """Return the champion of a product, None where none is appointed.

    Raises
    ------
    BadInput
        Where its files are not those that were registered.
    """
    return appointed(home, product, "champion")


def appointed(home: Path, product: str, alias: Alias) -> ModelOfRecord | None:
    """Return the champion or challenger of a product, None where there is none."""
    index = _room(home, product) / f"{alias}.json"
    if not index.exists():
        return None
    version = orjson.loads(index.read_bytes())["version"]
    return ModelOfRecord.load(_room(home, product) / version, version)


def stamp(home: Path, product: str) -> int:
    """Return what changes when another champion is appointed; 0 while there is none."""
    index = _room(home, product) / "champion.json"
    return index.stat().st_mtime_ns if index.exists() else 0


def _room(home: Path, product: str) -> Path:
    return home / "models" / product
