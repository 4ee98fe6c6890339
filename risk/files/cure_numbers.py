"""Numbers in cures that a red-line file holds as a dated parameter: what is left at least."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from risk.files.strict_yaml import Node

Document = Mapping[str, Any]
LEAST, NAME = "least", "parameter"


def read_least(node: Node) -> str | dict[str, str]:
    """Return a quoted number, or the name of a parameter that some red-line file owns."""
    text = node.text()
    return {NAME: text} if text.isidentifier() else f"{node.decimal():f}"


def names_in(cures: Sequence[Document]) -> Iterator[str]:
    """Yield the parameters that cures name."""
    for cure in cures:
        for part in cure["parts"]:
            for side in (*part.get("row", ()), *part.get("own", ())):
                if isinstance(side.get(LEAST), dict):
                    yield side[LEAST][NAME]


def with_numbers(
    cures: Sequence[Document], held: Mapping[str, Document | None]
) -> list[dict[str, Any]]:
    """Return cures with the parameters they name filled in; one not in force keeps nothing."""
    return [{**cure, "parts": [_part(part, held) for part in cure["parts"]]} for cure in cures]


def _part(part: Document, held: Mapping[str, Document | None]) -> dict[str, Any]:
    sides = {
        key: [_side(side, held) for side in part[key]] for key in ("row", "own") if key in part
    }
    return {**part, **sides}


def _side(side: Document, held: Mapping[str, Document | None]) -> dict[str, Any]:
    least = side.get(LEAST)
    if not isinstance(least, dict):
        return dict(side)
    value = held[least[NAME]]
    kept = {} if value is None else {LEAST: value["at"]}
    return {name: said for name, said in side.items() if name != LEAST} | kept
