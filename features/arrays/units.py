"""Units of a column at run time, and the rows of a child."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray


class Unit(StrEnum):
    """What one float64 of a column counts."""

    FEN = "fen"
    RATIO = "ratio"
    COUNT = "count"
    DAYS = "days"
    MONTHS = "months"
    AREA = "area"
    NUMBER = "number"
    FLAG = "flag"
    RANK = "rank"
    DATE = "date"
    TEXT = "text"


Floats: TypeAlias = NDArray[np.float64]
Amount = Annotated[Floats, Unit.FEN]
Ratio = Annotated[Floats, Unit.RATIO]
Count = Annotated[Floats, Unit.COUNT]
Days = Annotated[Floats, Unit.DAYS]
Months = Annotated[Floats, Unit.MONTHS]
Area = Annotated[Floats, Unit.AREA]
Number = Annotated[Floats, Unit.NUMBER]
Flag = Annotated[Floats, Unit.FLAG]
Rank = Annotated[Floats, Unit.RANK]
Date = Annotated[Floats, Unit.DATE]
Text = Annotated[Floats, Unit.TEXT]
"""A text as a code: equal texts have equal codes throughout one evaluation, NaN is absent."""

SQUARE_METRES_A_MU = 666.6667
"""As the dictionary converts 亩."""


class Rows(NamedTuple):
    """The child rows of n subjects: those of subject i are [offsets[i], offsets[i + 1]).

    An undeclared child (declared[i] false) is unknown, not empty: what is read from it is missing.

    Attributes
    ----------
    offsets
        n + 1 positions in the child's columns, ascending from 0.
    declared
        n flags.
    """

    offsets: NDArray[np.int64]
    declared: NDArray[np.bool_]
