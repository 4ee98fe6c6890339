"""Our model beside default LightGBM and an optbinning scorecard: same sets, folds and columns.

`make bench-models` runs every real set; `--set NAME` one of them, `--quick` a small sample of it.
Each line is a repeated cross-validation; a difference is the mean over folds of theirs and ours on
the same held-out rows, its standard error corrected for overlapping training sets (Nadeau and
Bengio 2003: variance times 1/folds + held-out/training). Less than two standard errors is a tie.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import lightgbm as lgb
import numpy as np
import orjson
import pandas as pd
from numpy.typing import NDArray
from optbinning import BinningProcess, Scorecard
from sklearn.linear_model import LogisticRegression

from features.frame import Floats
from models.metrics import auc, log_loss
from models.train.splits import folds_of
from models.train.tables import read_columns
from models.train.validation import TableTrainer

AFTER_THE_FACT = (
    "MIS_Status", "ChgOffDate", "ChgOffPrinGr", "BalanceGross", "xx", "daysterm", "Recession",
    "Term",
)  # fmt: skip
QUICK_ROWS = 3000
NOISE = 2.0


@dataclass(frozen=True)
class RealSet:
    """A set of the data page: target, bad value, columns left out, repeats of five folds."""

    name: str
    target: str
    bad: float = 1.0
    drop: tuple[str, ...] = ()
    repeats: int = 1


SETS = (
    RealSet("south_german_credit", "credit_risk", bad=0.0, repeats=6),
    RealSet("sba_case", "Default", drop=AFTER_THE_FACT, repeats=3),
    RealSet("polish_year1", "class"),
    RealSet("polish_year3", "class"),
    RealSet("taiwan_card_default", "def_pay"),
    RealSet("us_bankruptcy", "Company Status"),
    RealSet("gmsc", "SeriousDlqin2yrs"),
)


@dataclass(frozen=True)
class Data:
    """Features, outcomes and groups of one set."""

    frame: pd.DataFrame
    bad: NDArray[np.bool_]
    groups: NDArray[np.int64] | None


def load(real: RealSet, folder: Path) -> Data:
    """Return a set as its line of the data page says."""
    table = read_columns(folder / real.name / f"{real.name}_train.parquet")
    if real.name == "us_bankruptcy":
        return _firms_in_their_last_year(table)
    bad = (table[real.target] == real.bad).to_numpy()
    return Data(table.drop(columns=[real.target, *real.drop]), bad, None)


def _firms_in_their_last_year(table: pd.DataFrame) -> Data:
    firm, year = table["company_name"], table["year"]
    last = year == year.groupby(firm).transform("max")
    bad = ((table["Company Status"] == "failed") & last).to_numpy()
    frame = table.drop(columns=["company_name", "Company Status"])
    return Data(frame, bad, pd.factorize(firm)[0].astype(np.int64))


def sample(data: Data, rows: int) -> Data:
    """Return at most about `rows` rows, whole groups."""
    if len(data.bad) <= rows:
        return data
    chance = np.random.default_rng(0)
    keys = np.arange(len(data.bad)) if data.groups is None else data.groups
    kept = chance.random(keys.max() + 1)[keys] < rows / len(keys)
    groups = None if data.groups is None else data.groups[kept]
    return Data(data.frame[kept].reset_index(drop=True), data.bad[kept], groups)


def ours(data: Data, train: NDArray[np.int64], held: NDArray[np.int64]) -> Floats:
    """Return our PDs of the held-out rows."""
    trainer = TableTrainer(data.frame, data.bad, data.groups, {}, seed=0, threads=threads())
    return trainer.train(train).predict(data.frame.iloc[held])


def default_lightgbm(data: Data, train: NDArray[np.int64], held: NDArray[np.int64]) -> Floats:
    """Return the PDs of LightGBM as it comes, text columns as its own categories."""
    frame = data.frame.copy()
    for name in text_columns(frame):
        frame[name] = pd.Categorical(frame[name])
    model = lgb.LGBMClassifier(verbosity=-1, n_jobs=threads(), random_state=0)
    model.fit(frame.iloc[train], data.bad[train])
    return np.asarray(model.predict_proba(frame.iloc[held])[:, 1])


def optbinning_scorecard(data: Data, train: NDArray[np.int64], held: NDArray[np.int64]) -> Floats:
    """Return the PDs of optbinning's scorecard, missing values by their own rate."""
    names = list(data.frame.columns)
    process = BinningProcess(names, categorical_variables=text_columns(data.frame))
    card = Scorecard(process, LogisticRegression(max_iter=1000))
    card.fit(data.frame.iloc[train], data.bad[train].astype(int), metric_missing="empirical")
    return np.asarray(card.predict_proba(data.frame.iloc[held])[:, 1])


RIVALS = {
    "ours": ours,
    "default_lightgbm": default_lightgbm,
    "optbinning_scorecard": optbinning_scorecard,
}


def text_columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns that are no numbers."""
    return [name for name in frame.columns if frame[name].dtype != np.float64]


def threads() -> int:
    """Return how many cores a fit may use."""
    return int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1))


def measure(real: RealSet, data: Data, repeats: int) -> dict[str, object]:
    """Return the figures of each rival on each fold of one set."""
    folds = folds_of(data.bad, 5, groups=data.groups, repeats=repeats, seed=2026)
    figures: dict[str, dict[str, list[float]]] = {
        rival: {"auc": [], "log_loss": [], "seconds": []} for rival in RIVALS
    }
    for number, (train, held) in enumerate(folds):
        for rival, predict in RIVALS.items():
            started = time.perf_counter()
            p = predict(data, train, held)
            figures[rival]["seconds"].append(time.perf_counter() - started)
            figures[rival]["auc"].append(auc(data.bad[held], p))
            figures[rival]["log_loss"].append(log_loss(data.bad[held], p))
        sys.stderr.write(f"\r{real.name}: fold {number + 1} of {len(folds)}")
    sys.stderr.write("\n")
    overlap = 1 / len(folds) + len(folds[0][1]) / len(folds[0][0])
    rows = {"set": real.name, "rows": len(data.bad), "bads": int(data.bad.sum())}
    return rows | {"folds": len(folds), **_summary(figures, overlap)}


def _summary(figures: dict[str, dict[str, list[float]]], overlap: float) -> dict[str, object]:
    means = {
        rival: {name: float(np.mean(values)) for name, values in by_name.items()}
        for rival, by_name in figures.items()
    }
    differences = {}
    for rival in list(RIVALS)[1:]:
        differences[rival] = {}
        for name, better in (("auc", 1), ("log_loss", -1)):
            gain = better * (np.array(figures["ours"][name]) - np.array(figures[rival][name]))
            error = float(np.sqrt(gain.var(ddof=1) * overlap))
            differences[rival][name] = {"gain": float(gain.mean()), "standard_error": error}
    return {"means": means, "gains": differences}


def verdict(gain: float, error: float) -> str:
    """Return `better`, `worse`, or `tie` where the gain is within noise."""
    if abs(gain) < NOISE * error:
        return "tie"
    return "better" if gain > 0 else "worse"


def lines(results: list[dict[str, object]]) -> Iterator[str]:
    """Yield the rows of a Markdown table: ours, theirs, and the paired gain with its error."""
    yield "| set | rows | bads | figure | ours | LightGBM | gain | scorecard | gain | seconds |"
    yield "|---|---:|---:|---|---:|---:|---|---:|---|---:|"
    for r in results:
        means, gains = r["means"], r["gains"]
        for name in ("auc", "log_loss"):
            cells = [r["set"], r["rows"], r["bads"], name, f"{means['ours'][name]:.4f}"]
            for rival in list(RIVALS)[1:]:
                gain, error = gains[rival][name].values()
                cells += [
                    f"{means[rival][name]:.4f}",
                    f"{gain:+.4f} ± {error:.4f} {verdict(gain, error)}",
                ]
            yield "| " + " | ".join(map(str, [*cells, round(means["ours"]["seconds"])])) + " |"


def main() -> None:
    """Measure, print the table, and keep the figures as JSON."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--set", choices=[real.name for real in SETS], action="append")
    options.add_argument("--quick", action="store_true")
    options.add_argument("-o", "--output", type=Path)
    chosen = options.parse_args()
    folder = os.environ.get("LIANGSHAN_DATA")
    if folder is None:
        sys.exit("LIANGSHAN_DATA names no folder with the real sets: nothing to measure")
    warnings.filterwarnings("ignore")
    results = []
    for real in SETS:
        if chosen.set and real.name not in chosen.set:
            continue
        data = load(real, Path(folder))
        if chosen.quick:
            data = sample(data, QUICK_ROWS)
        results.append(measure(real, data, 1 if chosen.quick else real.repeats))
    sys.stdout.write("\n".join(lines(results)) + "\n")
    if chosen.output:
        chosen.output.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))


if __name__ == "__main__":
    main()
