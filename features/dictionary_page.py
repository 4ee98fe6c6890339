"""The dictionary as a page for people, written by `python -m features.dictionary_page`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from features.dictionary import (
    Check,
    Column,
    Comparison,
    Filled,
    NoOverlap,
    Table,
    UnitSlip,
    load_dictionary,
)
from features.schema import Cadence, Dictionary, Relation

PAGE = Path(__file__).with_name("DICTIONARY.md")

_KINDS = {
    "m": "money",
    "r": "ratio",
    "a": "area",
    "i": "count",
    "n": "number",
    "d": "date",
    "t": "text",
    "e": "code",
    "b": "flag",
    "ts": "instant",
}
_HEAD = """# 数据字典 · Data dictionary

由 `features/dictionary.yaml` 生成，请勿手改 · made from `features/dictionary.yaml`
by `python -m features.dictionary_page`, not to be edited.

**!** 必填 required: without it what needs the column is `unknown`; a row without its key, as_of,
known_at, source or quality is set aside. **级 class**: C1 internal, C2 personal; **\\*** needs
written consent. **缺 absent**: `zero` = left out means none. Money is yuan with two decimals, a
ratio a fraction, an area ㎡ (亩 and 公顷 are converted).
"""


def dictionary_page(dictionary: Dictionary) -> str:
    """Return the whole dictionary as Markdown."""
    lines = [_HEAD]
    for table in dictionary.all_tables:
        lines += ["", *_section(table)]
    return "\n".join(lines) + "\n"


def _section(table: Table) -> Iterator[str]:
    level = "###" if table.parent else "##"
    yield f"{level} `{table.name}` {table.zh} · {table.en}"
    yield ""
    facts = [*_facts(table)]
    yield from ([*facts, ""] if facts else [])
    yield "|列 column|标签 label|类型 type|单位 unit|级|缺|来源 source|"
    yield "|---|---|---|---|---|---|---|"
    yield from (_row(column) for column in table.own_columns)


def _facts(table: Table) -> Iterator[str]:
    if table.parent is None:
        yield f"- key `{table.key}`" + _cadence(table.cadence)
    for relation in table.relations.values():
        child = f".{relation.child}" if relation.child else ""
        through = f" through `{relation.through}`" if relation.through else ""
        how = "many" if relation.many else "one"
        rows = f"{how} of `{relation.table}{child}`{through}"
        yield f"- `{relation.name}`: {rows} {_joint(relation)}"
    yield from (f"- `{_formula(check)}`: {check.text}" for check in table.checks)
    if table.unique:
        yield f"- unique under one record: {', '.join(table.unique)}"


def _formula(check: Check) -> str:
    """Return the words for what a row check compares."""
    match check:
        case Comparison():
            left, right = (" + ".join(side) or "0" for side in (check.left, check.right))
            return f"{left} {check.op} {right}"
        case Filled():
            return " or ".join(check.one_of)
        case NoOverlap():
            return f"[{check.begins}, {check.ends}) under one {', '.join(check.same)}"
        case UnitSlip():
            return check.column


def _joint(relation: Relation) -> str:
    """Return the words for how the rows of a relation are found."""
    if relation.chain:
        return "by " + " → ".join(f"`{name}`" for name in relation.chain)
    listed = f"{relation.listed_in}." if relation.listed_in else ""
    return "on " + ", ".join(f"{own} = {listed}{theirs}" for own, theirs in relation.on.items())


def _cadence(cadence: Cadence | None) -> str:
    if cadence is None:
        return ""
    months = f"{cadence.due_months} months" if cadence.due_months else f"{cadence.due_days} days"
    return f"; every {cadence.months} months, due {months} after the end"


def _row(column: Column) -> str:
    kind = _KINDS[column.kind] + ("!" if column.required else "")
    if column.codes:
        order = "（由差到好 worst first）" if column.ordered else ""
        kind += f"{order}: " + ", ".join(f"{c.name} {_label(c.zh, c.en)}" for c in column.codes)
    unit = "" if column.unit == "1" else column.unit
    bounds = _bounds(column)
    privacy = column.privacy + ("\\*" if column.consent else "")
    absent = "zero" if column.absent == "zero" else ""
    label = _label(column.zh, column.en)
    cells = (f"`{column.name}`", label, kind + bounds, unit, privacy, absent, column.source)
    return f"|{'|'.join(cells)}|"


def _bounds(column: Column) -> str:
    if column.codes or (column.minimum is None and column.maximum is None):
        return ""
    low, high = ("" if b is None else str(b) for b in (column.minimum, column.maximum))
    return f" [{low}, {high}]"


def _label(zh: str, en: str) -> str:
    return zh if zh == en else f"{zh} {en}"


if __name__ == "__main__":
    PAGE.write_text(dictionary_page(load_dictionary()), encoding="utf-8")
