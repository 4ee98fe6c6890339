"""An expert scorecard as a model of record: it scores before any default exists (design 5).

A card is the same value as a grown model: each feature is a tree over its own bins with
contribution c = -points, b = ln 2 / 40, and a such that 0 points everywhere are the card's base
(design 10.11). A missing value has 0 points, a bin of its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np

from features.errors import BadInput
from models.interval import Interval
from models.points import DESIGN_POINTS, PointsLine, PointsScale
from models.record import Evidence, Feature, ModelOfRecord
from models.table import Table, compile_ensemble
from models.trees import Tree, steps

Bins = Sequence[tuple[Decimal | None, Decimal | int]]


def expert_model(
    *,
    name: str,
    product: str,
    base: Decimal,
    half_width: Decimal,
    bins: Mapping[str, Bins],
    signs: Mapping[str, int],
    points: PointsScale = DESIGN_POINTS,
    plan_digest: str = "",
) -> ModelOfRecord:
    """Return the model of record of an expert scorecard.

    Its points are base + sum of the bins' points, half up, and each feature's points are those of
    its bin. No missing value is unknown to it: a required one refers the case before.

    Parameters
    ----------
    base
        Points where every feature has 0; need not be whole.
    half_width
        Half-width of the PD's 90 % interval in log-odds.
    bins
        Per feature (bound, points), best first, the bound inside its bin; the last bin takes the
        rest and has no bound.
    signs
        +1 where more is worse and a bin holds values <= its bound, -1 where more is better and
        it holds values >= its bound.

    Raises
    ------
    BadInput
        Where bounds are out of order, a sign is missing, or points are finer than fixed point.
    """
    trees = [
        _tree_of(column, feature, signs.get(feature, 0), row)
        for column, (feature, row) in enumerate(bins.items())
    ]
    table = compile_ensemble(trees, np.full((1, len(trees)), np.nan))
    _refuse_rounding(trees, table)
    slope = 1 / points.factor
    intercept = (points.at_even_odds - float(base)) / points.factor
    return ModelOfRecord(
        name=name,
        product=product,
        features=tuple(
            Feature(feature, signs[feature], 1, _reference(row)) for feature, row in bins.items()
        ),
        table=table,
        intercept=intercept,
        slope=slope,
        line=PointsLine.through(points, intercept, slope, scale=table.scale, reach=table.reach()),
        interval=Interval((), (half_width,)),
        evidence=Evidence("expert", 0, "expert", plan_digest),
    )


def _tree_of(column: int, feature: str, sign: int, bins: Bins) -> Tree:
    """Return one row of the card as a tree whose leaves are minus its points."""
    if sign not in (1, -1):
        raise BadInput("a card's feature has the sign +1 or -1", field=feature, value=str(sign))
    bounds = [float(bound) for bound, _ in bins if bound is not None]
    if not bins or bins[-1][0] is not None or len(bounds) != len(bins) - 1:
        raise BadInput("every bin but the last has a bound", field=feature)
    losses = [-float(points) for _, points in bins]
    if sign < 0:
        bounds = [math.nextafter(bound, -math.inf) for bound in reversed(bounds)]
        losses.reverse()
    try:
        return steps(column, bounds, losses, missing=0.0)
    except BadInput as fault:
        raise BadInput("bounds are in order, best bin first", field=feature) from fault


def _refuse_rounding(trees: Sequence[Tree], table: Table) -> None:
    units = np.ldexp(np.concatenate([tree.value for tree in trees]), table.scale)
    if (units != np.rint(units)).any():
        raise BadInput("points are whole, or halves, quarters, eighths …", field="points")


def _reference(bins: Bins) -> Decimal | None:
    """Return the bound of the 0-point bin; None where no bin with a bound has 0 points."""
    return next((bound for bound, points in bins if points == 0), None)
