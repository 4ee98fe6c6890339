"""Gather what a decision is made on: an application's features, and what touches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.book import Book
from features.graph import plan_digest
from features.reached import Reach
from risk.files import EffectivePolicy, Policy
from risk.propagation import REQUEST
from service.use_cases.assessing.facts import EPOCH, facts_document
from service.use_cases.assessing.request_book import Request
from service.use_cases.assessing.touching import touching, wanted_of


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


def gather(
    request: Request, policy: Policy, product: str, kept: EffectivePolicy | None = None
) -> Gathered | None:
    """Return what a decision on `request` is made on; None while the product is not offered.

    Parameters
    ----------
    kept
        The policy of a decision that was made; by default what is in force for the borrower's
        county on the judged day.
    """
    effective = kept or policy.effective(request.as_of, county_of(request.book))
    offered = effective.products.get(product)
    if offered is None:
        return None
    parameters = policy.parameters()
    reach = Reach(request.book, REQUEST, parameters)
    row = _row_of(reach, request)
    application = reach.own(wanted_of(offered, effective), row)
    facts = [facts_document(application)]
    touched = touching(reach, row, effective, offered)
    for about in touched.values():
        facts += [facts_document(about.frame, i) for i in sorted(set(about.place.tolist()))]
    return Gathered(effective, tuple(facts), plan_digest())


def _row_of(reach: Reach, request: Request) -> NDArray[np.int64]:
    """Return the judged row of the request: its key, on its day or the last one before."""
    day = (request.as_of - EPOCH).days
    keys = reach.keys
    rows = [i for i, key in enumerate(keys) if key == request.key and reach.day[i] <= day]
    return np.array([max(rows, key=lambda i: int(reach.day[i]))])


def county_of(book: Book) -> str | None:
    """Return the county of the borrower, for the county's own policy; None where unsaid."""
    household = book.tables.get("household")
    if household is None or not household.num_rows:
        return None
    code: str | None = household["county_code"][household.num_rows - 1].as_py()
    return code
