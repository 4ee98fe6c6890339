"""Review a decision: a person confirms it, or one proposes another outcome and another approves.

A borrower may refuse a decision that only a machine made (PIPL 24); the officer records that as
`contest`. A referral is decided in the same way as an override: who handles the loan proposes the
outcome, somebody else approves it (审贷分离). Every word is a document in the owner's chain.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

import orjson

from features.canonical import canonical_json, sha256_hex
from features.errors import BadInput
from features.two_people import refuse_same_person
from risk.files import Policy
from risk.outcome import Outcome
from service.store.decisions import DecisionLog, Overtaken, Stored, draft, new_id
from service.store.entries import DECISION, REVIEW
from service.store.records import SHANGHAI
from service.trust.identity import Caller
from service.use_cases.decided.in_force import (
    Action,
    Document,
    InForce,
    NotNow,
    Standing,
    refuse_milder,
    refuse_unfit,
    standing_of,
)
from service.use_cases.members import one_of, only, text_of, texts_of, whole_of

LONGEST_REASON = 2000
BY_ONE = (Action.CONTEST, Action.CONFIRM, Action.OVERRIDE)
BY_ANOTHER = (Action.APPROVE, Action.REJECT)
SAID = {
    Action.CONTEST: ("action", "reason"),
    Action.CONFIRM: ("action", "reason"),
    Action.OVERRIDE: ("action", "reason", "outcome", "conditions", "days"),
}


class NoSuchDecision(BadInput):
    """The caller's tenant has no such decision, or no such review of it."""


@dataclass(frozen=True)
class Reviewed:
    """A decision with what was said about it.

    Attributes
    ----------
    last
        Hash of the last document about it; None where there is none.
    """

    decision: Document
    reviews: Sequence[Document]
    standing: Standing
    last: str | None

    def document(self) -> dict[str, object]:
        """Return the answer: what is in force, what waits, and every word in its order."""
        return {
            "decision": self.decision["id"],
            "application": self.decision["application"],
            "automatic_outcome": self.decision["outcome"],
            "in_force": self.standing.in_force.document(),
            "proposed": list(self.standing.proposed),
            "reviews": list(self.reviews),
        }

    @property
    def tag(self) -> str:
        """Return what changes when anything is said, or when an override expires."""
        return sha256_hex(canonical_json(self.document()))


class Reviewer:
    """Keeps what people say about decisions, and says what is in force.

    Parameters
    ----------
    log
        The decision log.
    policy
        Says how long an override may hold.
    clock
        Now, in Asia/Shanghai.
    """

    def __init__(self, log: DecisionLog, policy: Policy, clock: Callable[[], datetime]) -> None:
        self._log = log
        self._policy = policy
        self._clock = clock

    def page(
        self, caller: Caller, limit: int, before: int | None, application: str | None
    ) -> list[tuple[Stored, InForce]]:
        """Return decisions of the caller's tenant, the newest first, with what is in force."""
        kept = self._log.page(caller.owner, limit, before=before, application=application)
        return list(zip(kept, self._in_force(kept, caller), strict=True))

    def _in_force(self, kept: Sequence[Stored], caller: Caller) -> list[InForce]:
        said = self._log.about_each([one.id for one in kept], caller.owner)
        now = self._clock()
        return [in_force_on(one, said[one.id], now) for one in kept]

    def reviews(self, id: str, caller: Caller) -> Reviewed:
        """Return a decision with what was said about it.

        Raises
        ------
        NoSuchDecision
            Where the caller's tenant has none of that id.
        """
        stored = self._log.read(id, caller.owner)
        if stored is None or stored.kind != DECISION:
            rule = "没有这份决定 · there is no such decision"
            raise NoSuchDecision(rule, field="id", value=id)
        decision = orjson.loads(stored.content)
        about = self._log.about(id, caller.owner)
        said = _documents(about)
        standing = standing_of(decision, said, self._clock())
        return Reviewed(decision, said, standing, about[-1].hash if about else None)

    def review(
        self,
        id: str,
        body: Mapping[str, Any],
        caller: Caller,
        *,
        key: str | None = None,
        seen: Collection[str] | None = None,
    ) -> bytes:
        """Keep what one person says about a decision and return that document.

        Parameters
        ----------
        body
            {action: contest | confirm, reason} or {action: override, reason, outcome, days},
            with `conditions` where the outcome is approve_with_conditions. An override holds from
            another person's approval through that many days after today.
        key
            Idempotency key.
        seen
            Tags of what the author has seen (`Reviewed.tag`); None = not said.

        Raises
        ------
        BadInput
            Naming the field; `NoSuchDecision`, `NotNow`, `RedLineHolds`, `Overtaken`.
        """
        action = Action(one_of(body, "action", [one.value for one in BY_ONE]))
        only(body, SAID[action])
        now = self._clock()
        said: dict[str, object] = {"action": action.value, "reason": _reason(body)}
        if action is Action.OVERRIDE:
            longest = self._policy.effective(now.date()).longest_override_days
            said |= _override(body, now, longest)

        def checked(found: Reviewed) -> None:
            refuse_unfit(action, found.standing.in_force)
            if action is Action.OVERRIDE:
                refuse_milder(found.decision, str(said["outcome"]))

        return self._keep(id, said, caller, key, seen, checked)

    def approve(
        self,
        id: str,
        review: str,
        body: Mapping[str, Any],
        caller: Caller,
        *,
        key: str | None = None,
        seen: Collection[str] | None = None,
    ) -> bytes:
        """Keep that another person approves or rejects an override, and return that document.

        Parameters
        ----------
        review
            The override's id.
        body
            {action: approve | reject, reason}.
        key, seen
            As in `review`.

        Raises
        ------
        BadInput
            As `review`; `SamePerson` where the approver proposed it.
        """
        only(body, ("action", "reason"))
        action = Action(one_of(body, "action", [one.value for one in BY_ANOTHER]))
        said = {"action": action.value, "reason": _reason(body), "review": review}

        def checked(found: Reviewed) -> None:
            proposed = _proposed(found, review)
            refuse_same_person(str(proposed["by"]), caller.name, "by")

        return self._keep(id, said, caller, key, seen, checked)

    def _keep(
        self,
        id: str,
        said: Mapping[str, object],
        caller: Caller,
        key: str | None,
        seen: Collection[str] | None,
        checked: Callable[[Reviewed], None],
    ) -> bytes:
        """Keep a word after those that its author could see, if it fits them."""
        request = canonical_json({"about": id, "by": caller.name, "said": said})
        if key is not None:
            earlier = self._log.repeated(key, request, caller.owner)
            if earlier is not None:
                return earlier.document
        found = self.reviews(id, caller)
        if seen is not None and found.tag not in seen:
            raise Overtaken("其间已有新的意见 · something was said about it meanwhile")
        checked(found)
        document = {
            **said,
            "id": new_id(),
            "kind": REVIEW,
            "decision": id,
            "application": found.decision["application"],
            "by": caller.name,
            "at": self._clock().isoformat(timespec="microseconds"),
        }
        entry = draft(
            document,
            caller.owner,
            application=str(found.decision["application"]),
            idempotency_key=key,
            request=request,
            kind=REVIEW,
            about=id,
        )
        entry = replace(entry, consent=_rests_on(said, found.decision))
        return self._log.append_after(entry, found.last).document


def _rests_on(said: Mapping[str, object], decision: Document) -> str | None:
    """Return the consent without which a word is not kept: a new outcome is a new decision."""
    if said["action"] not in (Action.OVERRIDE, Action.APPROVE):
        return None
    consent: str | None = decision.get("consent", {}).get("id")
    return consent


def in_force_on(decided: Stored, about: Sequence[Stored], now: datetime) -> InForce:
    """Return what is in force on a decision, given all that was kept about it."""
    return standing_of(orjson.loads(decided.content), _documents(about), now).in_force


def _documents(stored: Sequence[Stored]) -> list[Document]:
    return [orjson.loads(one.document) for one in stored if one.kind == REVIEW]


def _proposed(seen: Reviewed, review: str) -> Document:
    """Return an override that waits for approval."""
    if review in seen.standing.proposed:
        return seen.standing.proposed[review]
    if any(one["id"] == review and one["action"] == Action.OVERRIDE for one in seen.reviews):
        rule = "已批准、已否决或已到期 · it was approved, rejected or has expired"
        raise NotNow(rule, field="review", value=review)
    raise NoSuchDecision(
        "没有此推翻提议 · there is no such override", field="review", value=review
    )


def _reason(body: Mapping[str, Any]) -> str:
    return text_of(body, "reason", LONGEST_REASON)


def _override(body: Mapping[str, Any], now: datetime, longest: int) -> dict[str, object]:
    """Return outcome, conditions and end of an override."""
    outcome = one_of(body, "outcome", [one.word for one in Outcome])
    last = now.date() + timedelta(days=whole_of(body, "days", longest))
    until = datetime.combine(last + timedelta(days=1), time(), SHANGHAI)
    conditional = outcome == Outcome.APPROVE_WITH_CONDITIONS.word
    if conditional != ("conditions" in body):
        rule = "有条件批准须列条件，其他不得 · conditions belong to approve_with_conditions alone"
        raise BadInput(rule, field="conditions")
    told = {"conditions": texts_of(body, "conditions", LONGEST_REASON)} if conditional else {}
    return {"outcome": outcome, "until": until.isoformat(), **told}
