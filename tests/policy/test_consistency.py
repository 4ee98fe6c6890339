"""The laws of the whole catalogue (domain 7.4) on whole books, from raw records to verdicts."""

from __future__ import annotations

import pytest

from risk.red_lines import State
from tests.policy.defects import ALSO, DEFECTS, MOVED
from tests.policy.lawful import lawful
from tests.policy.nothing import nothing
from tests.policy.worlds import BAD, GOOD, LINES, Worlds, changed, judge_worlds

EVERY = {f"{line.id}/{test.id}" for line in LINES.values() for test in line.tests}


@pytest.fixture(scope="module")
def bad() -> Worlds:
    """Return a world for each defect, side by side in one book, and the lawful one."""
    worlds = {name: changed(lawful(), changes) for name, changes in DEFECTS.items()}
    worlds |= {name: changed(lawful(), changes) for name, (changes, _) in MOVED.items()}
    return judge_worlds(worlds | {"lawful": lawful()})


@pytest.mark.parametrize("assets", ["0", "1000"])
def test_a_book_without_debt_fires_nothing(assets: str) -> None:
    """7.4.1; of its GEP nothing is known, since an account that keeps the weather says nothing."""
    worlds = judge_worlds({"nothing": nothing(assets)})
    assert not worlds.lines("nothing", *BAD)
    assert worlds.lines("nothing", State.UNKNOWN) == {"RL-22"}
    assert set(worlds.worst["nothing"]) == EVERY


def test_the_lawful_book_passes_every_line(bad: Worlds) -> None:
    """All exemplars of 7.4.2 in one book; only a county that took no GEP is not asked."""
    found = bad.tests["lawful"]
    assert not {key: state.word for key, state in found.items() if state not in GOOD}
    passed = {name for (_, name), state in found.items() if state is State.PASS}
    assert EVERY - passed == {"RL-23/t1", "RL-23/t2"}


def test_every_test_of_every_line_has_its_defect() -> None:
    assert set(DEFECTS) == EVERY


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_fires_its_line_alone(bad: Worlds, name: str) -> None:
    assert bad.worst[name][name] in BAD
    assert bad.lines(name, *BAD) == {name.partition("/")[0], *ALSO.get(name, ())}
    assert not bad.lines(name, State.UNKNOWN)


@pytest.mark.parametrize("name", MOVED)
def test_a_defect_moves_the_lines_that_it_must(bad: Worlds, name: str) -> None:
    assert bad.lines(name, *BAD) == MOVED[name][1]


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("guarantee_exposure", "contingent_exposure"),
        ("quick_assets", "current_assets_free"),
        ("guarantee_exposure_parent", "guarantee_exposure"),
    ],
)
def test_a_part_is_never_more_than_its_whole(bad: Worlds, less: str, more: str) -> None:
    """7.4.3, in every world at once: RL-12 inside RL-15, RL-04 below RL-03."""
    part, whole = bad.columns(less), bad.columns(more)
    assert len(part) == len(bad.numbers)
    assert (part <= whole).all()
