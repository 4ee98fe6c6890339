"""What a test saw of one subject: its limits, how far it is from them, and what was missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from risk.red_lines.grain import MILLIONTH
from risk.red_lines.limit import Bound, Limit, LimitSeen
from risk.red_lines.program import Found, Grains
from risk.red_lines.rule import Test
from risk.red_lines.state import Level, State

Read = Callable[[str], Grains]
COMPARED = (State.PASS, State.WARN, State.BREACH)


@dataclass(frozen=True)
class TestSeen:
    """What one test saw and found.

    Attributes
    ----------
    over, under
        Whole grains; None where missing, infinite where a minimum was taken over nothing.
    headroom
        Grains that `over` may still move before it is beyond its binding limit; None where the
        test found nothing to compare.
    missing
        Columns without a value that the test needed.
    """

    __test__ = False

    test: Test
    state: State
    level: Level
    over: Grains
    under: Grains
    limits: tuple[LimitSeen, ...]
    headroom: int | None
    missing: tuple[str, ...]


def resolve(limit: Limit, read: Read) -> tuple[LimitSeen, str | None]:
    """Return a limit and the name of the column without which it has no value."""
    if limit.at is None or limit.to is None:
        return limit.as_written, None
    reference = read(limit.to)
    if reference is not None and reference != inf:
        fraction = (int(reference) + limit.at.millionths, MILLIONTH)
        return LimitSeen(limit.level, fraction, limit.basis, limit.source), None
    lost = limit.to
    for bound in limit.fallbacks:
        holds = True if bound.when is None else read(bound.when)
        if holds is None:
            lost = bound.when or lost
            break
        if holds:
            return _fallback(limit, bound), None
    return LimitSeen(limit.level, None, limit.basis, limit.source), lost


def _fallback(limit: Limit, bound: Bound) -> LimitSeen:
    return LimitSeen(limit.level, (bound.millionths, MILLIONTH), bound.basis, bound.source)


def headroom(test: Test, over: int, under: int, fraction: tuple[int, int]) -> int:
    """Return how many grains `over` may still move and not be beyond p/q; below 0 once it is.

    Examples
    --------
    720 of 1,000 against 0.65: `over` would have to fall by 70.
    """
    p, q = fraction
    factor_over, factor_under = test.factors
    top, bottom = p * under * factor_under, q * factor_over
    if test.high_is_bad:
        if test.under is not None and under <= 0:
            return -over
        last = -(-top // bottom) - 1 if test.beyond_at else top // bottom
        return last - over
    first = top // bottom + 1 if test.beyond_at else -(-top // bottom)
    return over - first


def look(test: Test, found: Found, read: Read) -> TestSeen:
    """Return what a test saw on the way to what it found."""
    over = read(test.over.name)
    under: Grains = 1 if test.under is None else read(test.under.name)
    pairs = [resolve(limit, read) for limit in test.limits]
    limits = tuple(limit for limit, _ in pairs)
    missing: tuple[str, ...] = ()
    if found.state is State.UNKNOWN:
        lost = [
            name for name, side in zip(test.sides, (over, under), strict=False) if side is None
        ]
        lost += [name for _, name in pairs if name is not None]
        lost += [name for name in [test.applies_when] if name and read(name) is None]
        missing = tuple(dict.fromkeys(lost))
    room = None
    if found.state in COMPARED and test.kind != "flag" and limits:
        fraction = limits[test.binding].fraction
        assert over is not None
        assert under is not None
        assert fraction is not None
        room = headroom(test, int(over), int(under), fraction)
    return TestSeen(test, *found, over, under, limits, room, missing)
