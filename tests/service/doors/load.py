"""Several callers at once who assess applications, and what became of each request."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from time import monotonic, sleep
from typing import Any

import httpx2

CREDIT = "/v1/products/credit/assessments"
PATIENCE = 60.0
"""Seconds after which a request counts as one that nobody told anything."""


@dataclass(frozen=True)
class Outcome:
    """What became of one request.

    Attributes
    ----------
    key
        Its Idempotency-Key.
    status
        HTTP status; 0 where the connection was closed without an answer.
    id
        The decision, where there is one.
    """

    key: str
    status: int
    id: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


class Load:
    """Callers in threads of their own, from `start` until `stop`, or until nobody listens."""

    def __init__(self, address: str, headers: dict[str, str], body: Any, callers: int = 4) -> None:
        self._address, self._headers, self._body = address, headers, body
        self._keys = count()
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._call) for _ in range(callers)]
        self.outcomes: list[Outcome] = []

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._ending.set()
        self.join()

    def join(self) -> None:
        for thread in self._threads:
            thread.join()

    def until(self, status: int, more: int = 1) -> None:
        """Wait until so many more requests have been answered with a status."""
        goal = len(self.of(status)) + more
        deadline = monotonic() + PATIENCE
        while len(self.of(status)) < goal:
            assert monotonic() < deadline, sorted({one.status for one in self.outcomes})
            sleep(0.01)

    def of(self, status: int) -> Sequence[Outcome]:
        return [one for one in self.outcomes if one.status == status]

    def ask(self, client: httpx2.Client, key: str) -> Outcome:
        answer = client.post(
            CREDIT, json=self._body, headers=self._headers | {"idempotency-key": key}
        )
        id = answer.json()["id"] if answer.status_code == httpx2.codes.CREATED else None
        return Outcome(key, answer.status_code, id, dict(answer.headers))

    def _call(self) -> None:
        with httpx2.Client(base_url=self._address, timeout=PATIENCE) as client:
            while not self._ending.is_set():
                key = f"load-{next(self._keys)}"
                try:
                    self.outcomes.append(self.ask(client, key))
                except httpx2.ConnectError:
                    return
                except (httpx2.ReadError, httpx2.RemoteProtocolError, httpx2.WriteError):
                    self.outcomes.append(Outcome(key, 0))
