"""What a batch may not be, how many a tenant may have, and how one is cancelled."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from service.doors.http.batches import lines as batch_lines
from service.doors.http.batches import upload as batch_upload
from service.doors.http.wire import arrival
from service.store import batches
from service.store.batches import CANCELLED
from service.trust.identity import Caller
from service.trust.roles import Role
from service.use_cases.batches import files as batch_files
from service.use_cases.batches import worker as loop
from service.use_cases.batches.batches import Batcher
from service.use_cases.batches.worker import BatchWorker
from tests.service.doors.bearer import Token
from tests.service.doors.http.batches.sent import (
    POST,
    Headers,
    finished,
    parquet,
    problem_of,
    sent,
    subject,
)


def test_too_many_lines_are_refused(
    client: TestClient, key: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_upload, "MOST_LINES", 2)
    assert sent(client, key, subject("A1") * 2).status_code == 202
    problem_of(sent(client, key, subject("A1") * 3), 422, "bad-input")
    table = parquet({"application_id": ["A"] * 3})
    problem_of(sent(client, key, table, batch_lines.PARQUET), 422, "bad-input")


def test_a_parquet_column_that_unpacks_to_too_much_is_refused(
    client: TestClient, key: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_lines, "LARGEST_COLUMN", 1)
    table = parquet({"application_id": ["A"] * 3})
    problem_of(sent(client, key, table, batch_lines.PARQUET), 422, "bad-input")


def test_a_batch_may_be_larger_than_a_body_but_not_without_end(
    client: TestClient, key: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = subject("A" * 1000)
    content = lines * (arrival.BODY_LIMIT // len(lines) + 2)
    assert sent(client, key, content).status_code == 202
    limits = {("POST", POST): len(content) - 1}
    monkeypatch.setattr(arrival, "LARGER_BODIES", limits)
    problem_of(sent(client, key, content), 413, "too-large")
    pieces = (content[i : i + 65536] for i in range(0, len(content), 65536))
    headers = key | {"content-type": batch_lines.NDJSON}
    problem_of(client.post(POST, content=pieces, headers=headers), 413, "too-large")


def test_a_cancelled_batch_keeps_its_answers_and_says_which_lines_have_none(
    client: TestClient, key: Headers, worker: BatchWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "LINES_AT_ONCE", 2)
    monkeypatch.setattr(loop, "TURN_SECONDS", 0.0001)
    batch = sent(client, key, subject("A1") + subject("nobody") + subject("A3") * 2).json()
    assert worker.turn()
    address = f"{POST}/{batch['id']}"
    cancelled = client.post(f"{address}/cancellation", headers=key)
    told = cancelled.json()
    assert cancelled.status_code == 200
    assert (told["state"], told["done"], told["faulty"]) == (CANCELLED, 2, 1)
    assert told["finished_at"]
    assert client.get(address, headers=key).json() == told
    assert client.post(f"{address}/cancellation", headers=key).json() == told
    assert not worker.turn()
    result = client.get(told["result"], headers=key).content.splitlines()
    answers = [orjson.loads(line) for line in result]
    kinds = [one.get("problem", {}).get("type", "").rpartition(":")[2] for one in answers]
    assert kinds == ["", "not-found", "unanswered", "unanswered"]


def test_the_lines_of_a_cancelled_batch_go_at_once(
    client: TestClient, key: Headers, tmp_path: Path
) -> None:
    batch = sent(client, key, subject("A1")).json()
    client.post(f"{POST}/{batch['id']}/cancellation", headers=key)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_what_is_over_or_anothers_cannot_be_cancelled(
    client: TestClient, key: Headers, other: Headers, worker: BatchWorker, token: Token
) -> None:
    batch = sent(client, key, subject("A1")).json()
    address = f"{POST}/{batch['id']}/cancellation"
    problem_of(client.post(address, headers=other), 404, "not-found")
    problem_of(client.post(address, headers=token(Role.AUDITOR)), 403, "forbidden")
    finished(client, key, worker, batch)
    problem_of(client.post(address, headers=key), 409, "not-now")


def test_a_tenant_has_so_many_unfinished_batches_and_no_more(
    client: TestClient,
    key: Headers,
    other: Headers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batches, "MOST_OPEN", 2)
    named = key | {"idempotency-key": "one"}
    first = sent(client, named, subject("A1")).json()
    sent(client, key, subject("A1"))
    told = problem_of(sent(client, key, subject("A1")), 409, "not-now")
    assert "2" in told["detail"]
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2
    assert sent(client, named, subject("A1")).json() == first
    assert sent(client, other, subject("A1")).status_code == 202
    client.post(f"{POST}/{first['id']}/cancellation", headers=key)
    assert sent(client, key, subject("A1")).status_code == 202


def test_so_many_files_of_a_tenant_arrive_at_once_and_no_more(
    client: TestClient,
    key: Headers,
    other: Headers,
    batcher: Batcher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batch_files, "MOST_AT_ONCE", 1)
    arriving = batch_upload.Upload(
        batcher, batch_lines.NDJSON, "credit", Caller("x", "county", Role.OFFICER)
    )
    told = problem_of(sent(client, key, subject("A1")), 409, "not-now")
    assert "at once" in told["detail"]
    assert sent(client, other, subject("A1")).status_code == 202
    arriving.discard()
    for content in (b"\n", subject("A1"), subject("A1")):
        sent(client, key, content)
    assert sent(client, key, subject("A1")).status_code == 202


@pytest.mark.parametrize(("where", "what"), [(Path, "mkdir"), (tempfile, "TemporaryFile")])
def test_a_file_that_cannot_be_begun_leaves_room_for_others(
    client: TestClient, key: Headers, where: Any, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(batch_files, "MOST_AT_ONCE", 1)
    table = parquet({"application_id": ["A1"]})
    with monkeypatch.context() as patched:
        patched.setattr(where, what, full)
        problem_of(sent(client, key, table, batch_lines.PARQUET), 503, "unavailable")
    assert sent(client, key, table, batch_lines.PARQUET).status_code == 202


@contextmanager
def small_disk(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("kind", [batch_lines.NDJSON, batch_lines.PARQUET])
def test_a_full_disk_is_told_and_leaves_nothing(
    client: TestClient, key: Headers, tmp_path: Path, kind: str
) -> None:
    content = subject("A" * 200) * 2000
    with small_disk(1 << 16):
        answer = sent(client, key, content, kind)
    problem_of(answer, 503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
