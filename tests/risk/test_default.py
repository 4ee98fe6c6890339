"""The definition of default: every told case, and what holds for any loan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest

from features.book import arrow_schema
from features.dictionary import load_dictionary
from risk.default import Definition, label
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
