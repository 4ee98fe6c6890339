"""Schemas, bodies and answers as OpenAPI writes them: the few words that every route uses."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from service.doors.http.wire.bodies import JSON
from service.doors.http.wire.tags import ETAG

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
NAME: Json = {"type": "string", "minLength": 1}
DAY: Json = {"type": "string", "format": "date"}
INSTANT: Json = {"type": "string", "format": "date-time"}
WHOLE: Json = {"type": "integer"}
LABEL: Json = {"type": "object", "properties": {"zh": TEXT, "en": TEXT}, "required": ["zh", "en"]}


def ref(name: str) -> Json:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def closed(properties: Json, *required: str) -> Json:
    """Return the schema of an object that has these members and no others."""
    return {**opened(properties, *required), "additionalProperties": False}


def opened(properties: Json, *required: str) -> Json:
    """Return the schema of an object that may have more members than these."""
    return {"type": "object", "required": list(required), "properties": properties}


def listed(items: Json) -> Json:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def nullable(name: str) -> Json:
    """Return the schema of what may be null."""
    return {"anyOf": [ref(name), {"type": "null"}]}


def words(*words: str) -> Json:
    """Return the schema of one word out of a few."""
    return {"type": "string", "enum": list(words)}


def body(schema: str, examples: str) -> Json:
    """Return a request body, with the examples of a file, each of which a test sends."""
    content = {"schema": ref(schema), "examples": told(examples)}
    return {"required": True, "content": {JSON: content}}


def answer(schema: str, description: str, *, tagged: bool = False) -> Json:
    """Return an answer, with an entity tag where it may be asked for again."""
    said: Json = {"description": description, "content": {JSON: {"schema": ref(schema)}}}
    return {**said, "headers": ETAG} if tagged else said


@lru_cache
def told(name: str) -> Json:
    """Return the examples of a file by name, each with summary and value."""
    source = files("service.doors.http").joinpath("examples", name).read_text(encoding="utf-8")
    found: Json = yaml.safe_load(source)
    return found
