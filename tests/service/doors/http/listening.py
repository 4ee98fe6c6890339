"""The application behind a real server, and what a client may send it byte by byte."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import orjson
import uvicorn
from fastapi import FastAPI

from service.doors.http.server import Serving, configured, listen

HOST = "127.0.0.1"
PATIENCE = 30.0


@dataclass(frozen=True)
class Answer:
    """What a server sent back.

    Attributes
    ----------
    seconds
        How long it took to the end of the connection, or of the answer.
    """

    status: int
    head: str
    body: bytes
    seconds: float

    @property
    def code(self) -> str:
        """Return the code of the problem that this is."""
        assert "application/problem+json" in self.head, self.head
        document: dict[str, Any] = orjson.loads(self.body)
        return str(document["type"]).rpartition(":")[2]


class Connection:
    """One connection to a server; it is closed with the `with` block."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=PATIENCE)
        self._begun = time.monotonic()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, content: bytes) -> None:
        """Send bytes; a server that stops listening is no fault of the client."""
        with suppress(ConnectionError):
            self.socket.sendall(content)

    def answer(self) -> Answer | None:
        """Return the whole answer; None where the server closes without a word."""
        received = bytearray()
        while not _is_whole(received):
            piece = self.socket.recv(65536)
            if not piece:
                break
            received += piece
        if not received:
            return None
        head, _, body = bytes(received).partition(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        return Answer(status, head.decode(), body, time.monotonic() - self._begun)

    def is_closed(self) -> bool:
        """Return whether the server ends the connection, waiting for it."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True


def _is_whole(received: bytearray) -> bool:
    head, end, body = bytes(received).partition(b"\r\n\r\n")
    lengths = [
        int(line.partition(b":")[2])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    ]
    return bool(end and lengths) and len(body) >= lengths[0]


@contextmanager
def served(app: FastAPI, **serving: Any) -> Iterator[int]:
    """Serve as `liangshan serve` does and return the port."""
    bound = listen(HOST, 0)
    server = uvicorn.Server(configured(app, Serving(**serving)))
    thread = threading.Thread(target=server.run, args=([bound],))
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.started
    yield bound.getsockname()[1]
    server.should_exit = True
    thread.join(PATIENCE)
    assert not thread.is_alive()
