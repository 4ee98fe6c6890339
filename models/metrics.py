"""How good a PD is: discrimination, calibration, drift, and how steady its reasons are."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from features.errors import BadInput
from features.frame import Floats

PD_FLOOR = 1e-6
SCORE_BINS = 10
REASONS = 4
NEWTON_STEPS = 50
NEWTON_STEP = 1e-9
LARGEST_ODDS = 35.0


@dataclass(frozen=True)
class Metrics:
    """What `report` measures of one set of predictions; fractions, not percent.

    Attributes
    ----------
    auc, ks, gini
        Area under the ROC curve, largest distance of the two score distributions, 2 auc - 1.
    brier, log_loss
        Mean squared error and mean negative log-likelihood (nats).
    ece
        Expected calibration error over ten bins of equal count.
    calibration_slope, calibration_intercept
        Slope of the outcome on the log-odds of the PD, and its intercept with the slope held at
        one (calibration in the large, log-odds); 1 and 0 for a calibrated PD.
    """

    auc: float
    ks: float
    gini: float
    brier: float
    log_loss: float
    ece: float
    calibration_slope: float
    calibration_intercept: float

    def as_dict(self) -> dict[str, float]:
        """Return the metrics by name."""
        return asdict(self)


def report(y: NDArray[np.generic], p: Floats) -> Metrics:
    """Return every metric of PDs `p` (n,) against outcomes `y` (n,), 1 or True = bad.

    Raises
    ------
    BadInput
        Where there is one class only, lengths differ, or a PD is no number of [0, 1].

    Examples
    --------
    >>> m = report(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]))
    >>> m.auc, m.gini, m.ks, round(m.brier, 6)
    (0.75, 0.5, 0.5, 0.158125)
    """
    bad = _outcomes(y, p)
    area = auc(bad, p)
    slope, intercept = calibration_line(bad, p)
    return Metrics(
        auc=area,
        ks=ks(bad, p),
        gini=2 * area - 1,
        brier=float(np.mean((p - bad) ** 2)),
        log_loss=log_loss(bad, p),
        ece=expected_calibration_error(bad, p),
        calibration_slope=slope,
        calibration_intercept=intercept,
    )


def auc(y: NDArray[np.generic], score: Floats) -> float:
    """Return the share of (bad, good) pairs that `score` ranks rightly, ties counting half."""
    bad = np.asarray(y, dtype=bool)
    order = np.argsort(score, kind="stable")
    _, first, size = np.unique(score[order], return_index=True, return_counts=True)
    rank = np.repeat(first + (size + 1) / 2, size)
    bads = int(bad.sum())
    above = float(rank[bad[order]].sum()) - bads * (bads + 1) / 2
    return above / (bads * (len(bad) - bads))


def ks(y: NDArray[np.generic], score: Floats) -> float:
    """Return the Kolmogorov-Smirnov distance of the bads' and the goods' scores."""
    bad = np.asarray(y, dtype=bool)
    order = np.argsort(score, kind="stable")
    last = np.append(np.diff(score[order]) > 0, True)
    gap = np.cumsum(bad[order]) / bad.sum() - np.cumsum(~bad[order]) / (~bad).sum()
    return float(np.abs(gap[last]).max())


def log_loss(y: NDArray[np.generic], p: Floats) -> float:
    """Return the mean negative log-likelihood in nats, PDs clipped to 1e-6 from 0 and 1."""
    bad = np.asarray(y, dtype=bool)
    clipped = np.clip(p, PD_FLOOR, 1 - PD_FLOOR)
    return float(-np.mean(np.log(np.where(bad, clipped, 1 - clipped))))


def expected_calibration_error(y: NDArray[np.generic], p: Floats, bins: int = SCORE_BINS) -> float:
    """Return the mean over rows of |bad rate - mean PD| of the row's bin of equal count."""
    order = np.argsort(p, kind="stable")
    groups = np.array_split(order, min(bins, len(order)))
    bad = np.asarray(y, dtype=np.float64)
    gaps = [len(rows) * abs(bad[rows].mean() - p[rows].mean()) for rows in groups]
    return float(sum(gaps) / len(order))


def calibration_line(y: NDArray[np.generic], p: Floats) -> tuple[float, float]:
    """Return (slope, intercept): Cox's slope, and the intercept at slope one (log-odds).

    Newton's method on the two logistic likelihoods; a slope that does not exist (constant or
    separating PDs) is NaN.
    """
    bad = np.asarray(y, dtype=np.float64)
    clipped = np.clip(p, PD_FLOOR, 1 - PD_FLOOR)
    z = np.log(clipped / (1 - clipped))
    large = logistic_line(np.ones((len(z), 1)), bad, z)[0]
    slope = logistic_line(np.column_stack([np.ones_like(z), z]), bad, np.zeros_like(z))[1]
    return float(slope), float(large)


def refitted_log_loss(y: NDArray[np.generic], z: Floats) -> float:
    """Return the log-loss of log-odds `z` (n,) after the best straight line through them.

    What is left when calibration is mended, so it ranks models that are calibrated afterwards.
    """
    bad = np.asarray(y, dtype=np.float64)
    design = np.column_stack([np.ones_like(z), z])
    line = logistic_line(design, bad, np.zeros_like(z), ridge=1e-3)
    return log_loss(bad, 1 / (1 + np.exp(-(design @ line))))


def logistic_line(design: Floats, bad: Floats, offset: Floats, ridge: float = 0.0) -> Floats:
    """Return the coefficients of a logistic regression on (n, k) `design`, NaN where it has none.

    Newton's method, a step halved where it overshoots; `offset` (n,) stands in the log-odds with
    factor one, and `ridge` is the precision of a normal prior on every coefficient.
    """

    def loss(at: Floats) -> float:
        z = design @ at + offset
        return float(np.sum(np.logaddexp(0, z) - bad * z) + 0.5 * ridge * at @ at)

    weights = np.zeros(design.shape[1])
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-np.clip(design @ weights + offset, -LARGEST_ODDS, LARGEST_ODDS)))
        curvature = design.T @ (design * (p * (1 - p))[:, None]) + ridge * np.eye(len(weights))
        try:
            step = np.linalg.solve(curvature, design.T @ (bad - p) - ridge * weights)
        except np.linalg.LinAlgError:
            break
        while np.abs(step).max() > NEWTON_STEP and loss(weights + step) > loss(weights):
            step = step / 2
        weights = weights + step
        if np.abs(step).max() <= NEWTON_STEP:
            return weights
    return np.full(design.shape[1], np.nan)


def psi(expected: Floats, actual: Floats, bins: int = SCORE_BINS) -> float:
    """Return the population stability index of `actual` against `expected`.

    Bins are cut at the expected scores' quantiles (ties share a bin) and NaN is a bin of its own.
    One fill serves both sides alike: half a row is added to every bin of each, so an empty bin
    neither divides by zero nor is dropped, and PSI(a, b) over given bins is symmetric.

    Examples
    --------
    >>> round(psi(np.arange(100.0), np.arange(100.0)), 12)
    0.0
    """
    known = expected[~np.isnan(expected)]
    edges = np.unique(np.quantile(known, np.arange(1, bins) / bins)) if known.size else known
    return psi_of_counts(_counts(expected, edges), _counts(actual, edges))


def psi_of_counts(expected: Floats, actual: Floats) -> float:
    """Return the PSI of two histograms (bins,) over the model's own bins; bins empty in both drop.

    Examples
    --------
    >>> round(psi_of_counts(np.array([50.0, 50.0]), np.array([25.0, 75.0])), 4)
    0.2687
    """
    used = (expected + actual) > 0
    a = expected[used] + 0.5
    b = actual[used] + 0.5
    a, b = a / a.sum(), b / b.sum()
    return float(np.sum((b - a) * np.log(b / a)))


def _counts(values: Floats, edges: Floats) -> Floats:
    code = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="left"))
    return np.asarray(np.bincount(code, minlength=len(edges) + 2), dtype=np.float64)


def reasons_stability(first: Floats, second: Floats, top: int = REASONS) -> float:
    """Return how many of a row's adverse reasons stay when the model is trained again.

    Each row's reasons are its `top` features of largest positive contribution, at most; the row's
    figure is their Jaccard overlap |A and B| / |A or B| between the two models, and the result is
    the mean over rows where either model has a reason (1 = always the same reasons).

    Parameters
    ----------
    first, second
        (n, f) contributions to the log-odds of default by two models trained on different halves
        or bags, over rows that neither was trained on.
    top
        Number of reasons that a refusal may give.

    Examples
    --------
    >>> reasons_stability(np.array([[2.0, 1.0, -1.0]]), np.array([[1.0, -1.0, -1.0]]))
    0.5
    """
    a, b = _adverse(first, top), _adverse(second, top)
    either = (a | b).sum(axis=1)
    rows = either > 0
    if not rows.any():
        return 1.0
    return float(np.mean((a & b).sum(axis=1)[rows] / either[rows]))


def _adverse(contributions: Floats, top: int) -> NDArray[np.bool_]:
    order = np.argsort(-contributions, axis=1, kind="stable")[:, :top]
    chosen = np.zeros(contributions.shape, dtype=bool)
    np.put_along_axis(chosen, order, True, axis=1)
    return chosen & (contributions > 0)


def _outcomes(y: NDArray[np.generic], p: Floats) -> NDArray[np.bool_]:
    if len(y) != len(p):
        raise BadInput("one PD per outcome", field="p", value=str(len(p)))
    if not ((p >= 0) & (p <= 1)).all():
        raise BadInput("a PD is a number of [0, 1]", field="p")
    bad = np.asarray(y).astype(bool)
    if bad.all() or not bad.any():
        raise BadInput("needs good and bad outcomes", field="y")
    return bad
