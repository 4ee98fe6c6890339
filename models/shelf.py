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
from features.errors import BadInput
from features.two_people import refuse_same_person
from models.record import ModelOfRecord, exact

Alias = Literal["champion", "challenger"]
SYNTHETIC = "synthetic"


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
    by: str | None = None,
) -> None:
    """Make a model that was `put` the champion or challenger of its product, all at once.

    Parameters
    ----------
    number
        Its version number in MLflow.
    figures
        What it is worth: AUC, KS and so on, by name.
    by
        Who trained it, where that was said.
    """
    said = {} if by is None else {"by": by}
    index = {
        **said,
        "figures": {name: exact(value) for name, value in (figures or {}).items()},
        "name": model.name,
        "number": number,
        "trained_on": model.evidence.trained_on,
        "version": model.version,
    }
    _write(home, model.product, alias, index)


def waits_for_approval(home: Path, product: str, trained_on: str) -> bool:
    """Return whether a better model becomes the champion only when another person approves it.

    One trained on simulated data decides nothing outside a demonstration, so nobody need approve
    it; but it does not displace one that decides.
    """
    present = index_of(home, product, "champion")
    decides = present is not None and present["trained_on"] != SYNTHETIC
    return trained_on != SYNTHETIC or decides


def promote(home: Path, product: str, approver: str) -> Mapping[str, Any]:
    """Make the challenger of a product its champion, as somebody else than its author approves.

    Returns
    -------
    Mapping
        What the shelf says of the champion now: version, number, figures, `by`, `approved_by`.

    Raises
    ------
    BadInput
        Without a challenger, or where nobody is known to have trained it; `SamePerson` where the
        approver did.
    """
    index = index_of(home, product, "challenger")
    if index is None:
        rule = "没有待批准的挑战者 · there is no challenger to approve"
        raise BadInput(rule, field="PRODUCT", value=product)
    if "by" not in index:
        rule = (
            "未记录训练人，请重新训练 · who trained it was not recorded; train it again with --by"
        )
        raise BadInput(rule, field="PRODUCT", value=product)
    refuse_same_person(index["by"], approver)
    appointed_now = {**index, "approved_by": approver}
    _write(home, product, "champion", appointed_now)
    (_room(home, product) / "challenger.json").unlink()
    return appointed_now


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


def _write(home: Path, product: str, alias: Alias, index: Mapping[str, Any]) -> None:
    """Write which version is appointed, so that a worker reads the old one or the new one."""
    written = _room(home, product) / f"{alias}.json.new"
    written.write_bytes(canonical_json(index))
    written.replace(written.with_suffix(""))


def _room(home: Path, product: str) -> Path:
    return home / "models" / product
