"""A value against its limits, drawn from 0 to twice the furthest limit.

Which side of a limit is bad can be read off a document too: the headroom is above 0 where the
value may still move, and a warning lies on the good side of the breach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

PLACES = Decimal("0.01")
SPAN = 2
FULL = Decimal(100)
NOT_COMPARED = ("unknown", "not_applicable", "not_in_force")
OKAY = "pass"


@dataclass(frozen=True)
class Zone:
    """A stretch of the axis with the state of a value in it, in percent of the width."""

    state: str
    left: Decimal
    width: Decimal


@dataclass(frozen=True)
class Gauge:
    """The drawing: places in percent of its width.

    Attributes
    ----------
    value
        Where the value stands; at an end where it lies outside.
    is_beyond
        Whether the value lies further to the right than the axis goes.
    limits
        Level and place of each limit.
    zones
        From left to right; none where the document does not tell which side is bad.
    """

    value: Decimal
    is_beyond: bool
    limits: tuple[tuple[str, Decimal], ...]
    zones: tuple[Zone, ...]


def draw(test: Mapping[str, Any], high: bool | None = None) -> Gauge | None:
    """Return the drawing of a test; None where it was not compared, or has no limit or no axis.

    Parameters
    ----------
    high
        Whether high values are bad; None = as the document tells.

    Examples
    --------
    >>> drawn = draw({"value": "0.75", "headroom": "5", "limits": [
    ...     {"level": "warn", "at": "1"}, {"level": "breach", "at": "0.5"}]})
    >>> drawn.value, [(zone.state, str(zone.left)) for zone in drawn.zones]
    (Decimal('37.50'), [('breach', '0.00'), ('warn', '25.00'), ('pass', '50.00')])
    """
    limits = [(row["level"], Decimal(row["at"])) for row in test["limits"] if row["at"]]
    top = SPAN * max((at for _, at in limits), default=Decimal(0))
    if test["value"] is None or top <= 0 or test.get("state") in NOT_COMPARED:
        return None
    value = Decimal(test["value"])

    def place(number: Decimal) -> Decimal:
        return (FULL * min(max(number, Decimal(0)), top) / top).quantize(PLACES)

    marks = tuple((level, place(at)) for level, at in limits)
    if high is None:
        high = high_is_bad(value, limits, test["headroom"])
    zones = () if high is None else tuple(_zones(marks, high=high))
    return Gauge(place(value), value > top, marks, zones)


def high_is_bad(
    value: Decimal, limits: Sequence[tuple[str, Decimal]], headroom: str | None
) -> bool | None:
    """Return whether a value above its limits is the bad one; None where nothing tells."""
    different = sorted({at for _, at in limits})
    if len(different) > 1:
        first, last = limits[0][1], limits[-1][1]
        return first < last
    if headroom is None or not Decimal(headroom) or value == different[0]:
        return None
    return (value < different[0]) == (Decimal(headroom) > 0)


def _zones(marks: Sequence[tuple[str, Decimal]], *, high: bool) -> list[Zone]:
    """Return the zones from left to right: each limit begins the one that bears its name."""
    ends = [Decimal("0.00"), *sorted(at for _, at in marks), FULL]
    by_place = [level for level, _ in sorted(marks, key=lambda mark: mark[1])]
    states = [OKAY, *by_place] if high else [*by_place, OKAY]
    spans = zip(states, ends, ends[1:], strict=False)
    return [Zone(state, left, right - left) for state, left, right in spans if right > left]
