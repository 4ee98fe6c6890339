"""The files of a model: model.json, a page to read, and tables.npz, whole numbers to add up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from features.canonical import sha256_hex
from features.errors import BadInput

PAGE = "model.json"
TABLES = "tables.npz"


@dataclass(frozen=True)
class Artefact:
    """Bytes of the two files; their digest is the version of the model."""

    page: bytes
    tables: bytes

    @cached_property
    def version(self) -> str:
        """SHA-256 of `to_bytes`."""
        return sha256_hex(self.to_bytes())

    def to_bytes(self) -> bytes:
        """Return both files as one: the page is canonical JSON, so the first newline ends it."""
        return self.page + b"\n" + self.tables

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Return the artefact of `to_bytes`."""
        page, _, tables = content.partition(b"\n")
        return cls(page, tables)

    def save(self, folder: Path) -> None:
        """Write both files into `folder`, which is made where it is not there."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PAGE).write_bytes(self.page)
        (folder / TABLES).write_bytes(self.tables)

    @classmethod
    def load(cls, folder: Path, version: str | None = None) -> Self:
        """Return the artefact in `folder`.

        Raises
        ------
        BadInput
            Where its digest is not `version`: somebody has changed a file.
        """
        artefact = cls((folder / PAGE).read_bytes(), (folder / TABLES).read_bytes())
        if version is not None and artefact.version != version:
            raise BadInput(
                "model files are not those that were registered",
                where=str(folder),
                field="version",
                value=artefact.version,
            )
        return artefact
