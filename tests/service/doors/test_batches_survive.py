"""A real `serve` is killed in the middle of a batch; the next one finishes it, nothing twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from features.simulate import simulate
from service.store.batches import FINISHED, Batch, Batches
from service.store.database import Tenant
from service.store.records import SHANGHAI
from service.store.store import Store
from service.trust.roles import Role
from service.use_cases.book.books import HOME_OWNER
from service.wiring import open_services
from tests.service.conftest import POSTGRES_IF_LONG
from tests.service.doors.bearer import token_by
from tests.service.doors.served import Served, settings_of

LINES = 112
PATIENCE = 300.0
Json = dict[str, Any]


class House:
    """An installation whose service comes and goes."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.settings = settings_of(store)
        self._log = folder / "stderr.txt"
        now = datetime.now(SHANGHAI)
        self.book = simulate(200, 5, now.date()).book
        store.load(self.book, HOME_OWNER, now)
        token = token_by(open_services(self.settings).tokens)
        self.headers = token(Role.OFFICER, HOME_OWNER)
        self.running: list[Served] = []

    def serve(self) -> Served:
        self.running.append(Served(self.settings, self._log))
        return self.running[-1]

    def table(self) -> bytes:
        rows = self.book.tables["application"].select(["application_id", "product"]).to_pylist()
        newest = {row["application_id"]: row["product"] for row in rows}
        lines = [f"{key},{product}" for key, product in newest.items()]
        return "\n".join(["application_id,product", *lines[:LINES]]).encode()

    def send(self, served: Served) -> Json:
        headers = self.headers | {"content-type": "text/csv", "idempotency-key": "night"}
        answer = httpx2.post(
            f"{served.address}/v1/batches", content=self.table(), headers=headers, timeout=60
        )
        assert answer.status_code == 202, answer.text
        document: Json = answer.json()
        return document

    def batch(self, id: str) -> Batch:
        found = Batches(self.store.engine, Tenant(HOME_OWNER)).get(id)
        assert found is not None
        return found

    def decided(self) -> set[str]:
        return {stored.id for stored in self.store.decisions.page(HOME_OWNER, 10_000)}

    def answers(self, served: Served, id: str) -> list[Json]:
        address = f"{served.address}/v1/batches/{id}/result"
        answer = httpx2.get(address, headers=self.headers, timeout=60)
        assert answer.status_code == 200, answer.text
        return [orjson.loads(line) for line in answer.content.splitlines()]


@pytest.fixture
def house(store: Store, tmp_path: Path) -> Iterator[House]:
    made = House(store, tmp_path)
    yield made
    for served in made.running:
        served.stop()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("store", POSTGRES_IF_LONG, indirect=True)
def test_a_batch_outlives_the_service_that_took_it(house: House) -> None:
    first = house.serve()
    id = house.send(first)["id"]
    until(lambda: house.batch(id).done > 0)
    first.kill()
    before, at_death = house.decided(), house.batch(id)
    assert 0 < at_death.done < at_death.rows == LINES
    assert before

    second = house.serve()
    assert house.send(second)["id"] == id
    until(lambda: house.batch(id).state == FINISHED)
    answers = house.answers(second, id)
    decided = [answer["decision"]["id"] for answer in answers if "decision" in answer]
    assert [answer["line"] for answer in answers] == list(range(1, LINES + 1))
    assert before < set(decided) == house.decided()
    assert len(decided) == len(set(decided)) == LINES - house.batch(id).faulty
    until(lambda: counted(second) == len(decided) - len(before))


def counted(served: Served) -> int:
    """Return how many decisions a service says were kept since it began."""
    lines = httpx2.get(f"{served.address}/metrics").text.splitlines()
    named = [line for line in lines if line.startswith("liangshan_decisions_total{")]
    return sum(int(float(line.rpartition(" ")[2])) for line in named)


@pytest.mark.long
def test_two_services_share_the_work_and_one_may_die(house: House) -> None:
    first, second = house.serve(), house.serve()
    id = house.send(first)["id"]
    until(lambda: house.batch(id).done > 0)
    first.kill()
    until(lambda: house.batch(id).state == FINISHED)
    answers = house.answers(second, id)
    decided = {answer["decision"]["id"] for answer in answers if "decision" in answer}
    assert decided == house.decided()
    assert len(decided) == LINES - house.batch(id).faulty
