"""What the OpenAPI document says of batches: files in, progress, a file out."""

from __future__ import annotations

from typing import Any

import orjson

from service.doors.http.batches.lines import CSV, NDJSON, PARQUET
from service.doors.http.schemas import requests
from service.doors.http.wire.bodies import JSON
from service.store.batches import OVER, RUNNING, WAITING

Json = dict[str, Any]

TEXT = {"type": "string"}
INSTANT = TEXT | {"format": "date-time"}
COUNT = {"type": "integer", "minimum": 0}

BATCH: Json = {
    "type": "object",
    "required": [
        "id", "product", "by", "state", "made_at", "finished_at", "lines", "done", "faulty",
        "result",
    ],
    "properties": {
        "id": TEXT,
        "product": {"type": ["string", "null"]},
        "by": TEXT,
        "state": {
            "enum": [WAITING, RUNNING, *OVER],
            "description": (
                "cancelled、failed 者或有未办的行；failed：其余行不在恢复的备份中 · some lines "
                "of a cancelled or failed batch have no answer; failed: not in the backup"
            ),
        },
        "made_at": INSTANT,
        "finished_at": {"type": ["string", "null"], "format": "date-time"},
        "lines": COUNT,
        "done": COUNT,
        "faulty": COUNT,
        "result": {"type": ["string", "null"], "description": "结果地址 · Address of the answers"},
    },
}  # fmt: skip
ANSWER: Json = {
    "type": "object",
    "description": "一行一个 · One a line",
    "required": ["line"],
    "properties": {
        "line": {"type": "integer", "minimum": 1},
        "decision": {"$ref": "#/components/schemas/Decision"},
        "problem": {"$ref": "#/components/schemas/Problem"},
    },
}


def example_files() -> dict[str, str]:
    """Return a small file of each kind that is text, by media type."""
    lines = [orjson.dumps(example["value"]).decode() for example in requests().values()]
    return {
        NDJSON: "".join(f"{line}\n" for line in lines),
        CSV: "application_id,product\nA000001,credit\nA000002,deposit\n",
    }


def batch_body() -> Json:
    """Return the request body of a batch."""
    files = example_files()
    content: Json = {
        kind: {"schema": TEXT, "examples": {"two": {"value": told}}}
        for kind, told in files.items()
    }
    content[PARQUET] = {"schema": {"type": "string", "format": "binary"}}
    return {
        "required": True,
        "description": (
            "NDJSON：每行一份评估请求，可另带 product；CSV、Parquet：application_id 列，"
            "可有 product 列 · NDJSON: a body of an assessment a line, `product` beside it where "
            "the lines differ; CSV, Parquet: a column application_id and, if need be, product"
        ),
        "content": content,
    }


def batch_answer() -> Json:
    """Return the answer that says how far a batch is."""
    return {"description": "批次 · The batch", "content": {JSON: {"schema": BATCH}}}


def result_answer() -> Json:
    """Return the answer that holds a line for each line that was sent."""
    return {
        "description": "逐行的决定或问题 · The decision or the problem of each line",
        "content": {NDJSON: {"schema": ANSWER}},
    }
