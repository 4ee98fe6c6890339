"""Batches answered by the real assessor: as if each line had come alone, and nothing twice."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from structlog.contextvars import get_contextvars

from features.canonical import canonical_json
from features.errors import BadInput
from service.doors.http.wire.refusals import said_of
from service.logs import formatter
from service.store.batches import CANCELLED, FINISHED, Batch
from service.store.claims import LEASE, LostClaim
from service.store.decisions import Draft
from service.store.faults import StoreUnavailable
from service.store.store import Store
from service.trust.identity import Caller
from service.use_cases.assessing.assess import Assessor
from service.use_cases.batches import worker as batch_worker
from service.use_cases.batches.batches import Batcher, NotFinished
from service.use_cases.batches.files import Line
from service.use_cases.batches.worker import BatchWorker, Prepare
from service.use_cases.rights.withdrawals import Withdrawer
from tests.service.people import citizen
from tests.service.use_cases.assessing.test_assess import application, body, household
from tests.service.use_cases.conftest import NOW, OFFICER, County

CHANGING = ("id", "hash", "previous_hash", "at")


class Office:
    """The use case over one store, with as many workers as a test wants."""

    def __init__(self, county: County, store: Store, home: Path) -> None:
        self.store = store
        self.assessor = Assessor(store, county.policy, home, lambda: NOW)
        self.home = home
        self.later = timedelta()
        self.batcher = Batcher(store, county.policy, home, self.clock, said_of)

    def clock(self) -> datetime:
        self.later += timedelta(milliseconds=1)
        return NOW + self.later

    def worker(
        self, prepare: Prepare | None = None, ending: threading.Event | None = None
    ) -> BatchWorker:
        decide = prepare or self.assessor.prepare
        return BatchWorker(self.store, self.home, decide, said_of, self.clock, ending)

    def keep(self, lines: Sequence[Line], caller: Caller = OFFICER) -> Batch:
        spool = self.batcher.receive("credit", caller)
        for line in lines:
            spool.write(line)
        return self.batcher.keep(spool, "credit", hashlib.sha256().hexdigest(), caller)

    def read(self, batch: Batch) -> Batch:
        found = self.batcher.read(batch.id, OFFICER)
        assert found is not None
        return found

    def answers(self, batch: Batch) -> list[dict[str, Any]]:
        return [orjson.loads(line) for line in self.batcher.result(self.read(batch))]

    def decisions(self) -> int:
        return len(self.store.decisions.page(OFFICER.owner, 1000))


@pytest.fixture
def office(county: County, store: Store, tmp_path: Path) -> Office:
    return Office(county, store, tmp_path)


def lines(count: int) -> list[Line]:
    return [Line(body=body(household=household(lender_count=n))) for n in range(1, count + 1)]


def counted(office: Office, dies_at: int, fault: BaseException) -> Prepare:
    """Return how to decide until, at one line, the process dies."""
    seen = 0

    def prepare(product: str, body: Mapping[str, Any], caller: Caller, key: str) -> Draft:
        nonlocal seen
        seen += 1
        if seen == dies_at:
            raise fault
        return office.assessor.prepare(product, body, caller, key)

    return prepare


def test_each_line_is_answered_as_if_it_had_come_alone(office: Office) -> None:
    sent = [body(), body(household=household(dishonest_flag=True))]
    batch = office.keep([Line(body=one) for one in sent])
    assert office.worker().turn()
    for one, answer in zip(sent, office.answers(batch), strict=True):
        alone = orjson.loads(canonical_json(office.assessor.decide("credit", one, OFFICER)))
        assert lasting(answer["decision"]) == lasting(alone)
        stored = office.store.decisions.get(answer["decision"]["id"], OFFICER.owner)
        assert stored is not None
        assert orjson.loads(stored) == answer["decision"]


def lasting(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in CHANGING}


def test_a_line_that_cannot_be_served_is_told_and_the_rest_goes_on(office: Office) -> None:
    refused = {"type": "urn:liangshan:problem:not-json"}
    batch = office.keep(
        [
            Line(body=body(household=household(consent_expiry="2020-01-01"))),
            Line(body={"elephant": {}}),
            Line(problem=refused),
            Line(product="gold", body=body()),
            Line(body=body()),
        ]
    )
    office.worker().turn()
    told = [answer.get("problem", {}).get("type", "") for answer in office.answers(batch)]
    assert [kind.rpartition(":")[2] for kind in told] == [
        "consent", "bad-input", "not-json", "unknown-product", "",
    ]  # fmt: skip
    assert office.read(batch).faulty == 4


def test_an_open_line_whose_consent_is_withdrawn_meanwhile_is_refused(office: Office) -> None:
    people = [household(id_number=citizen(40 + n), consent_id=f"C-{n}") for n in range(2)]
    first, other = (body(household=person | {"subject_token": None}) for person in people)
    office.store.decisions.append_all([office.assessor.prepare("credit", first, OFFICER)])
    token = office.store.subjects.token(citizen(40))

    def prepare(product: str, body: Mapping[str, Any], caller: Caller, key: str) -> Draft:
        entry = office.assessor.prepare(product, body, caller, key)
        if entry.consent == "C-0":
            Withdrawer(office.store, office.clock).withdraw(token, {}, OFFICER)
        return entry

    batch = office.keep([Line(body=first), Line(body=other), Line(body=first)])
    office.worker(prepare).turn()
    told = [answer.get("problem", {}).get("type", "") for answer in office.answers(batch)]
    assert [kind.rpartition(":")[2] for kind in told] == ["consent", "", "consent"]


def test_what_nobody_foresaw_is_one_lines_answer(office: Office) -> None:
    batch = office.keep(lines(3))
    office.worker(counted(office, 2, ZeroDivisionError("a bug"))).turn()
    told = [answer.get("problem", {}).get("status") for answer in office.answers(batch)]
    assert told == [None, 500, None]


def test_an_identity_number_waits_enciphered_and_its_token_is_decided_on(office: Office) -> None:
    number, inside = citizen(7), household(subject_token=None)
    misplaced = body(application=application(application_id=f"A{number}"))
    batch = office.keep(
        [Line(body=body(household=inside | {"id_number": number})), Line(body=misplaced)]
    )
    waiting = office.batcher._files.path(batch.owner, batch.id).read_text()
    assert number not in waiting
    office.worker().turn()
    first, second = office.answers(batch)
    token = office.store.subjects.token(number)
    assert first["decision"]["input"]["household"]["subject_token"] == token
    assert office.store.identities(OFFICER.owner).get(token) is not None
    assert second["problem"]["status"] == 422
    assert number not in str(second)


class Death(BaseException):
    """What no worker survives."""


@pytest.mark.parametrize("dies_at", [1, 2, 4, 5])
def test_after_a_death_the_rest_is_answered_and_nothing_twice(
    office: Office, dies_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_worker, "LINES_AT_ONCE", 2)
    batch = office.keep([*lines(3), Line(body={"elephant": {}}), *lines(1)])
    with pytest.raises(Death):
        office.worker(counted(office, dies_at, Death())).turn()
    assert not office.worker().turn()
    with pytest.raises(NotFinished):
        office.answers(batch)
    office.later = LEASE + timedelta(seconds=1)
    assert office.worker().turn()
    told = ["problem" in answer for answer in office.answers(batch)]
    assert told == [False, False, False, True, False]
    assert office.decisions() == 4


def test_decisions_kept_before_a_death_are_the_answers_after_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = office.keep(lines(2))
    worker = office.worker()
    with monkeypatch.context() as patched:
        patched.setattr(worker._claims, "advance", dying)
        with pytest.raises(Death):
            worker.turn()
    before = [stored.id for stored in office.store.decisions.page(OFFICER.owner, 9)]
    office.later = LEASE + timedelta(seconds=1)
    assert office.worker(counted(office, 1, BadInput("consent was withdrawn since"))).turn()
    assert [answer["decision"]["id"] for answer in office.answers(batch)] == before[::-1]
    assert office.decisions() == 2


def dying(*_: object) -> None:
    raise Death


def test_a_database_that_is_away_is_waited_for(office: Office) -> None:
    batch = office.keep(lines(2))
    worker = office.worker(counted(office, 2, StoreUnavailable("away")))
    with pytest.raises(StoreUnavailable):
        worker.turn()
    assert (office.read(batch).done, office.decisions()) == (0, 0)
    assert worker.turn()
    assert (office.read(batch).state, office.decisions()) == (FINISHED, 2)


def test_a_short_batch_need_not_wait_for_a_long_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_worker, "LINES_AT_ONCE", 1)
    monkeypatch.setattr(batch_worker, "TURN_SECONDS", 0.0001)
    long, short = office.keep(lines(3)), office.keep(lines(1))
    worker = office.worker()
    turns = iter(worker.turn, False)
    order = [(office.read(long).done, office.read(short).done) for _ in turns]
    assert order == [(1, 0), (1, 1), (2, 1), (3, 1)]


def test_what_is_logged_of_a_batch_names_it(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = office.keep(lines(1))
    handler = logging.StreamHandler()
    handler.setFormatter(formatter())
    logging.getLogger().addHandler(handler)

    def prepare(*_: object) -> Draft:
        raise StoreUnavailable("away")

    assert not office.worker(prepare).attempt()
    logging.getLogger().removeHandler(handler)
    assert f'"batch":"{batch.id}"' in capsys.readouterr().err
    assert "batch" not in get_contextvars()


def test_a_worker_ends_when_told_and_when_nothing_comes(office: Office) -> None:
    batch = office.keep(lines(1))
    ending = threading.Event()
    ending.set()
    office.worker(ending=ending).run()
    assert office.read(batch).done == 0
    assert batch_worker.work_waits(office.store, office.home)
    office.worker().run(idle_seconds=0.5)
    assert office.read(batch).state == FINISHED
    assert not batch_worker.work_waits(office.store, office.home)


def test_a_worker_ends_in_the_middle_and_lets_go(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_worker, "LINES_AT_ONCE", 1)
    batch = office.keep(lines(2))
    ending = threading.Event()

    def prepare(product: str, body: Mapping[str, Any], caller: Caller, key: str) -> Draft:
        ending.set()
        return office.assessor.prepare(product, body, caller, key)

    office.worker(prepare, ending).run()
    assert office.read(batch).done == 1
    assert office.worker().turn()
    assert office.read(batch).state == FINISHED


def test_an_empty_batch_is_refused_and_leaves_nothing(office: Office) -> None:
    with pytest.raises(BadInput, match="no application"):
        office.keep([])


def test_a_worker_leaves_a_batch_that_is_cancelled_between_two_lines(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_worker, "LINES_AT_ONCE", 1)
    batch = office.keep(lines(3))

    def prepare(product: str, body: Mapping[str, Any], caller: Caller, key: str) -> Draft:
        if key.endswith(":2"):
            office.batcher.cancel(batch.id, OFFICER)
        return office.assessor.prepare(product, body, caller, key)

    assert office.worker(prepare).attempt()
    assert not office.worker().turn()
    assert (office.read(batch).state, office.read(batch).done) == (CANCELLED, 1)
    answered = ["decision" in answer for answer in office.answers(batch)]
    assert answered == [True, True, False]
    assert office.decisions() == 2


def test_a_worker_that_finds_no_file_any_more_leaves_it(office: Office) -> None:
    batch = office.keep(lines(1))
    worker = office.worker()
    claim = worker._claims.take(worker._name, office.clock(), worker._files.has)
    assert claim is not None
    office.batcher.cancel(batch.id, OFFICER)
    with pytest.raises(LostClaim):
        worker._step(batch, claim, 0)


@pytest.mark.parametrize(("age", "stays"), [(10, True), (100_000, False)])
def test_what_the_dead_left_is_swept_once_it_is_old(
    office: Office, age: float, stays: bool
) -> None:
    batch = office.keep(lines(1))
    needed = office.batcher._files.path(batch.owner, batch.id)
    orphan = needed.with_name("orphan")
    orphan.write_bytes(b"{}")
    for file in (needed, orphan):
        os.utime(file, (time.time() - age,) * 2)
    office.batcher._files.sweep({batch.id})
    assert (needed.exists(), orphan.exists()) == (True, stays)
