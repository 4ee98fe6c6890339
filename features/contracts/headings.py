"""Headings: which raw column is which column of the dictionary."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence

from features.dictionary import Dictionary, Table
from features.errors import BadInput


def nearest(name: str, known: Sequence[str]) -> str:
    """Return a hint at the known name that is spelt most like `name`, or nothing.

    Examples
    --------
    >>> nearest("anual_income", ["annual_income", "total_debt"])
    '，是否为 · did you mean annual_income'
    """
    close = difflib.get_close_matches(name, known, n=1)
    return f"，是否为 · did you mean {close[0]}" if close else ""


def match_headings(
    table: Table, dictionary: Dictionary, headings: Sequence[str], fillable: Sequence[str] = ()
) -> dict[str, int]:
    """Return each column's place among the headings; a heading is a name or a Chinese label.

    Raises
    ------
    BadInput
        On an unknown or forbidden heading, one given twice, and a column without which every row
        would be set aside, unless it is `fillable`. Each fault is named.
    """
    words = {_plain(word): c.name for c in table.columns.values() for word in (c.zh, *c.also)}
    words |= {_plain(name): name for name in table.columns}
    places: dict[str, int] = {}
    faults: list[BadInput] = []
    for place, heading in enumerate(headings):
        name = words.get(_plain(heading))
        if name is None:
            faults.append(BadInput(unknown_field(table, dictionary, heading), field=heading))
        elif name in places:
            faults.append(BadInput("列重复 · column given twice", field=name))
        else:
            places[name] = place
    for name in table.indispensable:
        if name not in places and name not in fillable:
            faults.append(BadInput("缺少必要列 · column is missing", field=name))
    if faults:
        raise one_fault(table.name, faults)
    return places


def unknown_field(table: Table, dictionary: Dictionary, name: str) -> str:
    """Return why a field is not taken: forbidden, or unknown with the nearest known name."""
    if reason := dictionary.forbidden_reason(name):
        return f"禁止采集 · never collected: {reason}"
    return f"未知列 · unknown column{nearest(_plain(name), list(table.columns))}"


def one_fault(where: str, faults: Sequence[BadInput]) -> BadInput:
    """Return several faults of one place as one."""
    match faults:
        case [fault]:
            return BadInput(
                fault.rule, where=fault.where or where, field=fault.field, value=fault.value
            )
        case _:
            return BadInput("; ".join(map(str, faults)), where=where)


def _plain(heading: str) -> str:
    return unicodedata.normalize("NFKC", heading).strip().strip("*\ufeff").strip().lower()
