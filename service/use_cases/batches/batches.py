"""Batches: a file of applications in, each answered as if it had come alone, a file out.

Every line is one assessment with an idempotency key of its own, so whoever goes on after a crash
decides nothing twice. What is answered lies in the store: decisions in their chain, the problems
of the other lines beside; the result is put together when it is asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from features.canonical import canonical_json
from features.errors import BadInput
from risk.files import Policy
from service.store.batches import CANCELLED, FAILED, FINISHED, WAITING, Batch, Batches
from service.store.database import Tenant
from service.store.decisions import new_id
from service.store.store import Store
from service.trust.identity import Caller
from service.trust.subjects import refuse_number_in
from service.use_cases.assessing.admit import at_rest
from service.use_cases.assessing.assess import UnknownProduct
from service.use_cases.batches.files import BatchFiles, Line, Spool, line_key
from service.use_cases.batches.worker import Said

MOST_LINES = 1_000_000
LINES_AT_ONCE = 200
WHY_UNANSWERED = {
    CANCELLED: "批次已取消，此行未办 · the batch was cancelled before this line was answered",
    FAILED: "恢复的备份中没有此行，请重新提交 · it was not in the restored backup: send it again",
}

log = logging.getLogger(__name__)


class NotFinished(BadInput):
    """The batch still has lines to answer."""


class IsOver(BadInput):
    """The batch has no line left to answer."""


class Unanswered(BadInput):
    """The batch ended before this line."""


class Workers(Protocol):
    """Whoever answers the lines of batches while the service runs."""

    def start(self) -> None:
        """Begin to work."""
        ...

    def wake(self) -> None:
        """Look for work now."""
        ...

    def stop(self) -> None:
        """Finish the lines at hand and end."""
        ...


class Batcher:
    """Takes batches in, says how far they are, gives their results.

    Parameters
    ----------
    store
        Decisions and batches.
    policy
        Policy of the installation.
    home
        $LIANGSHAN_HOME, where the lines wait.
    clock
        Now, in Asia/Shanghai.
    said
        Gives the problem details of what went wrong with a line.
    workers
        Whoever answers the lines while the service runs; None where others see to that.
    """

    def __init__(
        self,
        store: Store,
        policy: Policy,
        home: Path,
        clock: Callable[[], datetime],
        said: Said,
        workers: Workers | None = None,
    ) -> None:
        self._store = store
        self._policy = policy
        self._files = BatchFiles(home)
        self._clock = clock
        self._said = said
        self._workers = workers

    def start(self) -> None:
        """Begin to answer lines, in the background."""
        if self._workers is not None:
            self._workers.start()

    def stop(self) -> None:
        """Finish the lines at hand and end; the others are answered after the next start."""
        if self._workers is not None:
            self._workers.stop()

    def receive(self, product: str | None, caller: Caller) -> Spool:
        """Return a file that is to be filled with the lines of a new batch.

        Raises
        ------
        UnknownProduct
            When the lines are for a product that there is not.
        """
        if product is not None and product not in self._policy.products:
            raise UnknownProduct("没有此产品 · unknown product", field="product", value=product)
        return self._files.receive(caller.owner, partial(self._at_rest, caller.owner))

    def keep(
        self,
        spool: Spool,
        product: str | None,
        digest: str,
        caller: Caller,
        idempotency_key: str | None = None,
    ) -> Batch:
        """Keep a batch whose lines have been received; with a key that came before, that one.

        Parameters
        ----------
        digest
            The sha256 of what was sent.

        Raises
        ------
        BadInput
            When it has no line; `IdempotencyConflict` when the key came with another file;
            `TooManyOpen`.
        """
        if not spool.rows:
            raise BadInput("没有申请 · there is no application in it", where="batch")
        new = self._new(spool.rows, product, digest, caller, idempotency_key)
        spool.keep(self._files.path(new.owner, new.id))
        try:
            kept = self._batches(caller).keep(new)
        except BadInput:
            self._files.remove(new.owner, new.id)
            raise
        if kept.id != new.id:
            self._files.remove(new.owner, new.id)
        if self._workers is not None:
            self._workers.wake()
        return kept

    def read(self, id: str, caller: Caller) -> Batch | None:
        """Return a batch of the caller's tenant; None where there is none."""
        return self._batches(caller).get(id)

    def cancel(self, id: str, caller: Caller) -> Batch | None:
        """End a batch and return it; None where the caller's tenant has none of that id.

        The lines at hand are still answered, no others; what is answered stays.

        Raises
        ------
        IsOver
            When it ended otherwise before.
        """
        kept = self._batches(caller)
        if kept.cancel(id, self._clock()):
            self._files.remove(caller.owner, id)
            log.info("batch cancelled", extra={"batch": id, "by": caller.name})
        found = kept.get(id)
        if found is not None and found.state != CANCELLED:
            raise IsOver("批次已结束 · the batch is over", field="state", value=found.state)
        return found

    def newest(self, limit: int, before: str | None, caller: Caller) -> list[Batch]:
        """Return batches of the caller's tenant, the newest first, those before another alone."""
        return self._batches(caller).newest(limit, before)

    def result(self, batch: Batch) -> Iterator[bytes]:
        """Return the answer to each line, in order, as lines of canonical JSON.

        `{"decision": {…}, "line": 1}` or `{"line": 2, "problem": {…}}`; of a batch that was
        cancelled or lost, the lines that were not answered say so.

        Raises
        ------
        NotFinished
            While there are lines to answer.
        """
        if not batch.is_over:
            said = f"{batch.done} / {batch.rows}"
            raise NotFinished("批次尚未完成 · the batch is not finished", where=said)
        return self._answers(batch)

    def _answers(self, batch: Batch) -> Iterator[bytes]:
        kept = Batches(self._store.engine, Tenant(batch.owner))
        otherwise = self._unanswered(batch)
        for first in range(1, batch.rows + 1, LINES_AT_ONCE):
            last = min(first + LINES_AT_ONCE - 1, batch.rows)
            faults = kept.faults(batch.id, first, last)
            lines = range(first, last + 1)
            keys = {n: line_key(batch.id, n) for n in lines if n not in faults}
            decided = self._store.decisions.by_keys(list(keys.values()), batch.owner)
            for line in lines:
                if line in keys and (otherwise is None or keys[line] in decided):
                    document = decided[keys[line]].document
                    yield b'{"decision":%s,"line":%d}\n' % (document, line)
                else:
                    problem = faults.get(line, otherwise)
                    yield b'{"line":%d,"problem":%s}\n' % (line, problem)

    def _unanswered(self, batch: Batch) -> bytes | None:
        """Return the problem of lines without an answer; None where every line has one."""
        if batch.state == FINISHED:
            return None
        return canonical_json(self._said(Unanswered(WHY_UNANSWERED[batch.state], where="line")))

    def _at_rest(self, owner: str, line: Line) -> Line:
        """Return a line as it may wait on disk: no identity number in clear, wherever it stood."""
        body = None if line.body is None else at_rest(line.body, self._store.subjects, owner)
        kept = replace(line, body=body)
        try:
            refuse_number_in(kept.to_bytes().decode(), "line")
        except BadInput as refusal:
            return Line(problem=self._said(BadInput(refusal.rule, where="line")))
        return kept

    def _batches(self, caller: Caller) -> Batches:
        return Batches(self._store.engine, Tenant(caller.owner))

    def _new(
        self, rows: int, product: str | None, digest: str, caller: Caller, key: str | None
    ) -> Batch:
        return Batch(
            owner=caller.owner,
            id=new_id(),
            product=product,
            by=caller.name,
            role=caller.role.value,
            kind=caller.kind.value,
            made_at=self._clock(),
            finished_at=None,
            state=WAITING,
            rows=rows,
            done=0,
            faulty=0,
            idempotency_key=key,
            request_digest=digest,
        )
