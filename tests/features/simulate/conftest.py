"""One simulated county for all tests of the simulator."""

from __future__ import annotations

import pytest

from features.simulate import SimulatedCounty, simulate
from features.simulate.county_book import County, lived
from features.simulate.settings import DEFAULT_AS_OF

SEED = 20_230_701
SMALL, LARGE = 600, 30_000


@pytest.fixture(scope="session")
def small() -> SimulatedCounty:
    return simulate(SMALL, SEED)


@pytest.fixture(scope="session")
def large() -> SimulatedCounty:
    return simulate(LARGE, SEED)


@pytest.fixture(scope="session")
def large_life() -> County:
    """What the large county's maker knows beside its truth folder."""
    return lived(LARGE, SEED, DEFAULT_AS_OF)
