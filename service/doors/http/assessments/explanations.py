"""Explain a decision, and what it would have been on other inputs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from features.canonical import canonical_json, sha256_hex
from service.doors.http.openapi import PlainRoute, needs, path_parameter, refusals
from service.doors.http.services import services
from service.doors.http.wire.bodies import JSON, json_object
from service.doors.http.wire.callers import caller_of
from service.doors.http.wire.problems import ProblemKind
from service.doors.http.wire.shapes import answer, body
from service.doors.http.wire.tags import IF_NONE_MATCH, NOT_MODIFIED, answer_unless_known
from service.doors.pages.names import named

Json = dict[str, Any]

DECISION = path_parameter("id", "决定号 · Decision", "01JD8Z")

router = APIRouter(tags=["assessments"], route_class=PlainRoute)


@router.get(
    "/v1/assessments/{id}/explanation",
    summary="决定的理由 · Why a decision is what it is",
    responses={
        200: answer("Explanation", "决定的理由，分值可手工复算 · Points that sum", tagged=True),
        **NOT_MODIFIED,
        **refusals(ProblemKind.UNAUTHENTICATED, ProblemKind.FORBIDDEN, ProblemKind.NOT_FOUND),
    },
    openapi_extra={
        **needs("score:read", "loan_verdict"),
        "parameters": [DECISION, IF_NONE_MATCH],
    },
)
def read_explanation(request: Request) -> Response:
    """Return what bore on a decision, each contribution by its name in both languages."""
    found = services(request).explainer.explanation(request.path_params["id"], caller_of(request))
    content = canonical_json({**found, "score": _labelled(found["score"])})
    return answer_unless_known(request, content, sha256_hex(content), JSON)


@router.post(
    "/v1/assessments/{id}/what-if",
    summary="若资料不同，结论如何（不留存） · What if, keeping nothing",
    responses={
        200: answer("WhatIf", "改动与结论 · The changes, and the decision as it would be"),
        **refusals(
            ProblemKind.NOT_JSON,
            ProblemKind.UNAUTHENTICATED,
            ProblemKind.FORBIDDEN,
            ProblemKind.CONSENT,
            ProblemKind.NOT_FOUND,
            ProblemKind.NOT_NOW,
            ProblemKind.TOO_LARGE,
            ProblemKind.UNSUPPORTED_MEDIA_TYPE,
            ProblemKind.BAD_INPUT,
        ),
    },
    openapi_extra={
        **needs("score:write", "loan_verdict"),
        "parameters": [DECISION],
        "requestBody": body("WhatIfBody", "what_ifs.yaml"),
    },
)
async def post_what_if(request: Request) -> Response:
    """Decide again on changed inputs, by the decision's own day, model and policy."""
    caller, said = caller_of(request), await json_object(request)
    what_if, id = services(request).what_if.what_if, request.path_params["id"]
    found = await run_in_threadpool(what_if, id, said, caller)
    return Response(canonical_json(found), media_type=JSON)


def _labelled(score: Any) -> Json | None:
    """Return a score whose features are called by name."""
    if score is None:
        return None
    parts = [_named(part["feature"]) | part for part in score["contributions"]]
    return {**score, "contributions": parts}


def _named(feature: str) -> Json:
    label = named(feature, "household")
    return {"zh": label.zh, "en": label.en}
