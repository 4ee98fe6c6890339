"""The batch routes: a file in, progress, a file out, and every refusal."""

from __future__ import annotations

import gzip
from typing import Any

import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from service.doors.http.batches import lines as batch_lines
from service.doors.http.batches.examples import example_files
from service.doors.http.wire import arrival
from service.store.batches import WAITING
from service.use_cases.batches.worker import BatchWorker
from tests.service.doors.http.batches.sent import (
    POST,
    Headers,
    finished,
    parquet,
    problem_of,
    sent,
    subject,
)

NO_TEXT = pa.Array.from_buffers(
    pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff")]
)


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


def test_batches_are_listed_in_pages_the_newest_first(client: TestClient, key: Headers) -> None:
    made = [sent(client, key, subject(f"A{n}")).json() for n in range(3)]
    first = client.get(f"{POST}?limit=2", headers=key).json()
    assert first["items"] == [made[2], made[1]]
    second = client.get(f"{POST}?limit=2&cursor={first['next']}", headers=key).json()
    assert (second["items"], second["next"]) == ([made[0]], None)


def test_another_tenant_has_no_such_batch(
    client: TestClient, key: Headers, other: Headers, worker: BatchWorker
) -> None:
    batch = sent(client, key, subject("A1")).json()
    finished(client, key, worker, batch)
    for address in (f"{POST}/{batch['id']}", f"{POST}/{batch['id']}/result"):
        problem_of(client.get(address, headers=other), 404, "not-found")
    assert client.get(POST, headers=other).json()["items"] == []


@pytest.mark.parametrize("kind", sorted(example_files()))
def test_each_example_is_taken(client: TestClient, key: Headers, kind: str) -> None:
    content = example_files()[kind].encode()
    assert sent(client, key, content, kind).json()["lines"] == 2
