"""Batches in the store: a key's first file stays, one worker at a time, nothing counted twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from service.store import batches as kept_batches
from service.store.batches import (
    CANCELLED,
    FINISHED,
    RUNNING,
    WAITING,
    Batch,
    Batches,
    TooManyOpen,
)
from service.store.claims import LEASE, Claim, Claims, LostClaim, Step
from service.store.database import Tenant, writing
from service.store.entries import IdempotencyConflict
from service.store.store import Store
from service.store.tables import batch_claim

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
LATER = NOW + LEASE + timedelta(seconds=1)


def a_batch(
    number: int = 1, owner: str = "bank", key: str | None = None, digest: str = ""
) -> Batch:
    return Batch(
        owner=owner,
        id=f"{number:032x}",
        product="credit",
        by="key:1",
        role="officer",
        kind="bank",
        made_at=NOW + timedelta(seconds=number),
        finished_at=None,
        state=WAITING,
        rows=3,
        done=0,
        faulty=0,
        idempotency_key=key,
        request_digest=digest or "ab" * 32,
    )


def batches(store: Store, owner: str = "bank") -> Batches:
    return Batches(store.engine, Tenant(owner))


def everywhere(owner: str, id: str) -> bool:
    return True


def taken(store: Store, worker: str, now: datetime = LATER) -> Claim:
    claim = Claims(store.engine).take(worker, now, everywhere)
    assert claim is not None
    return claim


def test_a_batch_is_read_as_it_was_kept_by_its_owner_alone(store: Store) -> None:
    new = a_batch()
    assert batches(store).keep(new) == new
    assert batches(store).get(new.id) == new
    assert batches(store, "other").get(new.id) is None
    assert batches(store, "other").newest(9) == []


def test_the_newest_come_first_a_page_at_a_time(store: Store) -> None:
    made = [batches(store).keep(a_batch(number)) for number in (1, 2, 3)]
    assert batches(store).newest(2) == [made[2], made[1]]
    assert batches(store).newest(2, made[1].id) == [made[0]]


def test_a_key_gives_the_batch_it_made_and_refuses_another_file(store: Store) -> None:
    first = batches(store).keep(a_batch(1, key="k"))
    assert batches(store).keep(a_batch(2, key="k")) == first
    with pytest.raises(IdempotencyConflict):
        batches(store).keep(a_batch(3, key="k", digest="cd" * 32))
    assert batches(store, "other").keep(a_batch(4, "other", key="k")).id == f"{4:032x}"
    assert batches(store).newest(9) == [first]


def test_two_workers_never_hold_the_same_batch(store: Store) -> None:
    batches(store).keep(a_batch())
    taken(store, "a")
    assert Claims(store.engine).take("b", LATER, everywhere) is None


def test_of_two_that_reach_for_a_batch_at_once_one_has_it(store: Store) -> None:
    batches(store).keep(a_batch())
    quicker: list[Claim] = []

    def somebody_is_quicker(owner: str, id: str) -> bool:
        quicker.append(taken(store, "b"))
        return True

    assert Claims(store.engine).take("a", LATER, somebody_is_quicker) is None
    assert Claims(store.engine).advance(quicker[0], Step(1, 9, last=False), LATER).place == 9


def test_a_batch_whose_file_lies_elsewhere_is_left(store: Store) -> None:
    batches(store).keep(a_batch())
    assert Claims(store.engine).take("a", LATER, lambda owner, id: False) is None
    assert taken(store, "a").owner == "bank"


def test_what_waited_longest_comes_first_whoever_it_belongs_to(store: Store) -> None:
    first = batches(store).keep(a_batch(1))
    second = batches(store, "other").keep(a_batch(2, "other"))
    claim = taken(store, "a")
    assert claim.id == first.id
    Claims(store.engine).release(claim, LATER)
    assert taken(store, "a").id == second.id


def test_steps_count_lines_and_faults_and_finish_the_batch(store: Store) -> None:
    new = batches(store).keep(a_batch())
    claims = Claims(store.engine)
    claim = claims.advance(taken(store, "a"), Step(2, 70, last=False, faults={2: b"{}"}), LATER)
    assert claim.place == 70
    half = batches(store).get(new.id)
    assert half == replace(new, state=RUNNING, done=2, faulty=1)
    claims.advance(claim, Step(1, 99, last=True), LATER)
    whole = batches(store).get(new.id)
    assert whole == replace(new, state=FINISHED, done=3, faulty=1, finished_at=LATER)
    assert batches(store).faults(new.id, 1, 3) == {2: b"{}"}
    assert batches(store).faults(new.id, 3, 3) == {}
    assert batches(store, "other").faults(new.id, 1, 3) == {}
    assert claims.take("b", LATER + LEASE, everywhere) is None


def test_a_dead_workers_batch_is_taken_at_the_line_it_had_reached(store: Store) -> None:
    batches(store).keep(a_batch())
    claims = Claims(store.engine)
    claims.advance(taken(store, "dead"), Step(1, 33, last=False), LATER)
    assert claims.take("b", LATER + LEASE, everywhere) is None
    assert taken(store, "b", LATER + LEASE + timedelta(seconds=1)).place == 33


def test_a_worker_that_was_too_slow_keeps_nothing(store: Store) -> None:
    new = batches(store).keep(a_batch())
    claims = Claims(store.engine)
    slow = taken(store, "slow")
    quick = taken(store, "quick", LATER + LEASE + timedelta(seconds=1))
    with pytest.raises(LostClaim):
        claims.advance(slow, Step(1, 33, last=False, faults={1: b"{}"}), LATER)
    claims.release(slow, LATER)
    assert batches(store).get(new.id) == new
    assert batches(store).faults(new.id, 1, 3) == {}
    assert claims.advance(quick, Step(1, 33, last=False), LATER).place == 33


def test_a_cancelled_batch_is_nobodys_and_its_worker_finds_that(store: Store) -> None:
    new = batches(store).keep(a_batch())
    claim = taken(store, "a")
    claim = Claims(store.engine).advance(claim, Step(1, 9, last=False), LATER)
    assert not batches(store, "other").cancel(new.id, LATER)
    assert batches(store).cancel(new.id, LATER)
    assert not batches(store).cancel(new.id, LATER)
    for last in (False, True):
        with pytest.raises(LostClaim):
            Claims(store.engine).advance(claim, Step(1, 18, last, {2: b"{}"}), LATER)
    Claims(store.engine).release(claim, LATER)
    assert Claims(store.engine).take("b", LATER + LEASE, everywhere) is None
    found = batches(store).get(new.id)
    assert found is not None
    assert (found.state, found.done, found.faulty) == (CANCELLED, 1, 0)
    assert found.finished_at == LATER
    assert batches(store).faults(new.id, 1, 3) == {}


def test_a_finished_batch_is_not_cancelled(store: Store) -> None:
    new = batches(store).keep(a_batch())
    Claims(store.engine).advance(taken(store, "a"), Step(3, 9, last=True), LATER)
    assert not batches(store).cancel(new.id, LATER)
    found = batches(store).get(new.id)
    assert found is not None
    assert found.state == FINISHED


def test_one_more_than_may_be_open_is_refused_and_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_batches, "MOST_OPEN", 2)
    for number in (1, 2):
        batches(store).keep(a_batch(number))
    with pytest.raises(TooManyOpen):
        batches(store).keep(a_batch(3))
    assert len(batches(store).newest(9)) == 2
    batches(store, "other").keep(a_batch(4, "other"))


def test_of_two_that_come_at_once_the_second_counts_the_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_batches, "MOST_OPEN", 2)
    batches(store).keep(a_batch(1))
    with ThreadPoolExecutor(1) as pool:
        with writing(store.engine, Tenant("bank")) as connection:
            batches(store)._refuse_one_more(connection)
            other = {"id": f"{2:032x}", "owner": "bank", "until": NOW, "place": 0}
            connection.execute(insert(batch_claim), other)
            second = pool.submit(batches(store).keep, a_batch(3))
            with pytest.raises(TimeoutError):
                second.result(0.5)
        with pytest.raises(TooManyOpen):
            second.result(9)
