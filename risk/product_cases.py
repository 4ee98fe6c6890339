"""Told cases of the product files, decided for real."""

from __future__ import annotations

from datetime import date
from typing import cast

from models.score import CreditScore, EvidenceKind
from risk.decision import decide
from risk.files import EffectivePolicy, Policy, Product
from risk.files.product import ProductCase
from risk.outcome import Outcome

POINTS = 600
"""Points of a told score: a case is decided on its PD alone."""


def check_product_cases(policy: Policy, day: date) -> int:
    """Decide the told cases of the products in force on a day; return how many there are.

    Raises
    ------
    PolicyFault
        At the first case that is decided otherwise than it says.
    """
    effective = policy.effective(day)
    tried = 0
    for id, product in effective.products.items():
        for case in policy.products[id].cases:
            outcome = outcome_of(case, effective, product)
            if outcome.word != case.expect:
                raise case.node.fault(f"the product answers {outcome.word}", field="expect")
            tried += 1
    return tried


def outcome_of(case: ProductCase, policy: EffectivePolicy, product: Product) -> Outcome:
    """Return what is decided on a told case."""
    return decide(
        policy=policy,
        product=product,
        score=_score(case, policy),
        stops=case.stops,
        unknown=case.unknown,
    ).outcome


def _score(case: ProductCase, policy: EffectivePolicy) -> CreditScore | None:
    """Return a score of the told PD without any features, None where none is told."""
    if case.pd is None:
        return None
    return CreditScore(
        pd=case.pd,
        pd_low=case.pd,
        pd_high=case.pd,
        points=POINTS,
        base_points=POINTS,
        grade=policy.grade(case.pd),
        evidence=cast(EvidenceKind, case.evidence),
        defaults=0,
        model_name="case",
        model_version="",
        trained_on=case.trained_on,
        contributions=(),
    )
