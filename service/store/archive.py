"""The file of a backup: a zip of one NDJSON per table, files, and a manifest with checksums.

It says of each column what kind of value it holds, so that a program reads it again that has
other tables by then, into either kind of database.
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Any, Literal

import orjson
from sqlalchemy import Boolean, Date, DateTime, Integer, LargeBinary, String
from sqlalchemy.types import TypeDecorator, TypeEngine

from features.canonical import canonical_json
from features.errors import BadInput
from service.store.tables import Instant

FORMAT = 1
MANIFEST = "manifest.json"
BLOCK = 1 << 20

Kind = Literal["instant", "date", "bytes", "flag", "integer", "text"]
Values = Sequence[object]

_KINDS: Mapping[type[TypeEngine[Any]], Kind] = {
    DateTime: "instant",
    Date: "date",
    LargeBinary: "bytes",
    Boolean: "flag",
    Integer: "integer",
    String: "text",
}
TYPES: Mapping[Kind, TypeEngine[Any]] = {
    "instant": Instant(),
    "date": Date(),
    "bytes": LargeBinary(),
    "flag": Boolean(),
    "integer": Integer(),
    "text": String(),
}
_WRITTEN: Mapping[Kind, Callable[[Any], object]] = {
    "instant": lambda value: value.astimezone(UTC).isoformat(),
    "date": date.isoformat,
    "bytes": lambda value: base64.b64encode(value).decode(),
}
_READ: Mapping[Kind, Callable[[Any], object]] = {
    "instant": datetime.fromisoformat,
    "date": date.fromisoformat,
    "bytes": base64.b64decode,
}


@dataclass(frozen=True)
class Member:
    """One file inside: its name, its sha256; of a table also its columns and rows."""

    name: str
    sha256: str
    rows: int = 0
    columns: Mapping[str, Kind] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself.

    Attributes
    ----------
    made_at
        When the store was read.
    revision
        The migration that the store was at.
    heads
        Last sequence and hash of each owner's chain.
    tables, files, secrets
        What is inside, tables in an order in which they can be filled.
    """

    made_at: datetime
    revision: str
    heads: Mapping[str, tuple[int, str]]
    tables: Sequence[Member]
    files: Sequence[Member]
    secrets: Sequence[Member]

    def to_bytes(self) -> bytes:
        """Return the manifest as JSON."""
        return canonical_json(
            {
                "format": FORMAT,
                "made_at": self.made_at.isoformat(),
                "revision": self.revision,
                "heads": {owner: list(head) for owner, head in self.heads.items()},
                **{
                    part: [vars(member) | {"columns": dict(member.columns)} for member in members]
                    for part, members in self._parts().items()
                },
            }
        )

    def _parts(self) -> Mapping[str, Sequence[Member]]:
        return {"tables": self.tables, "files": self.files, "secrets": self.secrets}


def kind_of(column_type: TypeEngine[Any]) -> Kind:
    """Return what kind of value a column holds."""
    plain = column_type.impl if isinstance(column_type, TypeDecorator) else column_type
    return next(kind for known, kind in _KINDS.items() if isinstance(plain, known))


def write_rows(
    archive: zipfile.ZipFile, table: str, columns: Mapping[str, Kind], rows: Iterable[Values]
) -> Member:
    """Write a table, a JSON list a line."""
    name = f"tables/{table}.ndjson"
    digest, count = hashlib.sha256(), 0
    to_text = [_WRITTEN.get(kind, _as_it_is) for kind in columns.values()]
    with archive.open(name, "w", force_zip64=True) as file:
        for row in rows:
            line = orjson.dumps(_each(to_text, row)) + b"\n"
            digest.update(line)
            file.write(line)
            count += 1
    return Member(name, digest.hexdigest(), count, columns)


def write_file(archive: zipfile.ZipFile, name: str, content: bytes) -> Member:
    """Write a small file as it stands."""
    archive.writestr(name, content)
    return Member(name, hashlib.sha256(content).hexdigest())


class Backup:
    """A backup that is read.

    Raises
    ------
    BadInput
        When the file is none, or of a format that this program does not know.
    """

    def __init__(self, archive: zipfile.ZipFile, where: str) -> None:
        self._archive = archive
        self._where = where
        self.manifest = self._read_manifest()

    def rows(self, member: Member) -> Iterator[Values]:
        """Yield the rows of a table; refuse it at its end when it is not what was written."""
        from_text = [_READ.get(kind, _as_it_is) for kind in member.columns.values()]
        digest, count = hashlib.sha256(), 0
        with self._archive.open(member.name) as file:
            for line in file:
                digest.update(line)
                count += 1
                yield _each(from_text, orjson.loads(line))
        if (digest.hexdigest(), count) != (member.sha256, member.rows):
            raise self._damaged(member.name)

    def content(self, member: Member) -> bytes:
        """Return a file's bytes."""
        content = self._archive.read(member.name)
        if hashlib.sha256(content).hexdigest() != member.sha256:
            raise self._damaged(member.name)
        return content

    def _read_manifest(self) -> Manifest:
        try:
            found = orjson.loads(self._archive.read(MANIFEST))
        except (KeyError, orjson.JSONDecodeError) as fault:
            raise self._damaged(MANIFEST) from fault
        if found.pop("format") != FORMAT:
            rule = "由更新版本的程序备份 · made by a newer version; update this program"
            raise BadInput(rule, where=self._where, field="format")
        parts = {
            part: _members(found[part], self._where) for part in ("tables", "files", "secrets")
        }
        return Manifest(
            datetime.fromisoformat(found["made_at"]),
            found["revision"],
            {owner: (head[0], head[1]) for owner, head in found["heads"].items()},
            **parts,
        )

    def _damaged(self, name: str) -> BadInput:
        return BadInput(
            "备份文件损坏 · the backup is damaged: not what was written",
            where=self._where,
            field=name,
        )


def _members(found: Iterable[Mapping[str, Any]], where: str) -> list[Member]:
    """Return members whose names lead nowhere outside."""
    members = [Member(**one) for one in found]
    for member in members:
        if ".." in PurePosixPath(member.name).parts or member.name.startswith("/"):
            rule = "备份文件损坏 · the backup is damaged: a name leads outside"
            raise BadInput(rule, where=where, value=member.name)
    return members


def _each(change: Sequence[Callable[[Any], object]], values: Values) -> list[object]:
    return [None if v is None else how(v) for how, v in zip(change, values, strict=True)]


def _as_it_is(value: object) -> object:
    return value
