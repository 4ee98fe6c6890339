"""The value that crosses from models into risk: a credit score, frozen and explained."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

EvidenceKind = Literal["expert", "shrunk", "model"]


@dataclass(frozen=True)
class Contribution:
    """What one feature adds to the score.

    Attributes
    ----------
    feature
        Name of the feature.
    value
        Value seen; None where missing.
    reference
        What it is compared with: the reference population's median, or the 0-point bin's bound of
        an expert card; None where there is none.
    points
        Whole points; over all features they sum to `CreditScore.points - base_points`.
    """

    feature: str
    value: Decimal | None
    reference: Decimal | None
    points: int


@dataclass(frozen=True)
class CreditScore:
    """A score that can be replayed without its model (design 9 and 10.11).

    Attributes
    ----------
    pd, pd_low, pd_high
        Probability of default inside the product's window and its 90 % interval, 6 places.
    points, base_points
        Whole points; higher is safer.
    grade
        Grade of the master scale that `pd` falls in.
    evidence
        What the score stands on, and on how many defaults.
    model_name, model_version
        Registered name and sha256 of the model of record.
    contributions
        One per feature, in the model's feature order.
    unknown
        Features whose missing value the model has no state for.
    trained_on
        "expert", "synthetic" or "observed".
    """

    pd: Decimal
    pd_low: Decimal
    pd_high: Decimal
    points: int
    base_points: int
    grade: str
    evidence: EvidenceKind
    defaults: int
    model_name: str
    model_version: str
    trained_on: str
    contributions: tuple[Contribution, ...]
    unknown: tuple[str, ...] = ()
