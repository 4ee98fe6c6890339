"""The batch routes: a file in, progress, a file out, and every refusal."""

from __future__ import annotations

import gzip
import io
import resource
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from service.doors.http.batches import lines as batch_lines
from service.doors.http.batches import upload as batch_upload
from service.doors.http.batches.examples import example_files
from service.doors.http.wire import arrival
from service.store import batches
from service.store.batches import CANCELLED, FINISHED, WAITING
from service.trust.identity import Caller
from service.trust.roles import Role
from service.use_cases.batches import files as batch_files
from service.use_cases.batches import worker as loop
from service.use_cases.batches.batches import Batcher
from service.use_cases.batches.worker import BatchWorker
from tests.service.doors.bearer import Token

POST = "/v1/batches"
Json = dict[str, Any]
Headers = dict[str, str]


@pytest.fixture
def key(token: Token) -> Headers:
    return token(Role.OFFICER)


@pytest.fixture
def other(token: Token) -> Headers:
    return token(Role.OFFICER, "other")


def subject(application: str, **beside: str) -> bytes:
    body = {"subject": {"kind": "application", "id": application}}
    return orjson.dumps(body | beside) + b"\n"


def parquet(columns: Json) -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.table(columns), content)
    return content.getvalue()


NO_TEXT = pa.Array.from_buffers(
    pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff")]
)


def sent(client: TestClient, key: Headers, content: bytes, kind: str = batch_lines.NDJSON) -> Any:
    where = f"{POST}?product=credit"
    return client.post(where, content=content, headers=key | {"content-type": kind})


def finished(client: TestClient, key: Headers, worker: BatchWorker, batch: Json) -> list[Json]:
    while worker.turn():
        pass
    read = client.get(f"{POST}/{batch['id']}", headers=key).json()
    assert (read["state"], read["done"]) == (FINISHED, read["lines"])
    result = client.get(read["result"], headers=key)
    assert result.headers["content-type"] == batch_lines.NDJSON
    answers = [orjson.loads(line) for line in result.content.splitlines()]
    assert [answer["line"] for answer in answers] == list(range(1, read["lines"] + 1))
    assert sum("problem" in answer for answer in answers) == read["faulty"]
    return answers


def problem_of(answer: Any, status: int, code: str) -> Json:
    assert answer.status_code == status, answer.text
    document: Json = answer.json()
    assert document["type"] == f"urn:liangshan:problem:{code}"
    return document


def test_a_batch_is_taken_then_answered_line_by_line(
    client: TestClient, key: Headers, worker: BatchWorker
) -> None:
    made = sent(client, key, subject("A1") + subject("nobody") + subject("A3", product="deposit"))
    assert made.status_code == 202
    batch = made.json()
    assert made.headers["location"] == f"{POST}/{batch['id']}"
    assert (batch["state"], batch["lines"], batch["done"]) == (WAITING, 3, 0)
    assert client.get(made.headers["location"], headers=key).json() == batch
    waiting = client.get(f"{made.headers['location']}/result", headers=key)
    problem_of(waiting, 409, "not-finished")
    first, second, third = finished(client, key, worker, batch)
    assert first["decision"]["product"] == "credit"
    assert second["problem"]["type"] == "urn:liangshan:problem:not-found"
    assert third["decision"]["product"] == "deposit"


def test_lines_that_cannot_be_read_are_told_and_the_others_go_on(
    client: TestClient, key: Headers, worker: BatchWorker
) -> None:
    bad = [b"{", b"[1]", b'{"a": 1, "a": 2}', b'{"product": 7}', b"\xff", b"[" * 2000]
    long = b'{"subject": "' + b"x" * arrival.BODY_LIMIT + b'"}'
    content = b"\r\n\n".join([*bad, long]) + b"\n" + subject("A1").strip()
    answers = finished(client, key, worker, sent(client, key, content).json())
    codes = [answer["problem"]["type"].rpartition(":")[2] for answer in answers[:-1]]
    assert codes == [
        "not-json", "bad-input", "bad-input", "bad-input", "not-json", "not-json", "too-large",
    ]  # fmt: skip
    assert "decision" in answers[-1]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (batch_lines.CSV, "\ufeffapplication_id,product\r\nA1,\r\nA2,deposit\r\n".encode()),
        (batch_lines.CSV, b'product , application_id\ncredit,"A1"\n\ndeposit,A2'),
        (
            batch_lines.PARQUET,
            parquet({"application_id": ["A1", "A2"], "product": [None, "deposit"]}),
        ),
    ],
    ids=["csv", "csv-quoted", "parquet"],
)
def test_a_table_of_applications_is_a_batch(
    client: TestClient, key: Headers, worker: BatchWorker, kind: str, content: bytes
) -> None:
    answers = finished(client, key, worker, sent(client, key, content, kind).json())
    assert [answer["decision"]["product"] for answer in answers] == ["credit", "deposit"]


def test_a_row_without_an_application_is_told(
    client: TestClient, key: Headers, worker: BatchWorker
) -> None:
    bad = [b",credit", b"A1", b'"A1', b"A" * 256 + b",credit", b"A\0,credit"]
    rows = b"\n".join([b"application_id,product", *bad, b"A5,credit"])
    answers = finished(client, key, worker, sent(client, key, rows, batch_lines.CSV).json())
    assert ["problem" in answer for answer in answers] == [True] * 5 + [False]


def test_a_line_without_a_product_is_told(
    client: TestClient, key: Headers, worker: BatchWorker
) -> None:
    headers = key | {"content-type": batch_lines.NDJSON}
    batch = client.post(POST, content=subject("A1"), headers=headers).json()
    assert batch["product"] is None
    (answer,) = finished(client, key, worker, batch)
    assert answer["problem"]["faults"][0]["field"] == "product"


@pytest.mark.parametrize(
    ("kind", "content", "field"),
    [
        (batch_lines.NDJSON, b"\n \n", ""),
        (batch_lines.CSV, b"", "application_id"),
        (batch_lines.CSV, b"application\nA1\n", "application_id"),
        (batch_lines.CSV, b"application_id,amount\nA1,5\n", "amount"),
        (batch_lines.CSV, b"application_id,application_id\nA1,A1\n", "application_id"),
        (batch_lines.CSV, "application_id\n".encode("utf-16"), ""),
        (batch_lines.PARQUET, b"PAR1 is not enough PAR1", ""),
        (batch_lines.PARQUET, parquet({"application_id": [1]}), "application_id"),
        (batch_lines.PARQUET, parquet({"application_id": ["A1"]})[:-30], ""),
        (batch_lines.PARQUET, parquet({"application_id": NO_TEXT}), ""),
    ],
)
def test_a_file_that_is_none_is_refused(
    client: TestClient, key: Headers, kind: str, content: bytes, field: str
) -> None:
    faults = problem_of(sent(client, key, content, kind), 422, "bad-input")["faults"]
    assert faults[0]["field"].endswith(field)
    assert client.get(POST, headers=key).json()["items"] == []


def test_nothing_of_a_refused_file_stays(client: TestClient, key: Headers, tmp_path: Any) -> None:
    sent(client, key, b"application\nA1\n", batch_lines.CSV)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_goes_when_its_last_line_is_answered(
    client: TestClient, key: Headers, worker: BatchWorker, tmp_path: Any
) -> None:
    batch = sent(client, key, subject("A1")).json()
    (path,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert path.stat().st_mode & 0o077 == 0
    assert "county" not in str(path)
    finished(client, key, worker, batch)
    assert not path.exists()


def test_an_unknown_product_or_kind_of_file_is_refused(client: TestClient, key: Headers) -> None:
    headers = key | {"content-type": batch_lines.NDJSON}
    unknown = client.post(f"{POST}?product=gold", content=subject("A1"), headers=headers)
    problem_of(unknown, 404, "unknown-product")
    problem_of(client.post(f"{POST}?gold=1", headers=headers), 422, "bad-input")
    kind = sent(client, key, b"", "application/json")
    problem_of(kind, 415, "unsupported-media-type")
    assert batch_lines.PARQUET in kind.headers["accept-post"]


@pytest.mark.parametrize("kind", [batch_lines.NDJSON, batch_lines.CSV])
def test_text_in_another_charset_or_compressed_is_refused(
    client: TestClient, key: Headers, kind: str
) -> None:
    content = b"application_id\nA1\n"
    problem_of(sent(client, key, content, f"{kind}; charset=gbk"), 415, "unsupported-media-type")
    packed = sent(client, key | {"content-encoding": "gzip"}, gzip.compress(content), kind)
    told = problem_of(packed, 415, "unsupported-media-type")
    assert "gzip" in told["detail"]
    assert packed.headers["accept-encoding"] == "identity"


def test_a_key_gives_the_same_batch_and_refuses_another_file(
    client: TestClient, key: Headers, tmp_path: Any
) -> None:
    headers = key | {"idempotency-key": "one"}
    first = sent(client, headers, subject("A1"))
    assert sent(client, headers, subject("A1")).json() == first.json()
    problem_of(sent(client, headers, subject("A2")), 409, "conflict")
    problem_of(sent(client, headers, b"application_id\nA1\n", batch_lines.CSV), 409, "conflict")
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_keys_of_lines_are_not_to_be_had(client: TestClient, key: Headers) -> None:
    headers = key | {"idempotency-key": "batch:1:1", "content-type": "application/json"}
    address = "/v1/products/credit/assessments"
    problem_of(client.post(address, content=subject("A1"), headers=headers), 422, "bad-input")


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


def test_batches_are_listed_in_pages_the_newest_first(client: TestClient, key: Headers) -> None:
    made = [sent(client, key, subject(f"A{n}")).json() for n in range(3)]
    first = client.get(f"{POST}?limit=2", headers=key).json()
    assert first["items"] == [made[2], made[1]]
    second = client.get(f"{POST}?limit=2&cursor={first['next']}", headers=key).json()
    assert (second["items"], second["next"]) == ([made[0]], None)


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


def test_another_tenant_has_no_such_batch(
    client: TestClient, key: Headers, other: Headers, worker: BatchWorker
) -> None:
    batch = sent(client, key, subject("A1")).json()
    finished(client, key, worker, batch)
    for address in (f"{POST}/{batch['id']}", f"{POST}/{batch['id']}/result"):
        problem_of(client.get(address, headers=other), 404, "not-found")
    assert client.get(POST, headers=other).json()["items"] == []


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


@pytest.mark.parametrize("kind", sorted(example_files()))
def test_each_example_is_taken(client: TestClient, key: Headers, kind: str) -> None:
    content = example_files()[kind].encode()
    assert sent(client, key, content, kind).json()["lines"] == 2
