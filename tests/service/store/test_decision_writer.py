"""Group commit: every caller is answered after the commit, many share one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.exc import SQLAlchemyError

from service.store.chain import chain_key
from service.store.decision_writer import DecisionWriter
from service.store.decisions import (
    DecisionLog,
    Draft,
    IdempotencyConflict,
    NotKept,
    Stored,
    draft,
)
from service.store.faults import StoreUnavailable
from service.store.store import Store


class CountingLog(DecisionLog):
    """The real log, which also tells how many decisions each commit held."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.engine, chain_key(store._home))
        self.batches: list[int] = []

    def append_all(self, drafts: Sequence[Draft]) -> list[Stored | NotKept]:
        self.batches.append(len(drafts))
        return super().append_all(drafts)


def test_decisions_of_one_tick_share_one_commit(store: Store) -> None:
    log = CountingLog(store)

    async def run() -> list[Stored]:
        writer = DecisionWriter(log)
        kept = await asyncio.gather(*(writer.append(draft({"n": n}, "bank")) for n in range(40)))
        await writer.close()
        return kept

    kept = asyncio.run(run())
    assert log.batches == [40]
    assert [stored.sequence for stored in kept] == list(range(1, 41))
    assert all(store.decisions.get(stored.id, "bank") == stored.document for stored in kept)


def test_what_comes_while_a_batch_is_written_goes_into_the_next(sqlite_store: Store) -> None:
    log = CountingLog(sqlite_store)

    async def run() -> None:
        writer = DecisionWriter(log)
        first = asyncio.create_task(writer.append(draft({}, "bank")))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        rest = [asyncio.create_task(writer.append(draft({}, "bank"))) for _ in range(5)]
        await asyncio.gather(first, *rest)
        await writer.close()

    asyncio.run(run())
    assert log.batches == [1, 5]


def test_closing_writes_what_waits_and_refuses_what_comes(sqlite_store: Store) -> None:
    log = CountingLog(sqlite_store)

    async def run() -> Stored:
        writer = DecisionWriter(log)
        waiting = asyncio.create_task(writer.append(draft({}, "bank")))
        await asyncio.sleep(0)
        await writer.close()
        with pytest.raises(StoreUnavailable, match="stopping"):
            await writer.append(draft({}, "bank"))
        return await waiting

    stored = asyncio.run(run())
    assert sqlite_store.decisions.read(stored.id, "bank") == stored


def test_a_conflict_is_its_callers_alone(sqlite_store: Store) -> None:
    async def run() -> Sequence[Stored | BaseException]:
        writer = DecisionWriter(sqlite_store.decisions)
        outcomes = await asyncio.gather(
            writer.append(draft({}, "bank", idempotency_key="k", request=b"1")),
            writer.append(draft({}, "bank", idempotency_key="k", request=b"2")),
            writer.append(draft({}, "bank")),
            return_exceptions=True,
        )
        await writer.close()
        return outcomes

    first, conflict, third = asyncio.run(run())
    assert isinstance(conflict, IdempotencyConflict)
    assert isinstance(first, Stored)
    assert isinstance(third, Stored)
    assert third.previous_hash == first.hash


def test_a_failed_batch_fails_each_caller_and_not_the_next_batch(sqlite_store: Store) -> None:
    async def run() -> None:
        writer = DecisionWriter(sqlite_store.decisions)
        twin = draft({}, "bank")
        faults = await asyncio.gather(
            writer.append(twin), writer.append(twin), return_exceptions=True
        )
        assert all(isinstance(fault, SQLAlchemyError) for fault in faults)
        assert (await writer.append(draft({}, "bank"))).sequence == 1
        await writer.close()

    asyncio.run(run())


def test_a_caller_who_left_does_not_stop_the_others(sqlite_store: Store) -> None:
    async def run() -> Stored:
        writer = DecisionWriter(sqlite_store.decisions)
        gone = asyncio.create_task(writer.append(draft({}, "bank")))
        stays = asyncio.create_task(writer.append(draft({}, "bank")))
        await asyncio.sleep(0)
        gone.cancel()
        kept = await stays
        await writer.close()
        return kept

    assert asyncio.run(run()).sequence == 2
