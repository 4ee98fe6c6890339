"""Honest figures of the whole procedure: encoding, bags, blend and calibration, fold by fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.frame import Floats
from models.metrics import Metrics, reasons_stability, report
from models.train.champion import Champion, fit_champion
from models.train.encoding import TableEncoder
from models.train.parameters import parameters_for
from models.train.splits import folds_of

OUTER_FOLDS = 5
EXPLAINED_ROWS = 200


@dataclass(frozen=True)
class TableModel:
    """A champion of any table, with the encoder that turns such a table into its matrix."""

    encoder: TableEncoder
    champion: Champion

    def predict(self, frame: pd.DataFrame) -> Floats:
        """Return (n,) PDs of a frame with the training table's columns."""
        return self.champion.predict(self.encoder.encode(frame))

    def contributions(self, frame: pd.DataFrame) -> Floats:
        """Return (n, f) contributions to the score, path dependent, for comparison only."""
        return self.champion.contributions(self.encoder.encode(frame))


@dataclass(frozen=True)
class TableTrainer:
    """Builds models of one table: float64 and text columns, outcomes, groups and signs.

    Attributes
    ----------
    frame
        n rows of features.
    bad
        (n,) outcomes.
    groups
        (n,) codes whose rows stay on one side of every split, or None.
    signs
        Column to +1 or -1.
    """

    frame: pd.DataFrame
    bad: NDArray[np.bool_]
    groups: NDArray[np.int64] | None
    signs: dict[str, int]
    seed: int
    threads: int = 1

    def train(self, rows: NDArray[np.int64] | None = None) -> TableModel:
        """Return the model of the given rows, or of all."""
        chosen = np.arange(len(self.bad)) if rows is None else rows
        frame, bad = self.frame.iloc[chosen], self.bad[chosen]
        groups = None if self.groups is None else self.groups[chosen]
        encoder = TableEncoder(self.seed)
        values = encoder.fit_encode(frame, bad, groups)
        champion = fit_champion(
            values,
            encoder.names,
            bad,
            parameters=parameters_for(len(bad)),
            signs=[self.signs.get(name, 0) for name in encoder.names],
            groups=groups,
            seed=self.seed,
            threads=self.threads,
        )
        return TableModel(encoder, champion)

    def cross_validate(self) -> CrossValidation:
        """Return the figures of models that are trained anew without each fold."""
        p = np.zeros(len(self.bad))
        by_fold = []
        for train, held in folds_of(self.bad, OUTER_FOLDS, groups=self.groups, seed=self.seed):
            p[held] = self.train(train).predict(self.frame.iloc[held])
            by_fold.append(report(self.bad[held], p[held]))
        return CrossValidation(p, by_fold, report(self.bad, p))

    def reasons_stability(self) -> float:
        """Return how steady the reasons are between models of two disjoint halves."""
        half, other = folds_of(self.bad, 2, groups=self.groups, seed=self.seed)[0]
        sample = np.random.default_rng(self.seed).permutation(len(self.bad))[:EXPLAINED_ROWS]
        first, second = (
            self.train(rows).contributions(self.frame.iloc[sample]) for rows in (half, other)
        )
        return reasons_stability(first, second)


@dataclass(frozen=True)
class CrossValidation:
    """PDs of held-out rows and what they are worth.

    Attributes
    ----------
    p
        (n,) PD of each row by a model that did not see it.
    by_fold, pooled
        The figures fold by fold, and of all rows together.
    """

    p: Floats
    by_fold: list[Metrics]
    pooled: Metrics

    def as_dict(self) -> dict[str, float]:
        """Return the figures: ranking (auc, ks, gini) as mean over folds, the rest of all rows.

        Scores of different folds' models rank against each other less well than within a fold,
        while calibration needs every row.
        """
        figures = self.pooled.as_dict()
        for name in ("auc", "ks", "gini"):
            figures[name] = float(np.mean([getattr(m, name) for m in self.by_fold]))
        aucs = [m.auc for m in self.by_fold]
        return figures | {"auc_sd": float(np.std(aucs, ddof=1))}
