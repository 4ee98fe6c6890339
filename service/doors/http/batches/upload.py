"""Take a batch's file in, piece by piece: never more of it in memory than a line."""

from __future__ import annotations

import hashlib

from features.errors import BadInput
from service.doors.http.batches.lines import READERS
from service.doors.http.services import Batcher
from service.doors.http.wire.problems import Problem, ProblemKind
from service.store.batches import Batch
from service.store.faults import StoreUnavailable
from service.trust.identity import Caller
from service.use_cases.batches.batches import MOST_LINES


class Upload:
    """A batch while its file arrives.

    Parameters
    ----------
    batcher
        Keeps it.
    media_type
        What the file is.
    product
        What its lines ask for, where they do not say so.
    caller
        Who sends it.

    Raises
    ------
    Problem
        `unsupported-media-type` for a file of another kind.
    BadInput
        For an unknown product; `TooManyOpen` while too many others arrive.
    """

    def __init__(
        self, batcher: Batcher, media_type: str, product: str | None, caller: Caller
    ) -> None:
        if media_type not in READERS:
            known = ", ".join(READERS)
            detail = (
                f"Content-Type 须为其一 · must be one of {known}, not {media_type or 'none'!r}"
            )
            raise Problem(
                ProblemKind.UNSUPPORTED_MEDIA_TYPE, detail, headers={"accept-post": known}
            )
        self._batcher = batcher
        self._product = product
        self._caller = caller
        self._digest = hashlib.sha256(f"{media_type}\n{product or ''}\n".encode())
        self._spool = batcher.receive(product, caller)
        try:
            self._reader = READERS[media_type](self._spool.path.parent)
        except StoreUnavailable:
            self._spool.discard()
            raise

    def take(self, content: bytes) -> None:
        """Take the next bytes of the file.

        Raises
        ------
        BadInput
            When this is no such file, or it holds more lines than a batch may have.
        """
        self._digest.update(content)
        for line in self._reader.feed(content):
            self._spool.write(line)
        self._refuse_too_many()

    def end(self, idempotency_key: str | None) -> Batch:
        """Keep the batch, or return the one that the key made before.

        Raises
        ------
        BadInput
            When this is no such file or the key came with another one.
        """
        for line in self._reader.end():
            self._spool.write(line)
            self._refuse_too_many()
        return self._batcher.keep(
            self._spool, self._product, self._digest.hexdigest(), self._caller, idempotency_key
        )

    def discard(self) -> None:
        """Throw away what arrived, unless the batch was kept."""
        self._spool.discard()

    def _refuse_too_many(self) -> None:
        if self._spool.rows > MOST_LINES:
            said = f"一批至多 {MOST_LINES} 行 · a batch has at most {MOST_LINES} lines"
            raise BadInput(said, where="batch")
