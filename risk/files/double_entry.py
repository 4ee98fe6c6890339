"""Double entry: a transaction that does not balance, or that borrows, is no cure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from features.checks import Comparison
from features.schema import Table
from risk.files.strict_yaml import Node

Sides = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Account:
    """A column that is posted.

    Attributes
    ----------
    sums
        Columns of which it is a part: they move with it.
    keeps
        Columns whose sum it is not taken below.
    is_debt
        Whether it costs interest: no more of it but for less of another debt.
    """

    sums: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    is_debt: bool = False


def refuse_imbalance(node: Node, table: Table, own: Sides) -> None:
    """Refuse sides that move one half of an equation of the table's dictionary alone.

    Raises
    ------
    PolicyFault
        Where assets would no longer be liabilities and equity.
    """
    for check in table.checks:
        if not isinstance(check, Comparison) or check.op != "==":
            continue
        moved = 0
        for side in own:
            effects = {
                _effect(column, side, check) for column in side.get("less", side.get("more"))
            }
            if len(effects) != 1:
                raise node.fault("the columns of a side must stand in the same sums")
            effect = effects.pop()
            if effect and side.get("memo"):
                raise node.fault("a side of the balance sheet cannot be a memo")
            moved += effect
        if moved:
            raise node.fault(f"does not balance: {check.text}")


def _effect(column: Mapping[str, Any], side: Mapping[str, Any], check: Comparison) -> int:
    """Return what a unit posted on a column moves left less right of an equation by."""
    touched = {column["column"], *column.get("in", ())}
    sign = 1 if "more" in side else -1
    return sign * (len(touched & {*check.left}) - len(touched & {*check.right}))


def refuse_debt(node: Node, own: Sides, accounts: Mapping[str, Account]) -> None:
    """Refuse an act that borrows: debt may only take the place of other debt.

    Raises
    ------
    PolicyFault
        Where more debt stands without less of another.
    """
    moved = {"less": False, "more": False}
    for side in own:
        for word in moved:
            named = side.get(word, ())
            if any(accounts.get(at["column"], Account()).is_debt for at in named):
                moved[word] = True
    if moved["more"] and not moved["less"]:
        raise node.fault("borrows: more of a debt needs less of another")
