"""How a value is written for a person, by the unit that the feature graph gives it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache, partial

from features.arrays import Unit
from features.arrays.units import SQUARE_METRES_A_MU
from features.errors import BadInput
from features.graph import catalogue
from service.doors.pages import figures
from service.doors.pages.texts import label

A_MU = Decimal(str(SQUARE_METRES_A_MU))


def written(unit: str, value: str | None) -> str:
    """Return a value with its unit, as a person reads it.

    Examples
    --------
    >>> written("yuan", "125000.00"), written("ratio", "0.421875"), written("months", "18")
    ('12.50 万元', '0.4219', '18 个月')
    >>> written("flag", "1"), written("area", "6666.667"), written("date", "2026-03-31")
    ('是', '10 亩', '2026-03-31')
    """
    if value is None:
        return figures.NOTHING
    return WRITERS.get(unit, figures.number)(value)


def _area(square_metres: str) -> str:
    return f"{figures.rounded(Decimal(square_metres) / A_MU, 2)} 亩"


def _flag(value: str) -> str:
    return label("flag", "yes" if Decimal(value) else "no").zh


WRITERS: dict[str, Callable[[str], str]] = {
    "yuan": figures.money,
    "ratio": partial(figures.rounded, places=4),
    "number": partial(figures.rounded, places=4),
    "area": _area,
    "m2": _area,
    "days": lambda value: f"{figures.number(value)} 天",
    "months": lambda value: f"{figures.number(value)} 个月",
    "flag": _flag,
    "date": str,
}


def shown(feature: str | None, value: str | None) -> str:
    """Return the value of an application's feature, as a person reads it."""
    return figures.NOTHING if feature is None else written(_unit(feature), value)


@lru_cache(maxsize=512)
def _unit(feature: str) -> str:
    """Return a feature's unit in a document, where money is in yuan; a number where unknown."""
    try:
        unit = catalogue().unit("application", feature)
    except BadInput:
        return Unit.NUMBER
    return "yuan" if unit is Unit.FEN else unit
