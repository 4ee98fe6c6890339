"""A folder in the place of a client: a file put into `in` is a batch, its answers come into `out`.

    in/       files to be assessed: .ndjson, .csv, .parquet; a name that begins with a dot or ends
              in .part or .tmp is still being written
    out/      NAME.decisions.ndjson, and beside it NAME.quarantine.ndjson with the lines that
              could not be served, each with its problem
    done/     NAME.receipt.json: what was answered, its sha256 and its batch; the file itself goes
    refused/  what is no such file, beside it NAME.problem.json

A file is one batch however often the watching begins anew; of a name that was there before, the
batch's number tells the second from the first. While a file waits, and where it was refused, it
is as its sender wrote it, identity numbers included; what was answered is not kept twice.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

import orjson

from features.canonical import canonical_json, sha256_hex
from features.errors import BadInput
from service.doors.http.batches.lines import CSV, NDJSON, PARQUET
from service.doors.http.batches.routes import shown
from service.doors.http.batches.upload import Upload
from service.doors.http.services import Batcher
from service.doors.http.wire.problems import Problem
from service.doors.http.wire.refusals import said_of
from service.store.batches import Batch, TooManyOpen
from service.trust.identity import Caller

IN, OUT, DONE, REFUSED = "in", "out", "done", "refused"
KINDS = {".ndjson": NDJSON, ".jsonl": NDJSON, ".csv": CSV, ".parquet": PARQUET}
UNFINISHED = (".part", ".tmp")
RECEIPT = ".receipt.json"
SETTLED_SECONDS = 2.0
PIECE = 1 << 16
BEGINS_PROBLEM = b'{"line":'
"""How the answer to a line begins that has no decision; names stand in alphabetical order."""

Answer = Callable[[Batch], Batch]


@dataclass(frozen=True)
class Outcome:
    """What became of one file.

    Attributes
    ----------
    batch
        The batch that it was; None where it was refused.
    problem
        Why it was refused.
    """

    name: str
    batch: Batch | None = None
    problem: dict[str, object] | None = None


class WatchedFolder:
    """Turns files into batches and batches into files.

    Parameters
    ----------
    folder
        Its folders are made where they are not there.
    batcher
        Keeps batches and gives their results.
    answer
        Has a batch worked through and returns it as it is then.
    caller
        On whose behalf.
    product
        What lines ask for that do not say it.

    Raises
    ------
    BadInput
        When the folder cannot be made.
    """

    def __init__(
        self,
        folder: Path,
        batcher: Batcher,
        answer: Answer,
        caller: Caller,
        product: str | None,
    ) -> None:
        self._folder = folder
        self._batcher = batcher
        self._answer = answer
        self._caller = caller
        self._product = product
        try:
            for name in (IN, OUT, DONE, REFUSED):
                (folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            rule = f"无法建立此文件夹 · this folder cannot be made ({fault.strerror})"
            raise BadInput(rule, field="DIR", value=str(folder)) from fault

    def look(self) -> Iterator[Outcome]:
        """Yield what becomes of each file that is there, the oldest first."""
        for path in self._settled():
            try:
                batch = self._answer(self._sent(path))
            except TooManyOpen:
                return
            except (BadInput, Problem) as refusal:
                yield self._refused(path, refusal)
                continue
            if not batch.is_over:
                return
            name = self._name(path.name, batch)
            self._write(name, batch)
            self._acknowledge(path, name, batch)
            path.unlink()
            yield Outcome(path.name, batch)

    def has_files(self) -> bool:
        """Return whether a file is there, be it still being written."""
        return bool(self._waiting())

    def _waiting(self) -> list[tuple[float, Path]]:
        """Return the files that are there and when each was written to last."""
        return sorted(
            (path.stat().st_mtime, path)
            for path in (self._folder / IN).iterdir()
            if path.is_file() and not path.name.startswith(".")
            if not path.name.endswith(UNFINISHED)
        )

    def _settled(self) -> list[Path]:
        """Return the files that nobody has written to for a while."""
        latest = time.time() - SETTLED_SECONDS
        return [path for at, path in self._waiting() if at <= latest]

    def _sent(self, path: Path) -> Batch:
        """Return the batch that a file is; the same one for the same file."""
        if path.suffix.lower() not in KINDS:
            rule = f"须为其一 · must be one of {', '.join(KINDS)}"
            raise BadInput(rule, field="name", value=path.suffix)
        with path.open("rb") as file:
            key = f"watch:{_identity(file)}"
            kind = KINDS[path.suffix.lower()]
            upload = Upload(self._batcher, kind, self._product, self._caller)
            try:
                while piece := file.read(PIECE):
                    upload.take(piece)
                return upload.end(key)
            finally:
                upload.discard()

    def _write(self, name: str, batch: Batch) -> None:
        """Write the answers: a file comes under its name once it is whole."""
        out = self._folder / OUT
        decisions, quarantine = (out / f".{name}.{kind}.part" for kind in ("decisions", "bad"))
        with decisions.open("wb") as good, quarantine.open("wb") as bad:
            for answer in self._batcher.result(batch):
                (bad if answer.startswith(BEGINS_PROBLEM) else good).write(answer)
            for file in (good, bad):
                _to_disk(file)
            has_bad = bad.tell() > 0
        decisions.replace(out / f"{name}.decisions.ndjson")
        if has_bad:
            quarantine.replace(out / f"{name}.quarantine.ndjson")
        else:
            quarantine.unlink()

    def _acknowledge(self, path: Path, name: str, batch: Batch) -> None:
        """Write what stays of a file that was answered."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            told = {"file": path.name, "sha256": digest, "bytes": file.tell()} | shown(batch)
        place = self._folder / DONE / f"{name}{RECEIPT}"
        draft = place.with_name(f".{name}.part")
        with draft.open("wb") as file:
            file.write(canonical_json(told))
            _to_disk(file)
        draft.replace(place)

    def _name(self, name: str, batch: Batch) -> str:
        """Return under which name a file is answered: its own, unless that was another's."""
        receipt = self._folder / DONE / f"{name}{RECEIPT}"
        if receipt.exists() and orjson.loads(receipt.read_bytes())["id"] != batch.id:
            return f"{batch.id}.{name}"
        return name

    def _refused(self, path: Path, refusal: BadInput | Problem) -> Outcome:
        told = refusal.document() if isinstance(refusal, Problem) else said_of(refusal)
        place = self._free(path.name)
        place.with_name(f"{place.name}.problem.json").write_bytes(canonical_json(told))
        path.replace(place)
        return Outcome(path.name, problem=told)

    def _free(self, name: str) -> Path:
        """Return where a refused file goes: under its name or, where that is taken, numbered."""
        place = self._folder / REFUSED / name
        return place.with_name(f"{time.time_ns()}.{name}") if place.exists() else place


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _identity(file: BufferedReader) -> str:
    """Return what tells a file from all others, also from its copy put there another day."""
    status = os.fstat(file.fileno())
    content = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    told = f"{file.name} {status.st_ino} {status.st_mtime_ns} {content}"
    return sha256_hex(told.encode())
