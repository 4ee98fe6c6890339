"""Weight of evidence: optimal bins of each feature, frozen as plain tables."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from optbinning import OptimalBinning
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import ClassifierTags, Tags
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from features.frame import Floats

TREND = {1: "ascending", -1: "descending", 0: "auto"}
FILL = 0.5
CLASSES = 2


@dataclass(frozen=True, eq=False)
class Bins:
    """The bins of one feature with their counts; the last bin is the missing values.

    Attributes
    ----------
    splits
        k ascending numbers; bin j holds splits[j - 1] <= x < splits[j].
    good, bad
        (k + 2,) counts per bin, the missing values' last.

    Examples
    --------
    >>> bins = Bins(np.array([5.0]), np.array([80.0, 20.0, 0.0]), np.array([10.0, 10.0, 0.0]))
    >>> bins.woe.round(4).tolist()
    [0.47, -0.9163, 0.0]
    >>> bins.of(np.array([4.9, 5.0, np.nan])).tolist()
    [0, 1, 2]
    """

    splits: Floats
    good: Floats
    bad: Floats

    @property
    def woe(self) -> Floats:
        """Return ln(share of goods / share of bads) per bin, 0 where a bin is empty.

        A bin of one class only has half a row added to both counts, so its weight stays finite.
        """
        used = (self.good + self.bad) > 0
        alone = used & ((self.good == 0) | (self.bad == 0))
        good = np.where(used, self.good + FILL * alone, self.good.sum())
        bad = np.where(used, self.bad + FILL * alone, self.bad.sum())
        woe: Floats = np.log((good / self.good.sum()) / (bad / self.bad.sum()))
        return woe

    @property
    def information_value(self) -> float:
        """Return the sum over bins of (share of goods - share of bads) times WOE."""
        shares = self.good / self.good.sum() - self.bad / self.bad.sum()
        return float(shares @ self.woe)

    def of(self, values: Floats) -> NDArray[np.int64]:
        """Return the bin of each value."""
        code = np.searchsorted(self.splits, values, side="right")
        return np.where(np.isnan(values), len(self.splits) + 1, code)


class WoeBinner(TransformerMixin, BaseEstimator):
    """Replaces each feature by the weight of evidence of its optimal bin.

    Bins are those of optbinning's optimal binning (least loss of information value under a
    monotone bad rate); values are looked up in our own frozen tables. A missing value is a bin of
    its own, with weight 0 where training saw none.

    Parameters
    ----------
    signs
        +1 where the bad rate may only rise with the feature, -1 only fall, 0 either, per column;
        None: either for all.
    max_bins
        Most bins per feature.

    Attributes
    ----------
    bins_
        One `Bins` per column.
    classes_
        The two classes, the bad one last.
    """

    def __init__(self, *, signs: Sequence[int] | None = None, max_bins: int | None = None) -> None:
        self.signs = signs
        self.max_bins = max_bins

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn the bins of an (n, f) matrix, NaN = missing, from (n,) outcomes of two classes."""
        values, outcomes = validate_data(
            self, X, y, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=2
        )
        check_classification_targets(outcomes)
        self.classes_, codes = np.unique(outcomes, return_inverse=True)
        if len(self.classes_) != CLASSES:
            raise ValueError(
                f"Only binary classification is supported: {len(self.classes_)} class"
            )
        signs = [0] * values.shape[1] if self.signs is None else self.signs
        bad = codes.astype(bool)
        self.bins_ = [self._bins(x, bad, s) for x, s in zip(values.T, signs, strict=True)]
        return self

    def transform(self, X: ArrayLike) -> Floats:
        """Return the (n, f) weights of evidence, ln(good / bad): higher is safer."""
        check_is_fitted(self)
        values = validate_data(
            self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False
        )
        return np.column_stack(
            [bins.woe[bins.of(x)] for bins, x in zip(self.bins_, values.T, strict=True)]
        )

    def _bins(self, values: Floats, bad: NDArray[np.bool_], sign: int) -> Bins:
        known = ~np.isnan(values)
        splits = np.zeros(0)
        if len(np.unique(values[known])) > 1 and 0 < bad[known].sum() < known.sum():
            optimal = OptimalBinning(monotonic_trend=TREND[sign], max_n_bins=self.max_bins)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                optimal.fit(values[known], bad[known].astype(np.int64))
            splits = np.asarray(optimal.splits, dtype=np.float64)
        empty = Bins(splits, np.zeros(0), np.zeros(0))
        code = empty.of(values)
        counts = [np.bincount(code[of], minlength=len(splits) + 2) for of in (~bad, bad)]
        good, bads = (count.astype(np.float64) for count in counts)
        return Bins(splits, good, bads)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.required = True
        tags.classifier_tags = ClassifierTags(multi_class=False)
        return tags
