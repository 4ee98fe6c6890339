"""Empty places to restore to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.store.store import Store
from tests.service.conftest import Postgres
from tests.service.store.places import Empty


@pytest.fixture(scope="module")
def empty(request: pytest.FixtureRequest) -> Iterator[Empty]:
    """Return how to open an empty database of a kind, as the role that owns its tables."""
    opened: list[Store] = []

    def open_empty(kind: str, home: Path) -> Store:
        address = f"sqlite:///{home / 'store.db'}"
        if kind == "postgres":
            postgres: Postgres = request.getfixturevalue("postgres")
            address = postgres.address(postgres.new_database(), "house")
        home.mkdir(exist_ok=True)
        opened.append(Store(address, home))
        return opened[-1]

    yield open_empty
    for store in opened:
        store.close()
