"""The definition of default: every told case, and what holds for any loan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.book import arrow_schema
from features.dictionary import load_dictionary
from risk.default import Definition, label, months_after
from risk.files import load_policy
from risk.files.default_definition import LoanCase

POLICY = load_policy()
DAY = date(2026, 3, 31)
DEFINITION = Definition.of(POLICY.effective(DAY).default_definition)
CASES = POLICY.default_definition.cases
LOAN = load_dictionary().table("loan")


def table(readings: Sequence[Mapping[str, object]], loan_id: str = "L1") -> pa.Table:
    """Return readings of one loan as the table loan, learnt on the day they describe."""
    schema = arrow_schema(LOAN)
    rows = []
    for reading in readings:
        as_of = reading["as_of"]
        assert isinstance(as_of, date)
        row = dict.fromkeys(schema.names) | {"loan_id": loan_id, "application_id": f"A-{loan_id}"}
        row |= {"known_at": datetime(as_of.year, as_of.month, as_of.day, 1, tzinfo=UTC)}
        row |= {"source": "test", "quality": "reported"} | dict(reading)
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=schema)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_told_case_holds(case: LoanCase) -> None:
    found = label(table(case.readings), DEFINITION, known_until=case.known_until)
    expected = {"default": 1.0, "good": 0.0, "censored": np.nan}[case.expect]
    np.testing.assert_equal(found.label, [expected])
    day = np.nan if case.default_on is None else (case.default_on - date(1970, 1, 1)).days
    np.testing.assert_equal(found.default_day, [day])


def test_many_loans_are_labelled_as_each_alone() -> None:
    tables = [table(case.readings, f"L{at}") for at, case in enumerate(CASES)]
    known_until = date(2024, 6, 30)
    together = label(pa.concat_tables(tables[::-1]), DEFINITION, known_until=known_until)
    found = dict(zip(together.loan_id, together.label, strict=True))
    for at, one in enumerate(tables):
        alone = label(one, DEFINITION, known_until=known_until).label[0]
        np.testing.assert_equal(found[f"L{at}"], alone)


def test_no_loans_have_no_labels() -> None:
    assert len(label(table([]), DEFINITION, known_until=DAY).label) == 0


def test_what_was_learnt_later_is_not_seen() -> None:
    told = next(case for case in CASES if case.expect == "default")
    last = max(reading["as_of"] for reading in told.readings)
    assert isinstance(last, date)
    before = label(table(told.readings), DEFINITION, known_until=last - timedelta(days=1))
    np.testing.assert_equal(before.label, [np.nan])


def test_latest_known_version_of_a_reading_counts() -> None:
    told = next(case for case in CASES if case.expect == "default")
    last = dict(told.readings[-1])
    corrected = {**last, "dpd": 0, "known_at": datetime(2024, 5, 1, tzinfo=UTC)}
    both = table([corrected, *told.readings])
    assert label(both, DEFINITION, known_until=date(2024, 4, 30)).label[0] == 1
    assert label(both, DEFINITION, known_until=date(2024, 5, 31)).label[0] == 0


def test_short_loan_is_watched_for_a_year() -> None:
    loan = {
        "first_drawn_on": date(2024, 1, 31),
        "maturity": date(2024, 4, 30),
        "balance": Decimal(9000),
    }
    late = {"dpd": 90, "overdue_amount": Decimal(9000)}
    inside = table([{**loan, **late, "as_of": date(2025, 1, 31)}])
    after = table([{**loan, **late, "as_of": date(2025, 2, 1)}])
    assert label(inside, DEFINITION, known_until=DAY).label[0] == 1
    assert label(after, DEFINITION, known_until=DAY).label[0] == 0


def test_deferred_months_lengthen_the_window() -> None:
    loan = {
        "first_drawn_on": date(2023, 1, 1),
        "maturity": date(2024, 1, 1),
        "balance": Decimal(9000),
    }
    month = {**loan, "as_of": date(2023, 6, 30), "dpd": 0, "overdue_amount": Decimal(0)}
    late = {**loan, "as_of": date(2024, 4, 30), "dpd": 90, "overdue_amount": Decimal(9000)}
    plain = label(table([month, late]), DEFINITION, known_until=DAY)
    deferred = label(table([{**month, "deferral_doc_id": "D"}, late]), DEFINITION, known_until=DAY)
    assert (plain.label[0], deferred.label[0]) == (0, 1)
    assert deferred.deferred_months[0] == 1


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 60))
def test_months_after_keeps_the_day_or_takes_the_months_last(day: date, months: int) -> None:
    number = (day - date(1970, 1, 1)).days
    later = date(1970, 1, 1) + timedelta(days=int(months_after(np.array([number]), months)[0]))
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1
