"""A decision without raw borrower data, as an auditor reads it.

What was sent and the feature values it was made on are left out; a contribution keeps its points,
a reason its sentence, a verdict on the loan itself its state. Each part that says less than what
is kept has the sha256 of what is kept beside it in `masked`, so that whoever shows the auditor the
original cannot show him another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from features.canonical import canonical_json, sha256_hex
from service.trust.identity import Caller

Document = Mapping[str, Any]

LEVEL, DATA = "masked", "loan_verdict"
LEFT_OUT = ("input", "facts")
OF_THE_BORROWER = ("application", "loan", "household")
WORDS_OF_A_CONTRIBUTION = ("feature", "points")
WORDS_OF_A_REASON = ("code", "zh", "en", "feature")
WORDS_OF_A_VERDICT = (
    "rule", "title", "subject", "as_of", "state", "severity", "rule_version", "clause", "action",
    "missing", "policy",
)  # fmt: skip


def shown_to(caller: Caller, document: bytes) -> bytes:
    """Return the decision document as a caller may read it: byte for byte, or masked."""
    if caller.level(DATA) != LEVEL:
        return document
    return canonical_json(masked(orjson.loads(document)))


def seen_by(caller: Caller, decision: Document) -> Document:
    """Return a decision as a caller may read it: whole, or masked."""
    return masked(decision) if caller.level(DATA) == LEVEL else decision


def masked(decision: Document) -> dict[str, Any]:
    """Return a decision without raw borrower data, with `masked`: each part's name to its sha256.

    Examples
    --------
    >>> found = masked({"outcome": "refer", "input": {"household": {"annual_income": "1.00"}}})
    >>> found["outcome"], sorted(found), sorted(found["masked"])
    ('refer', ['masked', 'outcome'], ['input'])
    """
    shown = {name: part for name, part in decision.items() if name not in LEFT_OUT}
    shown |= {name: _MASKS[name](shown[name]) for name in _MASKS if shown.get(name)}
    less = [name for name in decision if name not in shown or shown[name] != decision[name]]
    return {**shown, "masked": {name: _sha256(decision[name]) for name in less}}


def _score(score: Document) -> dict[str, Any]:
    parts = [_words(part, WORDS_OF_A_CONTRIBUTION) for part in score["contributions"]]
    return {**score, "contributions": parts}


def _reasons(reasons: list[Document]) -> list[dict[str, Any]]:
    return [_words(reason, WORDS_OF_A_REASON) for reason in reasons]


def _verdicts(verdicts: list[Document]) -> list[Document]:
    return [
        _words(verdict, WORDS_OF_A_VERDICT)
        if verdict["subject"]["kind"] in OF_THE_BORROWER
        else verdict
        for verdict in verdicts
    ]


_MASKS: Mapping[str, Any] = {"score": _score, "reasons": _reasons, "verdicts": _verdicts}


def _words(part: Document, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: part[name] for name in names if name in part}


def _sha256(part: object) -> str:
    return f"sha256:{sha256_hex(canonical_json(part))}"
