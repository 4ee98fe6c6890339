"""Scores made by hand, for tests of what is decided on them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from models.score import Contribution, CreditScore, EvidenceKind

Part = tuple[str | None, int]


def score(
    pd: str,
    parts: Mapping[str, Part] | None = None,
    *,
    evidence: EvidenceKind = "model",
    trained_on: str = "observed",
    unknown: tuple[str, ...] = (),
    reference: str | None = "0.5",
) -> CreditScore:
    """Return a score; `parts` gives (value, points) of each feature."""
    contributions = tuple(
        Contribution(
            name,
            None if value is None else Decimal(value),
            None if reference is None else Decimal(reference),
            points,
        )
        for name, (value, points) in (parts or {}).items()
    )
    return CreditScore(
        pd=Decimal(pd),
        pd_low=Decimal(pd),
        pd_high=Decimal(pd),
        points=600 + sum(part.points for part in contributions),
        base_points=600,
        grade="A",
        evidence=evidence,
        defaults=0,
        model_name="m",
        model_version="v",
        contributions=contributions,
        trained_on=trained_on,
        unknown=unknown,
    )
