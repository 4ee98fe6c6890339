"""Review a decision: what a person says about it, what another approves, what is in force."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from features.canonical import canonical_json
from service.doors.http.openapi import PlainRoute, needs, path_parameter, refusals
from service.doors.http.services import services
from service.doors.http.wire.bodies import JSON, json_object
from service.doors.http.wire.callers import caller_of
from service.doors.http.wire.idempotency import IDEMPOTENCY_KEY, idempotency_key
from service.doors.http.wire.problems import ProblemKind
from service.doors.http.wire.shapes import answer, body
from service.doors.http.wire.tags import (
    IF_MATCH,
    IF_NONE_MATCH,
    NOT_MODIFIED,
    answer_unless_known,
    seen_hashes,
)

DECISION = path_parameter("id", "决定号 · Decision", "01JD8Z")
REVIEW = path_parameter("review", "推翻提议的编号 · The proposed override", "01JD90")
KEPT = answer("Review", "留存的意见 · What was said, as it is kept")
REFUSALS = (
    ProblemKind.NOT_JSON,
    ProblemKind.UNAUTHENTICATED,
    ProblemKind.FORBIDDEN,
    ProblemKind.NOT_FOUND,
    ProblemKind.CONFLICT,
    ProblemKind.NOT_NOW,
    ProblemKind.PRECONDITION_FAILED,
    ProblemKind.TOO_LARGE,
    ProblemKind.UNSUPPORTED_MEDIA_TYPE,
    ProblemKind.BAD_INPUT,
)

router = APIRouter(tags=["reviews"], route_class=PlainRoute)


@router.get(
    "/v1/assessments/{id}/reviews",
    summary="复核记录与现行结论 · What was said, and what is in force",
    responses={
        200: answer("Reviews", "复核记录 · Reviews", tagged=True),
        **NOT_MODIFIED,
        **refusals(ProblemKind.UNAUTHENTICATED, ProblemKind.FORBIDDEN, ProblemKind.NOT_FOUND),
    },
    openapi_extra={
        **needs("score:read", "loan_verdict"),
        "parameters": [DECISION, IF_NONE_MATCH],
    },
)
def read_reviews(request: Request) -> Response:
    """Return every review of a decision and the outcome that is in force now."""
    found = services(request).reviewer.reviews(request.path_params["id"], caller_of(request))
    return answer_unless_known(request, canonical_json(found.document()), found.tag, JSON)


@router.post(
    "/v1/assessments/{id}/review",
    status_code=201,
    summary="人工复核 · Review a decision",
    responses={201: KEPT, **refusals(*REFUSALS, ProblemKind.RED_LINE)},
    openapi_extra={
        **needs("score:review", "loan_verdict"),
        "parameters": [DECISION, IDEMPOTENCY_KEY, IF_MATCH],
        "requestBody": body("ReviewBody", "reviews.yaml"),
    },
)
async def post_review(request: Request) -> Response:
    """Confirm a decision, record that the borrower refuses it, or propose another outcome.

    An override is in force once another person approves it, until its day.
    """
    caller, said = caller_of(request), await json_object(request)
    reviewer, id = services(request).reviewer, request.path_params["id"]
    key, seen = idempotency_key(request), seen_hashes(request)
    kept = await run_in_threadpool(reviewer.review, id, said, caller, key=key, seen=seen)
    return _created(id, kept)


@router.post(
    "/v1/assessments/{id}/reviews/{review}/approval",
    status_code=201,
    summary="批准或否决推翻 · Approve or reject an override",
    responses={201: KEPT, **refusals(*REFUSALS, ProblemKind.SAME_PERSON)},
    openapi_extra={
        **needs("change:approve", "loan_verdict"),
        "parameters": [DECISION, REVIEW, IDEMPOTENCY_KEY, IF_MATCH],
        "requestBody": body("ApprovalBody", "approvals.yaml"),
    },
)
async def post_approval(request: Request) -> Response:
    """Approve or reject what another person proposed."""
    caller, said = caller_of(request), await json_object(request)
    reviewer, id = services(request).reviewer, request.path_params["id"]
    review, key, seen = (
        request.path_params["review"],
        idempotency_key(request),
        seen_hashes(request),
    )
    kept = await run_in_threadpool(reviewer.approve, id, review, said, caller, key=key, seen=seen)
    return _created(id, kept)


def _created(id: str, document: bytes) -> Response:
    headers = {"location": f"/v1/assessments/{id}/reviews"}
    return Response(document, status_code=201, media_type=JSON, headers=headers)
