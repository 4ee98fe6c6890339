"""Judge red lines: facts given or planned, and each statement of a cooperative."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from features.canonical import canonical_json
from service.doors.http.corrections.routes import address_of
from service.doors.http.openapi import PlainRoute, needs, path_parameter, refusals
from service.doors.http.schemas import evaluation_body, red_lines_answer, statement_body
from service.doors.http.services import services
from service.doors.http.wire.bodies import JSON, json_object
from service.doors.http.wire.callers import caller_of
from service.doors.http.wire.problems import ProblemKind

REFUSALS = (
    ProblemKind.NOT_JSON,
    ProblemKind.UNAUTHENTICATED,
    ProblemKind.FORBIDDEN,
    ProblemKind.TOO_LARGE,
    ProblemKind.UNSUPPORTED_MEDIA_TYPE,
    ProblemKind.BAD_INPUT,
)

PROPOSED = {
    **red_lines_answer(),
    "description": "已提出更正，待另一人批准 · A proposed correction",
}

router = APIRouter(tags=["red lines"], route_class=PlainRoute)


@router.post(
    "/v1/red-lines/evaluations",
    summary="判定给定事实，不留存 · Judge given facts, keeping nothing",
    responses={200: red_lines_answer(), **refusals(*REFUSALS, ProblemKind.NOT_FOUND)},
    openapi_extra={**needs("redline:judge", "verdict"), "requestBody": evaluation_body()},
)
async def evaluate(request: Request) -> Response:
    """Judge facts, or a subject of the book, before and after a planned act."""
    caller = caller_of(request)
    body = await json_object(request)
    answer = await run_in_threadpool(services(request).supervisor.evaluate, body, caller)
    return Response(canonical_json(answer), media_type=JSON)


@router.post(
    "/v1/cooperatives/{id}/statements",
    status_code=201,
    summary="报送报表 · File a cooperative's statement",
    responses={
        201: red_lines_answer(),
        202: PROPOSED,
        **refusals(*REFUSALS, ProblemKind.NOT_FOUND),
    },
    openapi_extra={
        **needs("fact:write", "statement"),
        "parameters": [path_parameter("id", "合作社编号 · Cooperative", "K001")],
        "requestBody": statement_body(),
    },
)
async def post_statement(request: Request) -> Response:
    """Keep a statement and answer what the cooperative's lines say now.

    Another statement of a known period, with its reason, becomes a proposed correction (202).
    """
    caller = caller_of(request)
    body = await json_object(request)
    answer = await run_in_threadpool(
        services(request).supervisor.post_statement, request.path_params["id"], body, caller
    )
    content, proposed = canonical_json(answer), answer.get("correction")
    if isinstance(proposed, Mapping):
        headers = {"location": address_of(proposed)}
        return Response(content, status_code=202, media_type=JSON, headers=headers)
    return Response(content, status_code=201, media_type=JSON)
