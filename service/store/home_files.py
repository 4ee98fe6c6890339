"""What a backup takes from $LIANGSHAN_HOME beside the store: models, batches, keys on request."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from features.canonical import sha256_hex

FOLDERS = ("models", "mlflow")
DATABASES = ("mlflow.db",)
SECRETS = "secrets"
BATCHES = "batches"
OWNER_DIGITS = 16


def files_of(home: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what was made by training, by its path inside `home`."""
    for name in DATABASES:
        if (home / name).exists():
            yield name, _snapshot(home / name)
    for folder in FOLDERS:
        yield from _below(home, folder)


def batch_file(owner: str, id: str) -> str:
    """Return where inside `home` the lines of a batch wait; it does not tell the owner's name."""
    return f"{BATCHES}/{sha256_hex(owner.encode())[:OWNER_DIGITS]}/{id}"


class HeldFiles:
    """The lines of batches, held open: a batch that ends meanwhile takes its file away."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._held: dict[str, BinaryIO] = {}
        self._open = ExitStack()

    def __enter__(self) -> HeldFiles:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def look(self) -> None:
        """Hold every file that is there now."""
        for path in (self._home / BATCHES).glob("*/*"):
            name = path.relative_to(self._home).as_posix()
            if name not in self._held:
                with suppress(FileNotFoundError):
                    self._held[name] = self._open.enter_context(path.open("rb"))

    def of(self, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Yield those of these files that were there, by name."""
        for name in sorted(set(names) & set(self._held)):
            yield name, self._held[name].read()


def secrets_of(home: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the keys."""
    yield from _below(home, SECRETS)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that was not there, for the service's account alone, through to the disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _below(home: Path, folder: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted((home / folder).rglob("*")):
        if path.is_file():
            yield path.relative_to(home).as_posix(), path.read_bytes()


def _snapshot(path: Path) -> bytes:
    """Return a SQLite database as it stands between two of its transactions."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        return copy.read_bytes()
