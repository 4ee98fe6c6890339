"""Readings of a cooperative, and what a frame says of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from features.book import Book
from features.frame import Frame

BookOf = Callable[..., Book]
D = date(2026, 3, 31)


def row(
    key: str, as_of: date, known: date | datetime | None = None, **columns: object
) -> dict[str, object]:
    return {"coop_id": key, "as_of": as_of, "known_at": known or as_of, **columns}


def values(frame: Frame, name: str) -> list[float]:
    return [float(value) for value in frame.columns[name]]
