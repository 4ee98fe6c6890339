"""A transaction as a list of column and change, so that anybody can recompute it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from math import isnan

from features.dictionary import load_dictionary
from features.schema import Column, Kind, Table
from risk.cure.act import grain_of
from risk.cure.draft import Draft
from risk.red_lines.verdict import EPOCH

Change = dict[str, object]
Texts = Mapping[float, str]
GIVEN = "given"
"""A text that no record of the book holds: a new paper or party."""


def changes(draft: Draft) -> list[Change]:
    """Return what a transaction changes.

    Returns
    -------
    list
        `column`, of a child as child.column with `row` counted from 1 in the order in which its
        rows stand; `change` signed for a number that was there (yuan, share, ㎡), else the value
        it now has: a number, true or false, a day, a code, a text that stood elsewhere, `given`
        for a paper; of a row that is taken off `withdrawn`.
    """
    table, texts = load_dictionary().table(draft.scene.table), draft.scene.texts
    found = list[Change]()
    for name, value in draft.own.items():
        found += _change(table, name, name, draft.scene.own[name], value, texts)
    for child, columns in draft.rows.items():
        spec, rows = table.children[child], draft.scene.rows[child].columns
        for name, values in columns.items():
            for row, (old, new) in enumerate(zip(rows[name], values, strict=True), start=1):
                found += _change(spec, name, f"{child}.{name}", old, new, texts, row)
    for child, gone in draft.dropped.items():
        found += [{"column": child, "row": row + 1, "change": "withdrawn"} for row in sorted(gone)]
    for child, entries in draft.added.items():
        there = len(draft.scene.rows[child])
        for row, entry in enumerate(entries, start=there + 1):
            found += _added(table.children[child], child, entry, texts, row)
    return found


def _change(
    table: Table,
    name: str,
    shown: str,
    old: float,
    new: float,
    texts: Texts,
    row: int | None = None,
) -> Iterator[Change]:
    if old == new or (isnan(old) and isnan(new)):
        return
    column = table.columns.get(name)
    head, _, code = shown.partition("__")
    place: Change = {"column": head if column is None else shown}
    if row is not None:
        place["row"] = row
    if column is None:
        if new:
            yield {**place, "change": code}
        return
    if isnan(old) or column.kind in (Kind.TEXT, Kind.DATE, Kind.FLAG):
        yield {**place, "change": _value(column, new, texts)}
        return
    grain = grain_of(column)
    moved = round(new * grain.multiplier) - round(old * grain.multiplier)
    yield {**place, "change": f"{grain.shown(moved):+f}"}


def _value(column: Column, value: float, texts: Texts) -> object:
    if column.kind is Kind.FLAG:
        return bool(value)
    if column.kind is Kind.DATE:
        return (EPOCH + timedelta(days=int(value))).isoformat()
    if column.kind is Kind.TEXT:
        return texts.get(value, GIVEN)
    grain = grain_of(column)
    return f"{grain.shown(round(value * grain.multiplier)):f}"


def _added(
    child: Table, short: str, entry: dict[str, float], texts: Texts, row: int
) -> Iterator[Change]:
    for name, value in entry.items():
        column = child.columns.get(name)
        head, _, code = name.partition("__")
        said = code if column is None else _value(column, value, texts)
        yield {"column": f"{short}.{head if column is None else name}", "row": row, "change": said}
