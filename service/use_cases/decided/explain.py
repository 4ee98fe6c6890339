"""Explain a decision: what bore on it, each part in points that sum to the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from features.errors import BadInput
from features.graph import catalogue
from risk.files import EffectivePolicy
from service.store.blobs import Blobs
from service.trust.identity import Caller
from service.use_cases.decided.in_force import Document
from service.use_cases.decided.masked import seen_by
from service.use_cases.decided.reviews import Reviewer

APPLICATION = "application"
RIGHTS = {
    "zh": "借款人有权要求说明，并有权拒绝仅由自动化方式作出的决定（个人信息保护法第二十四条）；"
    "资料有误可要求更正。",
    "en": "The borrower may ask for an explanation, may refuse a decision made only automatically "
    "(PIPL 24), and may have wrong data corrected.",
}


class Explainer:
    """Explains decisions from what they kept: nothing is scored again.

    Parameters
    ----------
    reviewer
        Knows decisions and what is in force on them.
    blobs
        Holds the policies that decisions name.
    """

    def __init__(self, reviewer: Reviewer, blobs: Blobs) -> None:
        self._reviewer = reviewer
        self._blobs = blobs

    def explanation(self, id: str, caller: Caller) -> dict[str, object]:
        """Return why a decision is what it is.

        Returns
        -------
        dict
            The findings that bear on it (`grounds`, `stops`, `unknown`), the cut-offs, the score
            as base points and contributions, the largest first, with the sum to check by hand,
            what each feature is made of, and what is in force after review. An auditor reads
            it without the borrower's values.

        Raises
        ------
        NoSuchDecision
            Where the caller's tenant has none of that id.
        BadInput
            Where the policy that it names is not in the store.
        """
        found = self._reviewer.reviews(id, caller)
        decision = seen_by(caller, found.decision)
        kept = ("product", "application", "as_of", "at", "policy", "outcome", "mode")
        return {
            "decision": id,
            **{name: decision[name] for name in kept},
            "in_force": found.standing.in_force.document(),
            "grounds": decision["grounds"],
            "stops": decision.get("stops", []),
            "reasons": decision["reasons"],
            "unknown": decision["unknown"],
            "cut_offs": self._cut_offs(decision),
            "score": explained(decision["score"]),
            "rights": RIGHTS,
        }

    def _cut_offs(self, decision: Document) -> dict[str, object]:
        """Return the PDs between which a person decides, in force on the decision's day."""
        content = self._blobs.get(decision["policy"].removeprefix("sha256:"))
        if content is None:
            raise BadInput("库中没有 · not in the store", field="policy", value=decision["policy"])
        product = EffectivePolicy.from_content(content).products[decision["product"]]
        return {"approve_up_to": product.approve_up_to, "decline_above": product.decline_above}


def explained(score: Document | None) -> dict[str, object] | None:
    """Return a score with its sum written out; None where nothing was scored.

    Examples
    --------
    >>> explained(None)
    """
    if score is None:
        return None
    parts = sorted(score["contributions"], key=lambda part: -abs(part["points"]))
    sum_of_parts = sum(part["points"] for part in parts)
    beside = {name: value for name, value in score.items() if name != "contributions"}
    return {
        **beside,
        "contributions": [{**part, **made_of(part["feature"])} for part in parts],
        "sum": {
            "base_points": score["base_points"],
            "contributions": sum_of_parts,
            "points": score["base_points"] + sum_of_parts,
        },
    }


@lru_cache(maxsize=512)
def made_of(feature: str) -> Mapping[str, Any]:
    """Return unit, formula and raw columns of a feature, where this program still knows it."""
    try:
        tree = catalogue().lineage(APPLICATION, feature)
    except BadInput:
        return {"unit": None, "formula": None, "columns": []}
    unit = "yuan" if tree.unit == "fen" else tree.unit
    return {"unit": unit, "formula": _formula(tree.doc), "columns": _columns(tree.leaves())}


def _formula(doc: str) -> str | None:
    return " ".join(doc.split("\n\n")[0].split()) or None


def _columns(leaves: Any) -> Sequence[Mapping[str, str]]:
    found = {
        (leaf.table, leaf.column): {
            "column": f"{leaf.table}.{leaf.column}",
            "zh": leaf.zh,
            "en": leaf.en,
            "source": leaf.source,
        }
        for leaf in leaves
        if leaf.column
    }
    return list(found.values())
