"""How long each class of data is kept: retention.yaml as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import yaml

DOUBT = "依据待核 · source not confirmed"
BORROWER, APPLICANT, HISTORY, IDENTITY = "borrower", "applicant", "history", "identity"
BATCH = "batch"


@dataclass(frozen=True)
class Class:
    """A class of data.

    Attributes
    ----------
    years
        How long it is kept; None = it is not erased.
    binding
        Whether the law wants it kept so long, also against its person's wish.
    basis, source
        LAW or EXPERT, and where that stands.
    confirmed
        Whether the source was read, or is an expert's default.
    """

    zh: str
    en: str
    years: int | None
    binding: bool
    basis: str
    source: str
    confirmed: bool

    @property
    def ground(self) -> str:
        """Return the source, and that nobody has confirmed it where that is so."""
        return self.source if self.confirmed else f"{self.source}（{DOUBT}）"

    def last_past(self, as_of: date) -> date:
        """Return the last day whose data is past on `as_of`."""
        return date.min if self.years is None else years_before(as_of, self.years)

    def kept_until(self, start: date) -> date:
        """Return the first day on which data that runs from `start` is past."""
        return date.max if self.years is None else years_before(start, -self.years)


def classes() -> Mapping[str, Class]:
    """Return every class by name."""
    return _read()


def years_before(day: date, years: int) -> date:
    """Return the same day some years before; of 29 February, 28 where there is none.

    Examples
    --------
    >>> years_before(date(2028, 2, 29), 5).isoformat()
    '2023-02-28'
    """
    year = day.year - years
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


@cache
def _read() -> Mapping[str, Class]:
    source = files("service.trust").joinpath("retention.yaml").read_text(encoding="utf-8")
    found = yaml.safe_load(source)["classes"]
    return {
        name: Class(**{key: value for key, value in one.items() if key != "from"})
        for name, one in found.items()
    }
