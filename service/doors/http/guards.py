"""What stands in front of every route: a limit to the body, header fields that browsers obey."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.doors.http.problems import Problem, ProblemKind

BODY_LIMIT = 1 << 20
BATCH_LIMIT = 1 << 28
LARGER_BODIES = {("POST", "/v1/batches"): BATCH_LIMIT}
"""Routes that take a file: it goes to disk as it arrives."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

SECURITY_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


HTTPS_ONLY = {"strict-transport-security": "max-age=31536000"}
"""Said over https alone: a year in which the browser does not try this host without it."""


class SecurityHeaders:
    """Middleware that adds the security header fields to every answer.

    Personal data may stand in any answer, so nothing is cached unless a route says otherwise.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(SECURITY_HEADERS)
                if scope["scheme"] == "https":
                    headers.update(HTTPS_ONLY)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


class BodyLimit:
    """Middleware that refuses a body above `limit` bytes, said or sent; a file may have more."""

    def __init__(self, app: ASGIApp, limit: int = BODY_LIMIT) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = LARGER_BODIES.get((scope["method"], scope["path"]), self.limit)
        said = Headers(scope=scope).get("content-length", "")
        if said.isdecimal() and int(said) > limit:
            await _too_large(limit).response()(scope, receive, send)
            return
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _too_large(limit)
            return message

        await self.app(scope, receive_within_limit, send)


def _too_large(limit: int) -> Problem:
    return Problem(
        ProblemKind.TOO_LARGE,
        f"请求体不得超过 {limit} 字节 · at most {limit} bytes are read",
        headers={"connection": "close"},
    )
