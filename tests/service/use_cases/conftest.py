"""A small county, loaded once into a store, and an assessor in front of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from features.book import Book
from features.simulate import simulate
from risk.files import Policy, load_policy
from service.settings import Settings
from service.store.records import SHANGHAI
from service.store.store import Store
from service.trust.identity import Caller
from service.trust.roles import Role
from service.use_cases.assessing.assess import Assessor
from service.use_cases.book.books import HOME_OWNER

TODAY = date(2026, 6, 30)
NOW = datetime(2026, 6, 30, 10, tzinfo=SHANGHAI)
OFFICER = Caller("officer", HOME_OWNER, Role.OFFICER)


@dataclass(frozen=True)
class County:
    """A simulated book, the same book in a store, and the shipped policy."""

    book: Book
    store: Store
    policy: Policy
    home: Path

    def assessor(self, *, demo: bool = False) -> Assessor:
        return Assessor(self.store, self.policy, self.home, lambda: NOW, demo=demo)

    def assess(
        self, product: str, body: Mapping[str, Any], key: str | None = None
    ) -> dict[str, Any]:
        async def once() -> bytes:
            assessor = self.assessor()
            try:
                return await assessor.assess(product, body, OFFICER, key)
            finally:
                await assessor.close()

        document: dict[str, Any] = orjson.loads(asyncio.run(once()))
        return document

    def applications(self, product: str, segment: str = "household") -> list[str]:
        rows = self.book.tables["application"].to_pylist()
        return [
            row["application_id"]
            for row in rows
            if row["product"] == product and row["segment"] == segment
        ]


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    home = tmp_path_factory.mktemp("county")
    store = Store.open(Settings(home=home, database_url=""))
    book = simulate(400, 7, TODAY).book
    store.load(book, HOME_OWNER, NOW)
    return County(book, store, load_policy(), home)
