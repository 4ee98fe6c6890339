"""Label loans by the definition of default: what happened inside the window, and on which day.

The definition is a policy file (`domain.md` 6.2). A loan whose window was not watched to its end,
or was cut short by death, early pay-off or the end of the data, has no label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.dictionary import load_dictionary
from features.floats import Columns
from features.frame import Floats

SHANGHAI = timezone(timedelta(hours=8))
FEN = 100
EVENT_DAYS = {
    ("compensation", "paid"): ("compensation_paid_on", None),
    ("call", "credit"): ("called_on", "call_reason__credit"),
    ("call", "death"): ("called_on", "call_reason__death"),
    ("call", "disaster"): ("called_on", "call_reason__disaster"),
    ("call", "agreed"): ("called_on", "call_reason__agreed"),
    ("renewal", "distressed"): ("renewal_signed_on", "renewal_kind__distressed"),
    ("renewal", "compliant"): ("renewal_signed_on", "renewal_kind__compliant"),
    ("death", "died"): ("death_on", None),
}


@dataclass(frozen=True)
class Definition:
    """What counts as a default.

    Attributes
    ----------
    overdue_days, technical_days
        Days past due that are a default, and up to which they do not count.
    share_of_balance, amount
        What must be overdue at least: of the balance, and in yuan.
    window_months, days_after_maturity
        The window reaches to the later of the two, its last day included.
    effects
        Event and kind to default, censored or continues.
    """

    overdue_days: int
    technical_days: int
    share_of_balance: Decimal
    amount: Decimal
    window_months: int
    days_after_maturity: int
    effects: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Definition:
        """Read the definition of the effective policy."""
        overdue, window = content["overdue"], content["window"]
        return cls(
            overdue["days"],
            overdue["technical_days"],
            Decimal(overdue["share_of_balance"]),
            Decimal(overdue["amount"]),
            window["months"],
            window["days_after_maturity"],
            {
                (event, kind): effect
                for event, kinds in content["events"].items()
                for kind, effect in kinds.items()
            },
        )


@dataclass(frozen=True)
class Labels:
    """The label of each of n loans; days count from 1970-01-01, NaN where there is none.

    Attributes
    ----------
    label
        1 default inside the window, 0 none, NaN censored or not over.
    default_day
        Day of the default, of label 1 alone.
    first_day, last_day
        The window; NaN where the loan was never drawn.
    exit_day
        Day on which the loan left the risk set: default, censoring, pay-off, end of data or of
        the window, whichever came first.
    deferred_months
        Months of it that a deferral took out of the risk set.
    """

    loan_id: Sequence[str]
    application_id: Sequence[str]
    label: Floats
    default_day: Floats
    first_day: Floats
    last_day: Floats
    exit_day: Floats
    deferred_months: Floats


class Readings:
    """Readings of all loans by loan and as_of, each in its version latest known by a day."""

    def __init__(self, loan: pa.Table, known_until: date) -> None:
        columns = Columns(loan, load_dictionary().table("loan"))
        code = columns.floats("loan_id")
        as_of = columns.floats("as_of")
        known_at = np.asarray(columns.array("known_at").cast(pa.int64()))
        midnight = datetime.combine(known_until + timedelta(days=1), time(), SHANGHAI)
        known = (known_at < int(midnight.timestamp()) * 1_000_000) & (
            as_of <= (known_until - date(1970, 1, 1)).days
        )
        order = np.lexsort((known_at, as_of, code))
        order = order[known[order]]
        latest = np.ones(len(order), dtype=bool)
        same = (code[order][1:] == code[order][:-1]) & (as_of[order][1:] == as_of[order][:-1])
        latest[:-1] = ~same
        self.columns = columns
        self.order: NDArray[np.int64] = order[latest]
        code = code[self.order]
        self.starts = np.flatnonzero(np.r_[True, code[1:] != code[:-1]][: len(code)])
        self.as_of = as_of[self.order]

    def __getitem__(self, name: str) -> Floats:
        """Return a column or flag of every reading, in order."""
        return self.columns.floats(name)[self.order]

    def texts(self, name: str) -> list[str]:
        """Return a text column of each loan."""
        first = pa.array(self.order[self.starts])
        found: list[str] = self.columns.array(name).take(first).to_pylist()
        return found

    def earliest(self, days: Floats) -> Floats:
        """Return the least day of each loan, NaN where it has none."""
        return np.fmin.reduceat(days, self.starts) if len(self.starts) else np.empty(0)

    def first(self, name: str) -> Floats:
        """Return a column at the first reading of each loan."""
        return self[name][self.starts]

    def last_as_of(self) -> Floats:
        """Return the day of the last reading of each loan."""
        return np.maximum.reduceat(self.as_of, self.starts) if len(self.starts) else np.empty(0)

    def each(self, per_loan: Floats) -> Floats:
        """Return a value of each loan at each of its readings."""
        return np.repeat(per_loan, np.diff(np.r_[self.starts, len(self.order)]))

    def count(self, rows: NDArray[np.bool_]) -> Floats:
        """Return how many readings of each loan hold."""
        if not len(self.starts):
            return np.empty(0)
        return np.add.reduceat(rows.astype(np.float64), self.starts)


def months_after(day: Floats, months: Floats | int) -> Floats:
    """Return the same day of the month so many months later, at most the month's last day.

    Examples
    --------
    >>> day = np.array(["2024-01-31"], dtype="datetime64[D]").astype(np.float64)
    >>> months_after(day, 1).astype(np.int64).astype("datetime64[D]").tolist()
    [datetime.date(2024, 2, 29)]
    """
    there = np.isfinite(day)
    whole = np.where(there, day, 0).astype(np.int64).astype("datetime64[D]")
    month = whole.astype("datetime64[M]")
    target = month + np.asarray(months, dtype=np.int64)
    length = (target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")
    in_month = np.minimum(whole - month.astype("datetime64[D]"), length - 1)
    later = target.astype("datetime64[D]") + in_month
    return np.where(there, later.astype(np.int64).astype(np.float64), np.nan)


def overdue_since(readings: Readings, definition: Definition) -> Floats:
    """Return the first day on which enough was overdue for long enough, NaN where never.

    A reading in dispute or under a deferral does not count; an amount that is not known does.
    """
    dpd, amount, balance = readings["dpd"], readings["overdue_amount"], readings["balance"]
    p, q = definition.share_of_balance.as_integer_ratio()
    immaterial = (amount < float(definition.amount * FEN)) | (amount * q < balance * p)
    counts = (dpd > definition.technical_days) & (readings["quality__disputed"] != 1)
    counts &= np.isnan(readings["deferral_doc_id"]) & ~immaterial
    late = counts & (dpd >= definition.overdue_days)
    day = readings.as_of - (dpd - definition.overdue_days)
    return readings.earliest(np.where(late, day, np.nan))


def event_day(readings: Readings, definition: Definition, effect: str, maturity: Floats) -> Floats:
    """Return the first day of each loan's events of one effect, NaN where there is none."""
    closed = readings["closed_on"]
    early = np.where(closed < readings.each(maturity), closed, np.nan)
    found = np.full(len(readings.order), np.nan)
    if definition.effects["early_pay_off", "closed"] == effect:
        found = np.fmin(found, early)
    for event, (column, flag) in EVENT_DAYS.items():
        if definition.effects[event] == effect:
            day = readings[column]
            found = np.fmin(
                found, day if flag is None else np.where(readings[flag] == 1, day, np.nan)
            )
    return readings.earliest(found)


def label(loan: pa.Table, definition: Definition, *, known_until: date) -> Labels:
    """Return the label of every loan by what was known at the end of a day.

    Parameters
    ----------
    loan
        Table `loan` of a book: a reading a month, every version.
    known_until
        Readings after it, or learnt after it, are not seen.
    """
    readings = Readings(loan, known_until)
    maturity = readings.first("maturity")
    first_day = readings.earliest(readings["first_drawn_on"])
    deferred = readings.count(~np.isnan(readings["deferral_doc_id"]))
    last_day = np.maximum(
        months_after(first_day, definition.window_months),
        maturity + definition.days_after_maturity,
    )
    last_day = months_after(last_day, deferred)
    default = np.fmin(
        overdue_since(readings, definition), event_day(readings, definition, "default", maturity)
    )
    censored = event_day(readings, definition, "censored", maturity)
    closed = readings.earliest(readings["closed_on"])
    seen = readings.last_as_of()
    is_default = (default <= last_day) & ~(censored < default)
    is_watched = (seen >= last_day) | (closed >= maturity)
    is_good = ~is_default & is_watched & ~(censored <= last_day) & np.isfinite(last_day)
    ends = np.fmin(np.fmin(censored, closed), np.minimum(seen, last_day))
    return Labels(
        readings.texts("loan_id"),
        readings.texts("application_id"),
        np.where(is_default, 1.0, np.where(is_good, 0.0, np.nan)),
        np.where(is_default, default, np.nan),
        first_day,
        last_day,
        np.where(is_default, default, ends),
        deferred,
    )
