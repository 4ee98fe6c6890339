"""Same seed, same bytes: in another process, on another day, with other parts around."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from features.book import read_book
from features.errors import BadInput
from features.simulate import SimulatedCounty, simulate, write
from features.simulate.county_book import TRUTH
from features.simulate.streams import Streams

WRITE = "import sys; from pathlib import Path; from features.simulate import simulate, write; "
WRITE += "write(simulate(40, 3), Path(sys.argv[1]))"


def digests(folder: Path) -> dict[str, str]:
    files = sorted(folder.rglob("*.parquet"))
    return {str(f.relative_to(folder)): sha256(f.read_bytes()).hexdigest() for f in files}


def test_two_runs_and_another_process_write_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        write(simulate(40, 3), tmp_path / name)
    command = [sys.executable, "-c", WRITE, str(tmp_path / "third")]
    subprocess.run(command, check=True, env={"PYTHONHASHSEED": "77"})
    first = digests(tmp_path / "first")
    assert len(first) > 40
    assert first == digests(tmp_path / "second") == digests(tmp_path / "third")


def test_another_seed_is_another_county(tmp_path: Path) -> None:
    write(simulate(40, 3), tmp_path / "three")
    write(simulate(40, 4), tmp_path / "four")
    three, four = digests(tmp_path / "three"), digests(tmp_path / "four")
    assert three["household.parquet"] != four["household.parquet"]
    assert three["loan.parquet"] != four["loan.parquet"]


def test_a_stream_depends_on_its_name_alone() -> None:
    alone = Streams(5).of("loan").random(3)
    streams = Streams(5)
    streams.of("something new").random(100)
    assert np.array_equal(streams.of("loan").random(3), alone)
    assert not np.array_equal(streams.of("loans").random(3), alone)


def test_what_is_written_is_read_back(tmp_path: Path, small: SimulatedCounty) -> None:
    write(small, tmp_path)
    book = read_book(tmp_path)
    assert list(book.tables) == list(small.book.tables)
    assert all(book.tables[name].equals(table) for name, table in small.book.tables.items())
    assert sorted(f.name for f in (tmp_path / TRUTH).iterdir()) == [
        "application.parquet",
        "cooperative.parquet",
        "developer.parquet",
    ]


def test_a_given_day_is_the_last_one() -> None:
    county = simulate(30, 1, date(2024, 2, 29))
    for table in county.book.tables.values():
        assert max(table["as_of"].to_pylist(), default=date.min) <= date(2024, 2, 29)
        known = [moment.date() for moment in table["known_at"].to_pylist()]
        assert max(known, default=date.min) <= date(2024, 2, 29)


@pytest.mark.parametrize(("households", "seed", "field"), [(0, 1, "households"), (5, -1, "seed")])
def test_impossible_orders_are_refused(households: int, seed: int, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        simulate(households, seed)
    assert caught.value.field == field
