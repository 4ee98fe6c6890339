"""What an explanation looks like on the wire."""

from __future__ import annotations

from service.doors.http.review_shapes import OUTCOME
from service.doors.http.shapes import DAY, INSTANT, LABEL, TEXT, WHOLE, Json, listed, opened, ref

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

SCHEMAS: Json = {
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
    )
}
