"""The county's ledger of GEP taken by projects and restored for them (一（二）, 三（三）)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.draws import Flags, Ints, one_in, when
from features.simulate.projects import Projects
from features.simulate.sheets import Cells, Child, fen, ids, words

TAKES_OF = 3
"""Every third project takes something from nature."""
TAKEN_PER_M2, OFFSET_DAYS = 0.2, 730
PLANNED_AFTER, ACCEPTED_AFTER, RESTORED = (30, 200), (330, 700), (1.03, 1.25)
"""Days from the approval to that of the offset and to its acceptance; restored over taken."""
LATE_SHARE, LATE_DAYS = 0.06, 250


@dataclass(frozen=True)
class Ledger:
    """Entries, each taken one beside its restored one; yuan, days since 1970-01-01."""

    project: Ints
    taken: Floats
    restored: Floats
    approved_on: Ints
    offset_on: Ints
    accepted_on: Ints


def entered(rng: np.random.Generator, works: Projects) -> Ledger:
    """Return what was taken for projects, and what was restored for it, a little more."""
    project = np.flatnonzero(one_in(TAKES_OF, np.arange(len(works))))
    count, approved = len(project), works.approved_on[project]
    late = rng.random(count) < LATE_SHARE
    taken = np.round(works.area[project] * TAKEN_PER_M2, 2)
    return Ledger(
        project=project,
        taken=taken,
        restored=np.round(taken * rng.uniform(*RESTORED, count), 2),
        approved_on=approved,
        offset_on=approved + rng.integers(*PLANNED_AFTER, count),
        accepted_on=approved + rng.integers(*ACCEPTED_AFTER, count) + LATE_DAYS * late,
    )


def rows(ledger: Ledger, day: Ints) -> Child:
    """Return the ledger as it stood on each day: 占 at its approval, 补 from its own."""
    count = len(ledger.project)
    approved = np.concatenate([ledger.approved_on, ledger.offset_on])
    amount = np.concatenate([ledger.taken, ledger.restored])
    accepted = np.concatenate([np.zeros(count, np.int64), ledger.accepted_on])
    parent, entry = np.nonzero(approved <= day[:, None])
    restored: Flags = entry >= count
    seen = restored & (accepted[entry] <= day[parent])
    columns: dict[str, Cells] = {
        "project_id": ids("J", ledger.project[entry % count], 4),
        "kind": words(restored, ("占", "补")),
        "amount": fen(amount[entry]),
        "approved_on": approved[entry],
        "offset_due": when(~restored, approved[entry] + OFFSET_DAYS),
        "accepted_on": when(seen, accepted[entry]),
        "funded": restored,
    }
    return Child(parent, columns)
