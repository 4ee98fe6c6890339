"""What a decision was made on, as a document and back again: the same bits both ways."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from features.frame import MISSING_DAY, Frame, Provenance

EPOCH = date(1970, 1, 1)


def day_text(day: int) -> str | None:
    """Return a day since 1970-01-01 as ISO 8601; None for `MISSING_DAY`."""
    return None if day == MISSING_DAY else (EPOCH + timedelta(days=day)).isoformat()


def day_number(text: str | None) -> int:
    """Return an ISO 8601 day as days since 1970-01-01; `MISSING_DAY` for None."""
    return MISSING_DAY if text is None else (date.fromisoformat(text) - EPOCH).days


def number_text(value: float) -> str | None:
    """Return the shortest decimal that reads back as `value`; None where missing.

    Examples
    --------
    >>> number_text(3000000.0), number_text(0.1), number_text(-0.0), number_text(float("nan"))
    ('3000000', '0.1', '0', None)
    """
    if math.isnan(value):
        return None
    return str(int(value)) if value.is_integer() else repr(value)


def facts_document(frame: Frame, row: int = 0) -> dict[str, object]:
    """Return one judged row with its values and the records they were read from."""
    return {
        "subject": frame.subject,
        "id": frame.keys[row],
        "as_of": day_text(int(frame.as_of[row])),
        "values": {
            name: number_text(float(values[row])) for name, values in frame.columns.items()
        },
        "records": {name: _record_document(read, row) for name, read in frame.provenance.items()},
    }


def frame_of(facts: Mapping[str, Any]) -> Frame:
    """Return the frame of one row that `facts_document` describes."""
    values: Mapping[str, str | None] = facts["values"]
    return Frame(
        subject=facts["subject"],
        keys=[facts["id"]],
        as_of=np.array([day_number(facts["as_of"])], dtype=np.int64),
        columns={
            name: np.array([math.nan if text is None else float(text)])
            for name, text in values.items()
        },
        provenance={name: _provenance(record) for name, record in facts["records"].items()},
    )


def _record_document(read: Provenance, row: int) -> dict[str, object]:
    known = read.known_at[row]
    instant = None if np.isnat(known) else known.astype("datetime64[us]").item()
    return {
        "as_of": day_text(int(read.as_of[row])),
        "known_at": instant.replace(tzinfo=UTC).isoformat() if instant else None,
        "source": read.source[row] or None,
    }


def _provenance(record: Mapping[str, Any]) -> Provenance:
    text = record["known_at"]
    instant = None if text is None else datetime.fromisoformat(text).replace(tzinfo=None)
    return Provenance(
        as_of=np.array([day_number(record["as_of"])], dtype=np.int64),
        known_at=np.array([instant], dtype="datetime64[us]"),
        source=[record["source"] or ""],
    )
