"""What corrections look like on the wire."""

from __future__ import annotations

from features.dictionary import load_dictionary
from service.doors.http.assessments.review_shapes import REASON
from service.doors.http.wire.shapes import (
    DAY,
    INSTANT,
    NAME,
    TEXT,
    Json,
    closed,
    listed,
    opened,
    ref,
    words,
)
from service.store.proposals import State

ANY: Json = {}
TABLE = words(*sorted(load_dictionary().tables))
DECIDED = opened({"by": TEXT, "at": INSTANT, "reason": TEXT}, "by", "at", "reason")
CHANGE = opened({"column": TEXT, "from": ANY, "to": ANY}, "column", "from", "to")
STATE_CHANGE = opened({"rule": TEXT, "subject": {"type": "object"}, "from": ANY, "to": ANY})

SCHEMAS: Json = {
    "CorrectionBody": closed(
        {
            "table": TABLE,
            "id": {**NAME, "maxLength": 200},
            "as_of": DAY,
            "changes": {"type": "object", "minProperties": 1},
            "reason": REASON,
        },
        *("table", "id", "as_of", "changes", "reason"),
    ),
    "Correction": opened(
        {
            "id": TEXT,
            "kind": {"const": "correction"},
            "by": TEXT,
            "at": INSTANT,
            "state": words(*State),
            "table": TABLE,
            "subject": TEXT,
            "as_of": DAY,
            "reason": TEXT,
            "changes": listed(CHANGE),
            "base": TEXT,
            "decided": DECIDED,
        },
        *("id", "kind", "by", "at", "state", "table", "subject", "as_of", "reason", "changes"),
    ),
    "Corrected": opened(
        {
            "correction": ref("Correction"),
            "red_lines": ref("RedLines"),
            "changes": listed(STATE_CHANGE),
        },
        "correction",
    ),
}
