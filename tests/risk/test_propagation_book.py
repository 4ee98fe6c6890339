"""A whole book is stopped in vectors as each of its applications is alone."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.files import load_policy
from risk.outcome import Outcome
from risk.propagation import judge_touching, lines_touching, stops_of
from risk.propagation_book import Touching, of_rows, stops_of_rows
from tests.risk.touched import BREACHED, CLEAR, TOUCH, Columns, frame

NOW = load_policy().effective(date(2026, 3, 31))
FLAG = "enhancer_kind__农担"
OTHER = "enhancer_kind__政府性担保"
RULES = sorted({"RL-05", "RL-08", "RL-35a", "RL-35c", "RL-48", "RL-52", "P-1"})

States = dict[str, int]
states = st.fixed_dictionaries(dict.fromkeys(RULES, st.integers(0, 2)))
"""Of each line 0 clear, 1 breached, 2 not recorded."""
applications = st.lists(
    st.tuples(states, st.booleans(), st.lists(st.integers(0, 4), max_size=3)), min_size=1
)


def row(touch: str, seen: States) -> Columns:
    """Return the columns of one subject in these states."""
    columns: dict[str, float] = {}
    for rule in (rule for rule in RULES if TOUCH[rule] == touch):
        changes = (BREACHED[rule], dict.fromkeys(CLEAR[rule], float("nan")))
        columns |= {**CLEAR[rule], **(changes[seen[rule] - 1] if seen[rule] else {})}
    return columns


@pytest.mark.parametrize("product", ["credit", "deposit"])
@given(asked=applications, pool=st.lists(states, min_size=5, max_size=5))
def test_rows_are_stopped_as_each_alone(
    product: str, asked: list[tuple[States, bool, list[int]]], pool: list[States]
) -> None:
    offered, n = NOW.products[product], len(asked)
    lines = lines_touching(NOW, offered)
    touches = sorted({TOUCH[rule] for rule in RULES} - {"application"})
    pairs = np.array([(i, j) for i, (_, _, js) in enumerate(asked) for j in js] or [(0, 0)])
    pairs = pairs if any(js for _, _, js in asked) else pairs[:0]
    touching = {
        touch: Touching(frame(touch, *(row(touch, s) for s in pool)), pairs[:, 0], pairs[:, 1])
        for touch in touches
    }
    places = np.arange(n)
    request = frame("application", *(row("application", seen) for seen, _, _ in asked))
    touching["application"] = Touching(request, places, places)
    flags = {FLAG: np.array([float(flag) for _, flag, _ in asked]), OTHER: np.zeros(n)}
    found = stops_of_rows(NOW, offered, touching, flags, n)
    for i, ((seen, flag, others), words) in enumerate(zip(asked, found.words(), strict=True)):
        verdicts = [
            verdict
            for touch, about in (
                ("application", [seen]),
                *((touch, [pool[j] for j in others]) for touch in touches),
            )
            for state in about
            for verdict in judge_touching(
                frame(touch, row(touch, state)), NOW, lines.get(touch, ())
            )
        ]
        held = [FLAG] if flag else []
        alone = stops_of(NOW, offered, verdicts, held.__contains__)
        assert alone is not None
        assert found.outcome[i] == max((stop.outcome for stop in alone), default=Outcome.APPROVE)
        assert set(words.split()) == {stop.rule for stop in alone}


def test_some_rows_of_a_book_are_counted_anew() -> None:
    about = frame("bank", {}, {})
    whole = Touching(about, np.array([0, 2, 2, 3]), np.array([0, 1, 0, 1]))
    some = of_rows(whole, np.array([3, 2]), 4)
    assert (some.owner.tolist(), some.place.tolist()) == ([1, 1, 0], [1, 0, 1])
