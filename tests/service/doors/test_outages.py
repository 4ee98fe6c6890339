"""The database goes away under load: 503 with Retry-After, nothing twice or half, recovery."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from service.doors.http.schemas import requests
from service.store.audit import verify_chain
from service.store.chain import chain_key
from service.store.database import open_engine, reading, writing
from service.store.store import Store
from service.trust.roles import Role
from service.use_cases.book.books import HOME_OWNER
from service.wiring import application, open_services
from tests.service.conftest import Postgres
from tests.service.doors.bearer import token_by
from tests.service.doors.load import CREDIT, Load, Outcome
from tests.service.doors.served import Served, settings_of

BODY = requests()["inline"]["value"]


class House:
    """An installation and its running service."""

    def __init__(self, store: Store, log: Path) -> None:
        self.store = store
        settings = settings_of(store)
        tokens = open_services(settings).tokens
        self.headers = token_by(tokens)(Role.OFFICER, HOME_OWNER)
        self.served = Served(settings, log)

    def load(self) -> Load:
        return Load(self.served.address, self.headers, BODY)

    def get(self, path: str) -> httpx2.Response:
        return httpx2.get(self.served.address + path, headers=self.headers, timeout=60)

    def decided(self) -> set[str]:
        return {stored.id for stored in self.store.decisions.page(HOME_OWNER, 100_000)}

    def verified(self) -> int:
        with reading(self.store.engine) as connection:
            return verify_chain(connection, chain_key(self.store._home), HOME_OWNER)


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    made = House(request.getfixturevalue(f"{request.param}_store"), tmp_path / "log")
    yield made
    made.served.stop()


def refused_clearly(load: Load) -> None:
    assert {one.status for one in load.outcomes} == {201, 503}
    for one in load.of(503):
        assert int(one.headers["retry-after"]) > 0
        assert one.headers["content-type"] == "application/problem+json"


def nothing_twice(house: House, load: Load) -> None:
    """Ask again, with the same key, for what was refused: each key has one decision then."""
    with httpx2.Client(base_url=house.served.address, timeout=60) as client:
        again = [load.ask(client, one.key) for one in load.of(503)]
    answered: list[Outcome] = [*load.of(201), *again]
    assert {one.status for one in answered} == {201}
    assert {one.id for one in answered} == house.decided()
    assert house.verified() == len(answered)


@pytest.mark.parametrize("house", ["postgres"], indirect=True)
def test_a_database_server_is_restarted_under_load(house: House, postgres: Postgres) -> None:
    load = house.load()
    load.start()
    load.until(201, 5)
    postgres.stop()
    load.until(503, 5)
    assert house.get("/health/ready").status_code == 503
    assert house.get("/health/live").status_code == 200
    postgres.start()
    load.until(201, 10)
    load.stop()
    refused_clearly(load)
    nothing_twice(house, load)
    assert house.get("/health/ready").status_code == 200


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_disk_that_is_full_for_a_while(house: House) -> None:
    load = house.load()
    load.start()
    load.until(201, 5)
    kept = load.of(201)[0].id
    pid = house.served.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    load.until(503, 5)
    assert house.get("/health/live").status_code == 200
    assert house.get(f"/v1/assessments/{kept}").status_code == 200
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
    load.until(201, 5)
    load.stop()
    refused_clearly(load)
    nothing_twice(house, load)


def test_a_locked_file_is_a_503_and_a_sign_in_page_that_says_so(sqlite_store: Store) -> None:
    settings = settings_of(sqlite_store)
    services = open_services(settings)
    services.identity.add_person("wang", HOME_OWNER, Role.OFFICER, "青山绿水-green-hills")
    headers = token_by(services.tokens)(Role.OFFICER, HOME_OWNER)
    stranger = open_engine(settings.store_url)
    event.listen(services.identity._engine, "connect", _hasty)
    services.identity._engine.dispose()
    with TestClient(application(services), raise_server_exceptions=False) as client:
        assert client.post(CREDIT, json=BODY, headers=headers).status_code == 201
        with writing(stranger):
            answer = client.post(CREDIT, json=BODY, headers=headers)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert "locked" in answer.json()["detail"]
            assert client.get("/health/ready").status_code == 200
            page = client.get("/login")
            form = {"name": "wang", "password": "青山绿水-green-hills"}
            form["csrf"] = page.text.partition('name="csrf" value="')[2].partition('"')[0]
            told = client.post("/login", data=form, headers={"accept": "text/html"})
            assert told.status_code == 503
            assert "暂时无法办理" in told.text
        assert client.post(CREDIT, json=BODY, headers=headers).status_code == 201
    stranger.dispose()


def _hasty(connection: object, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout=50")  # type: ignore[attr-defined]
