"""What is in force on a decision: the machine's answer, or what people said about it since.

A decision is never changed. People confirm it, or one proposes another outcome and another person
approves that until a day; the borrower may refuse a decision that a machine alone made (PIPL 24),
and until a person has looked it is a referral. Which of these holds follows from the documents in
their order and the time, so it can be computed again years later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from features.errors import BadInput
from risk.outcome import Outcome

Document = Mapping[str, Any]


class Action(StrEnum):
    """What somebody says about a decision."""

    CONTEST = "contest"
    CONFIRM = "confirm"
    OVERRIDE = "override"
    APPROVE = "approve"
    REJECT = "reject"


class State(StrEnum):
    """On whose word the outcome in force stands."""

    AUTOMATIC = "automatic"
    CONTESTED = "contested"
    CONFIRMED = "confirmed"
    OVERRIDDEN = "overridden"


class NotNow(BadInput):
    """What was said does not fit what is in force."""


class RedLineHolds(BadInput):
    """A red line or a stop column decided: no person may be milder."""


@dataclass(frozen=True)
class InForce:
    """The outcome that holds.

    Attributes
    ----------
    review
        The document it rests on; None for the machine's own answer.
    approval
        The document by which another person approved an override.
    """

    state: State
    outcome: str
    review: Document | None = None
    approval: Document | None = None

    def document(self) -> dict[str, object]:
        """Return state and outcome, who said so and why, and until when."""
        said: dict[str, object] = {"state": self.state.value, "outcome": self.outcome}
        if self.review is not None:
            kept = ("conditions", "reason", "until", "by", "at")
            said |= {key: self.review[key] for key in kept if key in self.review}
            said["review"] = self.review["id"]
        if self.approval is not None:
            said |= {"approved_by": self.approval["by"], "at": self.approval["at"]}
        return said


@dataclass
class Standing:
    """What documents about a decision amount to at a time.

    Attributes
    ----------
    in_force
        What holds.
    proposed
        Overrides that wait for another person, by id.
    """

    in_force: InForce
    proposed: dict[str, Document] = field(default_factory=dict)


def standing_of(decision: Document, reviews: Sequence[Document], now: datetime) -> Standing:
    """Return what is in force on a decision.

    Parameters
    ----------
    decision
        The decision's document.
    reviews
        What was said about it, the oldest first.
    """
    standing = Standing(InForce(State.AUTOMATIC, decision["outcome"]))
    proposed: dict[str, Document] = {}
    for said in reviews:
        action = Action(said["action"])
        if action is Action.CONTEST:
            standing.in_force = InForce(State.CONTESTED, Outcome.REFER.word, said)
        elif action is Action.CONFIRM:
            standing.in_force = InForce(State.CONFIRMED, decision["outcome"], said)
        elif action is Action.OVERRIDE:
            proposed[said["id"]] = said
        else:
            override = proposed.pop(said["review"])
            if action is Action.APPROVE and not is_over(override, now):
                held = InForce(State.OVERRIDDEN, override["outcome"], override, said)
                standing.in_force = held
    standing.proposed = {id: one for id, one in proposed.items() if not is_over(one, now)}
    return standing


def is_over(override: Document, now: datetime) -> bool:
    """Return whether an override has expired."""
    return datetime.fromisoformat(override["until"]) <= now


def floor_of(decision: Document) -> Outcome:
    """Return the mildest outcome that a person may give.

    A red line's stop and a stop column hold whoever decides; where they only refer, a person is
    what they ask for.
    """
    held = [stop["outcome"] for stop in decision.get("stops") or ()]
    held += [ground["outcome"] for ground in decision["grounds"] if ground["feature"]]
    outcomes = [Outcome[word.upper()] for word in held]
    return max((one for one in outcomes if one is not Outcome.REFER), default=Outcome.APPROVE)


def refuse_milder(decision: Document, outcome: str) -> None:
    """Refuse an outcome that is milder than a red line or a stop column allows.

    Raises
    ------
    RedLineHolds
        Naming what holds.
    """
    floor = floor_of(decision)
    if Outcome[outcome.upper()] < floor:
        rule = (
            f"红线或一票否决项已定为 {floor.word}，人不得更宽；资料有误请更正后重新评估 · a red "
            f"line or a stop has decided {floor.word}: nobody may be milder; where the data is "
            "wrong, correct it and assess again"
        )
        raise RedLineHolds(rule, field="outcome", value=outcome)


def refuse_unfit(action: Action, in_force: InForce) -> None:
    """Refuse what does not fit what is in force.

    Raises
    ------
    NotNow
        A person has looked already, so nothing automatic is left to refuse; or an override holds,
        which one person may not lift by confirming the machine's answer.
    """
    if action is Action.CONTEST and in_force.state is not State.AUTOMATIC:
        rule = "已有人复核或已提出异议 · a person has looked at it, or it is contested already"
        raise NotNow(rule, field="action", value=action.value)
    if action is Action.CONFIRM and in_force.state is State.OVERRIDDEN:
        rule = (
            "推翻决定仍在生效，须另提推翻 · an override is in force until its day: propose another"
        )
        raise NotNow(rule, field="action", value=action.value)
