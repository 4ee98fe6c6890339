"""Hyper-parameters: stored ones for the products, and rules by size for any other table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Params = Mapping[str, float | int | bool]

MANY_ROWS = 50_000
BAGS_OF_A_SMALL_TABLE = 10
BAGS_OF_A_LARGE_TABLE = 5


@dataclass(frozen=True)
class Parameters:
    """How the bags of one model are grown.

    Attributes
    ----------
    folds
        Folds of the training rows; each leaves one out, grows on the others and is a bag.
    rounds
        The most trees a bag of one family may have.
    families
        Name of each family of trees to LightGBM's parameters.
    """

    folds: int
    rounds: int
    families: Mapping[str, Params]


ANY_TABLE: Mapping[str, Params] = {
    "greedy": {
        "max_depth": 6,
        "num_leaves": 31,
        "feature_fraction": 0.5,
        "learning_rate": 0.08,
    },
    "random": {
        "max_depth": 6,
        "num_leaves": 31,
        "feature_fraction": 0.7,
        "learning_rate": 0.08,
        "min_child_samples": 10,
        "lambda_l2": 5.0,
        "extra_trees": True,
    },
}
PRODUCT = Parameters(
    folds=5,
    rounds=400,
    families={
        "random": {
            "max_depth": 4,
            "num_leaves": 12,
            "feature_fraction": 0.7,
            "learning_rate": 0.1,
            "min_child_samples": 10,
            "lambda_l2": 1.0,
            "extra_trees": True,
        }
    },
)
"""What the products train with: one family, since each leaf costs every decision its time.

Chosen on simulated counties of 65 to 185 defaults, where the true PD is known: random thresholds
at depth 4 lost less of it than greedy ones, than both together, and than depth 3.
"""


def parameters_for(rows: int) -> Parameters:
    """Return the hyper-parameters for a table of so many rows.

    Two families: trees that seek each best split, and trees that draw their thresholds at random;
    the second are worse alone where data abound and better where they are few, and the blend takes
    the measure (`make bench-models`). Rows are never sampled inside a bag: with few bads every one
    is needed. Ten bags see 90 % of the rows each; a large table can spare more of them.

    Examples
    --------
    >>> parameters_for(700).folds, parameters_for(200_000).folds
    (10, 5)
    """
    folds = BAGS_OF_A_LARGE_TABLE if rows > MANY_ROWS else BAGS_OF_A_SMALL_TABLE
    return Parameters(folds, rounds=1500, families=ANY_TABLE)
