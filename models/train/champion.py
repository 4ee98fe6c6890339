"""The champion: families of bagged trees, blended in log-odds and calibrated out of fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.frame import Floats
from models.boosting import Bags, grow
from models.calibration import PlattCalibration
from models.train.blend import blend
from models.train.parameters import Parameters
from models.train.splits import folds_of
from models.trees import Tree


@dataclass(frozen=True)
class Champion:
    """A model of any table: trees whose sum is a log-odds score, and what calibrates it.

    Attributes
    ----------
    names
        The f features, in matrix order.
    families
        Name of each family to its bags.
    weights
        Factor of each family's score, in the same order.
    calibration
        Platt's line from the score to log-odds, learnt on `out_of_fold`.
    out_of_fold
        (n,) score of each training row by bags that did not see it.
    """

    names: tuple[str, ...]
    families: dict[str, Bags]
    weights: tuple[float, ...]
    calibration: PlattCalibration
    out_of_fold: Floats

    def bag_scores(self, values: Floats) -> Floats:
        """Return (bags, n) scores of an (n, f) matrix; their mean is the score."""
        parts = zip(self.weights, self.families.values(), strict=True)
        return np.asarray(sum(w * bags.scores(values) for w, bags in parts))

    def predict(self, values: Floats) -> Floats:
        """Return (n,) PDs of an (n, f) matrix, NaN = missing."""
        score = self.bag_scores(values).mean(axis=0)
        return self.calibration.predict_proba(score.reshape(-1, 1))[:, 1]

    def contributions(self, values: Floats) -> Floats:
        """Return (n, f) path-dependent contributions to the score, for comparing models."""
        parts = zip(self.weights, self.families.values(), strict=True)
        return np.asarray(sum(w * bags.contributions(values) for w, bags in parts if w))

    def trees(self) -> list[Tree]:
        """Return every tree; the sum of their values is the score."""
        parts = zip(self.weights, self.families.values(), strict=True)
        return [tree for w, bags in parts if w for tree in bags.trees(w)]

    def native(self) -> dict[str, tuple[str, ...]]:
        """Return LightGBM's own text of each bag by family."""
        return {name: bags.native() for name, bags in self.families.items()}


def fit_champion(
    values: Floats,
    names: Sequence[str],
    y: NDArray[np.generic],
    *,
    parameters: Parameters,
    signs: Sequence[int] | None = None,
    groups: NDArray[np.int64] | None = None,
    seed: int = 0,
    threads: int = 1,
) -> Champion:
    """Return the champion of an (n, f) matrix, NaN = missing, and (n,) outcomes, 1 = bad.

    Families of trees are grown on the same folds and blended in log-odds with the non-negative
    weights of least out-of-fold log-loss; the folds' models are the bags, so no row is trained on
    twice. `signs` are +1 where the PD may only rise with the feature, -1 fall, 0 either.
    """
    bad = np.asarray(y).astype(bool)
    folds = folds_of(bad, parameters.folds, groups=groups, seed=seed)
    families = {
        name: grow(
            values,
            bad,
            folds,
            params,
            signs=signs,
            rounds=parameters.rounds,
            seed=seed,
            threads=threads,
        )
        for name, params in parameters.families.items()
    }
    scores = np.column_stack([bags.out_of_fold for bags in families.values()])
    weights = blend(scores, bad)
    out_of_fold = scores @ weights
    calibration = PlattCalibration().fit(out_of_fold.reshape(-1, 1), bad)
    return Champion(tuple(names), families, tuple(weights.tolist()), calibration, out_of_fold)
