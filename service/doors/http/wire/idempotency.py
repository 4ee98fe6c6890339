"""Idempotency keys: the same key and body give the same document, another body is a conflict."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from service.doors.http.wire.problems import Problem, ProblemKind
from service.trust.subjects import refuse_number_in
from service.use_cases.batches.files import KEY_PREFIX

LONGEST_IDEMPOTENCY_KEY = 255
IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "同键同请求得同一份决定 · The same key and body give the same document",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_IDEMPOTENCY_KEY},
}


def idempotency_key(request: Request) -> str | None:
    """Return the key by which a repeated request is known; None where it has none.

    Raises
    ------
    Problem
        `bad-input` for a key of another length, or one like those of a batch's lines.
    BadInput
        For a key that holds an identity number, since keys are kept.
    """
    key = request.headers.get("idempotency-key")
    if key is not None and key.startswith(KEY_PREFIX):
        detail = f"Idempotency-Key: 不得以此开头 · must not begin with {KEY_PREFIX}"
        raise Problem(ProblemKind.BAD_INPUT, detail)
    if key is not None and not 1 <= len(key) <= LONGEST_IDEMPOTENCY_KEY:
        detail = f"Idempotency-Key: 1-{LONGEST_IDEMPOTENCY_KEY} 个字符 · characters"
        raise Problem(ProblemKind.BAD_INPUT, detail)
    if key is not None:
        refuse_number_in(key, "Idempotency-Key")
    return key
