"""Assess many borrowers: send a file, see how far it is, fetch the answers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from features.canonical import canonical_json
from service.doors.http.batches.examples import BATCH, batch_answer, batch_body, result_answer
from service.doors.http.batches.lines import NDJSON
from service.doors.http.batches.upload import Upload
from service.doors.http.openapi import PlainRoute, needs, path_parameter, refusals
from service.doors.http.services import services
from service.doors.http.wire.bodies import JSON, media_type_of, refuse_other_writing
from service.doors.http.wire.callers import caller_of
from service.doors.http.wire.idempotency import IDEMPOTENCY_KEY, idempotency_key
from service.doors.http.wire.paging import (
    page,
    page_answer,
    page_parameters,
    parameters,
    query_parameter,
    wanted_page,
)
from service.doors.http.wire.problems import Problem, ProblemKind
from service.store.batches import Batch
from service.store.records import SHANGHAI

PRODUCT = "product"
LOOK_AGAIN = {"retry-after": "2"}

REFUSALS = (ProblemKind.UNAUTHENTICATED, ProblemKind.FORBIDDEN)
ID = path_parameter("id", "批次号 · Batch", "01JD8Z")

router = APIRouter(tags=["batches"], route_class=PlainRoute)


@router.post(
    "/v1/batches",
    status_code=202,
    summary="批量评估 · Assess many borrowers",
    responses={
        202: batch_answer(),
        **refusals(
            *REFUSALS,
            ProblemKind.UNKNOWN_PRODUCT,
            ProblemKind.CONFLICT,
            ProblemKind.NOT_NOW,
            ProblemKind.TOO_LARGE,
            ProblemKind.UNSUPPORTED_MEDIA_TYPE,
            ProblemKind.BAD_INPUT,
        ),
    },
    openapi_extra={
        **needs("score:write", "loan_verdict"),
        "parameters": [
            query_parameter(
                PRODUCT,
                "产品，行内另有说明的除外 · Product of the lines that do not say it",
                {"type": "string", "minLength": 1},
            ),
            IDEMPOTENCY_KEY,
        ],
        "requestBody": batch_body(),
    },
)
async def create_batch(request: Request) -> Response:
    """Take a file of applications; each line is answered as if it had come alone.

    A line that cannot be served is answered with its problem, the others go on.
    """
    key = idempotency_key(request)
    refuse_other_writing(request)
    product = parameters(request, PRODUCT).get(PRODUCT)
    upload = await run_in_threadpool(
        Upload, services(request).batcher, media_type_of(request), product, caller_of(request)
    )
    try:
        async for content in request.stream():
            await run_in_threadpool(upload.take, content)
        batch = await run_in_threadpool(upload.end, key)
    finally:
        upload.discard()
    headers = {"location": f"/v1/batches/{batch.id}", **LOOK_AGAIN}
    return Response(
        canonical_json(shown(batch)), status_code=202, media_type=JSON, headers=headers
    )


@router.get(
    "/v1/batches",
    summary="批次列表 · List batches",
    responses={200: page_answer(BATCH), **refusals(*REFUSALS, ProblemKind.BAD_INPUT)},
    openapi_extra={**needs("score:read", "loan_verdict"), "parameters": page_parameters()},
)
def list_batches(request: Request) -> Response:
    """Return the batches of the caller's tenant, the newest first."""
    wanted = wanted_page(request)
    batches = services(request).batcher.newest(wanted.fetched, wanted.after, caller_of(request))
    return page(request, wanted, batches, shown, lambda batch: batch.id)


@router.get(
    "/v1/batches/{id}",
    summary="批次进度 · How far a batch is",
    responses={200: batch_answer(), **refusals(*REFUSALS, ProblemKind.NOT_FOUND)},
    openapi_extra={**needs("score:read", "loan_verdict"), "parameters": [ID]},
)
def read_batch(request: Request) -> Response:
    """Return how many lines there are, how many are answered, how many of those with a problem."""
    batch = _batch(request)
    headers = {} if batch.is_over else LOOK_AGAIN
    return Response(canonical_json(shown(batch)), media_type=JSON, headers=headers)


@router.post(
    "/v1/batches/{id}/cancellation",
    summary="取消批次 · Cancel a batch",
    responses={
        200: batch_answer(),
        **refusals(*REFUSALS, ProblemKind.NOT_FOUND, ProblemKind.NOT_NOW),
    },
    openapi_extra={**needs("score:write", "loan_verdict"), "parameters": [ID]},
)
def cancel_batch(request: Request) -> Response:
    """End a batch: the lines at hand are still answered, the others say that they were not."""
    batch = services(request).batcher.cancel(request.path_params["id"], caller_of(request))
    return Response(canonical_json(shown(_there(batch))), media_type=JSON)


@router.get(
    "/v1/batches/{id}/result",
    summary="批次结果 · Answers to a batch",
    responses={
        200: result_answer(),
        **refusals(*REFUSALS, ProblemKind.NOT_FOUND, ProblemKind.NOT_FINISHED),
    },
    openapi_extra={**needs("score:read", "household"), "parameters": [ID]},
)
def read_result(request: Request) -> Response:
    """Return the answer to each line, in order: its decision, or its problem.

    Both repeat what was sent about borrowers, so it is for those who may read that.
    """
    answers = services(request).batcher.result(_batch(request))
    return StreamingResponse(answers, media_type=NDJSON)


def shown(batch: Batch) -> dict[str, Any]:
    """Return a batch as an answer has it."""
    address = f"/v1/batches/{batch.id}/result"
    return {
        "id": batch.id,
        "product": batch.product,
        "by": batch.by,
        "state": batch.state,
        "made_at": batch.made_at.astimezone(SHANGHAI).isoformat(timespec="microseconds"),
        "finished_at": batch.finished_at
        and batch.finished_at.astimezone(SHANGHAI).isoformat(timespec="microseconds"),
        "lines": batch.rows,
        "done": batch.done,
        "faulty": batch.faulty,
        "result": address if batch.is_over else None,
    }


def _batch(request: Request) -> Batch:
    return _there(services(request).batcher.read(request.path_params["id"], caller_of(request)))


def _there(batch: Batch | None) -> Batch:
    if batch is None:
        raise Problem(ProblemKind.NOT_FOUND, "没有此批次 · there is no such batch")
    return batch
