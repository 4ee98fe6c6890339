"""Marks of developers: what a predatory one shows, and what an honest one shows now and then.

A predator has some of the marks and seldom all; an honest firm has one by chance, and a small
collective that lives on subsidies has that one often. Nothing here is a rule: the screen judges
what the records say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.simulate.draws import Flags, happens

MARKS = {
    "shell": (0.35, 0.0),
    "unpaid": (0.60, 0.10),
    "hoards": (0.45, 0.20),
    "drifts": (0.20, 0.08),
    "harvests": (0.35, 0.14),
    "stops": (0.20, 0.06),
    "claims_twice": (0.30, 0.01),
    "front_loads": (0.25, 0.07),
    "ties": (0.45, 0.16),
    "jumps": (0.35, 0.14),
    "listed": (0.30, 0.04),
}
"""Each with how many predators bear it, and its share among the single marks of honest ones."""
MARKED, MARKED_TWICE = 0.22, 0.02
"""Honest developers with one of the marks, and those with another beside."""
SUBSIDISED = 0.40
"""Small collectives that live on subsidies."""


@dataclass(frozen=True)
class Marks:
    """Which organisation bears which mark, one array of flags a name."""

    borne: dict[str, Flags]

    def __getitem__(self, name: str) -> Flags:
        return self.borne[name]


def marked(
    rng: np.random.Generator, developing: Flags, predatory: Flags, collective: Flags
) -> Marks:
    """Return the marks of all organisations; those that develop nothing bear none."""
    count, names = len(developing), tuple(MARKS)
    chances = np.array([chance for chance, _ in MARKS.values()])
    shares = np.array([share for _, share in MARKS.values()])
    theirs = rng.random((count, len(names))) < chances
    theirs[:, names.index("unpaid")] |= theirs[:, names.index("shell")]
    one, other = rng.choice(len(names), (2, count), p=shares / shares.sum())
    single = happens(rng, MARKED, count)[:, None] & (np.arange(len(names)) == one[:, None])
    second = happens(rng, MARKED_TWICE, count)[:, None] & (np.arange(len(names)) == other[:, None])
    borne = np.where(predatory[:, None], theirs, single | second) & developing[:, None]
    company = np.isin(np.array(names), ("shell", "unpaid"))
    borne &= ~(collective[:, None] & company)
    lives_on = developing & collective & happens(rng, SUBSIDISED, count)
    borne[:, names.index("harvests")] |= lives_on
    return Marks({name: borne[:, place] for place, name in enumerate(names)})
