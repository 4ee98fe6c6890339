"""Assess a borrower for a loan product; read what was decided."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from service.doors.http.openapi import PlainRoute, needs, path_parameter, refusals
from service.doors.http.schemas import assessment_body, decision_answer
from service.doors.http.services import services
from service.doors.http.wire.bodies import JSON, json_object
from service.doors.http.wire.callers import caller_of
from service.doors.http.wire.idempotency import IDEMPOTENCY_KEY, idempotency_key
from service.doors.http.wire.paging import page, page_answer, page_parameters, wanted_page
from service.doors.http.wire.problems import Problem, ProblemKind
from service.doors.http.wire.shapes import ref
from service.doors.http.wire.tags import IF_NONE_MATCH, NOT_MODIFIED, answer_unless_known, etag
from service.store.decisions import Stored
from service.use_cases.decided.in_force import InForce

router = APIRouter(tags=["assessments"], route_class=PlainRoute)


@router.post(
    "/v1/products/{product}/assessments",
    status_code=201,
    summary="评估借款人 · Assess a borrower",
    responses={
        201: decision_answer(),
        **refusals(
            ProblemKind.NOT_JSON,
            ProblemKind.UNAUTHENTICATED,
            ProblemKind.FORBIDDEN,
            ProblemKind.CONSENT,
            ProblemKind.NOT_FOUND,
            ProblemKind.UNKNOWN_PRODUCT,
            ProblemKind.CONFLICT,
            ProblemKind.TOO_LARGE,
            ProblemKind.UNSUPPORTED_MEDIA_TYPE,
            ProblemKind.BAD_INPUT,
        ),
    },
    openapi_extra={
        **needs("score:write", "loan_verdict"),
        "parameters": [
            path_parameter("product", "产品 · Product", "credit"),
            IDEMPOTENCY_KEY,
        ],
        "requestBody": assessment_body(),
    },
)
async def create_assessment(request: Request) -> Response:
    """Score the borrower, judge the red lines in force on that day, explain the decision, keep it.

    The answer is the stored document, byte for byte.
    """
    caller = caller_of(request)
    body = await json_object(request)
    document = await services(request).assessor.assess(
        request.path_params["product"], body, caller, idempotency_key(request)
    )
    decision = orjson.loads(document)
    location = f"/v1/assessments/{decision['id']}"
    headers = {"location": location, "etag": etag(decision["hash"])}
    return Response(document, status_code=201, media_type=JSON, headers=headers)


@router.get(
    "/v1/assessments",
    summary="决定列表，新的在前 · Decisions, the newest first",
    responses={
        200: page_answer(ref("AssessmentLine")),
        **refusals(ProblemKind.UNAUTHENTICATED, ProblemKind.FORBIDDEN, ProblemKind.BAD_INPUT),
    },
    openapi_extra={
        **needs("score:read", "loan_verdict"),
        "parameters": page_parameters(application="只看此申请 · Of this application alone"),
    },
)
def list_assessments(request: Request) -> Response:
    """Return decisions with the outcome that is in force on each now."""
    wanted = wanted_page(request, "application")
    before = None if wanted.after is None else int(wanted.after)
    listed = services(request).reviewer.page(
        caller_of(request), wanted.fetched, before, wanted.filters.get("application")
    )
    return page(request, wanted, listed, _line, lambda line: str(line[0].sequence))


@router.get(
    "/v1/assessments/{id}",
    summary="查看决定 · Read a decision",
    responses={
        200: decision_answer(),
        **NOT_MODIFIED,
        **refusals(ProblemKind.UNAUTHENTICATED, ProblemKind.FORBIDDEN, ProblemKind.NOT_FOUND),
    },
    openapi_extra={
        **needs("score:read", "loan_verdict"),
        "parameters": [path_parameter("id", "决定号 · Decision", "01JD8Z"), IF_NONE_MATCH],
    },
)
def read_assessment(request: Request) -> Response:
    """Return a stored decision, byte for byte as it was answered."""
    caller = caller_of(request)
    document = services(request).assessor.read(request.path_params["id"], caller)
    if document is None:
        raise Problem(ProblemKind.NOT_FOUND, "没有这份决定 · there is no such decision")
    return answer_unless_known(request, document, orjson.loads(document)["hash"], JSON)


def _line(listed: tuple[Stored, InForce]) -> Mapping[str, object]:
    """Return a decision as a list shows it."""
    stored, in_force = listed
    decision = orjson.loads(stored.content)
    shown = ("id", "at", "product", "application", "as_of", "outcome")
    kept = {name: decision[name] for name in shown}
    return {**kept, "in_force": in_force.document(), "hash": stored.hash}
