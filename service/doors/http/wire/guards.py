"""What stands in front of every route: clean heads, header fields that browsers obey."""

from __future__ import annotations

import re
from urllib.parse import unquote

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.doors.http.wire.problems import Problem, ProblemKind

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


SAID_ONCE = (b"authorization", b"content-type", b"content-encoding", b"idempotency-key")
"""Header fields of which two would mean two things: to us, and to whoever stands before us."""

_UNCLEAN = re.compile("[\x00-\x1f\x7f\ufffd]")
"""Control characters, and what stands where bytes were no UTF-8."""

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


class CleanHead:
    """Middleware that refuses an address with control characters, or that is no UTF-8.

    No id, name or search text holds one; a database may take offence, a log may be forged by it.
    It also refuses a header field that stands twice and must not.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        fault = _fault_in(scope) if scope["type"] == "http" else None
        if fault is None:
            await self.app(scope, receive, send)
        else:
            await Problem(ProblemKind.MALFORMED, fault).response()(scope, receive, send)


def _fault_in(scope: Scope) -> str | None:
    if not _is_clean(scope):
        return "地址含控制字符或非 UTF-8 · the address holds control characters or no UTF-8"
    said = [name for name, _ in scope["headers"] if name in SAID_ONCE]
    twice = next((name.decode() for name in SAID_ONCE if said.count(name) > 1), None)
    return twice and f"{twice}: 请求头只能出现一次 · the header field stands twice"


def _is_clean(scope: Scope) -> bool:
    query = scope["query_string"].decode("latin-1")
    return not _UNCLEAN.search(scope["path"]) and (
        "%" not in query or not _UNCLEAN.search(unquote(query))
    )
