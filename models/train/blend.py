"""Weights of several scores in log-odds, by their out-of-fold log-loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from features.frame import Floats
from models.metrics import logistic_line

PRIOR_BADS = 2.0


def blend(scores: Floats, bad: NDArray[np.bool_]) -> Floats:
    """Return (m,) factors >= 0 of the columns of out-of-fold `scores` (n, m), log-odds of default.

    Each score is calibrated by a line of its own; then the weights of least log-loss are sought,
    drawn towards equal shares as if by a few bads more, since with few bads any weights do.

    Examples
    --------
    >>> z = np.linspace(-2, 2, 400)
    >>> odd = np.arange(400) % 2 == 1
    >>> weights = blend(np.column_stack([z, np.cos(99 * z)]), (z > 0) ^ (odd & (abs(z) < 1)))
    >>> bool(weights[0] > 5 * weights[1])
    True
    """
    slopes = np.maximum(lines(scores, bad), 0.0)
    calibrated = scores * slopes
    count = scores.shape[1]
    equal = np.full(count, 1.0 / count)
    outcome = bad.astype(np.float64)
    pull = PRIOR_BADS * count

    def loss(theta: Floats) -> tuple[float, Floats]:
        z = theta[0] + calibrated @ theta[1:]
        p = 1 / (1 + np.exp(-z))
        away = theta[1:] - equal
        value = np.sum(np.logaddexp(0, z) - outcome * z) + 0.5 * pull * np.sum(away**2)
        slope = np.append(np.sum(p - outcome), calibrated.T @ (p - outcome) + pull * away)
        return float(value), slope

    found = minimize(
        loss, np.append(0.0, equal), jac=True, method="L-BFGS-B",
        bounds=[(None, None), *[(0.0, None)] * count],
    )  # fmt: skip
    return slopes * found.x[1:]


def lines(scores: Floats, bad: NDArray[np.bool_]) -> Floats:
    """Return (m,) slopes of the outcome's log-odds on each column."""
    outcome = bad.astype(np.float64)
    fits = [
        logistic_line(np.column_stack([np.ones_like(z), z]), outcome, np.zeros_like(z), ridge=1e-3)
        for z in scores.T
    ]
    return np.array([fit[1] for fit in fits])
