"""A body as it arrives: not above a limit, not slower than any honest line."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.doors.http.wire.problems import Problem, ProblemKind

BODY_LIMIT = 1 << 20
BATCH_LIMIT = 1 << 28
LARGER_BODIES = {("POST", "/v1/batches"): BATCH_LIMIT}
"""Routes that take a file: it goes to disk as it arrives."""

GRACE = 10.0
"""Seconds in which any body may arrive; a long one has more, by `SLOWEST`."""
SLOWEST = 4096
"""Bytes a second below which a body is not waited for."""
LINGER = 5.0
"""Seconds in which the rest of a refused body is read away, so that its sender sees the answer
before the connection goes."""


class BodyLimit:
    """Middleware that refuses a body above `limit` bytes, said or sent, and one that dawdles."""

    def __init__(self, app: ASGIApp, limit: int = BODY_LIMIT) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = LARGER_BODIES.get((scope["method"], scope["path"]), self.limit)
        arrival = _Arrival(receive, send, limit)
        said = Headers(scope=scope).get("content-length", "")
        if said.isdecimal() and int(said) > limit:
            await arrival.too_large().response()(scope, arrival.receive, arrival.send)
        else:
            await self.app(scope, arrival.receive, arrival.send)


class _Arrival:
    """One body while it arrives."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive = receive
        self._send = send
        self._limit = limit
        self._begun = monotonic()
        self._received = 0
        self._is_whole = False
        self._is_refused = False

    async def receive(self) -> Message:
        """Return the next piece.

        Raises
        ------
        Problem
            `too-large` above the limit, `timeout` when nothing comes in time, `malformed` when the
            client goes before its end: nobody hears it, but it is no fault of the service.
        """
        if self._is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout(self._patience()):
                message = await self._receive()
        except TimeoutError as fault:
            raise _late() from fault
        if message["type"] == "http.disconnect":
            raise _cut_off()
        self._received += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._received > self._limit:
            raise self.too_large()
        return message

    async def send(self, message: Message) -> None:
        """Send a piece of the answer; after a refusal's last one, read the rest of the body."""
        ends = message["type"] == "http.response.body" and not message.get("more_body", False)
        if not (ends and self._is_refused):
            await self._send(message)
            return
        await self._send({**message, "more_body": True})
        await self._read_away()
        await self._send({"type": "http.response.body", "body": b""})

    def too_large(self) -> Problem:
        """Return the refusal of a body above the limit."""
        self._is_refused = True
        return Problem(
            ProblemKind.TOO_LARGE,
            f"请求体不得超过 {self._limit} 字节 · at most {self._limit} bytes are read",
            headers={"connection": "close"},
        )

    async def _read_away(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER):
                while not self._is_whole:
                    message = await self._receive()
                    self._is_whole = not message.get("more_body", False)

    def _patience(self) -> float:
        """Return for how many seconds more the next piece is waited for."""
        return self._begun + GRACE + self._received / SLOWEST - monotonic()


def _cut_off() -> Problem:
    detail = "连接在请求体到齐前断开 · the connection ended before the body did"
    return Problem(ProblemKind.MALFORMED, detail)


def _late() -> Problem:
    return Problem(
        ProblemKind.TIMEOUT,
        f"请求体到得太慢 · the body arrives slower than {SLOWEST} bytes a second",
        headers={"connection": "close"},
    )
