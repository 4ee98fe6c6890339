"""The truth: a probability before the fact, kept apart, and true to what then happens."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from features.frame import Floats
from features.point_in_time import evaluate
from features.simulate import SimulatedCounty, simulate
from features.simulate.county_book import County
from features.simulate.requests import CREDIT, DEPOSIT
from features.simulate.settings import DEFAULT_AS_OF
from risk.default import Definition, label
from risk.files import load_policy


def area_under_curve(score: Floats, bad: Floats) -> float:
    """Return the probability that a bad one scores above a good one (no ties expected)."""
    rank = np.argsort(np.argsort(score)) + 1.0
    bads = bad.sum()
    return float((rank[bad == 1].sum() - bads * (bads + 1) / 2) / (bads * (len(bad) - bads)))


@pytest.fixture(scope="module")
def labelled(large: SimulatedCounty) -> tuple[Floats, Floats]:
    """True PD and label of every loan whose window is over."""
    definition = Definition.of(load_policy().effective(DEFAULT_AS_OF).default_definition)
    labels = label(large.book.tables["loan"], definition, known_until=DEFAULT_AS_OF)
    over = labels.last_day <= (DEFAULT_AS_OF - date(1970, 1, 1)).days
    kept = over & ~np.isnan(labels.label)
    truth = large.truth["application"]
    row = {name: place for place, name in enumerate(truth["application_id"].to_pylist())}
    pd = np.asarray(truth["pd_window"].combine_chunks())
    loans = np.array([row[name] for name in labels.application_id])
    return pd[loans[kept]], labels.label[kept]


def test_every_application_has_its_truth(small: SimulatedCounty) -> None:
    truth = small.truth["application"]
    applications = small.book.tables["application"]["application_id"].to_pylist()
    assert truth["application_id"].to_pylist() == applications
    pd_window, pd_12m = (np.asarray(truth[n].combine_chunks()) for n in ("pd_window", "pd_12m"))
    assert np.all((pd_12m > 0) & (pd_12m <= pd_window) & (pd_window < 1))


def test_developers_are_named_as_what_they_are(small: SimulatedCounty) -> None:
    truth = small.truth["developer"].to_pylist()
    assert {True, False} == {row["predatory"] for row in truth}
    kinds = {
        row["org_id"]: row["entity_type"]
        for row in small.book.tables["organisation"].select(["org_id", "entity_type"]).to_pylist()
    }
    projects = small.book.tables["project"]["developer_id"].to_pylist()
    developers = {name for name, kind in kinds.items() if kind == "developer"}
    assert {row["org_id"] for row in truth} == developers | set(projects)
    assert {kinds[name] for name in projects} <= {"developer", "合作社", "村集体"}


def test_the_book_does_not_hold_the_truth(small: SimulatedCounty) -> None:
    columns = {name for table in small.book.tables.values() for name in table.schema.names}
    assert columns.isdisjoint({"pd_window", "pd_12m", "predatory", "prudence", "log_hazard"})


@pytest.mark.parametrize(("product", "low", "high"), [(CREDIT, 0.02, 0.04), (DEPOSIT, 0.03, 0.05)])
def test_levels_are_those_of_a_county_bank(
    large_life: County, product: int, low: float, high: float
) -> None:
    requests = large_life.lending.requests
    household = (requests.product == product) & (requests.org < 0)
    assert low < requests.pd_window[household].mean() < high


def test_the_true_pd_tells_bad_from_good(labelled: tuple[Floats, Floats]) -> None:
    assert 0.80 < area_under_curve(*labelled) < 0.90


def test_defaults_come_true_as_often_as_foretold(labelled: tuple[Floats, Floats]) -> None:
    pd, bad = labelled
    sd = np.sqrt((pd * (1 - pd)).sum())
    # the county lives one of its futures, so all loans share a little luck
    assert abs(bad.sum() - pd.sum()) < 3 * sd + 0.15 * pd.sum()
    risky = pd > np.quantile(pd, 0.9)
    assert bad[risky].mean() > 5 * bad[~risky].mean()


def test_labels_of_the_policy_find_every_default(
    large: SimulatedCounty, large_life: County
) -> None:
    definition = Definition.of(load_policy().effective(DEFAULT_AS_OF).default_definition)
    labels = label(large.book.tables["loan"], definition, known_until=DEFAULT_AS_OF)
    requests = large_life.lending.requests
    row = np.array([int(name[1:]) for name in labels.application_id])
    over = labels.last_day <= (DEFAULT_AS_OF - date(1970, 1, 1)).days
    assert over.sum() > 1_000
    defaulted = requests.default_day[row][over]
    assert np.array_equal(labels.label[over] == 1, defaulted > 0)
    days = labels.default_day[over][defaulted > 0]
    assert np.array_equal(days, defaulted[defaulted > 0])


def test_the_truth_does_not_depend_on_what_came_true() -> None:
    """A later last day shows more of the path, but the same request keeps no trace of it."""
    county = simulate(300, 3)
    pd = np.asarray(county.truth["application"]["pd_window"].combine_chunks())
    outcome = county.book.tables["loan"]["dpd"].to_pylist()
    assert len(np.unique(pd)) == len(pd)
    assert max(outcome) > 90


def test_no_project_is_called_later_than_it_paid(
    large: SimulatedCounty, large_life: County
) -> None:
    parameters, name = load_policy().parameters(), "payout_days_late"
    frame = evaluate(large.book, "project", [name], at=DEFAULT_AS_OF, parameters=parameters)
    works, row = large_life.projects, np.array([int(key[1:]) for key in frame.keys])
    fell_due = works.payout_due_on[row] <= (DEFAULT_AS_OF - date(1970, 1, 1)).days
    delay = np.where(fell_due, works.payout_delay[row], 0).max(axis=1).clip(min=0)
    assert np.all(frame.columns[name] <= delay)
    assert (frame.columns[name] >= 30).mean() > 0.02
