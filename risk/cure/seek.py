"""The cures of a subject's lines: each judged again on all of them, shown where none is worse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from features.scene import Scene
from risk.cure.act import Act
from risk.cure.changes import Change, changes
from risk.cure.draft import Draft
from risk.cure.posting import amount_of, posted, slots_of
from risk.cure.search import least
from risk.cure.sound import keeps_the_checks
from risk.red_lines import RedLine, RuleBook, State, Verdict, judge_one
from risk.red_lines.grain import GRAINS
from risk.red_lines.subjects import table_of_subject

Moved = tuple[str, State, State]
_CURED = (State.WARN, State.BREACH)
_DONE = (State.PASS, State.NOT_APPLICABLE)


@dataclass(frozen=True)
class Cure:
    """A transaction that brings one line back to pass and makes no other worse.

    Attributes
    ----------
    act
        Its word, as the line's file has it.
    amount
        What is moved in 分; None of a paper.
    also
        Other lines whose state changes with it: id, from, to.
    postings
        Every column with its change.
    after
        The subject once it is posted.
    """

    act: str
    amount: int | None
    also: tuple[Moved, ...]
    postings: tuple[Change, ...]
    after: Scene = field(repr=False, compare=False)

    def document(self) -> dict[str, object]:
        """Return the keys that a verdict shows of a cure; the amount in yuan."""
        shown = None if self.amount is None else f"{GRAINS['fen'].shown(self.amount):f}"
        return {
            "act": self.act,
            "amount": shown,
            "to_state": State.PASS.word,
            "also_changes": [
                {"rule": rule, "from": old.word, "to": new.word} for rule, old, new in self.also
            ],
            "postings": list(self.postings),
        }


def cures_of(
    scene: Scene,
    policy: RuleBook,
    verdicts: Sequence[Verdict],
    rules: Sequence[str] | None = None,
    *,
    stale: bool = True,
) -> dict[str, tuple[Cure, ...]]:
    """Return the cures of every line that is warned or breached.

    Parameters
    ----------
    scene
        The subject, with all columns of its lines among its `wanted`.
    policy
        What it is judged by.
    verdicts
        Its verdicts on all lines: none of these may get worse.
    rules
        Only these lines; None = all of `verdicts`.
    stale
        Whether an old reading is missing, as it was for `verdicts`.

    Returns
    -------
    dict
        Line id to its cures in the order of its file; a line without any has an empty tuple.
    """
    before = {verdict.rule.id: verdict for verdict in verdicts}
    seeker = _Seeker(scene, policy, before, stale)
    return {
        id: tuple(seeker.cures(verdict.rule))
        for id, verdict in before.items()
        if verdict.state in _CURED and (rules is None or id in rules)
    }


def with_cures(
    scene: Scene, policy: RuleBook, verdicts: Sequence[Verdict], *, stale: bool = True
) -> list[Verdict]:
    """Return verdicts with their cures; a line that needs none has none."""
    found = cures_of(scene, policy, verdicts, stale=stale)
    return [replace(verdict, cures=found.get(verdict.rule.id, ())) for verdict in verdicts]


@dataclass(frozen=True)
class _Seeker:
    """One subject, what it is judged by, and how it stands."""

    scene: Scene
    policy: RuleBook
    before: Mapping[str, Verdict]
    stale: bool

    def cures(self, rule: RedLine) -> Iterator[Cure]:
        """Yield the cures of one line, the first of each word; the same postings but once."""
        columns = [name for name in rule.sides() if name in {*self.scene.wanted}]
        words, shown = set[str](), list[tuple[Change, ...]]()
        for act in self._acts(rule):
            draft, amount = (None, None) if act.word in words else self._found(rule, act, columns)
            for cure in self._shown(rule, act, draft, amount) if draft else ():
                if cure.postings not in shown:
                    words.add(act.word)
                    shown.append(cure.postings)
                    yield cure

    def _acts(self, rule: RedLine) -> Iterator[Act]:
        """Yield the acts of a line that post on this subject's table."""
        for said in rule.content["cure"]:
            act = Act.of(said, table_of_subject(rule.subject))
            if act.parts and act.table == self.scene.table:
                yield act

    def _found(
        self, rule: RedLine, act: Act, columns: Sequence[str]
    ) -> tuple[Draft | None, int | None]:
        """Return the least transaction of an act that cures a line, and what it moves."""
        slots = slots_of(act, self.scene)

        def holds(amounts: Sequence[int]) -> bool:
            draft = posted(act, self.scene, list(zip(slots, amounts, strict=True)))
            if draft is None:
                return False
            frame = draft.after().frame(columns)
            (verdict,) = judge_one(
                frame, self.policy, [rule.id], stale=self.stale, subject=rule.subject
            )
            return verdict.state in _DONE

        amounts = least(slots, holds)
        if amounts is None:
            return None, None
        if any(slot.part.whole for slot in slots):
            turned = least(slots[::-1], lambda back: holds(back[::-1])) or []
            amounts = min([amounts, turned[::-1]], key=sum) if turned else amounts
        found = list(zip(slots, amounts, strict=True))
        return posted(act, self.scene, found), amount_of(found, self.scene)

    def _shown(self, rule: RedLine, act: Act, draft: Draft, amount: int | None) -> Iterator[Cure]:
        """Yield a cure if it leads to pass, makes no line worse and leaves a sound row."""
        after = draft.after()
        judged = judge_one(
            after.frame(), self.policy, [*self.before], stale=self.stale, subject=rule.subject
        )
        moves = [(v.rule.id, self.before[v.rule.id].state, v.state) for v in judged]
        if (rule.id, self.before[rule.id].state, State.PASS) not in moves:
            return
        if any(max(new, State.PASS) > max(old, State.PASS) for _, old, new in moves):
            return
        if keeps_the_checks(draft, after):
            also = tuple(move for move in moves if move[0] != rule.id and move[1] is not move[2])
            yield Cure(act.word, amount, also, tuple(changes(draft)), after)
