"""Any table as numbers: text columns become the smoothed bad rate of their level."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.frame import Floats
from models.train.splits import folds_of

SMOOTHING_ROWS = 20.0
CROSS_FITS = 5


@dataclass
class TableEncoder:
    """Turns a frame of float64 and object columns into an (n, f) float64 matrix, NaN = missing.

    A text level becomes its bad rate, smoothed towards the overall rate by 20 rows, so that trees
    stay trees of numeric thresholds. A level never seen is a level of no rows: it gets the overall
    rate; a missing text is NaN.

    Parameters
    ----------
    seed
        Of the folds by which training rows are coded.
    """

    seed: int = 0
    names: tuple[str, ...] = ()
    prior: float = 0.0
    levels: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def fit_encode(
        self, frame: pd.DataFrame, bad: NDArray[np.bool_], groups: NDArray[np.int64] | None = None
    ) -> Floats:
        """Learn the levels and return the training rows, each coded by outcomes of other folds.

        A row coded by a rate that contains its own outcome would hand that outcome to the trees.
        """
        self.fit(frame, bad)
        values = self.encode(frame)
        if self.levels:
            for train, held in folds_of(bad, CROSS_FITS, groups=groups, seed=self.seed):
                part = TableEncoder().fit(frame.iloc[train][list(self.levels)], bad[train])
                for position, column in self._texts(part.encode(frame.iloc[held])):
                    values[held, position] = column
        return values

    def fit(self, frame: pd.DataFrame, bad: NDArray[np.bool_]) -> Self:
        """Learn the bad rate of each level of each text column."""
        self.names = tuple(frame.columns)
        self.prior = float(np.mean(bad))
        texts = [name for name in self.names if frame[name].dtype != np.float64]
        self.levels = {name: self._rates(frame[name], bad) for name in texts}
        return self

    def encode(self, frame: pd.DataFrame) -> Floats:
        """Return the columns learnt from, in that order, as an (n, f) matrix."""
        return np.column_stack([self._column(frame[name]) for name in self.names])

    def _rates(self, column: pd.Series, bad: NDArray[np.bool_]) -> dict[str, float]:
        counts = pd.Series(bad.astype(np.float64)).groupby(column.to_numpy()).agg(["sum", "count"])
        rates = (counts["sum"] + SMOOTHING_ROWS * self.prior) / (counts["count"] + SMOOTHING_ROWS)
        return {str(level): float(rate) for level, rate in rates.items()}

    def _column(self, column: pd.Series) -> Floats:
        rates = self.levels.get(str(column.name))
        if rates is None:
            return column.to_numpy(dtype=np.float64)
        coded = column.map(rates).to_numpy(dtype=np.float64)
        return np.where(np.isnan(coded) & column.notna().to_numpy(), self.prior, coded)

    def _texts(self, coded: Floats) -> Iterator[tuple[int, Floats]]:
        positions = [i for i, name in enumerate(self.names) if name in self.levels]
        return zip(positions, coded.T, strict=True)
