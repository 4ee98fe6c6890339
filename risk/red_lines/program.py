"""A test compiled to flat integers: its state for one subject, by the rules of `domain.md` 7.0.3.

What a test saw besides (limits, headroom, what was missing) is worked out only where it is asked
for: see `scalar`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from risk.red_lines.grain import MILLIONTH
from risk.red_lines.limit import Limit
from risk.red_lines.rule import Test
from risk.red_lines.state import Level, State

Grains = int | float | None
"""Whole grains; None where missing, a float only where infinite."""

Values = Sequence[Grains]


class Found(NamedTuple):
    """What a test comes to."""

    state: State
    level: Level


AT = tuple(Found(level.state, level) for level in Level)
PASS, BREACH = AT[Level.NONE], AT[Level.BREACH]
UNKNOWN = Found(State.UNKNOWN, Level.NONE)
NOT_APPLICABLE = Found(State.NOT_APPLICABLE, Level.NONE)
NOT_IN_FORCE = Found(State.NOT_IN_FORCE, Level.NONE)


class Bound(NamedTuple):
    """A limit p/q as the factors of both sides: beyond it where `over·left > under·right`."""

    found: Found
    left: int
    right: int


class Moving(NamedTuple):
    """A limit that moves with a reference, in millionths.

    Attributes
    ----------
    fallbacks
        Place of the flag each needs (None = none) and its number, in their order.
    """

    found: Found
    reference: int
    add: int
    fallbacks: tuple[tuple[int | None, int], ...]

    def millionths(self, values: Values) -> int | None:
        """Return the limit for one subject, None where it has no value."""
        reference = values[self.reference]
        if isinstance(reference, int):
            return reference + self.add
        for flag, number in self.fallbacks:
            holds = True if flag is None else values[flag]
            if holds is None:
                return None
            if holds:
                return number
        return None


Bounds = Sequence[Bound]
Compare = Callable[[int, int, Bounds], Found]
Run = Callable[[Values], Found]


def compile_test(test: Test, place: Mapping[str, int]) -> Run:
    """Return a test as a function of values, each column read at its place.

    Both factors of a limit change sign where a low value is bad, so that beyond is always above.
    """
    limits = [_limit(test, limit, place) for limit in reversed(test.limits)]
    if not limits:
        return lambda _: NOT_IN_FORCE
    fixed = [limit for limit in limits if isinstance(limit, Bound)]
    standing = None if len(fixed) == len(limits) else _standing(test, limits)
    compare = _comparison(test)
    over_at = place[test.over.name]
    under_at = None if test.under is None else place[test.under.name]
    applies_at = None if test.applies_when is None else place[test.applies_when]

    def run(values: Values) -> Found:
        applies: Grains = 1 if applies_at is None else values[applies_at]
        if applies == 0:
            return NOT_APPLICABLE
        over = values[over_at]
        under: Grains = 1 if under_at is None else values[under_at]
        bounds: Bounds | None = fixed if standing is None else standing(values)
        if over is None or under is None or applies is None or bounds is None:
            return UNKNOWN
        if isinstance(over, float) or isinstance(under, float):
            return NOT_APPLICABLE
        return compare(over, under, bounds)

    return run


def _factors(test: Test, p: int, q: int) -> tuple[int, int]:
    sign = 1 if test.high_is_bad else -1
    over, under = test.factors
    return sign * q * over, sign * p * under


def _limit(test: Test, limit: Limit, place: Mapping[str, int]) -> Bound | Moving:
    found = AT[limit.level]
    if limit.at is None:
        return Bound(found, 0, 0)
    if limit.to is None:
        return Bound(found, *_factors(test, *limit.at.fraction))
    others = tuple(
        (None if bound.when is None else place[bound.when], bound.millionths)
        for bound in limit.fallbacks
    )
    return Moving(found, place[limit.to], limit.at.millionths, others)


def _standing(test: Test, limits: Sequence[Bound | Moving]) -> Callable[[Values], Bounds | None]:
    """Return the limits as they stand for one subject, None where one has no value."""
    left, right = _factors(test, 1, MILLIONTH)

    def standing(values: Values) -> Bounds | None:
        bounds = []
        for limit in limits:
            if isinstance(limit, Moving):
                number = limit.millionths(values)
                if number is None:
                    return None
                bounds.append(Bound(limit.found, left, number * right))
            else:
                bounds.append(limit)
        return bounds

    return standing


def _comparison(test: Test) -> Compare:
    """Return what compares the sides of a test, all values being there."""
    if test.kind == "flag":
        return _raised
    if test.under is None:
        return _reached if test.beyond_at else _past
    if not test.high_is_bad:
        return _low
    return _over_burden if test.is_burden else _over_capacity


def _raised(over: int, _: int, bounds: Bounds) -> Found:
    return bounds[0].found if over else PASS


def _past(over: int, under: int, bounds: Bounds) -> Found:
    """Compare with the hardest limit first; exactly at a limit is not beyond it."""
    for found, left, right in bounds:
        if over * left > under * right:
            return found
    return PASS


def _reached(over: int, under: int, bounds: Bounds) -> Found:
    """Compare as `_past` does, but exactly at a limit is beyond it."""
    for found, left, right in bounds:
        if over * left >= under * right:
            return found
    return PASS


def _over_capacity(over: int, under: int, bounds: Bounds) -> Found:
    if over <= 0:
        return PASS
    found = _past(over, under, bounds)
    return BREACH if under <= 0 and found.level < Level.BREACH else found


def _over_burden(over: int, under: int, bounds: Bounds) -> Found:
    return NOT_APPLICABLE if under == 0 and over <= 0 else _over_capacity(over, under, bounds)


def _low(over: int, under: int, bounds: Bounds) -> Found:
    if under <= 0:
        return NOT_APPLICABLE if under == 0 else UNKNOWN
    return _past(over, under, bounds)
