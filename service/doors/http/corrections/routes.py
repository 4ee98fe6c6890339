"""Corrections of what is known: proposed by one, decided by another."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from features.canonical import canonical_json, sha256_hex
from service.doors.http.openapi import PlainRoute, needs, path_parameter, refusals
from service.doors.http.services import services
from service.doors.http.wire.bodies import JSON, json_object
from service.doors.http.wire.callers import caller_of
from service.doors.http.wire.idempotency import IDEMPOTENCY_KEY, idempotency_key
from service.doors.http.wire.paging import (
    page,
    page_answer,
    page_parameters,
    query_parameter,
    wanted_page,
)
from service.doors.http.wire.problems import ProblemKind
from service.doors.http.wire.shapes import answer, body, ref, words
from service.doors.http.wire.tags import (
    ETAG,
    IF_MATCH,
    IF_NONE_MATCH,
    NOT_MODIFIED,
    answer_unless_known,
    etag,
    refuse_stale,
)
from service.store.proposals import State

ADDRESS = "/v1/corrections"
ID = path_parameter("id", "更正编号 · Correction", "01JD8Z")
STATE = query_parameter("state", "状态 · State", words(*State))
READING = (ProblemKind.UNAUTHENTICATED, ProblemKind.FORBIDDEN)
WRITING = (
    *READING,
    ProblemKind.NOT_JSON,
    ProblemKind.NOT_FOUND,
    ProblemKind.TOO_LARGE,
    ProblemKind.UNSUPPORTED_MEDIA_TYPE,
    ProblemKind.BAD_INPUT,
)
KEPT = {**answer("Correction", "更正 · The correction"), "headers": ETAG}

router = APIRouter(tags=["corrections"], route_class=PlainRoute)


@router.post(
    ADDRESS,
    status_code=201,
    summary="提出更正 · Propose a correction",
    responses={201: KEPT, **refusals(*WRITING, ProblemKind.CONFLICT)},
    openapi_extra={
        **needs("fact:write", "statement"),
        "parameters": [IDEMPOTENCY_KEY],
        "requestBody": body("CorrectionBody", "corrections.yaml"),
    },
)
async def post_correction(request: Request) -> Response:
    """Propose that a known row should stand otherwise; nothing changes until another approves."""
    caller, said = caller_of(request), await json_object(request)
    propose, key = services(request).corrections.propose, idempotency_key(request)
    return created(await run_in_threadpool(propose, said, caller, key))


@router.get(
    ADDRESS,
    summary="更正列表，新的在前 · Corrections, the newest first",
    responses={
        200: page_answer(ref("Correction")),
        **refusals(*READING, ProblemKind.BAD_INPUT),
    },
    openapi_extra={
        **needs("redline:read", "statement"),
        "parameters": [*page_parameters(), STATE],
    },
)
def list_corrections(request: Request) -> Response:
    """Return what was proposed and what became of it."""
    wanted = wanted_page(request, "state")
    listed = services(request).corrections.page(
        caller_of(request), wanted.fetched, wanted.after, wanted.filters.get("state")
    )
    return page(request, wanted, listed, dict, lambda one: str(one["id"]))


@router.get(
    ADDRESS + "/{id}",
    summary="查看更正 · Read a correction",
    responses={
        200: answer("Correction", "更正 · The correction", tagged=True),
        **NOT_MODIFIED,
        **refusals(*READING, ProblemKind.NOT_FOUND),
    },
    openapi_extra={**needs("redline:read", "statement"), "parameters": [ID, IF_NONE_MATCH]},
)
def read_correction(request: Request) -> Response:
    """Return a correction: what it changes from and to, why, and who decided."""
    found = services(request).corrections.read(request.path_params["id"], caller_of(request))
    content = canonical_json(found)
    return answer_unless_known(request, content, sha256_hex(content), JSON)


@router.post(
    ADDRESS + "/{id}/approval",
    summary="批准或否决更正 · Approve or reject a correction",
    responses={
        200: answer("Corrected", "更正及其后的判定 · The correction and the verdicts after it"),
        **refusals(
            *WRITING,
            ProblemKind.SAME_PERSON,
            ProblemKind.NOT_NOW,
            ProblemKind.PRECONDITION_FAILED,
        ),
    },
    openapi_extra={
        **needs("change:approve", "statement"),
        "parameters": [ID, IF_MATCH],
        "requestBody": body("ApprovalBody", "approvals.yaml"),
    },
)
async def approve_correction(request: Request) -> Response:
    """Decide what another proposed; what is approved is kept, and its subject judged again."""
    found = await run_in_threadpool(_decided, request, await json_object(request))
    return Response(canonical_json(found), media_type=JSON)


def address_of(correction: Mapping[str, object]) -> str:
    """Return where a correction stands."""
    return f"{ADDRESS}/{correction['id']}"


def created(correction: Mapping[str, object]) -> Response:
    """Return the answer to whoever proposed a correction: the document and where it stands."""
    content = canonical_json(correction)
    headers = {"location": address_of(correction), "etag": etag(sha256_hex(content))}
    return Response(content, status_code=201, media_type=JSON, headers=headers)


def _decided(request: Request, said: Mapping[str, object]) -> Mapping[str, object]:
    """Decide a correction that has not changed since the approver saw it."""
    corrections, caller = services(request).corrections, caller_of(request)
    id = request.path_params["id"]
    refuse_stale(request, sha256_hex(canonical_json(corrections.read(id, caller))))
    return corrections.decide(id, said, caller)
