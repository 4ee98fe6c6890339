"""How a test sends a batch and reads what becomes of it."""

from __future__ import annotations

import io
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from starlette.testclient import TestClient

from service.doors.http.batches import lines as batch_lines
from service.store.batches import FINISHED
from service.use_cases.batches.worker import BatchWorker

POST = "/v1/batches"
Json = dict[str, Any]
Headers = dict[str, str]


def subject(application: str, **beside: str) -> bytes:
    body = {"subject": {"kind": "application", "id": application}}
    return orjson.dumps(body | beside) + b"\n"


def parquet(columns: Json) -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.table(columns), content)
    return content.getvalue()


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
