"""The challenger: a scorecard of binned features, a logistic regression on weights of evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from features.frame import Floats
from models.binning import WoeBinner
from models.trees import Tree, steps


class WoeScorecard(ClassifierMixin, BaseEstimator):
    """Logistic regression on weights of evidence: one row of points per bin.

    Parameters
    ----------
    signs
        +1 where the PD may only rise with the feature, -1 only fall, 0 either, per column. A
        feature whose weight turns against its bins is left out, so no bin's points contradict its
        bad rate.
    strength
        Inverse strength of the L2 penalty.

    Attributes
    ----------
    binner_, coef_, intercept_
        The bins, the (f,) weights (<= 0: evidence of good lowers the PD) and the constant.
    """

    def __init__(self, *, signs: Sequence[int] | None = None, strength: float = 1.0) -> None:
        self.signs = signs
        self.strength = strength

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit to an (n, f) matrix, NaN = missing, and (n,) outcomes of two classes."""
        values, outcomes = validate_data(
            self, X, y, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=2
        )
        check_classification_targets(outcomes)
        self.classes_ = np.unique(outcomes)
        self.binner_ = WoeBinner(signs=self.signs).fit(values, outcomes)
        woe = self.binner_.transform(values)
        bad = outcomes == self.classes_[1]
        kept = woe.std(axis=0) > 0
        while True:
            coefficients, self.intercept_ = self._weights(woe[:, kept], bad)
            if (coefficients <= 0).all():
                break
            kept[np.flatnonzero(kept)[coefficients > 0]] = False
        self.coef_ = np.zeros(woe.shape[1])
        self.coef_[kept] = coefficients
        return self

    def _weights(self, woe: Floats, bad: NDArray[np.bool_]) -> tuple[Floats, float]:
        if woe.shape[1] == 0:
            return np.zeros(0), float(np.log(bad.sum() / (~bad).sum()))
        fitted = LogisticRegression(C=self.strength, max_iter=1000).fit(woe, bad)
        return fitted.coef_[0], float(fitted.intercept_[0])

    def decision_function(self, X: ArrayLike) -> Floats:
        """Return the (n,) log-odds of default."""
        check_is_fitted(self)
        values = validate_data(
            self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False
        )
        log_odds: Floats = self.intercept_ + self.binner_.transform(values) @ self.coef_
        return log_odds

    def predict_proba(self, X: ArrayLike) -> Floats:
        """Return the (n, 2) probabilities of the good and the bad class."""
        bad = 1 / (1 + np.exp(-self.decision_function(X)))
        return np.column_stack([1 - bad, bad])

    def predict(self, X: ArrayLike) -> NDArray[np.generic]:
        """Return the likelier class of each row."""
        is_bad = self.decision_function(X) > 0
        likelier: NDArray[np.generic] = self.classes_[is_bad.astype(int)]
        return likelier

    def trees(self) -> list[Tree]:
        """Return the card as one tree per feature; with `intercept_` their sum is the log-odds.

        Bins are closed below and a tree's steps above, so each bound is the last number below
        the split.
        """
        parts = zip(self.binner_.bins_, self.coef_, strict=True)
        return [
            steps(j, np.nextafter(b.splits, -np.inf).tolist(), (c * b.woe[:-1]).tolist(),
                  missing=float(c * b.woe[-1]))
            for j, (b, c) in enumerate(parts) if c
        ]  # fmt: skip

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        return tags
