"""What the OpenAPI document says beside the routes: problems, parameters, who may call."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from service.doors.http.schemas import schemas
from service.doors.http.wire.callers import Access, guarded
from service.doors.http.wire.problems import MEDIA_TYPE, Problem, ProblemKind
from service.trust.roles import all_scopes

Json = dict[str, Any]

SCHEME = "oauth2"
PLAIN = r"^[^\x00-\x1f\x7f\ufffd]+$"

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
    bytes of a stored document demand. What stands in front is who may call, as `needs` says.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the endpoint behind its guard; where anybody may call, as it stands."""
        access = access_of(self)
        if access is None:
            return self.endpoint
        return guarded(self.endpoint, access)


def needs(scope: str, data: str, instead: str = "") -> Json:
    """Return what a route's `openapi_extra` says of who may call it.

    Parameters
    ----------
    scope
        Of roles.yaml: what the caller may do.
    data
        Of matrix.yaml: what it reads.
    instead
        Another scope that will do: an auditor's, who reads and does not act.
    """
    scopes = (scope, instead) if instead else (scope,)
    return {"security": [{SCHEME: [one]} for one in scopes], "x-data": data}


def access_of(route: BaseRoute) -> Access | None:
    """Return who may call a route; None where anybody may."""
    extra: Json = getattr(route, "openapi_extra", None) or {}
    if "security" not in extra:
        return None
    scopes = [one[SCHEME][0] for one in extra["security"]]
    return Access(scopes[0], extra["x-data"], *scopes[1:])


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
    for path in document["paths"].values():
        for operation in path.values():
            _add_refusals_of_any_route(operation)
            _say_what_an_address_holds(operation)
    components = document.setdefault("components", {})
    components["schemas"] = {"Problem": PROBLEM_SCHEMA, **schemas()}
    flow = {"tokenUrl": "/oauth/token", "scopes": _scopes()}
    components["securitySchemes"] = {
        SCHEME: {"type": "oauth2", "flows": {"clientCredentials": flow}}
    }
    return document


def _add_refusals_of_any_route(operation: Json) -> None:
    """Add what stands in front of the routes.

    A head or a body that is not waited for; a client that asks too often; a store that is away.
    """
    kinds = [ProblemKind.MALFORMED, ProblemKind.HEAD_TOO_LARGE]
    if "requestBody" in operation:
        kinds.append(ProblemKind.TIMEOUT)
    if "security" in operation:
        kinds += [ProblemKind.TOO_MANY_REQUESTS, ProblemKind.UNAVAILABLE]
    for status, answer in refusals(*kinds).items():
        kept = operation["responses"].setdefault(str(status), answer)
        ours = answer["content"][MEDIA_TYPE]
        own = kept["content"].setdefault(MEDIA_TYPE, ours)
        own["examples"] = ours["examples"] | own["examples"]


def _say_what_an_address_holds(operation: Json) -> None:
    """Say of each text in an address that it holds no control characters (see `guards`)."""
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        free = schema.get("type") == "string" and not {"pattern", "format", "enum"} & set(schema)
        if free and parameter["in"] in ("path", "query"):
            parameter["schema"] = schema | {"pattern": PLAIN}


def _scopes() -> Json:
    return {name: f"{text['zh']} · {text['en']}" for name, text in all_scopes().items()}
