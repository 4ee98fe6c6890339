"""What the dictionary says, as frozen values: tables, columns, relations, row checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

import numpy as np

from features.checks import Check
from features.frame import Days

STANDING = ("as_of", "known_at")
MONTHS_A_YEAR = 12


class Kind(StrEnum):
    """What a column holds; the letter is that of the dictionary's `type`."""

    MONEY = "m"
    RATIO = "r"
    AREA = "a"
    COUNT = "i"
    NUMBER = "n"
    DATE = "d"
    TEXT = "t"
    ENUM = "e"
    FLAG = "b"
    INSTANT = "ts"


@dataclass(frozen=True)
class Code:
    """One code of an enumeration with its labels."""

    name: str
    zh: str
    en: str


@dataclass(frozen=True)
class Column:
    """One raw column.

    Attributes
    ----------
    unit
        yuan, 1 (a fraction), m2, count, date, or the column's own: months, days, kWh …
    required
        What needs it is `unknown` without it; a row is kept.
    privacy, consent
        Class C1 or C2; whether a written consent is needed to hold it.
    codes, ordered
        Codes of an enumeration; ordered = their position is their rank, the worst first.
    absent
        Of an optional column: "zero" = left out means none, "unknown" = left out is not known.
    missing_codes
        Texts that mean "not given".
    minimum, maximum
        Lowest and highest value, None = open.
    also
        Headings accepted in a file beside the name.
    form
        Check on a text: "social_credit_code", or None.
    """

    name: str
    zh: str
    en: str
    kind: Kind
    unit: str = "1"
    required: bool = False
    privacy: Literal["C1", "C2"] = "C1"
    consent: bool = False
    source: str = ""
    group: str = ""
    codes: tuple[Code, ...] = ()
    ordered: bool = False
    absent: Literal["unknown", "zero"] = "unknown"
    missing_codes: frozenset[str] = frozenset({""})
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    also: tuple[str, ...] = ()
    form: str | None = None

    @property
    def is_identity(self) -> bool:
        """Whether a value points at a person, so that it is masked wherever it is shown."""
        return self.kind is Kind.TEXT and self.privacy == "C2"

    @property
    def is_identifier(self) -> bool:
        """Whether a text is matched with others, so that full-width letters are made narrow."""
        return self.kind is Kind.TEXT and self.name.endswith(("_id", "_code", "_token"))

    def rank(self, code: str) -> int:
        """Return the position of `code`, 0 the first (of an ordered enumeration: the worst)."""
        return [known.name for known in self.codes].index(code)


@dataclass(frozen=True)
class Relation:
    """Rows of another table that belong to a row of this one.

    Attributes
    ----------
    table
        Name of the other table.
    on
        Own column to the other table's column. With `through`, the own columns are that child's.
    many
        Whether there may be several.
    child
        Child of the other table that holds the rows, or None for the table itself.
    through
        Own child whose rows name the others, or None.
    listed_in
        Child of the other table whose rows name ours, or None; `on` names that child's column.
    chain
        Relations one after another, the first of this table, each next of the table before.
    """

    name: str
    table: str
    on: Mapping[str, str]
    many: bool = False
    child: str | None = None
    through: str | None = None
    listed_in: str | None = None
    chain: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cadence:
    """How often a reading is due: every `months`, and this long after the period's end."""

    months: int
    due_days: int = 0
    due_months: int = 0

    def next_due(self, as_of: Days) -> Days:
        """Return the day on which the reading after `as_of` is due (days since 1970-01-01).

        The next reading is the first period end after `as_of`, so a reading between two ends
        makes the coming end due. Source: domain page 7.0.7.

        Examples
        --------
        >>> quarter_end = np.array(["2026-03-31", "2026-05-15"], dtype="datetime64[D]").astype(int)
        >>> Cadence(3, due_days=30).next_due(quarter_end).astype("datetime64[D]").tolist()
        [datetime.date(2026, 7, 30), datetime.date(2026, 7, 30)]
        """
        tomorrow = (as_of + 1).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        after_end = (tomorrow // self.months + 1) * self.months
        due_month = (after_end + self.due_months).astype("datetime64[M]").astype("datetime64[D]")
        due: Days = due_month.astype(np.int64) - 1 + self.due_days
        return due


@dataclass(frozen=True)
class Table:
    """One table, or one child table of it.

    Attributes
    ----------
    name
        File name: "cooperative", of a child "cooperative__associates".
    key
        The column that names the subject; a child carries its parent's.
    columns
        Name to column, in file order. A parent's include source, as_of, known_at, quality,
        evidence_doc_id, correction_reason, approved_by and `<child>_rows` of each child; a child's
        begin with the parent's key, as_of and known_at.
    children
        Short name to child table.
    parent
        The parent's name, of a child.
    unique
        Columns of a child that may not repeat under one parent.
    """

    name: str
    zh: str
    en: str
    key: str
    columns: Mapping[str, Column]
    children: Mapping[str, Table] = field(default_factory=dict)
    parent: str | None = None
    cadence: Cadence | None = None
    relations: Mapping[str, Relation] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    unique: tuple[str, ...] = ()

    @property
    def identity(self) -> tuple[str, str, str]:
        """Return key, as_of and known_at: what tells one record from another."""
        return (self.key, *STANDING)

    @property
    def short(self) -> str:
        """Return a child's name under its parent, a table's own name otherwise."""
        return self.name.rpartition("__")[2]

    @property
    def own_columns(self) -> tuple[Column, ...]:
        """Return the columns of a child without those that join it to its parent."""
        joined = self.identity if self.parent else ()
        return tuple(c for name, c in self.columns.items() if name not in joined)

    @property
    def indispensable(self) -> tuple[str, ...]:
        """Return the columns without which a row is set aside."""
        return self.identity if self.parent else (*self.identity, "source", "quality")


@dataclass(frozen=True)
class Dictionary:
    """Every table of a book.

    Attributes
    ----------
    tables
        Name to table, children inside their parents.
    flags
        Accepted text to flag.
    area_units
        Accepted unit to its square metres.
    forbidden
        Name that may be no column, to its reason.
    """

    tables: Mapping[str, Table]
    flags: Mapping[str, bool]
    area_units: Mapping[str, Decimal]
    forbidden: Mapping[str, str]

    def table(self, name: str) -> Table:
        """Return the table or child table of that name; KeyError where there is none."""
        parent, _, child = name.partition("__")
        table = self.tables[parent]
        return table.children[child] if child else table

    @property
    def all_tables(self) -> tuple[Table, ...]:
        """Return every table followed by its children, in dictionary order."""
        return tuple(
            t for table in self.tables.values() for t in (table, *table.children.values())
        )

    def forbidden_reason(self, heading: str) -> str | None:
        """Return why a heading may be no column, or None."""
        plain = f"_{heading.strip().lower().replace(' ', '_')}_"
        for word, reason in self.forbidden.items():
            if (f"_{word}_" if word.isascii() else word) in plain:
                return reason
        return None
