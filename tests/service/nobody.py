"""Workers that do not work: a test lets its own take a turn when it wants."""

from __future__ import annotations


class Nobody:
    """Works at no batch."""

    def start(self) -> None: ...

    def wake(self) -> None: ...

    def stop(self) -> None: ...
