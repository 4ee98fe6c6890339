"""The decision log: exact bytes, one chain per owner, no second answer to one request."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from features.canonical import canonical_json
from features.errors import BadInput
from service.store.chain import GENESIS, chain_hash, chain_key
from service.store.database import Tenant, reading, writing
from service.store.decisions import DecisionLog, IdempotencyConflict, NotKept, draft, new_id
from service.store.store import Store
from service.store.tables import decision

BANK = "青山农商行"


def test_a_decision_comes_back_byte_for_byte(store: Store) -> None:
    document = {"product": "credit", "pd": Decimal("0.034512"), "outcome": "refer", "unknown": []}
    stored = store.decisions.append(document, BANK)
    assert stored.content == canonical_json({**document, "id": stored.id})
    assert store.decisions.get(stored.id, BANK) == stored.document
    assert store.decisions.read(stored.id, BANK) == stored


def test_the_answer_carries_both_hashes_as_canonical_json(store: Store) -> None:
    stored = store.decisions.append({"id": "a" * 32, "zh": "建议转人工"}, BANK)
    assert stored.document == canonical_json(
        {
            "id": "a" * 32,
            "zh": "建议转人工",
            "hash": stored.hash,
            "previous_hash": GENESIS,
        }
    )


def test_each_owner_has_a_chain_that_can_be_computed_again(store: Store) -> None:
    owners = [BANK, "两山合作社", BANK, BANK, "两山合作社"]
    kept = [store.decisions.append({"n": n}, owner) for n, owner in enumerate(owners)]
    key = chain_key(store._home)
    for owner in set(owners):
        previous = GENESIS
        for sequence, stored in enumerate((k for k in kept if k.owner == owner), start=1):
            assert (stored.sequence, stored.previous_hash) == (sequence, previous)
            previous = chain_hash(key, owner, sequence, previous, stored.content)
            assert stored.hash == previous


def test_another_owner_does_not_see_a_decision(store: Store) -> None:
    stored = store.decisions.append({"n": 1}, BANK)
    assert store.decisions.get(stored.id, "另一银行") is None
    assert store.decisions.get(new_id(), BANK) is None


def test_the_same_request_with_the_same_key_is_answered_once(store: Store) -> None:
    first = store.decisions.append({"n": 1}, BANK, idempotency_key="k", request=b"{}")
    again = store.decisions.append({"n": 2}, BANK, idempotency_key="k", request=b"{}")
    assert again == first
    assert store.decisions.repeated("k", b"{}", BANK) == first
    assert store.decisions.repeated("new", b"{}", BANK) is None


def test_another_request_with_the_same_key_is_a_conflict(store: Store) -> None:
    store.decisions.append({"n": 1}, BANK, idempotency_key="k", request=b"{}")
    with pytest.raises(IdempotencyConflict, match="used with another request"):
        store.decisions.append({"n": 1}, BANK, idempotency_key="k", request=b"[]")
    with pytest.raises(IdempotencyConflict):
        store.decisions.repeated("k", b"[]", BANK)


def test_the_same_key_of_another_owner_is_another_key(store: Store) -> None:
    first = store.decisions.append({"n": 1}, BANK, idempotency_key="k", request=b"{}")
    other = store.decisions.append({"n": 1}, "另一银行", idempotency_key="k", request=b"[]")
    assert other.id != first.id


def test_repeated_requests_inside_one_batch_are_answered_once(store: Store) -> None:
    drafts = [
        draft({"n": n}, BANK, idempotency_key="k", request=request)
        for n, request in enumerate([b"{}", b"{}", b"[]"])
    ]
    first, again, conflict = store.decisions.append_all(drafts)
    assert again == first
    assert isinstance(conflict, IdempotencyConflict)


def test_a_batch_answers_in_the_order_it_was_given(store: Store) -> None:
    owners = ["b", "a", "b", "a"]
    drafts = [draft({"n": n}, owner) for n, owner in enumerate(owners)]
    kept = store.decisions.append_all(drafts)
    assert [k.id for k in kept if not isinstance(k, NotKept)] == [d.id for d in drafts]


def test_nothing_of_a_failed_batch_is_kept(store: Store) -> None:
    good, twin = draft({"n": 1}, BANK), draft({"n": 2}, BANK)
    with pytest.raises(SQLAlchemyError):
        store.decisions.append_all([good, twin, twin])
    assert store.decisions.get(good.id, BANK) is None
    assert store.decisions.append({"n": 3}, BANK).sequence == 1


@pytest.mark.parametrize("change", ["UPDATE decision SET content = ''", "DELETE FROM decision"])
def test_a_kept_decision_cannot_be_changed(store: Store, change: str) -> None:
    store.decisions.append({"n": 1}, BANK)
    with pytest.raises(SQLAlchemyError), writing(store.engine, Tenant(BANK)) as connection:
        connection.execute(text(change))


def test_a_chain_is_not_continued_with_another_key(store: Store) -> None:
    store.decisions.append({"n": 1}, BANK)
    stranger = DecisionLog(store.engine, b"x" * 32)
    with pytest.raises(BadInput, match="does not match the chain key"):
        stranger.append({"n": 2}, BANK)


def test_workers_that_write_at_once_extend_one_chain_without_a_fork(store: Store) -> None:
    key = chain_key(store._home)
    workers = [DecisionLog(store.engine, key) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: workers[n % 4].append({"n": n}, BANK), range(24)))
    with reading(store.engine, Tenant(BANK)) as connection:
        rows = connection.execute(select(decision).order_by(decision.c.sequence)).all()
    assert [row.sequence for row in rows] == list(range(1, 25))
    assert [row.previous_hash for row in rows[1:]] == [row.hash for row in rows[:-1]]


def test_ids_sort_by_time() -> None:
    assert len(new_id()) == 32
    assert new_id()[:12] <= new_id()[:12]
