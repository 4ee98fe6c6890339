"""Gather what a decision is made on: an application's features, and what touches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from features.book import Book
from features.frame import Frame
from features.graph import plan_digest
from features.point_in_time import evaluate
from risk.files import EffectivePolicy, Policy, Product
from service.use_cases.facts import EPOCH, facts_document
from service.use_cases.request_book import Request
from service.use_cases.touching import asked_for, touching

CONSENT = "consent_expiry"
ASKED = ("amount", "term_m")


@dataclass(frozen=True)
class Gathered:
    """What one decision is made on.

    Attributes
    ----------
    policy
        What is in force for the borrower's county on the judged day.
    facts
        Judged rows as documents: the application first, then each subject that touches it.
    """

    policy: EffectivePolicy
    facts: tuple[dict[str, Any], ...]
    plan: str


def wanted_of(product: Product, policy: EffectivePolicy) -> tuple[str, ...]:
    """Return every column of an application that its decision reads."""
    segments = (f"segment__{product.segment}", f"product__{product.id}")
    own = (*product.features, *product.stop, CONSENT, *ASKED, *segments)
    return tuple(dict.fromkeys((*own, *asked_for(policy, product))))


def gather(request: Request, policy: Policy, product: str) -> Gathered | None:
    """Return what a decision on `request` is made on; None while the product is not offered."""
    effective = policy.effective(request.as_of, county_of(request.book))
    offered = effective.products.get(product)
    if offered is None:
        return None
    parameters = policy.parameters()
    application = evaluate(
        request.book,
        "application",
        wanted_of(offered, effective),
        at=None,
        parameters=parameters,
    )
    row = _row_of(application, request)
    facts = [facts_document(application, row)]
    touched = touching(request.book, np.array([row]), effective, offered, parameters)
    for about in touched.values():
        facts += [facts_document(about.frame, i) for i in sorted(set(about.place.tolist()))]
    return Gathered(effective, tuple(facts), plan_digest())


def _row_of(frame: Frame, request: Request) -> int:
    """Return the judged row of the request: its key, on its day or the last one before."""
    day = (request.as_of - EPOCH).days
    rows = [i for i, key in enumerate(frame.keys) if key == request.key and frame.as_of[i] <= day]
    return max(rows, key=lambda i: int(frame.as_of[i]))


def county_of(book: Book) -> str | None:
    """Return the county of the borrower, for the county's own policy; None where unsaid."""
    household = book.tables.get("household")
    if household is None or not household.num_rows:
        return None
    code: str | None = household["county_code"][household.num_rows - 1].as_py()
    return code
