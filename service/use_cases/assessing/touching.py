"""The subjects whose red lines touch a loan: how an application leads to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from features.reached import Reach
from risk.files import EffectivePolicy, Product
from risk.propagation import REQUEST, lines_touching, stops_by
from risk.propagation_book import Touching
from risk.red_lines.elsewhere import read_on
from risk.red_lines.subjects import JUDGED_WHERE
from service.store.store import Wanted

PATHS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "cooperative": (("resource", "cooperative"),),
    "resource": (("resource",),),
    "project": (("resource", "project"),),
    "county": (("county",), ("resource", "county")),
    "guarantee_body": (("body",),),
    "bank": (("bank",),),
    "loan": (("own_loan",),),
}
"""By how a subject touches a loan, the relations that lead to it from the application."""

CONSENT = "consent_expiry"
ASKED = ("amount", "term_m")
LOAN = "loan"
RUNNING = JUDGED_WHERE[LOAN]
"""A loan of the borrower touches a new one only while it runs."""


def wanted_of(product: Product, policy: EffectivePolicy) -> tuple[str, ...]:
    """Return every column of an application that its decision reads."""
    segments = (f"segment__{product.segment}", f"product__{product.id}")
    own = (*product.features, *product.stop, CONSENT, *ASKED, *segments)
    return tuple(dict.fromkeys((*own, *asked_for(policy, product))))


def asked_for(policy: EffectivePolicy, product: Product) -> tuple[str, ...]:
    """Return the columns of an application that stops read: their flags, and its own lines'."""
    flags = [name for rule in stops_by(policy, product) for name in rule.only_with]
    ids = lines_touching(policy, product).get(REQUEST, ())
    sides = [name for id in ids for name in read_on(policy.red_lines[id], REQUEST).sides()]
    return tuple(dict.fromkeys((*flags, *sides)))


def sides_of(policy: EffectivePolicy, touch: str, rules: Sequence[str]) -> tuple[str, ...]:
    """Return every column that these lines read of a subject; of a loan also whether it runs."""
    sides = [name for rule in rules for name in policy.red_lines[rule].sides()]
    return tuple(dict.fromkeys((*sides, *((RUNNING,) if touch == LOAN else ()))))


@lru_cache(maxsize=64)
def needed_for(policy: EffectivePolicy, product: str) -> Wanted:
    """Return the names that a decision on an application reads, by the relations to them."""
    offered = policy.products[product]
    lines = lines_touching(policy, offered)
    return {(): wanted_of(offered, policy)} | {
        path: sides_of(policy, touch, lines[touch])
        for touch, paths in PATHS.items()
        if touch in lines
        for path in paths
    }


def touching(
    reach: Reach, rows: NDArray[np.int64], policy: EffectivePolicy, product: Product
) -> dict[str, Touching]:
    """Return the subjects that applications touch, by how, with the columns their lines read.

    A kind of which they touch none is left out.

    Parameters
    ----------
    reach
        Reads the book of the applications.
    rows
        Which applications, as places among all that are judged.
    policy
        Says which lines touch which loan.
    """
    found: dict[str, Touching] = {}
    for touch, rules in lines_touching(policy, product).items():
        if touch not in PATHS:
            continue
        reached = reach.along(PATHS[touch], rows)
        if not reached.keys:
            continue
        wanted = sides_of(policy, touch, rules)
        frame = reach.frame(touch, wanted, reached.keys, reached.day)
        kept = np.ones(len(reached.place), dtype=np.bool_)
        if RUNNING in frame.columns:
            kept = frame.columns[RUNNING][reached.place] == 1
        found[touch] = Touching(frame, reached.owner[kept], reached.place[kept])
    return found
