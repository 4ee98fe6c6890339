"""Hyper-parameters: stored ones for the products, and rules by size for any other table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Params = Mapping[str, float | int | bool]


@dataclass(frozen=True)
class Parameters:
    """How the bags of one model are grown.

    Attributes
    ----------
    folds, repeats
        Folds per repeat; each fold of each repeat is a bag.
    rounds
        The most trees a bag of one family may have.
    families
        Name of each family of trees to LightGBM's parameters.
    """

    folds: int
    repeats: int
    rounds: int
    families: Mapping[str, Params]


def parameters_for(rows: int, bads: int, columns: int) -> Parameters:
    """Return the hyper-parameters for a table of this size."""
    common: Params = {"max_depth": 6, "num_leaves": 31, "feature_fraction": 0.5}
    bagged: Params = {"bagging_fraction": 0.8, "bagging_freq": 1}
    return Parameters(
        folds=5,
        repeats=1,
        rounds=1500,
        families={
            "deep": {**common, "learning_rate": 0.06},
            "smooth": {**common, **bagged, "learning_rate": 0.05, "lambda_l2": 10.0},
            "random": {**common, "extra_trees": True, "learning_rate": 0.08},
            "pairs": {**common, **bagged, "max_depth": 2, "num_leaves": 4, "learning_rate": 0.1},
        },
    )
