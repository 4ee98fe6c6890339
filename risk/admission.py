"""Whether a project may be admitted, whatever any score says (domain 7.4.5, 11.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from risk.files import EffectivePolicy
from risk.files.admission import CANDIDATE
from risk.red_lines import State, Verdict

ADMIT, REFUSE, UNKNOWN = "admit", "refuse", "unknown"

Subject = tuple[str, str]


@dataclass(frozen=True)
class Because:
    """A line that keeps a project out, and whose it is."""

    rule: str
    subject: Subject
    state: State

    def document(self) -> dict[str, object]:
        """Return the keys of an entry of `because`."""
        kind, id = self.subject
        return {"rule": self.rule, "subject": {"kind": kind, "id": id}, "state": self.state.word}


@dataclass(frozen=True)
class Admission:
    """What the lines say of a project's admission.

    Attributes
    ----------
    admission
        `admit`; `refuse` on a breach; `unknown` while a line that must be known is not.
    because
        Every breach that refuses and every line that is not known, breaches first.
    """

    subject: Subject
    admission: str
    because: tuple[Because, ...]

    def document(self) -> dict[str, object]:
        """Return subject, word and lines."""
        kind, id = self.subject
        return {
            "subject": {"kind": kind, "id": id},
            "admission": self.admission,
            "because": [entry.document() for entry in self.because],
        }


def admission_of(
    policy: EffectivePolicy, subject: Subject, verdicts: Sequence[Verdict]
) -> Admission | None:
    """Return whether a project may be admitted; None where the policy has no word on admission.

    Parameters
    ----------
    subject
        Kind and id of the project.
    verdicts
        Those of the project, of its developer and of its resources, if it has them. A line of the
        project itself that must be known and was not judged is unknown.
    """
    rules = policy.admission
    if rules is None:
        return None
    refuse = {id for rule in rules.values() for id in rule.refuse}
    needed = {id for rule in rules.values() for id in rule.must_be_known}
    judged = {verdict.rule.id for verdict in verdicts}
    own = rules[CANDIDATE].must_be_known if CANDIDATE in rules else ()
    breaches = [
        Because(verdict.rule.id, verdict.row.subject, verdict.state)
        for verdict in verdicts
        if verdict.state is State.BREACH and verdict.rule.id in refuse
    ]
    gaps = [
        Because(verdict.rule.id, verdict.row.subject, verdict.state)
        for verdict in verdicts
        if verdict.state is State.UNKNOWN and verdict.rule.id in needed
    ]
    gaps += [Because(id, subject, State.UNKNOWN) for id in own if id not in judged]
    word = REFUSE if breaches else UNKNOWN if gaps else ADMIT
    return Admission(subject, word, (*breaches, *gaps))
