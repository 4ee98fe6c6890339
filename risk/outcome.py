"""What may be decided on a loan."""

from __future__ import annotations

from enum import IntEnum


class Outcome(IntEnum):
    """What is decided, by priority."""

    APPROVE = 0
    APPROVE_WITH_CONDITIONS = 1
    REFER = 2
    DECLINE = 3

    @property
    def word(self) -> str:
        """Return the outcome as documents name it."""
        return self.name.lower()
