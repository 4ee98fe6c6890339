"""The least amounts under which a test holds, each slot by itself, exact to the grain."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from risk.cure.posting import Slot

Holds = Callable[[Sequence[int]], bool]


def least(slots: Sequence[Slot], holds: Holds) -> list[int] | None:
    """Return amounts of which none can be lower by a step; None where all of it does not do.

    The last slots go first, so that what is left stands on the first. A slot is bisected: right
    wherever more of it does not undo what less of it did.

    Parameters
    ----------
    slots
        Those to be kept longest first.
    holds
        Whether amounts, one per slot, do.
    """
    amounts = [slot.most for slot in slots]
    if not slots or not holds(amounts):
        return None
    end, run = len(slots), 1
    while end > 0:
        run = min(run, end)
        without = amounts[: end - run] + [0] * run + amounts[end:]
        if holds(without):
            amounts, end, run = without, end - run, run * 2
        elif run > 1:
            run = 1
        else:
            end -= 1
            amounts[end] = _bisected(amounts, end, slots[end].step, holds)
    return amounts


def _bisected(amounts: Sequence[int], place: int, step: int, holds: Holds) -> int:
    """Return the least multiple of a step at one place that does, where 0 does not."""

    def does(steps: int) -> bool:
        return holds([*amounts[:place], steps * step, *amounts[place + 1 :]])

    low, high = 0, amounts[place] // step
    if high > 1 and not does(high - 1):
        return high * step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if does(middle) else (middle, high)
    return high * step
