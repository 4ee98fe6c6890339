"""The worker behind the batches: one batch at a time, a few lines at a time, and never twice.

Each worker of an installation takes what is free, answers lines for a while and lets go, so that
a short batch need not wait for a long one. What the database or the disk cannot do now is tried
again; what is wrong with a line is its answer.
"""

from __future__ import annotations

import logging
import math
import os
import secrets
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

from structlog.contextvars import bind_contextvars, unbind_contextvars

from features.canonical import canonical_json
from features.errors import BadInput
from service.store.batches import Batch, Batches
from service.store.claims import Claim, Claims, LostClaim, Step
from service.store.database import Tenant
from service.store.decisions import Draft, NotKept
from service.store.faults import StoreUnavailable
from service.store.store import Store
from service.trust.identity import Caller
from service.trust.roles import Role, TenantKind
from service.use_cases.batches.files import BatchFiles, Line, line_key

LINES_AT_ONCE = 16
TURN_SECONDS = 5.0
LOOK_SECONDS = 1.0

Prepare = Callable[[str, Mapping[str, Any], Caller, str], Draft]
Said = Callable[[Exception], Mapping[str, Any]]

PASSING = (StoreUnavailable, OSError)
"""What is tried again: it says nothing about the line."""

log = logging.getLogger(__name__)


def work_waits(store: Store, home: Path) -> bool:
    """Return whether a batch has lines to answer that lie here."""
    files = BatchFiles(home)
    return any(files.has(owner, id) for id, owner in Claims(store.engine).waiting().items())


class BatchWorker:
    """Answers the lines of batches.

    Parameters
    ----------
    store
        Where batches are taken from and decisions are kept.
    home
        $LIANGSHAN_HOME, where the lines wait.
    prepare
        Decides on one request and returns the decision as it will be kept.
    said
        Gives the problem details of what went wrong with a line.
    clock
        Now, in Asia/Shanghai.
    ending
        Once it is set, the lines at hand are finished and kept, and no others.
    """

    def __init__(
        self,
        store: Store,
        home: Path,
        prepare: Prepare,
        said: Said,
        clock: Callable[[], datetime],
        ending: threading.Event | None = None,
    ) -> None:
        self._store = store
        self._files = BatchFiles(home)
        self._claims = Claims(store.engine)
        self._prepare = prepare
        self.said = said
        self._clock = clock
        self._name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._ending = ending or threading.Event()

    def run(self, idle_seconds: float = math.inf) -> None:
        """Work until told to end, or until nothing came for so many seconds."""
        self._files.sweep(self._claims.waiting())
        since = monotonic()
        while not self._ending.is_set() and monotonic() - since < idle_seconds:
            if self.attempt():
                since = monotonic()
            else:
                self._ending.wait(LOOK_SECONDS)

    def attempt(self) -> bool:
        """Take a turn and return whether there was work; what fails is tried again later.

        What is logged meanwhile names the batch.
        """
        try:
            return self.turn()
        except LostClaim:
            return True
        except Exception:
            log.exception("a batch could not be worked at; it will be tried again")
            return False
        finally:
            unbind_contextvars("batch")

    def turn(self) -> bool:
        """Work at one batch for a while; return whether there was one.

        Raises
        ------
        StoreUnavailable, OSError
            When the database or the disk fails; what was kept before stays.
        """
        claim = self._claims.take(self._name, self._clock(), self._files.has)
        if claim is None:
            return False
        bind_contextvars(batch=claim.id)
        batch = Batches(self._store.engine, Tenant(claim.owner)).get(claim.id)
        assert batch is not None
        until = monotonic() + TURN_SECONDS
        done: int | None = batch.done
        while done is not None and monotonic() < until and not self._ending.is_set():
            claim, done = self._step(batch, claim, done)
        if done is not None:
            self._claims.release(claim, self._clock())
        return True

    def _step(self, batch: Batch, claim: Claim, done: int) -> tuple[Claim, int | None]:
        """Answer some lines; return how many are answered then, None where all are."""
        try:
            chunk = self._files.read(batch.owner, batch.id, claim.place, LINES_AT_ONCE)
        except FileNotFoundError as fault:
            raise LostClaim(batch.id) from fault
        faults = self._answered(batch, done + 1, chunk.lines)
        step = Step(len(chunk.lines), chunk.place, chunk.last, faults)
        claim = self._claims.advance(claim, step, self._clock())
        if chunk.last:
            self._files.remove(batch.owner, batch.id)
            return claim, None
        return claim, done + len(chunk.lines)

    def _answered(self, batch: Batch, first: int, lines: Sequence[Line]) -> dict[int, bytes]:
        """Keep a decision on each line that can have one; return the problems of the others."""
        keys = {line_key(batch.id, first + i): first + i for i in range(len(lines))}
        kept = self._store.decisions.by_keys(list(keys), batch.owner)
        faults: dict[int, bytes] = {}
        drafts: dict[int, Draft] = {}
        for (key, number), line in zip(keys.items(), lines, strict=True):
            if key not in kept:
                found = self._decided(batch, line, key)
                if isinstance(found, Draft):
                    drafts[number] = found
                else:
                    faults[number] = canonical_json(found)
        return faults | self._refused(drafts)

    def _decided(self, batch: Batch, line: Line, key: str) -> Draft | Mapping[str, Any]:
        """Return the decision on a line, or what is wrong with it."""
        if line.problem is not None:
            return line.problem
        caller = Caller(batch.by, batch.owner, Role(batch.role), TenantKind(batch.kind))
        try:
            product = line.product or batch.product
            if product is None:
                raise BadInput("缺少产品 · no product is said", field="product")
            return self._prepare(product, line.body or {}, caller, key)
        except PASSING:
            raise
        except BadInput as refusal:
            return self.said(refusal)
        except Exception as fault:
            log.exception("a line of a batch could not be decided")
            return self.said(fault)

    def _refused(self, drafts: Mapping[int, Draft]) -> dict[int, bytes]:
        """Keep decisions, all at once; return the problems of those whose key was taken."""
        if not drafts:
            return {}
        outcomes = self._store.decisions.append_all(list(drafts.values()))
        return {
            number: canonical_json(self.said(outcome))
            for number, outcome in zip(drafts, outcomes, strict=True)
            if isinstance(outcome, NotKept)
        }
