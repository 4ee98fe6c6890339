"""One line judged on made-up values of its sides, in both forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from features.frame import Frame
from risk.files import load_policy
from risk.red_lines import State, Verdict, judge, judge_one
from risk.red_lines.subjects import table_of_subject

DAY = date(2026, 3, 31)
NOW = load_policy().effective(DAY)


def verdict(id: str, values: Mapping[str, float]) -> Verdict:
    """Return the verdict of a line; that of a whole book says the same."""
    columns = {name: np.array([value]) for name, value in values.items()}
    frame = Frame(table_of_subject(NOW.red_lines[id].subject), ["S1"], np.array([20543]), columns)
    seen = judge_one(frame, NOW, [id])[0]
    assert judge(frame, NOW, [id]).states(id)[0] == seen.state
    return seen


def state(id: str, values: Mapping[str, float]) -> State:
    return verdict(id, values).state
