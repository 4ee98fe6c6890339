"""The limits of a test: absolute, or moving with a reference, each on its own basis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from risk.red_lines.grain import MILLIONTH
from risk.red_lines.state import Level

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Bound:
    """An absolute limit p/q, with the basis it stands on; `when` names the flag it needs."""

    at: Decimal
    basis: str
    source: str
    when: str | None = None

    @cached_property
    def fraction(self) -> tuple[int, int]:
        """Return p and q in lowest terms."""
        return self.at.as_integer_ratio()

    @cached_property
    def millionths(self) -> int:
        """Return the limit at the grain of a ratio."""
        return int(self.at * MILLIONTH)


@dataclass(frozen=True)
class LimitSeen:
    """A limit as it stood for one subject: p/q None where it has no value."""

    level: Level
    fraction: tuple[int, int] | None
    basis: str
    source: str


@dataclass(frozen=True)
class Limit:
    """One level of a test: absolute, or `at` added to the reference `to`, or a flag's (`at` None).

    Where the reference is missing the first of `fallbacks` whose flag holds takes its place.
    """

    level: Level
    at: Bound | None
    basis: str
    source: str
    to: str | None = None
    fallbacks: tuple[Bound, ...] = ()

    @classmethod
    def of(cls, row: Document) -> Limit:
        """Read a limit of the effective policy."""
        basis, source, at = row["basis"], row["source"], row.get("at", row.get("add"))
        return cls(
            Level[row["level"].upper()],
            None if at is None else Bound(Decimal(at), basis, source),
            basis,
            source,
            row.get("to"),
            tuple(
                Bound(Decimal(other["at"]), other["basis"], other["source"], other.get("when"))
                for other in row.get("else", ())
            ),
        )

    @cached_property
    def as_written(self) -> LimitSeen:
        """Return an absolute limit, which stands alike for all; a flag's is 0."""
        fraction = (0, 1) if self.at is None else self.at.fraction
        return LimitSeen(self.level, fraction, self.basis, self.source)

    def columns(self) -> Iterator[str]:
        """Yield the columns that the limit itself is read from."""
        if self.to is not None:
            yield self.to
        yield from (bound.when for bound in self.fallbacks if bound.when is not None)
