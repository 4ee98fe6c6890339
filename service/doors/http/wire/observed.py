"""Every request has an id, one line in the log and its place in the metrics.

The id is the caller's `X-Request-Id`, else the trace id of its `traceparent`, else a new one; it
stands in the answer and in every line that is logged on the way. A line names the route's
template, never the path, in which somebody's number may stand; and the id of the decision, the
batch or whatever else the request made, so that one leads to the other.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from http import HTTPStatus
from time import perf_counter

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, bound_contextvars

from service import metrics
from service.doors.http.wire.refusals import unavailable
from service.store.faults import StoreUnavailable
from service.trust.identity import Caller
from service.trust.masking import mask_text

REQUEST_ID = "x-request-id"
UNKNOWN_ROUTE = "-"
CRASHED = HTTPStatus.INTERNAL_SERVER_ERROR.value
STOPPING = StoreUnavailable("服务正在停止 · the service is stopping")
QUIET_ROUTES = ("/health/live", "/health/ready", "/metrics")
"""Asked for every few seconds by machines: counted, but logged only when they fail."""

_OURS = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_ID = re.compile(r"[0-9a-f]{24,64}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")

_log = logging.getLogger(__name__)


class Observed:
    """Middleware that gives each request its id, logs it and counts it.

    A request that is given up because the service ends is told so.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        id = request_id(Headers(scope=scope))
        bind_contextvars(request_id=id)
        status: int | None = None
        made: str | None = None

        async def send_with_id(message: Message) -> None:
            nonlocal status, made
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = id
                made = _made(headers)
            await send(message)

        begun = perf_counter()
        with metrics.IN_PROGRESS.track_inprogress():
            try:
                await self.app(scope, receive, send_with_id)
            except asyncio.CancelledError:
                if status is None:
                    await unavailable(STOPPING).response()(scope, receive, send_with_id)
            finally:
                _tell(scope, status or CRASHED, perf_counter() - begun, made)


def tell_unread(status: int, seconds: float) -> str:
    """Log and count a request that was refused before any route; return the id it has then."""
    id = secrets.token_hex(16)
    with bound_contextvars(request_id=id):
        _record(UNKNOWN_ROUTE, UNKNOWN_ROUTE, status, seconds, None)
    return id


def request_id(headers: Headers) -> str:
    """Return the id of a request with these header fields.

    What is no name, would break a line or points at a person is not taken over.

    Examples
    --------
    >>> request_id(Headers({"x-request-id": "bank-7"}))
    'bank-7'
    >>> trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    >>> request_id(Headers({"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})) == trace
    True
    >>> len(request_id(Headers({"x-request-id": "two lines"})))
    32
    >>> len(request_id(Headers({"x-request-id": "11010519491231002X"})))
    32
    """
    given = headers.get(REQUEST_ID, "")
    if _OURS.fullmatch(given) and mask_text(given) == given:
        return given
    traced = _TRACEPARENT.fullmatch(headers.get("traceparent", ""))
    return traced[1] if traced else secrets.token_hex(16)


def _tell(scope: Scope, status: int, seconds: float, made: str | None) -> None:
    route = getattr(scope.get("route"), "path", UNKNOWN_ROUTE)
    _record(scope["method"], route, status, seconds, _caller(scope), made)


def _record(
    method: str,
    route: str,
    status: int,
    seconds: float,
    caller: Caller | None,
    made: str | None = None,
) -> None:
    """Count a request, and log it unless a machine asks it every few seconds."""
    counted = method if route != UNKNOWN_ROUTE else UNKNOWN_ROUTE
    metrics.answered(counted, route, status, seconds)
    if route in QUIET_ROUTES and status < CRASHED:
        return
    _log.info(
        "request",
        extra={
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "by": caller and caller.name,
            "owner": caller and caller.owner,
            "made": made,
        },
    )


def _made(headers: Headers) -> str | None:
    """Return the id of what an answer says was made, where that is one of ours."""
    id = headers.get("location", "").rpartition("/")[2]
    return id if _ID.fullmatch(id) else None


def _caller(scope: Scope) -> Caller | None:
    """Return who asked, by token or by session, where that is known."""
    state = scope.get("state", {})
    session = state.get("session")
    caller = state.get("caller") or (session and session.caller)
    return caller if isinstance(caller, Caller) else None
