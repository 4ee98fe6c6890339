"""Examples of the OpenAPI document; a test posts each request."""

from __future__ import annotations

from typing import Any

SUBJECT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["subject"],
    "additionalProperties": False,
    "properties": {
        "subject": {
            "type": "object",
            "required": ["kind", "id"],
            "additionalProperties": False,
            "properties": {
                "kind": {"type": "string", "enum": ["application"]},
                "id": {"type": "string", "minLength": 1},
            },
        }
    },
}

BY_SUBJECT: dict[str, Any] = {"subject": {"kind": "application", "id": "A000001"}}

ASSESSMENT_BODY: dict[str, Any] = {
    "required": True,
    "description": "一户一笔的资料，或库中的申请 · a book of one, or an application of the store",
    "content": {
        "application/json": {
            "schema": SUBJECT_SCHEMA,
            "examples": {"subject": {"summary": "库中的申请 · By subject", "value": BY_SUBJECT}},
        }
    },
}

DECISION: dict[str, Any] = {
    "description": "决定 · The decision document",
    "content": {"application/json": {"schema": {"type": "object"}}},
    "headers": {
        "ETag": {"schema": {"type": "string"}},
    },
}
