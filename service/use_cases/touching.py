"""The subjects whose red lines touch a loan: how an application leads to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from features.book import Book
from features.point_in_time import Parameters
from features.reached import Reach
from risk.files import EffectivePolicy, Product
from risk.propagation import REQUEST, lines_touching, stops_by
from risk.propagation_book import Touching
from risk.red_lines.elsewhere import read_on

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

RUNNING = "is_open"
"""A loan of the borrower touches a new one only while it runs."""


def asked_for(policy: EffectivePolicy, product: Product) -> tuple[str, ...]:
    """Return the columns of an application that stops read: their flags, and its own lines'."""
    flags = [name for rule in stops_by(policy, product) for name in rule.only_with]
    ids = lines_touching(policy, product).get(REQUEST, ())
    sides = [name for id in ids for name in read_on(policy.red_lines[id], REQUEST).sides()]
    return tuple(dict.fromkeys((*flags, *sides)))


def sides_of(policy: EffectivePolicy, touch: str, rules: Sequence[str]) -> tuple[str, ...]:
    """Return every column that these lines read of a subject; of a loan also whether it runs."""
    sides = [name for rule in rules for name in policy.red_lines[rule].sides()]
    return tuple(dict.fromkeys((*sides, *((RUNNING,) if touch == "loan" else ()))))


def touching(
    book: Book,
    rows: NDArray[np.int64],
    policy: EffectivePolicy,
    product: Product,
    parameters: Parameters,
) -> dict[str, Touching]:
    """Return the subjects that applications touch, by how, with the columns their lines read.

    Parameters
    ----------
    rows
        Which applications, as places among all that are judged on their own as_of.
    policy
        Says which lines touch which loan.
    """
    reach = Reach(book, REQUEST, parameters, rows)
    found: dict[str, Touching] = {}
    for touch, rules in lines_touching(policy, product).items():
        if touch not in PATHS:
            continue
        reached = reach.along(PATHS[touch])
        wanted = sides_of(policy, touch, rules)
        frame = reach.frame(touch, wanted, reached.keys, reached.day)
        kept = np.ones(len(reached.place), dtype=np.bool_)
        if RUNNING in frame.columns:
            kept = frame.columns[RUNNING][reached.place] == 1
        found[touch] = Touching(frame, reached.owner[kept], reached.place[kept])
    return found
