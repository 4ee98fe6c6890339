"""Row checks of the dictionary: what a row, or the rows of one record, must satisfy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, cast

import yaml

from features.strict_yaml import Entry, fault, scalar

_RULE = re.compile(r"(?P<left>[\w +]+?) (?P<op><=|==|<) (?P<right>[\w +]+)")
_SLIP = "与上期相差约一万倍，疑似元与万元混用 · 10,000 times the last reading: 元 taken for 万元?"


@dataclass(frozen=True)
class Comparison:
    """`Σ left op Σ right` over money, counts or days of one row; `within` is a share of the left.

    A row with a missing term is not judged: what is missing is `unknown`, not wrong. A literal 0
    is an empty side.
    """

    left: tuple[str, ...]
    op: Literal["<=", "<", "=="]
    right: tuple[str, ...]
    within: Decimal
    text: str


@dataclass(frozen=True)
class Filled:
    """At least one of `one_of` is filled, on rows where each column of `when` has its code."""

    one_of: tuple[str, ...]
    when: Mapping[str, str]
    text: str


@dataclass(frozen=True)
class UnitSlip:
    """`column` is not about `factor` times its last reading, nor a `factor`-th of it.

    About = up to `give` times more or less. A factor of 10,000 is 元 taken for 万元.
    """

    column: str
    factor: Decimal
    give: Decimal
    text: str


@dataclass(frozen=True)
class NoOverlap:
    """Child rows of one record that agree in `same` have periods [begins, ends) that stand apart.

    A period without an end is open. A row without a beginning, or without a value of `same`, is
    not judged.
    """

    begins: str
    ends: str
    same: tuple[str, ...]
    text: str


Check = Comparison | Filled | UnitSlip | NoOverlap


def read_check(node: yaml.Node) -> Check:
    """Return one entry of `checks`.

    Raises
    ------
    BadInput
        With file, line and reason, on anything that the format does not allow.
    """
    entry = Entry(node)
    check: Check
    if "unit_slip" in entry:
        factor, give = Decimal(entry.text("factor")), Decimal(entry.text("give"))
        check = UnitSlip(entry.text("unit_slip"), factor, give, _SLIP)
    elif "filled" in entry:
        when = {column: scalar(code) for column, code in entry.pairs("when")}
        check = Filled(entry.texts("filled"), when, _label(entry))
    elif "no_overlap" in entry:
        check = _no_overlap(entry)
    else:
        check = _comparison(entry)
    entry.done()
    return check


def _no_overlap(entry: Entry) -> NoOverlap:
    match entry.texts("no_overlap"), entry.texts("same"):
        case (begins, ends), (_, *_) as same:
            return NoOverlap(begins, ends, same, _label(entry))
        case _:
            raise fault(entry.node, "two dates, and the columns that are the `same`", "no_overlap")


def _label(entry: Entry) -> str:
    return f"{entry.text('zh')} · {entry.text('en')}"


def _comparison(entry: Entry) -> Comparison:
    match = _RULE.fullmatch(entry.text("rule"))
    if match is None:
        raise fault(entry.node, "a rule reads `a + b <= c`", "rule")
    left, right = (
        tuple(term for term in match[side].split(" + ") if term != "0")
        for side in ("left", "right")
    )
    op = cast(Literal["<=", "<", "=="], match["op"])
    return Comparison(left, op, right, Decimal(entry.text("within", "0")), _label(entry))
