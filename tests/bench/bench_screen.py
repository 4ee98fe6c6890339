"""Measure the screen of developers on simulated counties, whose maker knows who is predatory.

    .venv/bin/python tests/bench/bench_screen.py [COUNTIES [HOUSEHOLDS]]

The marks of predators and honest developers are the simulator's (domain 11.1): the figures say
how the screen treats such marks, and nothing of real firms. No limit of the policy is set by them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.point_in_time import evaluate
from features.simulate import SimulatedCounty, simulate
from features.simulate.settings import DEFAULT_AS_OF
from risk.files import load_policy
from risk.red_lines import State
from service.use_cases.judging.red_lines import judge_book

COUNTIES, HOUSEHOLDS = 10, 20_000
FIRST_SEED = 101
SCREENS = {
    "a breach of RL-27 to 31": ("RL-27", "RL-28", "RL-29", "RL-30", "RL-31"),
    "a breach of RL-27, 29, 30, 31": ("RL-27", "RL-29", "RL-30", "RL-31"),
}
REFUSING, COMMITTEE = ("RL-27", "RL-30", "RL-31"), ("RL-29",)
"""What a breach refuses (domain 7.4.5), and what it brings before the committee (RL-29, O)."""
SMALL = ("合作社", "村集体")
POLICY = load_policy()
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Screened:
    """Every developer of one county: what it is, what its lines say, what it builds (yuan)."""

    predatory: Flags
    small: Flags
    investment: NDArray[np.float64]
    states: dict[str, NDArray[np.int_]]

    def any_of(self, lines: Sequence[str], *states: State) -> Flags:
        """Return which developers have one of the lines in one of the states."""
        found = [np.isin(self.states[line], states) for line in lines]
        return np.asarray(np.any(found, axis=0))


def screened(county: SimulatedCounty) -> Screened:
    """Return the developers of a county with the states of their lines on its last day."""
    judged = judge_book(county.book, POLICY, DEFAULT_AS_OF, only=("developer", None))
    (part,) = judged.parts
    truth, kinds = _told(county.truth["developer"], "predatory"), _kinds(county)
    built = _investment(county)
    return Screened(
        predatory=np.array([truth[key] for key in part.frame.keys], dtype=bool),
        small=np.array([kinds[key] in SMALL for key in part.frame.keys]),
        investment=np.array([built.get(key, 0.0) for key in part.frame.keys]),
        states={rule: np.asarray(codes) for rule, codes in part.codes.items()},
    )


def _told(table: pa.Table, column: str, key: str = "org_id") -> dict[str, object]:
    return dict(zip(table[key].to_pylist(), table[column].to_pylist(), strict=True))


def _kinds(county: SimulatedCounty) -> dict[str, object]:
    return _told(county.book.tables["organisation"], "entity_type")


def _investment(county: SimulatedCounty) -> dict[str, float]:
    """Return the total investment of each developer's projects, yuan."""
    developer = _told(county.book.tables["project"], "developer_id", "project_id")
    frame = evaluate(county.book, "project", ["total_investment"], at=DEFAULT_AS_OF)
    built: dict[str, float] = {}
    for key, amount in zip(frame.keys, frame.columns["total_investment"], strict=True):
        name = str(developer[key])
        built[name] = built.get(name, 0.0) + float(amount) / 100
    return built


def pooled(counties: Sequence[Screened]) -> Screened:
    """Return the developers of several counties as one."""
    return Screened(
        np.concatenate([one.predatory for one in counties]),
        np.concatenate([one.small for one in counties]),
        np.concatenate([one.investment for one in counties]),
        {
            rule: np.concatenate([one.states[rule] for one in counties])
            for rule in counties[0].states
        },
    )


def share(part: Flags, whole: Flags) -> tuple[float, float]:
    """Return how much of `whole` is in `part`, and the standard error of that."""
    rate, count = float((part & whole).sum() / whole.sum()), int(whole.sum())
    return rate, float(np.sqrt(rate * (1 - rate) / count))


def lines_of(all_: Screened) -> Iterator[str]:
    """Yield the figures, a line each."""
    bad = all_.predatory
    screens = {name: all_.any_of(lines, State.BREACH) for name, lines in SCREENS.items()}
    every = tuple(all_.states)
    screens["any warning or breach"] = all_.any_of(every, State.WARN, State.BREACH)
    for name, raised in screens.items():
        precision, recall = share(bad, raised), share(raised, bad)
        yield (
            f"{name:30} precision {precision[0]:.3f} ± {precision[1]:.3f}  "
            f"recall {recall[0]:.3f} ± {recall[1]:.3f}"
        )
    for name, who in (
        ("honest firms", ~bad & ~all_.small),
        ("small honest collectives", ~bad & all_.small),
    ):
        yield f"{name}: {who.sum()}, projects of {all_.investment[who].sum() / 1e4:,.0f} 万元"
        yield from costs(all_, who)


def costs(all_: Screened, who: Flags) -> Iterator[str]:
    """Yield what the screen does to some honest developers, the gravest first, each once."""
    refused = all_.any_of(REFUSING, State.BREACH)
    committee = all_.any_of(COMMITTEE, State.BREACH) & ~refused
    explains = all_.any_of(tuple(all_.states), State.WARN, State.BREACH) & ~refused & ~committee
    unknown = all_.any_of(tuple(all_.states), State.UNKNOWN) & ~refused & ~committee & ~explains
    for name, hit in (
        ("refused", refused),
        ("released in tranches by the committee", committee),
        ("asked to explain", explains),
        ("not known", unknown),
    ):
        rate, error = share(hit, who)
        held = all_.investment[hit & who].sum() / 1e4
        yield f"  {name:38} {rate:6.1%} ± {error:.1%}  projects of {held:9,.0f} 万元"


def main(counties: int = COUNTIES, households: int = HOUSEHOLDS) -> None:
    """Print one line a figure."""
    seeds = range(FIRST_SEED, FIRST_SEED + counties)
    all_ = pooled([screened(simulate(households, seed)) for seed in seeds])
    sys.stdout.write(
        f"{counties} counties of {households:,} households: {len(all_.predatory)} developers, "
        f"{all_.predatory.sum()} predatory\n"
    )
    sys.stdout.writelines(f"{line}\n" for line in lines_of(all_))


if __name__ == "__main__":
    main(*(int(given) for given in sys.argv[1:]))
