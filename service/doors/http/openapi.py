"""What the OpenAPI document says beside the routes: problems, parameters, who may call."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from service.doors.http.examples import schemas
from service.doors.http.problems import MEDIA_TYPE, Problem, ProblemKind

Json = dict[str, Any]

PROBLEM_SCHEMA: Json = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "faults"],
    "properties": {
        "type": {"type": "string", "enum": [kind.type for kind in ProblemKind]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "faults": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "value", "rule"],
                "properties": {
                    "field": {"type": "string"},
                    "value": {"type": ["string", "null"]},
                    "rule": {"type": "string"},
                },
            },
        },
    },
}


class PlainRoute(APIRoute):
    """A route whose endpoint takes the request and gives the response, documented by hand.

    Nothing is solved or validated in between, which the score route's speed needs and the
    bytes of a stored document demand.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the endpoint as it stands."""
        return self.endpoint


def refusals(*kinds: ProblemKind) -> dict[int | str, Json]:
    """Return the `responses` of a route that may answer with `kinds`."""
    answers: dict[int | str, Json] = {}
    for kind in kinds:
        answer = answers.setdefault(
            kind.value.status,
            {"description": "", "content": {MEDIA_TYPE: {"schema": PROBLEM_REF, "examples": {}}}},
        )
        titles = [answer["description"], kind.value.title]
        answer["description"] = " / ".join(title for title in titles if title)
        example = Problem(kind, kind.value.title).document()
        answer["content"][MEDIA_TYPE]["examples"][kind.code] = {"value": example}
    return answers


PROBLEM_REF: Json = {"$ref": "#/components/schemas/Problem"}


def path_parameter(name: str, description: str, example: str) -> Json:
    """Return the description of a parameter in the path."""
    schema = {"type": "string", "minLength": 1}
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
        "example": example,
    }


def complete(document: Json) -> Json:
    """Add to FastAPI's document what all routes share."""
    components = document.setdefault("components", {})
    components["schemas"] = {"Problem": PROBLEM_SCHEMA, **schemas()}
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    return document
