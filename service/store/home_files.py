"""What a backup takes from $LIANGSHAN_HOME beside the store: models, batches, keys on request."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

FOLDERS = ("models", "mlflow", "batches")
DATABASES = ("mlflow.db",)
SECRETS = "secrets"


def files_of(home: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what was made by training and what waits in batches, by its path inside `home`."""
    for name in DATABASES:
        if (home / name).exists():
            yield name, _snapshot(home / name)
    for folder in FOLDERS:
        yield from _below(home, folder)


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
