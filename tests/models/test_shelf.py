"""Which models become champions by themselves: those that decide nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.canonical import canonical_json
from models.shelf import waits_for_approval


@pytest.mark.parametrize(
    ("present", "trained_on", "waits"),
    [
        (None, "synthetic", False),
        ("synthetic", "synthetic", False),
        ("observed", "synthetic", True),
        (None, "observed", True),
        ("synthetic", "observed", True),
        ("observed", "observed", True),
    ],
)
def test_what_decides_is_approved_and_so_is_what_displaces_it(
    tmp_path: Path, present: str | None, trained_on: str, waits: bool
) -> None:
    if present is not None:
        room = tmp_path / "models" / "credit"
        room.mkdir(parents=True)
        (room / "champion.json").write_bytes(canonical_json({"trained_on": present}))
    assert waits_for_approval(tmp_path, "credit", trained_on) is waits
