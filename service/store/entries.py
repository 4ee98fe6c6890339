"""What goes into the decision log and what comes out of it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from features.canonical import canonical_json, sha256_hex
from features.errors import BadInput
from service.store.database import Tenant
from service.trust.subjects import Sealed

DECISION = "decision"
REVIEW = "review"


class NotKept(BadInput):
    """A document that was ready did not join the log."""


class IdempotencyConflict(NotKept):
    """The same Idempotency-Key came with another request."""


class Overtaken(BadInput):
    """Somebody else changed it, or spoke about it, since it was read."""


class Marks(NamedTuple):
    """What is counted about a decision once it is kept."""

    product: str
    outcome: str
    breaches: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """A decision that is ready to be kept.

    Attributes
    ----------
    owner
        Whose chain it joins.
    id
        Its identity, from `new_id`.
    content
        Its bytes: canonical JSON without `hash` and `previous_hash`.
    application
        Number of the application it is about, by which a list finds it.
    idempotency_key, request_digest
        The caller's key and the sha256 of the request it came with; None where none was given.
    kind, about
        What document it is, and what it says something about: a review's decision, a person's
        token.
    sealed
        Identity number that came with the request, to be kept with it.
    marks
        What is counted about it; None for what is no decision.
    consent
        The consent it rests on: once that is withdrawn it is not kept.
    """

    owner: str
    id: str
    content: bytes
    application: str | None = None
    idempotency_key: str | None = None
    request_digest: str | None = None
    kind: str = DECISION
    about: str | None = None
    sealed: Sealed | None = None
    marks: Marks | None = None
    consent: str | None = None


@dataclass(frozen=True)
class Stored:
    """A decision as it is kept.

    Attributes
    ----------
    sequence
        Its place in its owner's chain, from 1.
    content
        The bytes that the hash is over, and that a replay gives again.
    """

    id: str
    owner: str
    sequence: int
    recorded_at: datetime
    previous_hash: str
    hash: str
    content: bytes
    kind: str = DECISION

    @property
    def document(self) -> bytes:
        """Return the answer: the content with its two hashes, as canonical JSON."""
        kept = orjson.loads(self.content)
        whole = kept | {"hash": self.hash, "previous_hash": self.previous_hash}
        return orjson.dumps(whole, option=orjson.OPT_SORT_KEYS)


def new_id() -> str:
    """Return a new identity of 32 hexadecimal digits that sorts by time."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def draft(
    document: Mapping[str, object],
    owner: str,
    *,
    application: str | None = None,
    idempotency_key: str | None = None,
    request: bytes | None = None,
    kind: str = DECISION,
    about: str | None = None,
) -> Draft:
    """Return `document` ready to be kept; it gets an `id` where it has none.

    Parameters
    ----------
    document
        Section 9's decision, without `hash` and `previous_hash`.
    owner
        Whose decision it is.
    application
        Number of the application it is about.
    idempotency_key, request
        What makes a repeated request known: the caller's key and the bytes it stands for.
    kind, about
        As in `Draft`.
    """
    Tenant(owner)
    identity = str(document.get("id") or new_id())
    return Draft(
        owner,
        identity,
        canonical_json({**document, "id": identity}),
        application,
        idempotency_key,
        None if request is None else sha256_hex(request),
        kind,
        about,
        marks=_marks(document) if kind == DECISION else None,
    )


def _marks(document: Mapping[str, Any]) -> Marks:
    verdicts = document.get("verdicts", ())
    breaches = tuple(one["rule"] for one in verdicts if one["state"] == "breach")
    return Marks(str(document.get("product")), str(document.get("outcome")), breaches)


def row_of(
    entry: Draft, sequence: int, now: datetime, previous: str, digest: str
) -> dict[str, object]:
    """Return the table's row of a draft at its place in the chain."""
    return {
        "owner": entry.owner,
        "sequence": sequence,
        "id": entry.id,
        "recorded_at": now,
        "application": entry.application,
        "idempotency_key": entry.idempotency_key,
        "request_digest": entry.request_digest,
        "previous_hash": previous,
        "hash": digest,
        "content": entry.content,
        "kind": entry.kind,
        "about": entry.about,
    }
