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
    return np.asarray(model.predict_proba(frame.iloc[held]))[:, 1]


def optbinning_scorecard(data: Data, train: NDArray[np.int64], held: NDArray[np.int64]) -> Floats:
    """Return the PDs of optbinning's scorecard, missing values by their own rate."""
    names = list(data.frame.columns)
    process = BinningProcess(names, categorical_variables=text_columns(data.frame))
    card = Scorecard(process, LogisticRegression(max_iter=1000))
    card.fit(data.frame.iloc[train], data.bad[train].astype(int), metric_missing="empirical")
    return np.asarray(card.predict_proba(data.frame.iloc[held]))[:, 1]


OURS = "ours"
RIVALS = {
    OURS: ours,
    "default_lightgbm": default_lightgbm,
    "optbinning_scorecard": optbinning_scorecard,
}


def text_columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns that are no numbers."""
    return [name for name in frame.columns if frame[name].dtype != np.float64]


def threads() -> int:
    """Return how many cores a fit may use."""
    return int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1))


@dataclass(frozen=True)
class Gain:
    """How much better ours is than a rival on the same folds; positive is better."""

    mean: float
    standard_error: float

    def __str__(self) -> str:
        verdict = "better" if self.mean > 0 else "worse"
        if abs(self.mean) < NOISE * self.standard_error:
            verdict = "tie"
        return f"{self.mean:+.4f} ± {self.standard_error:.4f} {verdict}"


@dataclass(frozen=True)
class Comparison:
    """One set: the mean of each figure by rival, and our gain over each rival by figure."""

    name: str
    rows: int
    bads: int
    folds: int
    means: dict[str, dict[str, float]]
    gains: dict[str, dict[str, Gain]]

    def lines(self) -> Iterator[str]:
        """Yield one row of a Markdown table per figure."""
        seconds = " / ".join(f"{figures['seconds']:.0f}" for figures in self.means.values())
        for figure in BETTER:
            cells = [self.name, f"{self.rows:,}", f"{self.bads:,}", figure]
            cells += [f"{self.means[OURS][figure]:.4f}"]
            for rival, gains in self.gains.items():
                cells += [f"{self.means[rival][figure]:.4f}", str(gains[figure])]
            yield "| " + " | ".join([*cells, seconds]) + " |"


HEADING = (
    "| set | rows | bads | figure | ours | LightGBM | gain | scorecard | gain | s a fit |",
    "|---|---:|---:|---|---:|---:|---|---:|---|---:|",
)
BETTER = {"auc": 1.0, "log_loss": -1.0}
FIGURES = (*BETTER, "seconds")


def measure(real: RealSet, data: Data, repeats: int) -> Comparison:
    """Return how we and each rival do on the folds of one set."""
    folds = folds_of(data.bad, 5, groups=data.groups, repeats=repeats, seed=2026)
    rows: list[dict[str, object]] = []
    for number, (train, held) in enumerate(folds):
        for rival, predict in RIVALS.items():
            started = time.perf_counter()
            p = predict(data, train, held)
            seconds = time.perf_counter() - started
            bad = data.bad[held]
            rows.append(
                {"fold": number, "rival": rival, "seconds": seconds,
                 "auc": auc(bad, p), "log_loss": log_loss(bad, p)}
            )  # fmt: skip
        sys.stderr.write(f"\r{real.name}: fold {number + 1} of {len(folds)}")
    sys.stderr.write("\n")
    figures = pd.DataFrame(rows)
    means = figures.drop(columns="fold").groupby("rival").mean()
    overlap = 1 / len(folds) + len(folds[0][1]) / len(folds[0][0])
    return Comparison(
        real.name,
        len(data.bad),
        int(data.bad.sum()),
        len(folds),
        {rival: {f: float(means[f][rival]) for f in FIGURES} for rival in RIVALS},
        {rival: _gains(figures, rival, overlap) for rival in RIVALS if rival != OURS},
    )


def _gains(figures: pd.DataFrame, rival: str, overlap: float) -> dict[str, Gain]:
    found = {}
    for figure, sign in BETTER.items():
        by_rival = figures.pivot_table(index="fold", columns="rival", values=figure)
        gain = sign * (by_rival[OURS] - by_rival[rival]).to_numpy(dtype=np.float64)
        found[figure] = Gain(float(gain.mean()), float(np.sqrt(gain.var(ddof=1) * overlap)))
    return found


def main() -> None:
    """Measure, print the table, and keep the figures as JSON."""
    options = argparse.ArgumentParser(description="Our model beside two rivals on real sets")
    options.add_argument("--set", choices=[real.name for real in SETS], action="append")
    options.add_argument("--quick", action="store_true")
    options.add_argument("-o", "--output", type=Path)
    chosen = options.parse_args()
    folder = os.environ.get("LIANGSHAN_DATA")
    if folder is None:
        sys.exit("LIANGSHAN_DATA names no folder with the real sets: nothing to measure")
    warnings.filterwarnings("ignore")
    results: list[Comparison] = []
    for real in SETS:
        if chosen.set and real.name not in chosen.set:
            continue
        data = load(real, Path(folder))
        if chosen.quick:
            data = sample(data, QUICK_ROWS)
        results.append(measure(real, data, 1 if chosen.quick else real.repeats))
    table = [*HEADING, *(line for result in results for line in result.lines())]
    sys.stdout.write("\n".join(table) + "\n")
    if chosen.output:
        chosen.output.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))


if __name__ == "__main__":
    main()
