"""Keys of a demonstration are marked, and nothing but a demonstration starts with them."""

from __future__ import annotations

from pathlib import Path

from features.errors import BadInput

MARK = Path("secrets") / "DEMO"
SAID = "演示用密钥，不得用于真实业务 · keys of a demonstration, not for real business\n"


def mark_as_demo(home: Path) -> None:
    """Say beside the keys of `home` that they belong to a demonstration."""
    (home / MARK).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / MARK).write_text(SAID, encoding="utf-8")


def refuse_demo_keys(home: Path) -> None:
    """Refuse to do real business with the keys of a demonstration.

    Raises
    ------
    BadInput
        Naming the mark.
    """
    if (home / MARK).exists():
        raise BadInput(
            "演示用密钥只能用于 liangshan demo · keys of a demonstration are for `liangshan demo` "
            "alone; start with an empty folder",
            where=str(home / MARK),
        )
