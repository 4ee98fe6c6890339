"""The application: the JSON routes and one answer for each error; other doors are added to it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from features.errors import BadInput
from service.doors.http import health, metrics
from service.doors.http.access import routes as access
from service.doors.http.assessments import explanations, reviews
from service.doors.http.assessments import routes as assessments
from service.doors.http.batches import routes as batches
from service.doors.http.corrections import routes as corrections
from service.doors.http.households import routes as households
from service.doors.http.oauth import routes as oauth
from service.doors.http.openapi import complete
from service.doors.http.red_lines import routes as red_lines
from service.doors.http.red_lines import rulebook
from service.doors.http.services import Services
from service.doors.http.wire.arrival import BodyLimit
from service.doors.http.wire.guards import CleanHead, SecurityHeaders
from service.doors.http.wire.observed import Observed
from service.doors.http.wire.problems import Problem, ProblemKind
from service.doors.http.wire.refusals import problem_of, unavailable
from service.store.faults import StoreUnavailable

Answer = Callable[[Request, Problem], Response]

PARTS = (
    access,
    assessments,
    batches,
    corrections,
    explanations,
    health,
    households,
    metrics,
    oauth,
    red_lines,
    reviews,
    rulebook,
)

_log = logging.getLogger(__name__)

NO_TELEMETRY: Any = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
KIND_OF_STATUS = {
    404: ProblemKind.NOT_FOUND,
    405: ProblemKind.METHOD_NOT_ALLOWED,
    413: ProblemKind.TOO_LARGE,
}


class Application(FastAPI):
    """FastAPI whose OpenAPI document also holds what all routes share."""

    def build_middleware_stack(self) -> ASGIApp:
        """Return the application behind what no answer goes without, that of a crash included."""
        return Observed(SecurityHeaders(super().build_middleware_stack()))

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        return complete(super().openapi())


def problem_details(request: Request, problem: Problem) -> Response:
    """Answer a problem as RFC 9457 has it."""
    return problem.response()


def create_app(services: Services, answer: Answer = problem_details) -> FastAPI:
    """Return the application in front of `services`.

    Parameters
    ----------
    services
        What the routes call.
    answer
        How a problem is answered; a door for people gives pages.
    """
    app = Application(
        title="两山 Liangshan",
        version="1",
        description="两山合作社风险红线与绿色金融评分 · red lines and green-finance scoring",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
        lifespan=_lifespan,
        middleware=[Middleware(CleanHead), Middleware(BodyLimit)],
    )
    app.state.services = services
    for part in PARTS:
        app.include_router(part.router)
    _answer_errors(app, answer)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Serve, and work at batches; at the end, finish writing what was decided."""
    batcher = app.state.services.batcher
    await run_in_threadpool(batcher.start)
    yield
    await run_in_threadpool(batcher.stop)
    await app.state.services.assessor.close()


def _answer_errors(app: FastAPI, answer: Answer) -> None:
    @app.exception_handler(Problem)
    async def problem(request: Request, fault: Problem) -> Response:
        return answer(request, fault)

    @app.exception_handler(BadInput)
    async def refused(request: Request, fault: BadInput) -> Response:
        return answer(request, problem_of(fault))

    @app.exception_handler(StoreUnavailable)
    async def not_now(request: Request, fault: StoreUnavailable) -> Response:
        told = {"reason": fault.reason, "cause": str(fault.__cause__)}
        _log.warning("store unavailable", extra=told)
        return answer(request, unavailable(fault))

    @app.exception_handler(HTTPException)
    async def by_framework(request: Request, fault: HTTPException) -> Response:
        kind = KIND_OF_STATUS.get(fault.status_code, ProblemKind.BAD_INPUT)
        detail = f"{request.method} {request.url.path}: {fault.detail}"
        headers = fault.headers
        if kind is ProblemKind.METHOD_NOT_ALLOWED:
            headers = {"allow": allowed_at(app, request.url.path)}
        return answer(request, Problem(kind, detail, headers=headers))

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, fault: Exception) -> Response:
        detail = "已记录，请稍后再试 · it has been logged; please try again later"
        return answer(request, Problem(ProblemKind.INTERNAL, detail))


def allowed_at(app: FastAPI, path: str) -> str:
    """Return every method that a path knows, over all its routes (RFC 9110, 15.5.6)."""
    routes = (context.original_route for context in iter_route_contexts(app.routes))
    methods = {
        method
        for route in routes
        if isinstance(route, APIRoute) and route.path_regex.match(path)
        for method in route.methods or ()
    }
    return ", ".join(sorted(methods))
