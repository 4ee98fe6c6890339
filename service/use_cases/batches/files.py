"""What a batch still has to answer: its lines, read once at the door, in a file until it is done.

The file lies under home/batches/<digest of the owner>/<id> and goes when its last line is
answered, or the batch is cancelled; answers are in the store alone.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from service.store.batches import TooManyOpen
from service.store.faults import FULL, StoreUnavailable
from service.store.home_files import BATCHES, batch_file

UNFINISHED = ".part"
KEY_PREFIX = "batch:"
MOST_AT_ONCE = 5
"""Files of one owner that arrive at the same time."""
ABANDONED_AFTER = 86_400.0
"""Seconds after which a file that no batch needs is removed."""


@dataclass(frozen=True)
class Line:
    """One application of a batch.

    Attributes
    ----------
    product
        What it asks for, where it says so itself.
    body
        As a request for one assessment has it; None where the line cannot be read.
    problem
        Why it cannot be read, as problem details.
    """

    product: str | None = None
    body: Mapping[str, Any] | None = None
    problem: Mapping[str, Any] | None = None

    def to_bytes(self) -> bytes:
        """Return it as it stands in a file."""
        return orjson.dumps({name: kept for name, kept in vars(self).items() if kept is not None})


@dataclass(frozen=True)
class Chunk:
    """Some lines of a batch, one after the other.

    Attributes
    ----------
    place
        Where the next one begins, in bytes.
    last
        Whether there is none.
    """

    lines: tuple[Line, ...]
    place: int
    last: bool


def line_key(id: str, line: int) -> str:
    """Return the idempotency key of a batch's line.

    Examples
    --------
    >>> line_key("0a", 3)
    'batch:0a:3'
    """
    return f"{KEY_PREFIX}{id}:{line}"


class Spool:
    """A batch's file while it is received.

    Parameters
    ----------
    path
        Where it lies until it is kept.
    at_rest
        Gives a line as it may lie there.
    over
        Is told once nothing more arrives.
    """

    def __init__(
        self, path: Path, at_rest: Callable[[Line], Line], over: Callable[[], None]
    ) -> None:
        self.path = path
        self._at_rest = at_rest
        self._over = over
        self.rows = 0
        self._file: BinaryIO = os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
        )

    def write(self, line: Line) -> None:
        """Add a line.

        Raises
        ------
        StoreUnavailable
            When the disk is full.
        """
        content = self._at_rest(line).to_bytes()
        with room_on_disk():
            self._file.write(content + b"\n")
        self.rows += 1

    def keep(self, path: Path) -> None:
        """Bring all to disk under its lasting name.

        Raises
        ------
        StoreUnavailable
            When the disk is full.
        """
        with room_on_disk():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        self.path.rename(path)
        self._over()

    def discard(self) -> None:
        """Throw away what was received; nothing to do once it is kept."""
        self.path.unlink(missing_ok=True)
        with suppress(OSError):  # a full disk, for bytes that nobody wants
            self._file.close()
        self._over()


@contextmanager
def room_on_disk() -> Iterator[None]:
    """Turn what a full disk does into what is told and tried again later.

    Raises
    ------
    StoreUnavailable
        When the disk is full.
    """
    try:
        yield
    except OSError as fault:
        raise StoreUnavailable(FULL) from fault


class BatchFiles:
    """The files of all batches that wait here.

    Parameters
    ----------
    home
        $LIANGSHAN_HOME.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._arriving: dict[str, set[Path]] = defaultdict(set)
        self._lock = threading.Lock()

    def path(self, owner: str, id: str) -> Path:
        """Return where the lines of a batch lie."""
        return self._home / batch_file(owner, id)

    def has(self, owner: str, id: str) -> bool:
        """Return whether the lines of a batch lie here."""
        return self.path(owner, id).exists()

    def receive(self, owner: str, at_rest: Callable[[Line], Line]) -> Spool:
        """Return a new file to be filled with lines as they may lie there.

        Raises
        ------
        TooManyOpen
            When `MOST_AT_ONCE` of the owner's arrive already.
        """
        path = self.path(owner, f"{secrets.token_hex(16)}{UNFINISHED}")
        self._let_in(owner, path)
        over = partial(self._arriving[owner].discard, path)
        try:
            with room_on_disk():
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                return Spool(path, at_rest, over)
        except StoreUnavailable:
            over()
            raise

    def _let_in(self, owner: str, path: Path) -> None:
        with self._lock:
            if len(self._arriving[owner]) >= MOST_AT_ONCE:
                rule = f"同时上传至多 {MOST_AT_ONCE} 份 · at most {MOST_AT_ONCE} files at once"
                raise TooManyOpen(rule, where="batch")
            self._arriving[owner].add(path)

    def remove(self, owner: str, id: str) -> None:
        """Remove the lines of a batch that is over."""
        self.path(owner, id).unlink(missing_ok=True)

    def read(self, owner: str, id: str, place: int, count: int) -> Chunk:
        """Return at most `count` lines of a batch, from a place on."""
        with self.path(owner, id).open("rb") as file:
            file.seek(place)
            read = [content for _ in range(count) if (content := file.readline())]
            last = not file.peek(1)
            place = file.tell()
        return Chunk(tuple(Line(**orjson.loads(content)) for content in read), place, last)

    def sweep(self, waiting: Collection[str]) -> None:
        """Remove what was left by those who died before their batch was kept.

        Parameters
        ----------
        waiting
            The batches whose lines are still needed.
        """
        oldest = time.time() - ABANDONED_AFTER
        for path in (self._home / BATCHES).glob("*/*"):
            if path.name not in waiting and path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)
