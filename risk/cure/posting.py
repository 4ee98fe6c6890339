"""What an act posts: its slots, each with an amount of its own, and the draft they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isnan
from typing import Any

from features.arrays import Floats
from features.scene import Scene
from features.schema import Kind
from risk.cure.act import LARGE, Act, Ledger, Part, Value
from risk.cure.draft import Cells, Draft
from risk.red_lines.grain import MILLIONTH


@dataclass(frozen=True)
class Slot:
    """One row of a part, or the part itself, with the greatest amount it may take.

    Attributes
    ----------
    row
        Row of the part's child; 0 where it has none.
    most
        In whole grains; 1 of a paper, which is there or not.
    step
        Its amounts are multiples of this: the whole of it where a part is posted whole.
    """

    part: Part
    row: int
    most: int
    step: int


Amounts = Sequence[tuple[Slot, int]]


def slots_of(act: Act, scene: Scene) -> list[Slot]:
    """Return the slots of an act that may take anything, the largest first.

    Together they do not exceed what the subject's own side of their part takes.
    """
    slots = list[Slot]()
    for part in act.parts:
        found = sorted(_slots(part, scene), key=lambda slot: -slot.most)
        slots += _within(part, scene, found)
    return sorted(slots, key=lambda slot: -slot.most)


def _slots(part: Part, scene: Scene) -> Iterator[Slot]:
    draft = Draft(scene)
    if part.each is None:
        yield Slot(part, 0, _most(part, Cells(draft, None, 0)), 1)
        return
    listed = scene.rows[part.each]
    for row in range(len(listed) if listed.declared else 0):
        if all(_is(listed.columns, name, sought, row) for name, sought in part.where.items()):
            most = _most(part, Cells(draft, part.each, row))
            yield Slot(part, row, most, max(most, 1) if part.whole else 1)


def _most(part: Part, cells: Cells) -> int:
    if not part.has_amount:
        return 1
    sides = part.row if part.each else part.own
    return min((cells.capacity(side) for side in sides if not side.is_memo), default=LARGE)


def _within(part: Part, scene: Scene, slots: Sequence[Slot]) -> Iterator[Slot]:
    """Yield slots until the own side of a part is full, cut to what it takes."""
    own = Cells(Draft(scene), None, 0)
    sides = [side for side in part.own if not side.is_memo] if part.each else []
    left = min((own.capacity(side) for side in sides), default=LARGE * max(len(slots), 1))
    for slot in slots:
        most = slot.most if not sides else min(slot.most, left) // slot.step * slot.step
        left -= most if sides else 0
        if most > 0:
            yield Slot(part, slot.row, most, slot.step)


def _is(columns: Mapping[str, Floats], name: str, sought: Any, row: int) -> bool:
    """Return whether a row's column is what a part asks for."""
    if isinstance(sought, list):
        return any(columns[f"{name}__{code}"][row] == 1 for code in sought)
    value = float(columns[name][row])
    if isinstance(sought, bool):
        return value == float(sought)
    if isinstance(sought, dict):
        return value <= float(sought["up_to"])
    return isnan(value) is (sought == "missing")


def posted(act: Act, scene: Scene, amounts: Amounts) -> Draft | None:
    """Return the transaction of these amounts; None where a side cannot take its amount."""
    draft = Draft(scene)
    for part in act.parts:
        own = [(slot, amount) for slot, amount in amounts if slot.part is part and amount]
        if own and not _post(part, draft, own):
            return None
    return draft


def _post(part: Part, draft: Draft, amounts: Amounts) -> bool:
    subject = Cells(draft, None, 0)
    for slot, amount in amounts:
        cells = Cells(draft, part.each, slot.row)
        if not all(cells.post(side, amount) or side.is_memo for side in part.row):
            return False
        for name, value in part.values.items():
            cells.set(name, value, cells)
        if part.drop:
            draft.dropped.setdefault(part.each or "", []).append(slot.row)
        for entry in part.entries:
            _add(part.add_to or "", entry, cells, amount)
    total = sum(amount for _, amount in amounts)
    followed = total
    for ledger in part.ledgers:
        followed = _follow(ledger, draft, followed)
    return all(subject.post(side, total) or side.is_memo for side in part.own)


def _add(child: str, entry: Mapping[str, Value], beside: Cells, posted: int) -> None:
    """Add one row to a child."""
    draft, new = beside.draft, dict[str, float]()
    for name, value in entry.items():
        if value.column.kind is Kind.ENUM:
            new[f"{name}__{value.said}"] = 1.0
        else:
            new[name] = beside.value(value, posted)
    draft.added.setdefault(child, []).append(new)


def _follow(ledger: Ledger, draft: Draft, amount: int) -> int:
    """Take an amount off the rows of a ledger, or put it on one; return how much of it went."""
    listed = draft.scene.rows[ledger.rows]
    if not listed.declared:
        return 0
    if not ledger.by:
        _put(ledger, draft, amount)
        return amount
    left = amount
    for row in sorted(range(len(listed)), key=lambda row: float(listed.columns[ledger.by][row])):
        cells = Cells(draft, ledger.rows, row)
        taken = min(cells.free(ledger.column), left)
        cells.move(ledger.column, -taken)
        left -= taken
    return amount - left


def _put(ledger: Ledger, draft: Draft, amount: int) -> None:
    """Put an amount on the row of a ledger that has its values, or on a new one."""
    listed = draft.scene.rows[ledger.rows]
    for row in range(len(listed)):
        if all(listed.columns[name][row] == value for name, value in ledger.at.items()):
            Cells(draft, ledger.rows, row).move(ledger.column, amount)
            return
    if amount:
        entry = {**ledger.at, ledger.column.column: float(amount)}
        draft.added.setdefault(ledger.rows, []).append(entry)


def amount_of(amounts: Amounts, scene: Scene) -> int | None:
    """Return what is moved in 分; None of papers. Of shares it is what is handed over."""
    found: int | None = None
    for slot, amount in amounts:
        part = slot.part
        if not part.has_amount or not (part.is_money or part.share_of):
            continue
        moved = amount
        if part.share_of is not None and part.each is not None:
            base = scene.rows[part.each].columns[part.share_of][slot.row]
            moved = 0 if isnan(base) else round(Decimal(int(base) * amount) / MILLIONTH)
        found = (found or 0) + moved
    return found
