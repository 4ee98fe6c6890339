"""A watched folder: a file is one batch, its answers come beside it, whatever dies between."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from service.doors.watched_folder import WatchedFolder
from service.store import batches
from service.store.batches import FINISHED, Batch
from service.trust.identity import Caller
from service.trust.roles import Role
from service.use_cases.batches.batches import Batcher
from service.use_cases.batches.worker import BatchWorker
from tests.service.people import citizen

CALLER = Caller("watch", "county", Role.OFFICER)
LONG_AGO = 60.0


class Watch:
    """A folder and what watches it."""

    def __init__(self, folder: Path, batcher: Batcher, worker: BatchWorker) -> None:
        self.folder = folder
        self.batcher = batcher
        self.worker = worker
        self.watched = self.anew(self.answered)

    def anew(self, answer: Callable[[Batch], Batch]) -> WatchedFolder:
        return WatchedFolder(self.folder, self.batcher, answer, CALLER, "credit")

    def answered(self, batch: Batch) -> Batch:
        while self.worker.turn():
            pass
        found = self.batcher.read(batch.id, CALLER)
        assert found is not None
        return found

    def put(self, name: str, content: bytes, age: float = LONG_AGO) -> Path:
        path = self.folder / "in" / name
        path.write_bytes(content)
        os.utime(path, (time.time() - age,) * 2)
        return path

    def look(self) -> list[str]:
        return [outcome.name for outcome in self.watched.look()]

    def files(self, folder: str) -> list[str]:
        return sorted(path.name for path in (self.folder / folder).iterdir())

    def lines(self, name: str) -> list[dict[str, Any]]:
        content = (self.folder / "out" / name).read_bytes()
        return [orjson.loads(line) for line in content.splitlines()]


@pytest.fixture
def watch(tmp_path: Path, batcher: Batcher, worker: BatchWorker) -> Watch:
    return Watch(tmp_path / "folder", batcher, worker)


def subject(*applications: str) -> bytes:
    bodies = [{"subject": {"kind": "application", "id": one}} for one in applications]
    return b"\n".join(map(orjson.dumps, bodies))


def test_answers_come_out_and_quarantined_lines_beside(watch: Watch) -> None:
    watch.put("night.ndjson", subject("A1", "nobody", "A3"))
    assert watch.look() == ["night.ndjson"]
    decided = watch.lines("night.ndjson.decisions.ndjson")
    assert [answer["line"] for answer in decided] == [1, 3]
    (quarantined,) = watch.lines("night.ndjson.quarantine.ndjson")
    assert (quarantined["line"], quarantined["problem"]["status"]) == (2, 404)
    assert (watch.files("in"), watch.files("done")) == ([], ["night.ndjson.receipt.json"])


def test_a_file_of_good_lines_has_no_quarantine(watch: Watch) -> None:
    watch.put("a.csv", b"application_id\nA1\n")
    watch.look()
    assert watch.files("out") == ["a.csv.decisions.ndjson"]


def test_what_is_still_being_written_is_left(watch: Watch) -> None:
    watch.put("new.csv", b"application_id\n", age=0)
    for name in (".hidden.csv", "a.csv.part", "a.csv.tmp"):
        watch.put(name, b"application_id\n")
    assert watch.look() == []
    assert watch.watched.has_files()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"PK", ".parquet"),
        ("a.csv", b"application\nA1\n", "application_id"),
        ("a.ndjson", b"\n", "no application"),
    ],
)
def test_what_is_no_batch_is_refused_with_its_reason(
    watch: Watch, name: str, content: bytes, said: str
) -> None:
    watch.put(name, content)
    (outcome,) = watch.watched.look()
    assert outcome.batch is None
    assert watch.files("refused") == [name, f"{name}.problem.json"]
    told = (watch.folder / "refused" / f"{name}.problem.json").read_text()
    assert said in told
    assert (watch.files("in"), watch.files("out")) == ([], [])


def dies(batch: Batch) -> Batch:
    raise KeyboardInterrupt


def test_a_file_is_one_batch_however_often_the_watching_begins(watch: Watch) -> None:
    watch.put("a.csv", b"application_id\nA1\nA2\n")
    with pytest.raises(KeyboardInterrupt):
        list(watch.anew(dies).look())
    assert watch.look() == ["a.csv"]
    assert [batch.state for batch in watch.batcher.newest(9, None, CALLER)] == [FINISHED]


def test_a_file_that_is_not_answered_yet_stays(watch: Watch) -> None:
    watch.put("a.csv", b"application_id\nA1\n")
    assert list(watch.anew(lambda batch: batch).look()) == []
    assert watch.files("in") == ["a.csv"]
    assert watch.files("out") == []


def test_answers_written_before_a_death_are_written_again(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = watch.put("a.csv", b"application_id\nA1\n")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", dying)
        with pytest.raises(KeyboardInterrupt):
            watch.look()
    assert path.exists()
    assert watch.look() == ["a.csv"]
    assert watch.files("out") == ["a.csv.decisions.ndjson"]


def dying(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_answered_file_leaves_a_receipt_and_no_number(watch: Watch) -> None:
    number = citizen(7)
    body = {"household": {"id_number": number}, "subject": {"kind": "application", "id": "A1"}}
    watch.put("a.ndjson", orjson.dumps(body))
    with pytest.raises(KeyboardInterrupt):
        list(watch.anew(dies).look())
    assert number in (watch.folder / "in" / "a.ndjson").read_text()
    watch.look()
    left = [path for path in watch.folder.rglob("*") if path.is_file()]
    assert len(left) == 2
    assert not [path for path in left if number.encode() in path.read_bytes()]
    (batch,) = watch.batcher.newest(9, None, CALLER)
    receipt = orjson.loads((watch.folder / "done" / "a.ndjson.receipt.json").read_bytes())
    assert (receipt["file"], receipt["id"], receipt["lines"]) == ("a.ndjson", batch.id, 1)
    assert receipt["sha256"] == hashlib.sha256(orjson.dumps(body)).hexdigest()


def test_a_receipt_written_before_a_death_is_written_again(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.put("a.csv", b"application_id\nA1\n")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", dies_over_what_came_in)
        with pytest.raises(KeyboardInterrupt):
            watch.look()
    assert watch.files("in") == ["a.csv"]
    assert watch.look() == ["a.csv"]
    assert watch.files("done") == ["a.csv.receipt.json"]
    assert watch.files("in") == []


def dies_over_what_came_in(path: Path, missing_ok: bool = False) -> None:
    if path.parent.name == "in":
        raise KeyboardInterrupt
    os.unlink(path) if path.exists() or not missing_ok else None


def test_a_batch_that_somebody_cancels_comes_out_with_what_was_not_answered(watch: Watch) -> None:
    def cancels(batch: Batch) -> Batch:
        cancelled = watch.batcher.cancel(batch.id, CALLER)
        assert cancelled is not None
        return cancelled

    watch.put("a.csv", b"application_id\nA1\nA2\n")
    assert [outcome.name for outcome in watch.anew(cancels).look()] == ["a.csv"]
    assert watch.lines("a.csv.decisions.ndjson") == []
    told = [one["problem"]["type"] for one in watch.lines("a.csv.quarantine.ndjson")]
    assert told == ["urn:liangshan:problem:unanswered"] * 2
    assert watch.files("in") == []


def test_a_file_waits_while_there_are_too_many_batches(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.put("a.csv", b"application_id\nA1\n")
    with monkeypatch.context() as patched:
        patched.setattr(batches, "MOST_OPEN", 0)
        assert watch.look() == []
    assert (watch.files("in"), watch.files("refused")) == (["a.csv"], [])
    assert watch.look() == ["a.csv"]


def test_the_same_name_and_content_another_day_is_another_batch(watch: Watch) -> None:
    for age in (LONG_AGO, LONG_AGO - 1):
        watch.put("a.csv", b"application_id\nA1\n", age)
        watch.look()
    second, first = watch.batcher.newest(9, None, CALLER)
    receipts = ["a.csv.receipt.json", f"{second.id}.a.csv.receipt.json"]
    assert watch.files("done") == sorted(receipts)
    assert len(watch.files("out")) == 2
    assert first.id != second.id
