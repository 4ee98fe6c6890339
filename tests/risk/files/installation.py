"""An installation's own folder, made for a test."""

from __future__ import annotations

from pathlib import Path

COUNTY = "330825"
WHO = "source: 县府办会议纪要, reason: 本县收储周期较长, author: 张, approved_by: 李"


def override(folder: Path, *rows: str) -> None:
    (folder / "counties").mkdir(exist_ok=True)
    text = f'county: "{COUNTY}"\noverrides:\n' + "".join(f"  - {{{row}}}\n" for row in rows)
    (folder / "counties" / f"{COUNTY}.yaml").write_text(text, encoding="utf-8")


def add(folder: Path, text: str, name: str = "RL-90") -> None:
    (folder / "red_lines").mkdir(exist_ok=True)
    (folder / "red_lines" / f"{name}.yaml").write_text(text, encoding="utf-8")


def law(text: str) -> str:
    return text.replace("basis: EXPERT", "basis: LAW")
