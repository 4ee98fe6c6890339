"""Replay a decision: from what it kept, the same bytes; from its input, where features allow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from features.canonical import canonical_json
from features.errors import BadInput
from features.graph import plan_digest
from models.record import ModelOfRecord
from risk.files import EffectivePolicy, Policy
from service.store.entries import DECISION
from service.store.store import Store
from service.trust.identity import Caller
from service.trust.roles import Role
from service.use_cases.assessing.conclude import Case, conclude
from service.use_cases.assessing.gather import gather
from service.use_cases.assessing.request_book import request_of

SAME, DIFFERS, CHANGED, ERASED = "same", "differs", "features changed", "erased"


@dataclass(frozen=True)
class Replayed:
    """What a replay found.

    Attributes
    ----------
    from_features
        "same" or "differs": the document from stored feature values, model and policy.
    from_input
        "same", "differs", "features changed" where today's features are others (design 10.15),
        "erased" where the person was.
    differing
        Keys of the document that differ.
    """

    id: str
    from_features: str
    from_input: str
    differing: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Return whether nothing differs."""
        return DIFFERS not in (self.from_features, self.from_input)


def replay(store: Store, policy: Policy, id: str, owner: str) -> Replayed:
    """Recompute a stored decision byte for byte (design 10.15).

    Raises
    ------
    BadInput
        Where the owner has no such decision, or what it names is not in the store.
    """
    stored = store.decisions.read(id, owner)
    if stored is None or stored.kind != DECISION:
        raise BadInput("没有这份决定 · no such decision", field="DECISION_ID", value=id)
    kept: dict[str, Any] = orjson.loads(stored.content)
    case = _case_of(store, kept)
    again = {**kept, **conclude(case)}
    differing = [
        key for key in kept if canonical_json(kept[key]) != canonical_json(again.get(key))
    ]
    whole = canonical_json(again) == stored.content
    return Replayed(
        id,
        SAME if whole else DIFFERS,
        _from_input(store, policy, kept, case, owner),
        tuple(differing),
    )


def _case_of(store: Store, kept: dict[str, Any]) -> Case:
    """Return the case a decision was concluded from, out of what was kept beside it."""
    policy = EffectivePolicy.from_content(_blob(store, kept["policy"]))
    score = kept["score"]
    model = (
        None
        if score is None
        else ModelOfRecord.from_bytes(_blob(store, score["model"]["version"]))
    )
    return Case(kept["product"], kept["facts"], policy, model, kept["mode"])


def _blob(store: Store, name: str) -> bytes:
    content = store.blobs.get(name.removeprefix("sha256:"))
    if content is None:
        raise BadInput("库中没有 · not in the store", field="blob", value=name)
    return content


def _was_erased(store: Store, kept: dict[str, Any], owner: str) -> bool:
    """Return whether the records that the decision read were erased since."""
    sent = kept["input"].get("household")
    named = [("household", sent["household_id"])] if sent and "household_id" in sent else []
    about = [("application", kept["application"]), *named]
    return any(store.was_erased(table, key, owner) for table, key in about)


def _from_input(store: Store, policy: Policy, kept: dict[str, Any], case: Case, owner: str) -> str:
    """Return whether today's features of the stored input are those that were kept."""
    if kept["plan"] != plan_digest():
        return CHANGED
    caller = Caller(kept["by"], owner, Role.OFFICER)
    if _was_erased(store, kept, owner):
        return ERASED
    now = datetime.fromisoformat(kept["at"])
    asked = request_of(store, kept["input"], caller, now, kept["product"], policy)
    gathered = gather(asked, policy, kept["product"])
    if gathered is None:
        return DIFFERS
    same = canonical_json(list(gathered.facts)) == canonical_json(kept["facts"])
    return SAME if same else DIFFERS
