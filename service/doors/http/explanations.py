"""Explain a decision."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from features.canonical import canonical_json, sha256_hex
from service.doors.http.bodies import JSON
from service.doors.http.callers import caller_of
from service.doors.http.openapi import PlainRoute, needs, path_parameter, refusals
from service.doors.http.problems import ProblemKind
from service.doors.http.services import services
from service.doors.http.shapes import answer
from service.doors.http.tags import IF_NONE_MATCH, NOT_MODIFIED, answer_unless_known
from service.doors.pages.names import named

Json = dict[str, Any]

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
        "parameters": [path_parameter("id", "决定号 · Decision", "01JD8Z"), IF_NONE_MATCH],
    },
)
def read_explanation(request: Request) -> Response:
    """Return what bore on a decision, each contribution by its name in both languages."""
    found = services(request).explainer.explanation(request.path_params["id"], caller_of(request))
    content = canonical_json({**found, "score": _labelled(found["score"])})
    return answer_unless_known(request, content, sha256_hex(content), JSON)


def _labelled(score: Any) -> Json | None:
    """Return a score whose features are called by name."""
    if score is None:
        return None
    parts = [_named(part["feature"]) | part for part in score["contributions"]]
    return {**score, "contributions": parts}


def _named(feature: str) -> Json:
    label = named(feature, "household")
    return {"zh": label.zh, "en": label.en}
