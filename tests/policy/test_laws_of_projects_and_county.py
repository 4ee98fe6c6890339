"""What no change may do to a project's or a county's lines: worse is never better."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.arrays import Floats, Rows
from features.project import gep, land
from risk.red_lines import State
from tests.policy.by_values import NOW, state

WORSE: list[tuple[str, str, int]] = [
    ("RL-22", "gep_gain_point", -1),
    ("RL-22", "gep_gain_upper", -1),
    ("RL-22", "gep_reg_gain_point", -1),
    ("RL-22", "gep_reg_gain_upper", -1),
    ("RL-23", "gep_taken_due", 1),
    ("RL-23", "gep_taken_12m", 1),
    ("RL-23", "gep_restored_accepted", -1),
    ("RL-23", "gep_restored_12m", -1),
    ("RL-24", "core_area", 1),
    ("RL-24", "redline_unpermitted_area", 1),
    ("RL-25", "basic_farmland_area", 1),
    ("RL-25", "converted_area", 1),
    ("RL-26", "penalties_minor", 1),
    ("RL-26", "penalties_major", 1),
    ("RL-26", "permits_missing", 1),
    ("RL-26", "permit_days_left", -1),
    ("RL-32", "idle_months_land", 1),
    ("RL-32", "idle_months_built", 1),
    ("RL-34", "payout_days_late", 1),
    ("RL-34", "payout_cash_cover", -1),
    ("RL-34", "payouts_due_12m", 1),
    ("RL-35c", "npl_balance_credit", 1),
    ("RL-39", "project_capital_planned", -1),
    ("RL-39", "project_capital_paid", -1),
    ("RL-42", "milestones_before_permit", 1),
    ("RL-51", "banned_area", 1),
    ("RL-51", "protected_unpermitted_area", 1),
]
WHOLE = st.integers(-200, 200).map(float)
FLAGS = {"festival_unfunded", "env_crime_or_relic_harm", "fixed_asset_project", "lends_credit"}


@pytest.mark.parametrize(("id", "side", "bad"), WORSE)
@given(data=st.data())
def test_worsening_an_input_never_improves_a_state(
    id: str, side: str, bad: int, data: st.DataObject
) -> None:
    line = NOW.red_lines[id]
    values = {name: abs(data.draw(WHOLE)) for name in line.inputs}
    values |= {name: float(data.draw(st.booleans())) for name in FLAGS & set(values)}
    values |= {"county__sector_capital_floor": 0.2, "lends_deposit": 0.0, "lends_carbon": 0.0}
    values[side] = data.draw(WHOLE) if bad < 0 else values[side]
    worse = values | {side: values[side] + bad * abs(data.draw(WHOLE))}
    assert state(id, worse) >= state(id, values)


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


AREAS = st.integers(0, 400).map(float)
ON = st.sampled_from([nan, 99.0, 100.0, 101.0])
OVERLAPS = st.lists(st.tuples(AREAS, ON, st.sampled_from([nan, 7.0])), min_size=1, max_size=4)


def redline_state(overlaps: list[tuple[float, float, float]]) -> State:
    """Return the state of RL-24 of overlaps (area, day attested, permit), all in the red line."""
    area, on, permit = (np.array(column) for column in zip(*overlaps, strict=True))
    count, ones = len(overlaps), np.ones(len(overlaps))
    rows = Rows(np.array([0, count]), np.array([True]))
    attested = (~np.isnan(on)).astype(np.float64)
    side = land.redline_unpermitted_area(
        area, ones, permit, ones, attested, on, ones, rows, col(100)
    )
    return state("RL-24", {"core_area": 0.0, "redline_unpermitted_area": float(side[0])})


@settings(deadline=None)
@given(OVERLAPS, st.data())
def test_more_overlap_never_improves_a_state(
    overlaps: list[tuple[float, float, float]], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(overlaps) - 1))
    area, *papers = overlaps[place]
    more = list(overlaps)
    more[place] = (area + data.draw(AREAS), papers[0], papers[1])
    assert redline_state(more) >= redline_state(overlaps)


@settings(deadline=None)
@given(st.integers(-300, 300), st.integers(0, 200), st.integers(0, 200))
def test_less_gep_afterwards_never_improves_a_state(after: int, less: int, band: int) -> None:
    def gep_state(lost: int) -> State:
        point = gep.gep_gain_point(col(300 + after - lost), col(0), col(300), col(1))
        upper = gep.gep_gain_upper(point, col(band))
        one = {"gep_gain_point": float(point[0]), "gep_gain_upper": float(upper[0])}
        return state("RL-22", one | {"gep_reg_gain_point": 1.0, "gep_reg_gain_upper": 1.0})

    assert gep_state(less) >= gep_state(0)


@given(st.integers(1, 10**6), st.integers(0, 2000), st.integers(0, 2000))
def test_money_counted_in_another_unit_changes_no_ratio(by: int, spent: int, plan: int) -> None:
    values = {"spent_to_date": float(spent), "planned_to_date": float(plan)}
    scaled = {name: value * by for name, value in values.items()}
    assert state("RL-33", scaled) == state("RL-33", values)
