"""Conclude: from facts, policy and model to the decision document, always the same bytes."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from features.frame import Frame
from features.graph import catalogue
from models.record import ModelOfRecord, exact
from models.score import CreditScore
from risk.decision import Decision, consent_holds, decide
from risk.files import EffectivePolicy, Product
from risk.propagation import judge_touching, lines_touching, stops_of
from risk.red_lines import Verdict
from service.use_cases.assessing.facts import EPOCH, day_text, frame_of
from service.use_cases.assessing.touching import CONSENT

LIVE, DEMO = "live", "demo"
HOUSEHOLD, OTHER = "household", "organisation"


@dataclass(frozen=True)
class Case:
    """All that one decision rests on.

    Attributes
    ----------
    facts
        Judged rows as documents: the application, then each subject that touches it.
    mode
        "live" or "demo"; a synthetic model decides in a demo alone.
    model
        What scores; None only where nothing is scored.
    """

    product: str
    facts: Sequence[Mapping[str, Any]]
    policy: EffectivePolicy
    model: ModelOfRecord | None
    mode: str


def conclude(case: Case) -> dict[str, object]:
    """Return the part of a decision document that follows from its facts (design 9).

    Equal facts, policy, model and mode give an equal document, years later too.
    """
    product = case.policy.products[case.product]
    application, *others = (frame_of(facts) for facts in case.facts)
    verdicts = verdicts_of(application, others, case.policy, product)
    decision, score = decision_of(application, product, case, verdicts)
    return {
        **decision.document(),
        "product": case.product,
        "application": application.keys[0],
        "as_of": day_text(int(application.as_of[0])),
        "policy": f"sha256:{case.policy.sha256}",
        "score": None if score is None else score_document(score, application, product),
        "mode": case.mode,
        "facts": list(case.facts),
    }


def verdicts_of(
    application: Frame, others: Sequence[Frame], policy: EffectivePolicy, product: Product
) -> list[Verdict]:
    """Return the verdict of each line that touches the loan, on each subject it judges."""
    lines = lines_touching(policy, product)
    return [
        verdict
        for frame in (application, *others)
        for verdict in judge_touching(frame, policy, lines.get(frame.subject, ()))
    ]


def has_consent(application: Frame, product: Product) -> bool:
    """Return whether consent covers the judged day; one that is no household needs none."""
    if application.columns[f"segment__{product.segment}"][0] == 0:
        return True
    expiry = exact(float(application.columns[CONSENT][0]))
    return consent_holds(_date(expiry), _date_of(application))


def decision_of(
    application: Frame, product: Product, case: Case, verdicts: Sequence[Verdict]
) -> tuple[Decision, CreditScore | None]:
    """Return what is decided on one application, and its score where it may have one."""
    values = {name: exact(float(column[0])) for name, column in application.columns.items()}
    segment = product.segment if values[f"segment__{product.segment}"] == 1 else OTHER
    consent = has_consent(application, product)
    score = None
    unknown: tuple[str, ...] = ()
    if consent and segment == product.segment and case.model is not None:
        score = case.model.credit_score(
            application.matrix(list(case.model.names))[0], case.policy.grade
        )
        unknown = tuple(name for name in required_features(product) if values[name] is None)
    decision = decide(
        policy=case.policy,
        product=product,
        score=score,
        stops={name: values[name] for name in product.stop},
        unknown=unknown,
        verdicts=verdicts,
        stopped=stops_of(case.policy, product, verdicts, lambda name: values[name] == 1),
        segment=segment,
        consent=consent,
        demo=case.mode == DEMO,
    )
    return decision, score


def required_features(product: Product) -> tuple[str, ...]:
    """Return the product's features that rest on required columns alone."""
    return tuple(name for name in product.features if _is_required(name))


@functools.cache
def _is_required(feature: str) -> bool:
    """Return whether an application's feature rests on required columns; tracing it is slow."""
    return catalogue().required("application", feature)


def score_document(score: CreditScore, application: Frame, product: Product) -> dict[str, object]:
    """Return a score with the keys of design section 9; values in the unit people read."""
    return {
        "product": product.id,
        "subject": {"kind": application.subject, "id": application.keys[0]},
        "as_of": day_text(int(application.as_of[0])),
        "pd": score.pd,
        "pd_low": score.pd_low,
        "pd_high": score.pd_high,
        "points": score.points,
        "base_points": score.base_points,
        "grade": score.grade,
        "evidence": {"kind": score.evidence, "defaults": score.defaults},
        "model": {
            "name": score.model_name,
            "version": f"sha256:{score.model_version}",
            "trained_on": score.trained_on,
        },
        "contributions": [
            {
                "feature": part.feature,
                "value": product.shown(part.feature, part.value),
                "reference": product.shown(part.feature, part.reference),
                "points": part.points,
            }
            for part in score.contributions
        ],
    }


def _date(value: Decimal | None) -> date | None:
    return None if value is None else date.fromordinal(EPOCH.toordinal() + math.floor(value))


def _date_of(frame: Frame) -> date:
    return date.fromordinal(EPOCH.toordinal() + int(frame.as_of[0]))
