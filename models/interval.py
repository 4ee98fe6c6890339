"""How far a PD may be off: a half-width in log-odds by score band, frozen at registration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

import numpy as np

from features.errors import BadInput
from features.frame import Floats
from models.kernel import Int64s

NORMAL_90 = 1.6448536269514722
PLACES = Decimal("0.000001")
BANDS = 10


@dataclass(frozen=True)
class Interval:
    """A 90 % interval of the PD, as z - half-width … z + half-width (design 10.12).

    Attributes
    ----------
    edges
        Ascending points at which a new band begins; none for one width everywhere.
    half_widths
        One more than edges: the half-width in log-odds of each band, lowest points first.

    Examples
    --------
    >>> Interval((600,), (Decimal("0.9"), Decimal("0.4"))).half_width(np.array([599, 600]))
    array([0.9, 0.4])
    """

    edges: tuple[int, ...]
    half_widths: tuple[Decimal, ...]

    def __post_init__(self) -> None:
        if len(self.half_widths) != len(self.edges) + 1 or min(self.half_widths) < 0:
            raise BadInput("one half-width >= 0 per band", field="interval")
        if any(low >= high for low, high in pairwise(self.edges)):
            raise BadInput("edges ascend", field="interval")

    @cached_property
    def _by_band(self) -> tuple[Int64s, Floats]:
        return np.array(self.edges, dtype=np.int64), np.array(self.half_widths, dtype=np.float64)

    def half_width(self, points: Int64s) -> Floats:
        """Return the half-width in log-odds at each of (n,) points."""
        edges, widths = self._by_band
        return widths[np.searchsorted(edges, points, side="right")]


def jackknife_spread(scores: Floats, held_out: float) -> Floats:
    """Return the standard error of each score, from bags that each left a share of rows out.

    The delete-d jackknife, sqrt((1 - h) / h * mean squared deviation) over bags that each leave
    out a share h (Shao and Wu 1989, Ann. Stat. 17, 1176-1197).

    Parameters
    ----------
    scores
        (bags, n) scores by each bag, in log-odds.
    held_out
        h, the share of rows that each bag did not see: 1 / folds.
    """
    spread: Floats = math.sqrt((1 - held_out) / held_out) * scores.std(axis=0)
    return spread


def interval_by_band(
    scores: Floats, points: Int64s, spread: Floats, calibration: Sequence[float], posterior: Floats
) -> Interval:
    """Return the interval from the posterior of (a, b) and the bags' spread, in ten score bands.

    In a band, the variance of z = a + b s is the mean of var(a) + 2 s cov(a, b) + s^2 var(b)
    + b^2 spread^2.

    Parameters
    ----------
    scores, points, spread
        (n,) uncalibrated log-odds, points and standard error of a population.
    calibration
        (a, b).
    posterior
        (2, 2) covariance of (a, b).
    """
    _, slope = calibration
    design = np.column_stack([np.ones(len(scores)), scores])
    variance = np.einsum("ni,ij,nj->n", design, posterior, design) + (slope * spread) ** 2
    cuts = np.quantile(points, np.arange(1, BANDS) / BANDS, method="higher")
    edges = np.unique(cuts[cuts > points.min()])
    band = np.searchsorted(edges, points, side="right")
    means = np.bincount(band, variance) / np.bincount(band)
    widths = [Decimal(float(w)).quantize(PLACES) for w in NORMAL_90 * np.sqrt(means)]
    return Interval(tuple(int(edge) for edge in edges), tuple(widths))
