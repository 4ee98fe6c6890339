"""What a connection may try before any route is asked: the size of a head, the time it takes.

Every refusal is a problem in JSON, and its sender gets time to read it before the connection goes.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service import metrics
from service.doors.http.wire.arrival import LINGER
from service.doors.http.wire.observed import REQUEST_ID, tell_unread
from service.doors.http.wire.problems import MEDIA_TYPE, Problem, ProblemKind
from service.doors.http.wire.refusals import unavailable
from service.settings import CONNECTIONS
from service.store.faults import StoreUnavailable

HEAD_LIMIT = 16 * 1024
HEADERS_MOST = 100
HEAD_SECONDS = 10.0

FULL = StoreUnavailable("连接过多 · there are too many connections")

Timer = asyncio.TimerHandle | None


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, whose patience ends.

    A head has at most `HEAD_LIMIT` bytes and `HEADERS_MOST` fields and arrives in `HEAD_SECONDS`;
    a body that nobody reads any more arrives in `LINGER` seconds, or the connection goes.

    Attributes
    ----------
    most
        How many connections there may be at once; as many again are told that it is too many.
    """

    most = CONNECTIONS
    _in_head = False
    _head = 0
    _unparsed = 0
    _fault: Problem | None = None
    _is_refused = False
    _timer: Timer = None
    _since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request, if there is room for it."""
        super().connection_made(transport)
        self._since = self.loop.time()
        if len(self.connections) <= self.most:
            self._await_head()
            return
        metrics.TURNED_AWAY.inc()
        if len(self.connections) <= 2 * self.most:
            self._refuse(unavailable(FULL))
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what a client sends, until it is refused."""
        if self._is_refused:
            return
        self._unparsed += len(data)
        super().data_received(data)
        if self._in_head and not self._is_refused:
            self._wait_for_the_rest()

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        self._in_head, self._head, self._since = True, 0, self.loop.time()

    def on_url(self, url: bytes) -> None:
        """Take a piece of the address."""
        self._weigh(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field."""
        self._weigh(len(name) + len(value))
        super().on_header(name, value)
        if len(self.headers) > HEADERS_MOST:
            self._give_up(_head_too_large())

    def on_headers_complete(self) -> None:
        """Serve the request."""
        self._in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that all of a request is there."""
        self._unparsed = 0
        self._stop_waiting()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the rest of a body that was answered before it was there, but not for long."""
        super().on_response_complete()
        if self.cycle.response_complete and self.cycle.more_body:
            self._stop_waiting()
            self._timer = self.loop.call_later(LINGER, self.transport.close)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or what a callback gave up on."""
        detail = "不是有效的 HTTP 请求 · this is no valid HTTP request"
        self._refuse(self._fault or Problem(ProblemKind.MALFORMED, detail))

    def _weigh(self, size: int) -> None:
        self._head += size
        if self._head > HEAD_LIMIT:
            self._give_up(_head_too_large())

    def _give_up(self, fault: Problem) -> None:
        """Stop the parser; what it raises leads to `send_400_response`."""
        self._fault = fault
        raise fault

    def _refuse(self, fault: Problem) -> None:
        """Answer, then listen to nothing until the client goes or its time is over."""
        self._is_refused = True
        self._stop_waiting()
        self._unset_keepalive_if_required()
        self.transport.write(_as_bytes(fault, self._told(fault)))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._timer = self.loop.call_later(LINGER, self.transport.close)

    def _told(self, fault: Problem) -> str | None:
        """Log and count a refusal and return its id; what a route has tells of itself."""
        if self.cycle is not None and not self.cycle.response_complete:
            return None
        return tell_unread(fault.kind.value.status, self.loop.time() - self._since)

    def _wait_for_the_rest(self) -> None:
        """Wait for the rest of a head, from when its first piece came."""
        if self._unparsed > HEAD_LIMIT:
            self._refuse(_head_too_large())
        elif self._timer is None:
            self._await_head()

    def _await_head(self) -> None:
        self._timer = self.loop.call_later(HEAD_SECONDS, self._late)

    def _late(self) -> None:
        if self._in_head:
            detail = f"请求头须在 {HEAD_SECONDS:g} 秒内到齐 · the head must arrive in that time"
            self._refuse(Problem(ProblemKind.TIMEOUT, detail))
        else:
            self.transport.close()

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def patient(connections: int) -> type[PatientProtocol]:
    """Return the protocol of a server that keeps so many connections open."""
    return type(PatientProtocol.__name__, (PatientProtocol,), {"most": connections})


def _head_too_large() -> Problem:
    detail = (
        f"请求头至多 {HEAD_LIMIT} 字节、{HEADERS_MOST} 项 · "
        f"a head has at most {HEAD_LIMIT} bytes and {HEADERS_MOST} fields"
    )
    return Problem(ProblemKind.HEAD_TOO_LARGE, detail)


def _as_bytes(fault: Problem, id: str | None) -> bytes:
    body = orjson.dumps(fault.document())
    status = HTTPStatus(fault.kind.value.status)
    further = fault.headers | ({} if id is None else {REQUEST_ID: id})
    fields = "".join(f"{name}: {value}\r\n" for name, value in further.items())
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\n"
        "cache-control: no-store\r\nx-content-type-options: nosniff\r\n"
        f"{fields}connection: close\r\n\r\n"
    )
    return head.encode() + body
