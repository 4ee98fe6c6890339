"""Fit the champion's kind of model on any table, and say honestly how good it is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.errors import BadInput
from features.frame import Floats
from models.metrics import psi, report
from models.train.saved import refuse_occupied, save
from models.train.splits import rarest_class
from models.train.tables import TargetRule, outcomes, read_columns, read_signs
from models.train.validation import TableModel, TableTrainer

FEWEST_TO_VALIDATE = 4


@dataclass(frozen=True)
class FitOrder:
    """What to fit.

    Attributes
    ----------
    table, test
        Parquet, CSV or CSV.gz files; `test` has the same columns.
    target, bad
        The outcome's column, and the value of it that means bad (None: 1 or true).
    drop, group
        Columns to leave out, and the column whose equal values stay on one side of a split.
    signs
        YAML file of column: +1 | -1.
    seed
        With it fixed, the same bytes each time.
    threads
        Bags grown at the same time; None: one per core.
    save_to
        Folder for the model, or None.
    """

    table: Path
    target: str
    test: Path | None = None
    signs: Path | None = None
    bad: str | None = None
    drop: Sequence[str] = ()
    group: str | None = None
    seed: int = 0
    threads: int | None = None
    save_to: Path | None = None


@dataclass(frozen=True)
class Fitted:
    """The model of all rows and its report (design section 9, `fit --json`)."""

    model: TableModel
    report: Mapping[str, object] = field(default_factory=dict)


def fit_table(order: FitOrder, progress: Callable[[str], None] = lambda _: None) -> Fitted:
    """Return the model of a table, cross-validated; progress goes to `progress`, line by line.

    Raises
    ------
    BadInput
        Naming file, column and value that cannot be used.
    """
    started = time.perf_counter()
    if order.save_to is not None:
        refuse_occupied(order.save_to)
    table = read_columns(order.table)
    trainer = _trainer(order, table, progress)
    test = None if order.test is None else _test_table(order.test, order, trainer)
    rows, bads = len(trainer.bad), int(trainer.bad.sum())
    progress(f"{rows} rows, {bads} bad, {trainer.frame.shape[1]} features")
    validation = trainer.cross_validate()
    cv = validation.as_dict()
    progress(f"cross-validated: AUC {cv['auc']:.4f}, log-loss {cv['log_loss']:.4f}")
    stability = trainer.reasons_stability()
    model = trainer.train()
    cv["seconds"] = round(time.perf_counter() - started, 1)
    document = {
        "rows": rows,
        "bads": bads,
        "bad_rate": bads / rows,
        "cv": cv,
        "test": None if test is None else _tested(model, *test, validation.p),
        "family": "lightgbm",
        "features": list(model.encoder.names),
        "reasons_stability": stability,
    }
    if order.save_to is not None:
        save(model, document, order.save_to)
    return Fitted(model, document)


def _trainer(
    order: FitOrder, table: pd.DataFrame, progress: Callable[[str], None]
) -> TableTrainer:
    where = order.table.name
    bad = outcomes(table, TargetRule(order.target, order.bad), where)
    beside = [*order.drop, *([] if order.group is None else [order.group])]
    for name in beside:
        if name not in table.columns:
            raise BadInput("no such column in the table", where=where, field=name)
    frame = table.drop(columns=[order.target, *beside], errors="ignore")
    constant = [name for name in frame.columns if frame[name].nunique(dropna=False) <= 1]
    if constant:
        progress(f"left out, one value only: {', '.join(constant)}")
    frame = frame.drop(columns=constant)
    if frame.shape[1] == 0:
        raise BadInput("no feature is left", where=where)
    threads = order.threads or os.cpu_count() or 1
    groups = _groups(order, table)
    rarest = rarest_class(bad, groups)
    if rarest < FEWEST_TO_VALIDATE:
        what = "rows" if groups is None else "groups"
        rule = f"needs at least {FEWEST_TO_VALIDATE} {what} of each class to be validated"
        raise BadInput(rule, where=where, field=order.target, value=str(rarest))
    signs = {} if order.signs is None else _signs(order.signs, table, frame)
    return TableTrainer(frame, bad, groups, signs, order.seed, threads)


def _groups(order: FitOrder, table: pd.DataFrame) -> NDArray[np.int64] | None:
    if order.group is None:
        return None
    return pd.factorize(table[order.group].astype(str))[0].astype(np.int64)


def _signs(path: Path, table: pd.DataFrame, frame: pd.DataFrame) -> dict[str, int]:
    signs = read_signs(path, table.columns)
    for name in signs:
        if name not in frame.columns:
            raise BadInput("has a sign and is left out", where=path.name, field=name)
        if frame[name].dtype != np.float64:
            raise BadInput("has a sign and is text", where=path.name, field=name)
    return signs


def _test_table(
    path: Path, order: FitOrder, trainer: TableTrainer
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    table = read_columns(path, like=trainer.frame)
    return table, outcomes(table, TargetRule(order.target, order.bad), path.name)


def _tested(
    model: TableModel, table: pd.DataFrame, bad: NDArray[np.bool_], held_out: Floats
) -> dict[str, float]:
    """Return the figures on a second table; its PDs drift from those of held-out training rows.

    PDs of rows the model was trained on are more extreme, and would count that as drift.
    """
    p = model.predict(table)
    return report(bad, p).as_dict() | {"psi": psi(held_out, p)}
