"""Cooperatives: balanced to the 分, most of them sound, the others troubled in their own way."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from features.frame import Floats
from features.simulate import SimulatedCounty
from features.simulate.calendar import Calendar
from features.simulate.cooperative_kinds import KINDS
from features.simulate.cooperative_sheet import trailing, year_to_date
from features.simulate.cooperatives import run
from features.simulate.settings import DEFAULT_AS_OF, QUARTERS
from features.simulate.streams import Streams


def fen(table: pa.Table, name: str) -> Floats:
    return np.asarray(table[name].cast(pa.float64()).combine_chunks()) * 100


def test_assets_are_liabilities_and_equity_to_the_fen(small: SimulatedCounty) -> None:
    table = small.book.tables["cooperative"]
    sides = zip(
        *(table[n].to_pylist() for n in ("total_assets", "total_liabilities", "equity")),
        strict=True,
    )
    assert all(assets == liabilities + equity for assets, liabilities, equity in sides)


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("current_assets", "total_assets"),
        ("current_liabilities", "total_liabilities"),
        ("pool_cash", "cash_restricted"),
        ("cash_restricted", "cash_total"),
        ("cash_total", "current_assets"),
        ("fiscal_debt_service_12m", "debt_service_12m"),
    ],
)
def test_a_part_is_within_its_whole(small: SimulatedCounty, part: str, whole: str) -> None:
    table = small.book.tables["cooperative"]
    assert np.all(fen(table, part) <= fen(table, whole))


def test_three_full_years_are_known_of_most(small: SimulatedCounty) -> None:
    table = small.book.tables["cooperative"]
    years: dict[str, set[int]] = {}
    for coop, day in zip(table["coop_id"].to_pylist(), table["as_of"].to_pylist(), strict=True):
        if (day.month, day.day) == (12, 31):
            years.setdefault(coop, set()).add(day.year)
    assert sum(len(seen) >= 3 for seen in years.values()) >= 0.8 * len(years)


@pytest.fixture(scope="module")
def ends() -> dict[str, dict[str, float]]:
    """Plain ratios of the last quarter, by kind of cooperative."""
    calendar = Calendar.ending(DEFAULT_AS_OF, 36, 48)
    quarters = calendar.quarter_ends(QUARTERS, calendar.as_of)
    place = calendar.month_of_year[quarters] // 3
    coops = run(Streams(1).of("cooperatives"), 40, calendar.end(quarters), place)
    last = {name: values[:, -1] for name, values in coops.balance.items()}
    year = {name: trailing(values)[:, -1] for name, values in coops.flows.items()}
    short = last["short_debt"] + last["ltd_due_12m"] + last["notes_payable"]
    quick = last["current_assets"] - last["cash_restricted"] - last["inventory_resources"]
    ratios = {
        "leverage": last["total_liabilities"] / last["total_assets"],
        "quick": quick / last["current_liabilities"],
        "cash": (last["cash_total"] - last["cash_restricted"]) / short,
        "cover": (year["ebit"] - year["subsidies"]) / year["interest"],
        "profit": year["profit"],
    }
    names = np.array([kind.name for kind in KINDS])[coops.kind]
    return {
        name: {ratio: float(np.median(values[names == name])) for ratio, values in ratios.items()}
        for name in np.unique(names)
    }


def test_sound_ones_are_far_from_every_line(ends: dict[str, dict[str, float]]) -> None:
    for name in ("sound", "steady"):
        assert ends[name]["leverage"] < 0.55
        assert ends[name]["quick"] > 0.9
        assert ends[name]["cash"] > 1.0
        assert ends[name]["cover"] > 2.0


@pytest.mark.parametrize(
    ("kind", "ratio", "bad_above", "bad_below"),
    [
        ("indebted", "leverage", 0.68, np.inf),
        ("illiquid", "quick", -np.inf, 0.8),
        ("cashless", "cash", -np.inf, 0.5),
        ("stretched", "cover", 0.5, 1.5),
        ("losing", "profit", -np.inf, 0.0),
    ],
)
def test_each_trouble_shows_in_its_own_ratio(
    ends: dict[str, dict[str, float]], kind: str, ratio: str, bad_above: float, bad_below: float
) -> None:
    assert bad_above < ends[kind][ratio] < bad_below


def test_sums_over_a_year() -> None:
    quarters = np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]])
    assert trailing(quarters).tolist() == [[4.0, 6.0, 8.0, 10.0, 14.0, 18.0]]
    place = np.array([1, 2, 3, 0, 1, 2])
    assert year_to_date(quarters, place).tolist() == [[2.0, 4.0, 7.0, 4.0, 9.0, 15.0]]
