"""What the routes about decisions, policy and corrections stand in front of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from service.store.decisions import Stored
from service.trust.identity import Caller
from service.use_cases.decided.in_force import InForce
from service.use_cases.decided.reviews import Reviewed


class Corrections(Protocol):
    """The use case behind corrections of what is known."""

    def propose(
        self, body: Mapping[str, object], caller: Caller, key: str | None = None
    ) -> dict[str, object]:
        """Keep a proposal and return its document."""
        ...

    def read(self, id: str, caller: Caller) -> dict[str, object]:
        """Return the document of a proposal."""
        ...

    def page(
        self, caller: Caller, limit: int, before: str | None, state: str | None
    ) -> Sequence[dict[str, object]]:
        """Return proposals, the newest first."""
        ...

    def decide(self, id: str, body: Mapping[str, object], caller: Caller) -> dict[str, object]:
        """Approve or reject a proposal; what is approved is kept and judged."""
        ...


class Explainer(Protocol):
    """The use case behind the explanation of a decision."""

    def explanation(self, id: str, caller: Caller) -> dict[str, object]:
        """Return why a decision is what it is."""
        ...


class Reviewer(Protocol):
    """The use case behind what people say about decisions."""

    def page(
        self, caller: Caller, limit: int, before: int | None, application: str | None
    ) -> Sequence[tuple[Stored, InForce]]:
        """Return decisions, the newest first, with what is in force."""
        ...

    def reviews(self, id: str, caller: Caller) -> Reviewed:
        """Return a decision with what was said about it."""
        ...

    def review(
        self,
        id: str,
        body: Mapping[str, object],
        caller: Caller,
        *,
        key: str | None = None,
        seen: Collection[str] | None = None,
    ) -> bytes:
        """Keep what one person says about a decision and return that document."""
        ...

    def approve(
        self,
        id: str,
        review: str,
        body: Mapping[str, object],
        caller: Caller,
        *,
        key: str | None = None,
        seen: Collection[str] | None = None,
    ) -> bytes:
        """Keep that another person approves or rejects an override, and return that document."""
        ...


class Rulebook(Protocol):
    """The use case behind what decides here: policy and models."""

    def red_lines(self, as_of: str | None, county: str | None) -> dict[str, object]:
        """Return the red lines in force on a day for a county."""
        ...

    def directions(self) -> dict[tuple[str, str], bool]:
        """Return, by line and test in force today, whether high values are the bad ones."""
        ...

    def models(self) -> Sequence[dict[str, object]]:
        """Return what scores each product."""
        ...


class WhatIf(Protocol):
    """The use case behind a decision on other inputs."""

    def what_if(self, id: str, body: Mapping[str, object], caller: Caller) -> dict[str, object]:
        """Return what a decision would have been, keeping nothing."""
        ...
