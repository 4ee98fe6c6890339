"""Calibration: turn an honest ranking into honest probabilities, also with few defaults."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from features.errors import BadInput
from features.frame import Floats

WIDEST_SHIFT = 100.0


class PlattCalibration(ClassifierMixin, BaseEstimator):
    """Bayesian Platt scaling of out-of-fold log-odds: z = a + b s.

    Platt's logistic regression (Platt 1999, Advances in Large Margin Classifiers, 61-74) with the
    prior that the scores are right as they are: b ~ N(1, slope_sd^2), and the log-odds at the mean
    score ~ N(mean score, intercept_sd^2), so that a handful of defaults moves little. The mode is
    found by Newton's method on the concave log posterior; its covariance is Laplace's, the inverse
    Hessian there (MacKay 1992, Neural Computation 4, 720-736). Of f columns of scores each is an
    opinion, with the prior that their average is right: b_j ~ N(1 / f, slope_sd^2).

    Parameters
    ----------
    intercept_sd
        Prior standard deviation of the log-odds at the mean score.
    slope_sd
        Prior standard deviation of each slope.
    max_iter, tol
        Newton steps at most, and the step in log-odds below which they end.

    Attributes
    ----------
    intercept_
        a.
    coef_
        (f,) b.
    covariance_
        (1 + f, 1 + f) posterior covariance of (a, b).
    classes_
        The two classes, the bad one last.
    n_iter_
        Newton steps taken.

    Examples
    --------
    >>> scores = np.repeat([[-3.0], [-1.0]], 500, axis=0)
    >>> bad = np.r_[np.arange(500) < 24, np.arange(500) < 134].astype(int)
    >>> platt = PlattCalibration().fit(scores, bad)
    >>> bool(abs(platt.predict_proba(scores)[0, 1] - 0.048) < 0.003)
    True
    """

    def __init__(
        self,
        *,
        intercept_sd: float = 2.0,
        slope_sd: float = 0.5,
        max_iter: int = 100,
        tol: float = 1e-10,
    ) -> None:
        self.intercept_sd = intercept_sd
        self.slope_sd = slope_sd
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit to (n, f) out-of-fold log-odds and (n,) outcomes of two classes."""
        scores, outcomes = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(outcomes)
        self.classes_, bad = np.unique(outcomes, return_inverse=True)
        if len(self.classes_) != len(("good", "bad")):
            raise ValueError(
                f"Only binary classification is supported: {len(self.classes_)} class"
            )
        centre = scores.mean(axis=0)
        width = len(centre)
        prior = np.array([centre.mean(), *np.full(width, 1 / width)])
        precision = np.array([self.intercept_sd, *np.full(width, self.slope_sd)]) ** -2.0
        design = np.column_stack([np.ones(len(scores)), scores - centre])
        mode, covariance = self._mode(design, bad, prior, precision)
        uncentred = np.eye(width + 1)
        uncentred[0, 1:] = -centre
        self.intercept_, *slopes = (uncentred @ mode).tolist()
        self.coef_ = np.array(slopes)
        self.covariance_ = uncentred @ covariance @ uncentred.T
        return self

    def _mode(
        self, design: Floats, bad: NDArray[np.int64], prior: Floats, precision: Floats
    ) -> tuple[Floats, Floats]:
        """Return posterior mode and covariance, by Newton steps halved where they overshoot."""

        def loss(at: Floats) -> float:
            log_odds = design @ at
            misfit = np.logaddexp(0, log_odds).sum() - log_odds @ bad
            return float(misfit + ((at - prior) ** 2 @ precision) / 2)

        at, now = prior, loss(prior)
        for iteration in range(1, self.max_iter + 1):
            self.n_iter_ = iteration
            probability = expit(design @ at)
            gradient = design.T @ (probability - bad) + precision * (at - prior)
            weight = probability * (1 - probability)
            hessian = (design.T * weight) @ design + np.diag(precision)
            step = np.linalg.solve(hessian, gradient)
            while loss(at - step) > now and np.abs(step).max() > self.tol:
                step = step / 2
            at, now = at - step, loss(at - step)
            if np.abs(step).max() <= self.tol:
                break
        return at, np.linalg.inv(hessian).astype(np.float64)

    def decision_function(self, X: ArrayLike) -> Floats:
        """Return the calibrated log-odds of each row."""
        check_is_fitted(self)
        scores = validate_data(self, X, dtype=np.float64, reset=False)
        log_odds: Floats = self.intercept_ + scores @ self.coef_
        return log_odds

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Return the (n, 2) probabilities of the good and the bad class."""
        bad = expit(self.decision_function(X))
        return np.column_stack([1 - bad, bad])

    def predict(self, X: ArrayLike) -> NDArray[np.generic]:
        """Return the likelier class of each row."""
        is_bad = self.decision_function(X) > 0
        likelier: NDArray[np.generic] = self.classes_[is_bad.astype(int)]
        return likelier

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags


def shift_to_rate(log_odds: Floats, rate: float) -> float:
    """Return what to add to calibrated log-odds so that the mean PD is a long-run rate.

    Parameters
    ----------
    log_odds
        (n,) calibrated log-odds of the population whose long-run default rate is known.
    rate
        That rate, between 0 and 1.

    Notes
    -----
    The exact root of mean(logistic(z + d)) = rate; the usual logit(rate) - logit(mean) (King and
    Zeng 2001, Political Analysis 9, 137-163) is its first approximation and misses the rate.

    Examples
    --------
    >>> z = np.array([-4.0, -2.0, 0.0])
    >>> round(float(expit(z + shift_to_rate(z, 0.05)).mean()), 12)
    0.05
    """
    if not 0 < rate < 1:
        raise BadInput("a default rate lies between 0 and 1", field="rate", value=str(rate))
    shift = brentq(
        lambda d: float(expit(log_odds + d).mean()) - rate, -WIDEST_SHIFT, WIDEST_SHIFT, xtol=1e-12
    )
    return float(shift)
