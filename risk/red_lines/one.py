"""Judge one subject, in Python integers: a few microseconds a line."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import ref

from features.errors import BadInput
from features.frame import Frame
from risk.red_lines.elsewhere import read_on
from risk.red_lines.panel import Panel
from risk.red_lines.rule import RedLine, RuleBook
from risk.red_lines.subjects import kind_of, subject_of_table
from risk.red_lines.verdict import Verdict

Asked = tuple[str, str | None, tuple[str, ...] | None, bool, frozenset[str] | None]

_PANELS: dict[int, tuple[ref[RuleBook], dict[Asked, Panel]]] = {}
"""What was compiled of each rule book, by its identity; forgotten with it."""


def lines_of(
    frame: Frame, policy: RuleBook, rules: Sequence[str] | None, subject: str | None
) -> list[RedLine]:
    """Return the lines that judge a frame, all or those named, in the order of their ids.

    Where its rows stand for a subject of another table, only lines whose columns it has.

    Raises
    ------
    BadInput
        Where a named line is not in the policy.
    """
    lines = policy.red_lines
    for id in rules or ():
        if id not in lines:
            raise BadInput("无此红线 · no such red line", field="rule", value=id)
    wanted = sorted(lines) if rules is None else rules
    table = frame.subject
    judged = subject_of_table(table) if subject is None else subject
    own = [lines[id] for id in wanted if lines[id].subject == judged]
    if kind_of(table, judged) == judged:
        return own
    moved = [read_on(line, table) for line in own]
    return [line for line in moved if frame.columns.keys() >= line.inputs.keys()]


def panel_of(
    frame: Frame,
    policy: RuleBook,
    rules: Sequence[str] | None,
    *,
    stale: bool,
    subject: str | None,
) -> Panel:
    """Return the lines that judge a frame, compiled once for each rule book."""
    compiled = _compiled(policy)
    table, named = frame.subject, None if rules is None else tuple(rules)
    moved = subject is not None and kind_of(table, subject) != subject
    asked = (table, subject, named, stale, frozenset(frame.columns) if moved else None)
    panel = compiled.get(asked)
    if panel is None:
        lines = lines_of(frame, policy, rules, subject)
        kind = kind_of(table, subject or subject_of_table(table))
        panel = compiled[asked] = Panel(lines, kind, policy.grace_days if stale else None)
    return panel


def _compiled(policy: RuleBook) -> dict[Asked, Panel]:
    key = id(policy)
    kept = _PANELS.get(key)
    if kept is None or kept[0]() is not policy:
        kept = _PANELS[key] = (ref(policy, lambda _: _PANELS.pop(key, None)), {})
    return kept[1]


def judge_one(
    frame: Frame,
    policy: RuleBook,
    rules: Sequence[str] | None = None,
    *,
    row: int = 0,
    stale: bool = True,
    subject: str | None = None,
) -> list[Verdict]:
    """Return the verdicts on one row of a frame.

    Parameters
    ----------
    frame
        Judged rows of one subject; a column it lacks is missing.
    policy
        Effective policy; its lines for another subject are left out.
    rules
        Ids of the lines; None for all.
    row
        Which row.
    stale
        Whether an old reading is missing.
    subject
        The policy's subject that the frame stands for; that of its table by default. With `loan`
        an application is judged by the lines of loans whose columns it has.

    Raises
    ------
    BadInput
        Where a named line is not in the policy.
    """
    panel = panel_of(frame, policy, rules, stale=stale, subject=subject)
    return panel.judge(frame, row, policy.sha256)
