"""A home of its own for a process that a test starts, with the plans compiled already."""

from __future__ import annotations

from pathlib import Path

from features.plan import plans_folder


def with_plans(home: Path) -> Path:
    """Return `home`, made where it is not there; compiling its plans again would take minutes."""
    home.mkdir(parents=True, exist_ok=True)
    plans_folder().mkdir(parents=True, exist_ok=True)
    (home / "plans").symlink_to(plans_folder())
    return home
