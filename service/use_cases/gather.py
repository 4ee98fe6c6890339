"""Gather what a decision is made on: the application's features and its cooperatives' sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from features.book import Book
from features.frame import Frame
from features.graph import plan_digest
from features.point_in_time import evaluate
from risk.files import EffectivePolicy, Policy, Product
from service.use_cases.facts import EPOCH, facts_document
from service.use_cases.request_book import Request

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
        Judged rows as documents: the application first, then each cooperative.
    """

    policy: EffectivePolicy
    facts: tuple[dict[str, Any], ...]
    plan: str


def wanted_of(product: Product) -> tuple[str, ...]:
    """Return every column of an application that its decision reads."""
    segments = (f"segment__{product.segment}", f"product__{product.id}")
    names = (*product.features, *product.stop, CONSENT, *ASKED, *segments)
    return tuple(dict.fromkeys(names))


def sides_of(policy: EffectivePolicy, subject: str, rules: Sequence[str]) -> tuple[str, ...]:
    """Return every column that these lines read of a subject."""
    lines = (policy.red_lines[rule] for rule in rules if rule in policy.red_lines)
    return tuple(
        dict.fromkeys(name for line in lines if line.subject == subject for name in line.sides())
    )


def gather(request: Request, policy: Policy, product: str) -> Gathered | None:
    """Return what a decision on `request` is made on; None while the product is not offered."""
    effective = policy.effective(request.as_of, county_of(request.book))
    offered = effective.products.get(product)
    if offered is None:
        return None
    parameters = policy.parameters()
    application = evaluate(
        request.book, "application", wanted_of(offered), at=None, parameters=parameters
    )
    row = _row_of(application, request)
    facts = [facts_document(application, row)]
    sides = sides_of(effective, "cooperative", offered.red_lines)
    ours = cooperatives_of(request.book)
    if sides and ours:
        judged = evaluate(
            request.book, "cooperative", sides, at=request.as_of, parameters=parameters
        )
        facts += [facts_document(judged, i) for i, key in enumerate(judged.keys) if key in ours]
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


def cooperatives_of(book: Book) -> set[str]:
    """Return the cooperatives of the resources that the applications in a book offer."""
    offered, resource = book.tables.get("application__resources"), book.tables.get("resource")
    if offered is None or resource is None:
        return set()
    mine = resource.filter(pc.is_in(resource["resource_id"], value_set=offered["resource_id"]))
    return {code for code in mine["coop_id"].to_pylist() if code}
