"""What reviews look like on the wire."""

from __future__ import annotations

from risk.outcome import Outcome
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
from service.use_cases.decided.in_force import Action, State
from service.use_cases.decided.reviews import BY_ANOTHER, LONGEST_REASON
from service.use_cases.members import MOST

OUTCOME = words(*(one.word for one in Outcome))
REASON: Json = {**NAME, "maxLength": LONGEST_REASON, "pattern": r"\S"}
CONDITIONS: Json = {**listed(REASON), "minItems": 1, "maxItems": MOST}
CONDITIONAL = Outcome.APPROVE_WITH_CONDITIONS.word
OTHERS = words(*(one.word for one in Outcome if one.word != CONDITIONAL))
OVERRIDE: Json = {
    "action": words(Action.OVERRIDE),
    "reason": REASON,
    "days": {
        "type": "integer",
        "minimum": 1,
        "description": "不超过政策所定最长天数 · at most longest_override_days of the policy",
    },
}

IN_FORCE = opened(
    {
        "state": words(*State),
        "outcome": OUTCOME,
        "conditions": listed(TEXT),
        "reason": TEXT,
        "by": TEXT,
        "approved_by": TEXT,
        "at": INSTANT,
        "until": INSTANT,
        "review": TEXT,
    },
    "state",
    "outcome",
)
REVIEW = opened(
    {
        "id": TEXT,
        "kind": words("review"),
        "action": words(*Action),
        "decision": TEXT,
        "reason": TEXT,
        "outcome": OUTCOME,
        "conditions": listed(TEXT),
        "until": INSTANT,
        "review": TEXT,
        "by": TEXT,
        "at": INSTANT,
        "hash": TEXT,
        "previous_hash": TEXT,
    },
    *("id", "kind", "action", "decision", "reason", "by", "at", "hash", "previous_hash"),
)

SCHEMAS: Json = {
    "InForce": IN_FORCE,
    "Review": REVIEW,
    "Reviews": opened(
        {
            "decision": TEXT,
            "application": TEXT,
            "automatic_outcome": OUTCOME,
            "in_force": ref("InForce"),
            "proposed": listed(TEXT),
            "reviews": listed(ref("Review")),
        },
        *("decision", "application", "automatic_outcome", "in_force", "proposed", "reviews"),
    ),
    "ReviewBody": {
        "oneOf": [
            closed(
                {"action": words(Action.CONTEST, Action.CONFIRM), "reason": REASON},
                *("action", "reason"),
            ),
            closed({**OVERRIDE, "outcome": OTHERS}, "action", "reason", "days", "outcome"),
            closed(
                {**OVERRIDE, "outcome": words(CONDITIONAL), "conditions": CONDITIONS},
                *("action", "reason", "days", "outcome", "conditions"),
            ),
        ]
    },
    "ApprovalBody": closed({"action": words(*BY_ANOTHER), "reason": REASON}, "action", "reason"),
    "AssessmentLine": opened(
        {
            "id": TEXT,
            "at": INSTANT,
            "product": TEXT,
            "application": TEXT,
            "as_of": DAY,
            "outcome": OUTCOME,
            "in_force": ref("InForce"),
            "hash": TEXT,
        },
        *("id", "at", "product", "application", "as_of", "outcome", "in_force", "hash"),
    ),
}
