"""The words of the judge, in the order in which one goes before another."""

from __future__ import annotations

from enum import IntEnum


class State(IntEnum):
    """What a line says of a subject; the worst of several is their maximum (domain 7.0.6)."""

    NOT_IN_FORCE = 0
    NOT_APPLICABLE = 1
    PASS = 2
    WARN = 3
    UNKNOWN = 4
    BREACH = 5

    @property
    def word(self) -> str:
        """Return the state as documents name it."""
        return self.name.lower()


class Level(IntEnum):
    """How far a test is beyond its limits; `EXIT` is a breach that opens 退出."""

    NONE = 0
    WARN = 1
    BREACH = 2
    EXIT = 3

    @property
    def word(self) -> str:
        """Return the level as policy files name it."""
        return self.name.lower()

    @property
    def state(self) -> State:
        """Return the state of a test that is beyond this level and no further."""
        return (State.PASS, State.WARN, State.BREACH, State.BREACH)[self]
