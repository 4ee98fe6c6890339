"""A person's rights over his data: withdraw consent, have a copy, be erased."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from features.canonical import canonical_json
from service.doors.http.openapi import PlainRoute, needs, path_parameter, refusals
from service.doors.http.services import services
from service.doors.http.wire.bodies import JSON, json_object
from service.doors.http.wire.callers import caller_of
from service.doors.http.wire.problems import ProblemKind
from service.doors.http.wire.shapes import answer, body
from service.doors.http.wire.tags import etag
from service.trust.identity import Caller

Act = Callable[[str, Mapping[str, Any], Caller], bytes]

ID = path_parameter("id", "农户，或仅随请求送来者的主体令牌 · Household, or a token", "H000001")
ACCESS = (ProblemKind.UNAUTHENTICATED, ProblemKind.FORBIDDEN, ProblemKind.NOT_FOUND)
BODY = (
    ProblemKind.NOT_JSON,
    ProblemKind.TOO_LARGE,
    ProblemKind.UNSUPPORTED_MEDIA_TYPE,
    ProblemKind.BAD_INPUT,
)
ATTACHED = {"content-disposition": 'attachment; filename="copy.json"'}

router = APIRouter(tags=["households"], route_class=PlainRoute)


@router.post(
    "/v1/households/{id}/consent-withdrawal",
    status_code=201,
    summary="撤回授权 · Withdraw consent",
    responses={
        201: answer("Withdrawal", "撤回书 · The withdrawal, as it is kept", tagged=True),
        **refusals(*ACCESS, *BODY),
    },
    openapi_extra={
        **needs("consent:write", "household"),
        "parameters": [ID],
        "requestBody": body("RightsRequest", "rights_requests.yaml"),
    },
)
async def withdraw_consent(request: Request) -> Response:
    """Keep that the borrower withdrew: nothing new is decided under the consents he had.

    Asked again, the answer is the same document.
    """
    return await _kept(request, services(request).rights.withdrawer.withdraw)


@router.get(
    "/v1/households/{id}/export",
    summary="个人信息副本 · A copy of a person's data",
    responses={
        200: answer("PersonalCopy", "所持有的全部 · Everything that is held"),
        **refusals(*ACCESS),
    },
    openapi_extra={**needs("consent:write", "household"), "parameters": [ID]},
)
def export_person(request: Request) -> Response:
    """Return everything that is held of a person, decisions in plain words too."""
    caller = caller_of(request)
    found = services(request).rights.copier.copy(request.path_params["id"], caller)
    return Response(canonical_json(found), media_type=JSON, headers=ATTACHED)


@router.post(
    "/v1/households/{id}/erasure",
    status_code=201,
    summary="申请删除 · Ask for a person's erasure",
    responses={
        201: answer("Erasure", "申请，待另一人批准 · The request; another approves", tagged=True),
        **refusals(*ACCESS, ProblemKind.MUST_BE_KEPT, *BODY),
    },
    openapi_extra={
        **needs("consent:write", "household"),
        "parameters": [ID],
        "requestBody": body("RightsRequest", "rights_requests.yaml"),
    },
)
async def ask_for_erasure(request: Request) -> Response:
    """Keep that erasure is asked for; while it waits, the answer is the same document."""
    return await _kept(request, services(request).rights.eraser.ask)


@router.post(
    "/v1/households/{id}/erasure/approval",
    status_code=201,
    summary="批准或驳回删除 · Approve or reject an erasure",
    responses={
        201: answer("Erasure", "已删除，或已驳回 · Erased, or rejected", tagged=True),
        **refusals(
            *ACCESS,
            ProblemKind.SAME_PERSON,
            ProblemKind.MUST_BE_KEPT,
            ProblemKind.NOT_NOW,
            *BODY,
        ),
    },
    openapi_extra={
        **needs("change:approve", "household"),
        "parameters": [ID],
        "requestBody": body("ErasureAnswer", "erasure_answers.yaml"),
    },
)
async def answer_erasure(request: Request) -> Response:
    """Approve what another person asked for: the records are erased; decisions stay."""
    return await _kept(request, services(request).rights.eraser.answer)


async def _kept(request: Request, act: Act) -> Response:
    """Answer the document that an act adds to the log."""
    said = await json_object(request)
    caller, id = caller_of(request), request.path_params["id"]
    document = await run_in_threadpool(act, id, said, caller)
    headers = {"etag": etag(orjson.loads(document)["hash"])}
    return Response(document, status_code=201, media_type=JSON, headers=headers)
