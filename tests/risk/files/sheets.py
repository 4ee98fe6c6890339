"""A small sound red-line file, and ways to break it."""

from __future__ import annotations

from pathlib import Path

from risk.files.cases import check_cases
from risk.files.catalogue import feature_graph
from risk.files.red_line import RedLineFile, read_red_line
from risk.files.strict_yaml import read_yaml

STANDS = "from: 2024-01-01, basis: EXPERT, source: panel, approved_by: board"
HEAD = f"""\
id: RL-90
title: {{zh: 现金短债比, en: Cash to short-term debt}}
subject: cooperative
severity: R
clause: {{document: 指导意见, article: 二（五）}}
tests:
  - id: t1
    ratio: {{over: cash_unrestricted, under: short_debt_total}}
    under_is: burden
    bad: low
    limits:
      - {{level: warn, at: "1.0", {STANDS}}}
      - {{level: breach, at: "0.5", {STANDS}}}
cure: [inject_equity]
action: {{zh: 停, en: stop}}
cases:
"""

CASE = "  - {name: %s, given: {%s}, as_of: 2026-03-31, expect: %s}\n"
SOUND = HEAD + "".join(
    (
        CASE % ("warned", "cash_unrestricted: 60, short_debt_total: 100", "warn"),
        CASE % ("no debt", "cash_unrestricted: 60, short_debt_total: 0", "not_applicable"),
        CASE % ("no cash", "cash_unrestricted: null, short_debt_total: 100", "unknown"),
    )
)


def broken(old: str, new: str) -> str:
    """Return the sound file with one thing changed."""
    assert old in SOUND, old
    return SOUND.replace(old, new, 1)


def read(folder: Path, text: str) -> RedLineFile:
    """Read a file as the loader does: strictly, then its cases."""
    path = folder / "RL-90.yaml"
    path.write_text(text, encoding="utf-8")
    file = read_red_line(read_yaml(path, "red_lines/RL-90.yaml"), feature_graph())
    check_cases(file)
    return file
