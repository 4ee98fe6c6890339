"""Bodies and answers of the OpenAPI document: schemas of the dictionary, examples of a file."""

from __future__ import annotations

from typing import Any

from features.dictionary import load_dictionary
from features.records import json_schema
from risk.files.red_line import SUBJECTS
from risk.red_lines.subjects import table_of_subject
from service.doors.http.assessments import explanation_shapes, review_shapes
from service.doors.http.corrections import shapes as correction_shapes
from service.doors.http.households import shapes as household_shapes
from service.doors.http.red_lines import rulebook_shapes
from service.doors.http.wire.shapes import TEXT, body, listed, ref, told, words

Json = dict[str, Any]

SHAPES = (
    correction_shapes,
    explanation_shapes,
    household_shapes,
    review_shapes,
    rulebook_shapes,
)
INLINE_TABLES = ("application", "household", "resource", "cooperative")


def requests() -> Json:
    """Return the example requests for an assessment by name, each with summary and value."""
    return told("assessments.yaml")


def schemas() -> Json:
    """Return the schemas that the routes refer to."""
    dictionary = load_dictionary()
    rows = {name.title(): json_schema(dictionary.table(name)) for name in INLINE_TABLES}
    rows["Household"] = _as_sent(rows["Household"])
    ours = {"BookOfOne": BOOK_OF_ONE, "Subject": SUBJECT, "Decision": DECISION}
    ours |= {"Evaluation": EVALUATION, "RedLines": RED_LINES}
    for shapes in SHAPES:
        ours |= shapes.SCHEMAS
    return rows | ours


def _as_sent(household: Json) -> Json:
    """Return a household's schema with the number that is taken, without what is made of it."""
    kept = {name: one for name, one in household["properties"].items() if name != "id_cipher"}
    return household | {"properties": kept | {"id_number": ID_NUMBER}}


def _object(required: list[str], properties: Json, *, closed: bool) -> Json:
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": not closed,
    }


def _member(name: str, schema: Json) -> Json:
    """Return what an object says that has a member like that."""
    return {"required": [name], "properties": {name: schema}}


ID_NUMBER = {
    "type": "string",
    "writeOnly": True,
    "title": "公民身份号码",
    "description": "Identity number; a token of it is kept, the number never in clear",
    "minLength": 18,
    "maxLength": 18,
}
LIST = listed({"type": "object"})
JUDGED = [{"required": [table]} for table in sorted(map(table_of_subject, SUBJECTS))]
"""Facts that some red line judges."""

BOOK_OF_ONE = _object(
    ["application", "household"],
    {
        "application": ref("Application"),
        "household": ref("Household"),
        "resources": {"type": "array", "items": ref("Resource")},
    },
    closed=True,
)
SUBJECT = _object(
    ["subject"],
    {
        "subject": _object(
            ["kind", "id"],
            {"kind": {"type": "string", "enum": ["application"]}, "id": TEXT | {"minLength": 1}},
            closed=True,
        )
    },
    closed=True,
)
DECISION = _object(
    ["id", "at", "product", "as_of", "policy", "outcome", "reasons", "verdicts", "hash"],
    {
        "id": TEXT,
        "at": TEXT | {"format": "date-time"},
        "product": TEXT,
        "as_of": TEXT | {"format": "date"},
        "policy": TEXT,
        "unknown": {"type": "array", "items": TEXT},
        "score": {"type": ["object", "null"]},
        "verdicts": LIST,
        "outcome": {"enum": ["approve", "approve_with_conditions", "refer", "decline"]},
        "reasons": LIST,
        "previous_hash": TEXT,
        "hash": TEXT,
    },
    closed=False,
)
EVALUATION = _object(
    [],
    {
        "as_of": {"type": ["string", "null"], "format": "date"},
        "county": {"type": ["string", "null"]},
        "subject": {
            "anyOf": [
                _object(["kind", "id"], {"kind": words(*SUBJECTS), "id": TEXT}, closed=True),
                {"type": "null"},
            ]
        },
        "facts": {"type": "object"},
        "planned": {"type": "object"},
    },
    closed=True,
) | {"anyOf": [_member("subject", {"type": "object"}), _member("facts", {"anyOf": JUDGED})]}
RED_LINES = _object(
    [], {"as_of": TEXT, "counts": {"type": "object"}, "verdicts": LIST}, closed=False
)


def assessment_body() -> Json:
    """Return the request body of an assessment."""
    content = {
        "schema": {"oneOf": [ref("BookOfOne"), ref("Subject")]},
        "examples": requests(),
    }
    return {"required": True, "content": {"application/json": content}}


def evaluation_body() -> Json:
    """Return the request body of an evaluation."""
    return body("Evaluation", "evaluations.yaml")


def statement_body() -> Json:
    """Return the request body of a statement."""
    return body("Cooperative", "statements.yaml")


def red_lines_answer() -> Json:
    """Return the answer that holds verdicts with their arithmetic."""
    return {
        "description": "判定及其算式 · The verdicts with their arithmetic",
        "content": {"application/json": {"schema": ref("RedLines")}},
    }


def decision_answer() -> Json:
    """Return the answer that holds a decision document."""
    return {
        "description": "决定，与存档一字不差 · The decision, byte for byte as it is kept",
        "content": {"application/json": {"schema": ref("Decision")}},
        "headers": {"ETag": {"schema": TEXT}},
    }
