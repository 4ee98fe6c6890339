"""Where a worker finds its models: a folder per version and a small index, no MLflow needed.

models/<product>/<version>/model.json, tables.npz
models/<product>/champion.json         which version, its registered name and number, its figures
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import orjson

from features.canonical import canonical_json
from models.record import ModelOfRecord, exact

Alias = Literal["champion", "challenger"]


def put(home: Path, model: ModelOfRecord) -> Path:
    """Write a model's files under `home` and return their folder."""
    folder = _room(home, model.product) / model.version
    model.save(folder)
    return folder


def appoint(
    home: Path,
    model: ModelOfRecord,
    alias: Alias,
    number: int,
    figures: Mapping[str, float] | None = None,
) -> None:
    """Make a model that was `put` the champion or challenger of its product, all at once.

    Parameters
    ----------
    number
        Its version number in MLflow.
    figures
        What it is worth: AUC, KS and so on, by name.
    """
    index = {
        "figures": {name: exact(value) for name, value in (figures or {}).items()},
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
    index = index_of(home, product, alias)
    if index is None:
        return None
    version = index["version"]
    return ModelOfRecord.load(_room(home, product) / version, version)


def index_of(home: Path, product: str, alias: Alias) -> Mapping[str, Any] | None:
    """Return which version is appointed, under which number, with its figures; None for none."""
    index = _room(home, product) / f"{alias}.json"
    if not index.exists():
        return None
    found: Mapping[str, Any] = orjson.loads(index.read_bytes())
    return found


def stamp(home: Path, product: str) -> int:
    """Return what changes when another champion is appointed; 0 while there is none."""
    index = _room(home, product) / "champion.json"
    return index.stat().st_mtime_ns if index.exists() else 0


def _room(home: Path, product: str) -> Path:
    return home / "models" / product
