"""Numba behind types: what mypy sees is what a feature may call.

Ufuncs are made without signatures: with them Numba compiles at import (1.8 s instead of 0.07).
`error_model="numpy"` everywhere, else a zero divisor raises inside the plan; never fastmath and
never a vector mathematics library, whose log differs from the scalar one.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Protocol, TypeVar, cast

from numba import njit, vectorize

from features.arrays.units import Floats


class One(Protocol):
    """A ufunc of one argument."""

    def __call__(self, x: Floats, /) -> Floats:
        """Return the value, element by element."""


class Two(Protocol):
    """A ufunc of two arguments, either of which may be a literal."""

    def __call__(self, x: Floats | float, y: Floats | float, /) -> Floats:
        """Return the value, element by element."""


class Three(Protocol):
    """A ufunc of three arguments, of which the last two may be literals."""

    def __call__(self, x: Floats, y: Floats | float, z: Floats | float, /) -> Floats:
        """Return the value, element by element."""


_ufunc: Callable[[Callable[..., float]], object] = vectorize
Loop = TypeVar("Loop", bound=Callable[..., object])


def one(scalar: Callable[[float], float]) -> One:
    """Make a ufunc of a function of one number."""
    return cast(One, _ufunc(scalar))


def two(scalar: Callable[[float, float], float]) -> Two:
    """Make a ufunc of a function of two numbers."""
    return cast(Two, _ufunc(scalar))


def three(scalar: Callable[[float, float, float], float]) -> Three:
    """Make a ufunc of a function of three numbers."""
    return cast(Three, _ufunc(scalar))


def loop(function: Loop) -> Loop:
    """Compile a function of arrays (or of whole numbers) that loops itself."""
    return cast(Loop, njit(error_model="numpy")(function))


def body(function: Callable[..., Floats]) -> Callable[..., Floats]:
    """Make a feature ready to be compiled into a plan, as if it had been written there.

    Keyword-only parameters become positional ones at the end: Numba binds a keyword argument of a
    compiled call to the wrong parameter where those are mixed.
    """
    code = function.__code__
    code = code.replace(co_argcount=code.co_argcount + code.co_kwonlyargcount, co_kwonlyargcount=0)
    plain = FunctionType(code, function.__globals__, function.__name__)
    return cast(Callable[..., Floats], njit(error_model="numpy", inline="always")(plain))
