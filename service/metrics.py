"""What the service counts about itself, in Prometheus' form; no label names a person or a case.

The process that answers the lines of batches tells the service what it keeps (`relay_to`), so that
one number holds both; `liangshan work` and `watch`, started by themselves, are not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import orjson
from prometheus_client import Counter, Gauge, Histogram

from service.store.entries import Draft, Marks, Stored

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
DOCUMENTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)

REQUESTS = Counter("liangshan_http_requests", "Requests answered", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "liangshan_http_request_seconds", "Time to the answer", ["method", "route"], buckets=SECONDS
)
TURNED_AWAY = Counter("liangshan_connections_turned_away", "Connections that were too many")
IN_PROGRESS = Gauge("liangshan_http_requests_in_progress", "Requests under way")
DECISIONS = Counter("liangshan_decisions", "Decisions kept", ["product", "outcome"])
DOCUMENTS_KEPT = Counter("liangshan_documents", "Documents kept in the chains", ["kind"])
BREACHES = Counter("liangshan_breaches", "Breaches that decisions name", ["rule"])
WAITING = Gauge("liangshan_decisions_waiting", "Decisions that wait for the disk")
COMMIT_SECONDS = Histogram(
    "liangshan_commit_seconds", "Time of one commit of decisions", buckets=SECONDS
)
COMMIT_DOCUMENTS = Histogram(
    "liangshan_commit_documents", "Documents of one commit", buckets=DOCUMENTS
)

_relays: list[BinaryIO] = []


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request by its route's template."""
    REQUESTS.labels(method, route, str(status)).inc()
    REQUEST_SECONDS.labels(method, route).observe(seconds)


def committed(drafts: Sequence[Draft], outcomes: Sequence[object], seconds: float) -> None:
    """Count one commit of documents: those that are new, not those that had been kept before."""
    COMMIT_SECONDS.observe(seconds)
    COMMIT_DOCUMENTS.observe(len(drafts))
    pairs = zip(drafts, outcomes, strict=True)
    kept([one for one, outcome in pairs if isinstance(outcome, Stored) and outcome.id == one.id])


def kept(drafts: Sequence[Draft]) -> None:
    """Count documents that are on disk."""
    for draft in drafts:
        _count(draft.kind, draft.marks)
    if _relays and drafts:
        told = [[draft.kind, draft.marks and list(draft.marks)] for draft in drafts]
        for relay in _relays:
            relay.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE))
            relay.flush()


def relay_to(file: BinaryIO) -> None:
    """Write from now on what is kept to a file too, for the service that started this process."""
    _relays.append(file)


def relayed(line: bytes) -> None:
    """Count what another process kept and told by `relay_to`."""
    for kind, marks in orjson.loads(line):
        _count(kind, marks and Marks(*marks))


def _count(kind: str, marks: Marks | None) -> None:
    DOCUMENTS_KEPT.labels(kind).inc()
    if marks is not None:
        DECISIONS.labels(marks.product, marks.outcome).inc()
        for rule in marks.breaches:
            BREACHES.labels(rule).inc()
