"""One test for one subject, in Python integers: the rules of `domain.md` 7.0.3 as they read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf

from risk.red_lines.grain import MILLIONTH
from risk.red_lines.rule import Bound, Limit, LimitSeen, Test
from risk.red_lines.state import Level, State

Grains = int | float | None
Read = Callable[[str], Grains]


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


def is_beyond(test: Test, a: int, b: int, fraction: tuple[int, int]) -> bool:
    """Return whether a ÷ b is beyond p/q."""
    p, q = fraction
    left, right = a * q, p * b
    if left == right:
        return test.beyond_at
    return (left > right) == test.high_is_bad


def found(test: Test, over: int, under: int, limits: Mapping[Level, tuple[int, int]]) -> Level:
    """Return the furthest level that the sides are beyond."""
    if test.kind == "flag":
        return max(limits) if over else Level.NONE
    factor_over, factor_under = test.factors
    if test.under is not None and test.high_is_bad and over <= 0:
        return Level.NONE
    a, b = over * factor_over, under * factor_under
    beyond = [level for level, limit in limits.items() if is_beyond(test, a, b, limit)]
    level = max(beyond, default=Level.NONE)
    exposed = test.under is not None and test.high_is_bad and under <= 0
    return max(level, Level.BREACH) if exposed else level


def without_base(test: Test, over: int, under: int) -> State | None:
    """Return the state that a base of 0 or less gives by itself, None where it gives none."""
    if test.under is None or under > 0:
        return None
    if not test.high_is_bad:
        return State.NOT_APPLICABLE if under == 0 else State.UNKNOWN
    nothing = test.is_burden and under == 0 and over <= 0
    return State.NOT_APPLICABLE if nothing else None


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


def judge_test(test: Test, read: Read) -> TestSeen:
    """Return what a test finds; what is missing is unknown before any other rule."""
    over = read(test.over.name)
    under: Grains = 1 if test.under is None else read(test.under.name)
    pairs = [resolve(limit, read) for limit in test.limits]
    seen = tuple(limit for limit, _ in pairs)
    lost = [name for name, side in zip(test.sides, (over, under), strict=False) if side is None]
    lost += [name for _, name in pairs if name is not None]
    state, level, room = _state(test, read, over, under, seen, lost)
    missing = tuple(dict.fromkeys(lost)) if state is State.UNKNOWN else ()
    return TestSeen(test, state, level, over, under, seen, room, missing)


def _state(
    test: Test,
    read: Read,
    over: Grains,
    under: Grains,
    limits: tuple[LimitSeen, ...],
    lost: list[str],
) -> tuple[State, Level, int | None]:
    """Return state, level and headroom, in the order of the rules."""
    applies = True if test.applies_when is None else read(test.applies_when)
    if applies is None:
        lost.append(str(test.applies_when))
    early = _before_comparing(limits, applies, over, under, lost)
    if early is not None or over is None or under is None:
        return State.UNKNOWN if early is None else early, Level.NONE, None
    whole_over, whole_under = int(over), int(under)
    base = without_base(test, whole_over, whole_under)
    if base is not None:
        return base, Level.NONE, None
    fractions = {limit.level: limit.fraction for limit in limits if limit.fraction is not None}
    level = found(test, whole_over, whole_under, fractions)
    room = None
    if test.kind != "flag":
        binding = fractions[limits[test.binding].level]
        room = headroom(test, whole_over, whole_under, binding)
    return level.state, level, room


def _before_comparing(
    limits: tuple[LimitSeen, ...],
    applies: Grains,
    over: Grains,
    under: Grains,
    lost: list[str],
) -> State | None:
    if not limits:
        return State.NOT_IN_FORCE
    if applies is not None and not applies:
        return State.NOT_APPLICABLE
    if lost:
        return State.UNKNOWN
    return State.NOT_APPLICABLE if inf in (over, under) or -inf in (over, under) else None
