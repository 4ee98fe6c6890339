"""Group commit: all decisions of one tick of the event loop share one write to disk.

At most one batch is in flight. While it is on its way to disk the next one gathers, so a busy
service commits larger batches and an idle one answers at once; nobody waits on a timer.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from service import metrics
from service.store.decisions import DecisionLog, Draft, NotKept, Stored
from service.store.faults import StoreUnavailable

Answer = asyncio.Future[Stored]


class DecisionWriter:
    """Append decisions from coroutines; each is answered after its commit.

    Parameters
    ----------
    log
        Where the decisions are kept.
    """

    def __init__(self, log: DecisionLog) -> None:
        self._log = log
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="decisions")
        self._waiting: list[tuple[Draft, Answer]] = []
        self._busy = False
        self._closed = False
        self._idle = asyncio.Event()
        self._idle.set()

    async def append(self, draft: Draft) -> Stored:
        """Keep `draft` and return it once it is on disk.

        Raises
        ------
        IdempotencyConflict
            When its key came before with another request.
        StoreUnavailable
            When the batch could not be written now; nothing of it was. Also when the service is
            stopping.
        """
        if self._closed:
            raise StoreUnavailable("服务正在停止 · the service is stopping")
        loop = asyncio.get_running_loop()
        answer: Answer = loop.create_future()
        self._waiting.append((draft, answer))
        metrics.WAITING.inc()
        if not self._busy:
            self._busy = True
            self._idle.clear()
            loop.call_soon(self._send)
        return await answer

    async def close(self) -> None:
        """Refuse new decisions, write those that wait, and end the thread."""
        self._closed = True
        await self._idle.wait()
        self._thread.shutdown()

    def _send(self) -> None:
        """Hand everything that waits to the writing thread."""
        batch, self._waiting = self._waiting, []
        drafts = [draft for draft, _ in batch]
        answers = [answer for _, answer in batch]
        written = asyncio.get_running_loop().run_in_executor(
            self._thread, self._log.append_all, drafts
        )
        written.add_done_callback(lambda done: self._answer(done, answers))

    def _answer(
        self, written: asyncio.Future[list[Stored | NotKept]], answers: list[Answer]
    ) -> None:
        """Answer a batch that has reached the disk, or failed to, and send the next one."""
        metrics.WAITING.dec(len(answers))
        fault = written.exception()
        outcomes = [fault] * len(answers) if fault is not None else written.result()
        for outcome, answer in zip(outcomes, answers, strict=True):
            if answer.done():
                continue
            if isinstance(outcome, Stored):
                answer.set_result(outcome)
            else:
                answer.set_exception(outcome)
        if self._waiting:
            self._send()
        else:
            self._busy = False
            self._idle.set()
