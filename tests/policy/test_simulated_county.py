"""Simulated counties under the whole catalogue: the healthy left alone, the sick found.

The policy knows nothing of the simulator: no limit is set by what is seen here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
import pytest

from features.simulate import SimulatedCounty, simulate
from features.simulate.settings import DEFAULT_AS_OF
from risk.red_lines import State
from service.use_cases.judging.red_lines import judge_book
from tests.bench.bench_screen import Screened, pooled, screened, share
from tests.policy.worlds import BAD, GOOD, LINES, POLICY

pytestmark = pytest.mark.xdist_group("simulated_county")
HOUSEHOLDS, SEEDS = 20_000, range(1, 9)
"""Eight counties have some 300 honest projects and 900 quarters of healthy cooperatives."""
FEW = 0.05
"""A few percent. The simulator itself gives about 3 of 100 honest projects a flaw of one sort or a
payout that is a month late; of 300 that is 9 ± 3, and a twentieth is 15: two deviations above what
is meant to be there, and far below what a line does that reads its records wrongly."""
HEALTHY = ("sound", "steady")
QUARTERS, FILED_AFTER = 8, 50
"""Statements looked at, and days after a quarter's end by which the last of them has come."""
SICK = {
    "indebted": ("RL-01", "RL-02", "RL-11b"),
    "illiquid": ("RL-04",),
    "cashless": ("RL-03", "RL-04", "RL-05", "RL-45"),
    "stretched": ("RL-06", "RL-45"),
    "losing": ("RL-06", "RL-07"),
    "entangled": ("RL-08", "RL-09", "RL-10", "RL-11a", "RL-38"),
    "surety": ("RL-12", "RL-13", "RL-14", "RL-15", "RL-44"),
    "overpromised": ("RL-13", "RL-16"),
    "backed": ("RL-18", "RL-19", "RL-20"),
    "fundraiser": ("RL-36", "RL-37"),
    "undocumented": ("RL-21", "RL-41", "RL-43"),
    "lopsided": ("RL-46", "RL-47"),
}
"""The lines that each trouble is made to cross. RL-17 is none of them: a county of this size calls
too few undertakings in a year for a rate."""
States = dict[str, Counter[State]]


@pytest.fixture(scope="module")
def counties() -> list[SimulatedCounty]:
    return [simulate(HOUSEHOLDS, seed) for seed in SEEDS]


def told(county: SimulatedCounty, table: str, key: str, column: str) -> dict[str, str]:
    """Return a column of the truth by its key."""
    truth = county.truth[table]
    return dict(zip(truth[key].to_pylist(), truth[column].to_pylist(), strict=True))


def counted(
    groups: dict[str, States], county: SimulatedCounty, kind: str, day: date, group: dict[str, str]
) -> None:
    """Add to each group of subjects how often each line has each state on a day."""
    for part in judge_book(county.book, POLICY, day, only=(kind, None)).parts:
        for rule, codes in part.codes.items():
            for key, code in zip(part.frame.keys, codes, strict=True):
                groups[group[key]][rule][State(code)] += 1


def no_states() -> States:
    return defaultdict(Counter)


def quarters() -> Iterator[date]:
    """Yield a day on which each of the last quarters' statements had all come."""
    month = np.datetime64(DEFAULT_AS_OF - timedelta(days=FILED_AFTER), "M")
    begun = month - month.astype(int) % 3
    for back in range(QUARTERS):
        yield ((begun - 3 * back).astype("datetime64[D]") + FILED_AFTER).item()


def by_kind(counties: list[SimulatedCounty], days: Sequence[date]) -> dict[str, States]:
    """Return the states of the lines of each kind of cooperative over some days."""
    groups: dict[str, States] = defaultdict(no_states)
    for county in counties:
        kinds = told(county, "cooperative", "coop_id", "kind")
        for day in days:
            counted(groups, county, "cooperative", day, kinds)
    return groups


@pytest.fixture(scope="module")
def healthy(counties: list[SimulatedCounty]) -> States:
    """Every line on the statements of the healthy cooperatives, quarter by quarter."""
    seen, total = by_kind(counties, list(quarters())), no_states()
    for kind in HEALTHY:
        for line, states in seen[kind].items():
            total[line] += states
    return total


@pytest.fixture(scope="module")
def sick(counties: list[SimulatedCounty]) -> dict[str, States]:
    """The lines of each kind of troubled cooperative on the last day."""
    return by_kind(counties, [DEFAULT_AS_OF])


HONEST, OTHER = "honest", "other"


def sorts_of_project(county: SimulatedCounty) -> dict[str, str]:
    """Return which projects are an honest developer's, in a healthy cooperative that pays."""
    predatory = told(county, "developer", "org_id", "predatory")
    kinds = told(county, "cooperative", "coop_id", "kind")
    projects = county.book.tables["project"]
    names = ("project_id", "developer_id", "coop_id")
    rows = zip(*(projects[name].to_pylist() for name in names), strict=True)
    return {
        project: HONEST if not predatory[who] and kinds[coop] in HEALTHY else OTHER
        for project, who, coop in rows
    }


@pytest.fixture(scope="module")
def honest_projects(counties: list[SimulatedCounty]) -> States:
    groups: dict[str, States] = defaultdict(no_states)
    for county in counties:
        counted(groups, county, "project", DEFAULT_AS_OF, sorts_of_project(county))
    return groups[HONEST]


def lines_of(kind: str) -> list[str]:
    return [line.id for line in LINES.values() if line.subject == kind]


@pytest.mark.parametrize("line", lines_of("cooperative"))
def test_hardly_a_quarter_of_a_healthy_cooperative_raises_a_line(
    healthy: States, line: str
) -> None:
    seen = healthy[line]
    assert seen.total() > 900
    assert sum(seen[state] for state in BAD) <= FEW * seen.total()
    assert sum(seen[state] for state in GOOD) > 0.6 * seen.total()


@pytest.mark.parametrize("line", lines_of("project"))
def test_hardly_an_honest_project_breaches_a_line(honest_projects: States, line: str) -> None:
    seen = honest_projects[line]
    assert seen.total() > 250
    assert seen[State.BREACH] <= FEW * seen.total()
    assert sum(seen[state] for state in GOOD) > 0.6 * seen.total()


@pytest.mark.parametrize("line", ["RL-03", "RL-16", "RL-17"])
def test_lines_of_the_healthy_are_judged_on_what_they_have(healthy: States, line: str) -> None:
    assert healthy[line][State.PASS] > 0.9 * healthy[line].total()


@pytest.mark.parametrize(("kind", "line"), [(k, line) for k in SICK for line in SICK[k]])
def test_a_troubled_cooperative_raises_the_lines_of_its_trouble(
    sick: dict[str, States], kind: str, line: str
) -> None:
    seen = sick[kind][line]
    assert sum(seen[state] for state in BAD) > seen.total() / 2


@pytest.fixture(scope="module")
def developers(counties: list[SimulatedCounty]) -> Screened:
    return pooled([screened(county) for county in counties])


def test_the_screen_is_mostly_right_and_finds_most_predators(developers: Screened) -> None:
    raised = developers.any_of(lines_of("developer"), State.BREACH)
    precision, _ = share(developers.predatory, raised)
    recall, _ = share(raised, developers.predatory)
    assert precision > 0.5
    assert recall > 0.5


def test_no_honest_developer_is_refused_for_what_it_shares_with_predators(
    developers: Screened,
) -> None:
    refused = developers.any_of(("RL-27", "RL-30", "RL-31"), State.BREACH)
    honest, _ = share(refused, ~developers.predatory)
    assert honest <= FEW
    assert share(refused, developers.predatory)[0] > 4 * honest
