"""A grown ensemble as a model of record: what training hands over becomes what may score."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from features.frame import Floats
from models.interval import interval_by_band
from models.points import DESIGN_POINTS, PointsLine, PointsScale
from models.record import Evidence, Feature, ModelOfRecord, exact
from models.table import compile_ensemble
from models.trees import Tree


def grown_model(
    *,
    name: str,
    product: str,
    trees: Sequence[Tree],
    names: Sequence[str],
    signs: Sequence[int],
    rewards: Collection[str] = (),
    missing_seen: Sequence[int],
    reference: Floats,
    spread: Floats,
    calibration: tuple[float, float],
    posterior: Floats,
    evidence: Evidence,
    points: PointsScale = DESIGN_POINTS,
) -> ModelOfRecord:
    """Return the model of record of an ensemble of trees whose values sum to log-odds.

    Parameters
    ----------
    trees
        Trees of all bags, leaf values divided by the number of bags.
    names, signs
        The f features, and +1, -1 or 0 for each (see `Feature`).
    rewards
        Features that can only help, such as ecological credit: missing counts as 0, and the
        reference population carries none of them.
    missing_seen
        (f,) training rows in which each feature was missing.
    reference
        (n, f) reference population; 10,000 accounts or all there are.
    spread
        (n,) standard error of the score of each reference row, see `jackknife_spread`.
    calibration, posterior
        (a, b) of z = a + b s and their (2, 2) posterior covariance.

    Raises
    ------
    BadInput
        Where b is not positive, or the ensemble does not fit the table (`compile_ensemble`).
    """
    is_reward = np.array([feature in rewards for feature in names])
    population = np.where(is_reward, 0.0, reference)
    table = compile_ensemble(trees, population)
    intercept, slope = calibration
    line = PointsLine.through(points, intercept, slope, scale=table.scale, reach=table.reach())
    contributions = table.contributions(population)
    scores = np.ldexp((table.base + contributions.sum(axis=1)).astype(np.float64), -table.scale)
    reference_points, _ = line.shared(table.base, contributions)
    features = zip(names, signs, missing_seen, is_reward, population.T, strict=True)
    return ModelOfRecord(
        name=name,
        product=product,
        features=tuple(
            Feature(feature, int(sign), int(missing), exact(_median(column)), bool(reward))
            for feature, sign, missing, reward, column in features
        ),
        table=table,
        intercept=float(intercept),
        slope=float(slope),
        line=line,
        interval=interval_by_band(scores, reference_points, spread, calibration, posterior),
        evidence=evidence,
    )


def _median(column: Floats) -> float:
    """Return the lower median, a value that does occur; NaN where there is none."""
    seen = column[np.isfinite(column)]
    return float(np.quantile(seen, 0.5, method="lower")) if len(seen) else float("nan")
