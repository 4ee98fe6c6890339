"""What an explanation looks like on the wire."""

from __future__ import annotations

from features.dictionary import load_dictionary
from service.doors.http.assessments.review_shapes import OUTCOME
from service.doors.http.wire.shapes import (
    DAY,
    INSTANT,
    LABEL,
    TEXT,
    WHOLE,
    Json,
    closed,
    listed,
    opened,
    ref,
    words,
)

MAYBE: Json = {"type": ["string", "null"]}
FINDINGS = listed({"type": "object"})
CONTRIBUTION = opened(
    {
        "feature": TEXT,
        "zh": TEXT,
        "en": TEXT,
        "value": MAYBE,
        "reference": MAYBE,
        "unit": MAYBE,
        "points": WHOLE,
        "formula": MAYBE,
        "columns": listed(opened({"column": TEXT, "zh": TEXT, "en": TEXT, "source": TEXT})),
    },
    *("feature", "zh", "en", "unit", "points", "formula", "columns"),
)
SUM = opened(
    {"base_points": WHOLE, "contributions": WHOLE, "points": WHOLE},
    *("base_points", "contributions", "points"),
)
SCORE = opened(
    {
        "pd": TEXT,
        "points": WHOLE,
        "base_points": WHOLE,
        "contributions": listed(CONTRIBUTION),
        "sum": SUM,
    },
    *("pd", "points", "base_points", "contributions", "sum"),
)

ANY: Json = {}
CHANGED = opened(
    {"table": TEXT, "id": TEXT, "input": TEXT, "from": ANY, "to": ANY},
    *("table", "id", "input", "from", "to"),
)
MOVED = opened(
    {"subject": {"type": "object"}, "name": TEXT, "from": MAYBE, "to": MAYBE},
    *("subject", "name", "from", "to"),
)
WOULD_BE = opened({"outcome": OUTCOME, "reasons": FINDINGS, "policy": TEXT}, "outcome", "reasons")

SCHEMAS: Json = {
    "WhatIfBody": closed(
        {
            "changes": {
                "type": "object",
                "minProperties": 1,
                "propertyNames": words(*load_dictionary().tables),
                "additionalProperties": {"type": ["object", "array"]},
            }
        },
        "changes",
    ),
    "WhatIf": opened(
        {
            "decision": TEXT,
            "application": TEXT,
            "as_of": DAY,
            "kept": {"const": False},
            "changed": listed(CHANGED),
            "moved": listed(MOVED),
            "before": WOULD_BE,
            "after": WOULD_BE,
        },
        *("decision", "application", "as_of", "kept", "changed", "moved", "before", "after"),
    ),
    "Explanation": opened(
        {
            "decision": TEXT,
            "product": TEXT,
            "application": TEXT,
            "as_of": DAY,
            "at": INSTANT,
            "policy": TEXT,
            "mode": TEXT,
            "outcome": OUTCOME,
            "in_force": ref("InForce"),
            "grounds": FINDINGS,
            "stops": FINDINGS,
            "reasons": FINDINGS,
            "unknown": listed(TEXT),
            "cut_offs": opened({"approve_up_to": TEXT, "decline_above": TEXT}),
            "score": {"anyOf": [SCORE, {"type": "null"}]},
            "rights": LABEL,
        },
        *("decision", "outcome", "in_force", "grounds", "reasons", "unknown", "score", "rights"),
    ),
}
