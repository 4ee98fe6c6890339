"""Whether the service lives and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from service.doors.http.openapi import PlainRoute, refusals
from service.doors.http.services import services
from service.doors.http.wire.problems import ProblemKind
from service.doors.http.wire.refusals import unavailable
from service.store.faults import GONE, StoreUnavailable

router = APIRouter(tags=["health"], route_class=PlainRoute)


@router.get("/health/live", summary="存活 · Alive")
async def live(request: Request) -> Response:
    """Answer as soon as the process serves."""
    return JSONResponse({"status": "live"})


@router.get("/health/ready", summary="就绪 · Ready", responses=refusals(ProblemKind.UNAVAILABLE))
def ready(request: Request) -> Response:
    """Answer 200 when the store can be read, 503 when not."""
    if not services(request).ready():
        raise unavailable(StoreUnavailable(GONE))
    return JSONResponse({"status": "ready"})
