"""What a person's rights look like on the wire."""

from __future__ import annotations

from service.doors.http.wire.shapes import (
    INSTANT,
    LABEL,
    NAME,
    TEXT,
    WHOLE,
    Json,
    closed,
    listed,
    opened,
    words,
)
from service.use_cases.rights.erasures import APPROVE, ASK, ERASED, ERASURE, REJECT
from service.use_cases.rights.withdrawals import LONGEST, WITHDRAWAL

SAID: Json = {**NAME, "maxLength": LONGEST, "pattern": r"\S"}
KEPT: Json = {
    "id": TEXT,
    "at": INSTANT,
    "by": TEXT,
    "household": TEXT,
    "reason": TEXT,
    "evidence_doc_id": TEXT,
    "hash": TEXT,
    "previous_hash": TEXT,
}
ALWAYS = ("id", "kind", "at", "by", "household", "hash", "previous_hash")
FLAG: Json = {"type": "boolean"}
NUMBER: Json = {"type": ["string", "null"]}

SCHEMAS: Json = {
    "RightsRequest": closed({"evidence_doc_id": SAID, "reason": SAID}),
    "ErasureAnswer": closed(
        {"action": words(APPROVE, REJECT), "reason": SAID}, "action", "reason"
    ),
    "Withdrawal": opened(
        {"kind": words(WITHDRAWAL), "consents": listed(TEXT), **KEPT}, "consents", *ALWAYS
    ),
    "Erasure": opened(
        {
            "kind": words(ERASURE),
            "action": words(ASK, REJECT, ERASED),
            "ask": TEXT,
            "asked_by": TEXT,
            "records": {"type": "object", "additionalProperties": WHOLE},
            "decisions_kept": WHOLE,
            **KEPT,
        },
        "action",
        *ALWAYS,
    ),
    "PersonalCopy": opened(
        {
            "household": TEXT,
            "owner": TEXT,
            "at": INSTANT,
            "identity": listed(
                opened({"subject_token": TEXT, "id_number": NUMBER}, "subject_token", "id_number")
            ),
            "consents": listed(opened({"id": TEXT, "withdrawn": FLAG}, "id", "withdrawn")),
            "records": {"type": "object"},
            "decisions": listed(
                opened({"plain": LABEL, "document": {"type": "object"}}, "plain", "document")
            ),
            "said": listed({"type": "object"}),
            "rights": LABEL,
        },
        *("household", "owner", "at", "identity", "consents", "records", "decisions"),
        *("said", "rights"),
    ),
}
