"""Cells: what each kind takes, and what it refuses by name."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.contracts.cells import BAD_CODE, BAD_DATE, PERSON, Cells, read_cells
from features.contracts.identifiers import social_credit_check_digit
from features.contracts.texts import (
    NOT_AREA,
    NOT_COUNT,
    NOT_DATE,
    NOT_FINITE,
    NOT_FLAG,
    NOT_INSTANT,
    NOT_MONEY,
    NOT_NUMBER,
    UNPRINTABLE,
)
from features.dictionary import load_dictionary
from features.errors import BadInput


def read(place: str, *values: object, kind: pa.DataType | None = None) -> Cells:
    table, _, column = place.partition(".")
    return read_cells(load_dictionary().table(table).columns[column], pa.array(values, kind))


def read_one(place: str, value: object, kind: pa.DataType | None = None) -> object:
    cells = read(place, value, kind=kind)
    assert not cells.faults
    return cells.values[0].as_py()


def rule_of(place: str, value: object, kind: pa.DataType | None = None) -> str:
    cells = read(place, value, kind=kind)
    assert cells.values.to_pylist() == [None]
    (rule,) = cells.faults
    return rule


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("1234.56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("１２３４．５６", "1234.56"),
        ("１，２３４．５", "1234.50"),
        ("¥1,234", "1234.00"),
        ("￥5", "5.00"),
        ("5元", "5.00"),
        (" 7 ", "7.00"),
        ("+7", "7.00"),
        ("3.5000", "3.50"),
        ("0000000000000000000012", "12.00"),
    ],
)
def test_money_is_read_as_an_accountant_writes_it(text: str, yuan: str) -> None:
    assert read_one("household.annual_income", text) == Decimal(yuan)


@pytest.mark.parametrize(
    "text", ["5万元", "1.234", "1E5", "abc", "1,23", "1.", ".5", "5 000", "--5", "1" * 15, "=1+1"]
)
def test_what_is_no_amount_is_a_fault(text: str) -> None:
    assert rule_of("household.annual_income", text) == NOT_MONEY


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-Infinity", "∞"])
def test_a_number_that_is_not_finite_is_a_fault(text: str) -> None:
    expected = NOT_MONEY if text == "∞" else NOT_FINITE
    assert rule_of("household.annual_income", text) == expected


def test_money_has_bounds() -> None:
    assert "不得小于 0" in rule_of("household.annual_income", "-0.01")
    assert read_one("household.op_cash_12m", "-0.01") == Decimal("-0.01")
    assert "90000000000000" in rule_of("household.annual_income", "90000000000000.01")
    assert read_one("household.annual_income", "90000000000000.00") == Decimal(9 * 10**13)


@pytest.mark.parametrize("text", ["", " ", "-", "/", "不详", "未知", "N/A", "NULL", "——"])
def test_a_missing_code_is_missing_and_no_fault(text: str) -> None:
    for place in ("household.annual_income", "household.lender_count", "household.sex"):
        assert read_one(place, text) is None


def test_a_dash_is_a_text() -> None:
    assert read_one("household.village_code", "-") == "-"


@pytest.mark.parametrize(
    ("text", "share"), [("0.35", 0.35), ("35%", 0.35), ("7.3％", 0.073), ("1", 1.0), ("5e-1", 0.5)]
)
def test_a_ratio_is_a_fraction_or_a_percentage(text: str, share: float) -> None:
    assert read_one("household.title_share", text) == share


def test_a_ratio_has_bounds() -> None:
    assert "不得大于 1" in rule_of("household.title_share", "35")
    assert rule_of("household.title_share", "x") == NOT_NUMBER
    assert read_one("cooperative__trades.margin", "-0.2") == -0.2


@pytest.mark.parametrize(
    ("text", "square_metres"),
    [
        ("12.5", 12.5),
        ("12.5亩", 8333.33375),
        ("12.5 亩", 8333.33375),
        ("１亩", 666.6667),
        ("2公顷", 20000.001),
        ("3㎡", 3.0),
        ("3平方米", 3.0),
        ("1,000 m2", 1000.0),
    ],
)
def test_an_area_is_converted(text: str, square_metres: float) -> None:
    assert read_one("resource.area", text) == pytest.approx(square_metres, abs=1e-9)


@pytest.mark.parametrize("text", ["亩", "x亩", "5斤", "5 亩 3"])
def test_what_is_no_area_is_a_fault(text: str) -> None:
    assert rule_of("resource.area", text) == NOT_AREA


def test_counts_are_whole() -> None:
    assert read_one("household.lender_count", "1,003.0") == 1003
    assert rule_of("household.lender_count", "2.5") == NOT_COUNT
    assert rule_of("household.lender_count", 2.5) == NOT_COUNT
    assert read_one("household.lender_count", 2.0) == 2
    assert rule_of("household.lender_count", float("nan")) == NOT_FINITE


@pytest.mark.parametrize("text", ["2026-03-31", "2026/3/31", "2026.03.31", "2026年3月31日"])
def test_a_date_is_read_in_the_usual_forms(text: str) -> None:
    assert read_one("household.consent_expiry", text) == date(2026, 3, 31)


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13-01", "31.03.2026", "46112", "2026-03"])
def test_what_is_no_date_is_a_fault(text: str) -> None:
    assert rule_of("household.consent_expiry", text) == NOT_DATE


def test_dates_have_bounds_and_a_spreadsheets_zero_is_missing() -> None:
    assert rule_of("household.consent_expiry", "9999-12-31") == BAD_DATE
    assert read_one("household.consent_expiry", "1900-01-00") is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-31T08:30:00+08:00",
        "2026-03-31T00:30:00Z",
        "2026-03-31 08:30",
        "2026/3/31 8:30",
        "2026-03-30T19:30:00-0500",
    ],
)
def test_an_instant_without_zone_is_meant_in_shanghai(text: str) -> None:
    expected = datetime(2026, 3, 31, 0, 30, tzinfo=UTC)
    assert read_one("household.known_at", text) == expected


def test_a_day_alone_is_its_first_instant() -> None:
    assert read_one("household.known_at", "2026-03-31") == read_one(
        "household.known_at", "2026-03-31T00:00:00+08:00"
    )


@pytest.mark.parametrize("text", ["2026-03-31 25:00", "2026-03-31 08:61", "2026-02-30 08:00", "x"])
def test_what_is_no_instant_is_a_fault(text: str) -> None:
    assert rule_of("household.known_at", text) == NOT_INSTANT


@pytest.mark.parametrize(
    ("text", "flag"), [("是", True), ("否", False), ("TRUE", True), ("0", False), ("Ｙ", True)]
)
def test_a_flag_is_read_in_words(text: str, flag: bool) -> None:
    assert read_one("household.dishonest_flag", text) is flag


def test_a_flag_is_nothing_else() -> None:
    assert rule_of("household.dishonest_flag", "maybe") == NOT_FLAG


@pytest.mark.parametrize("text", ["household", "Household", "农户", "HOUSEHOLD"])
def test_a_code_is_read_from_its_labels(text: str) -> None:
    assert read_one("application.segment", text) == "household"


def test_an_unknown_code_is_told_the_known_ones() -> None:
    assert "household, organisation" in rule_of("application.segment", "farm")


def test_identifiers_are_narrow_and_free_text_is_kept() -> None:
    assert read_one("household.household_id", " ＨＨ０１ ") == "HH01"
    assert read_one("household.correction_reason", "更正（１）") == "更正（１）"


def test_control_characters_are_a_fault() -> None:
    assert rule_of("household.village_code", "a\x00b") == UNPRINTABLE


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002X",
        "身份证11010519491231002x。",
        "110105 11010519491231002X",
        "110105194912310021，应为11010519491231002X",
        "110105 19491231 002x",
        "1101-0519-4912-3100-2X",
        "110105\u300019491231\u00a0002X",
        "110105\u200b19491231002X",
        "１１０１０５１９４９１２３１００２Ｘ",
    ],
)
def test_an_identity_number_in_clear_is_a_fault_in_any_text(text: str) -> None:
    assert rule_of("household.household_id", text) == PERSON
    assert rule_of("cooperative.correction_reason", text) == PERSON


@pytest.mark.parametrize("text", ["330922-20240315-0003", "330922-00000003", "2026-11-30 18"])
def test_a_papers_number_is_none(text: str) -> None:
    assert read_one("loan.loan_id", text) == text


def test_eighteen_digits_with_a_wrong_check_digit_are_no_identity_number() -> None:
    assert read_one("loan.loan_id", "110105194912310021") == "110105194912310021"


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_a_social_credit_code_has_its_check_digit(body: str) -> None:
    right = social_credit_check_digit(body)
    cells = read("organisation.org_id", body + right, body + ("0" if right != "0" else "1"))
    assert cells.values[1].as_py() is None
    assert BAD_CODE in cells.faults
    assert cells.values[0].as_py() == body + right or PERSON in cells.faults


@pytest.mark.parametrize("kind", [pa.float64(), pa.int64(), pa.bool_()])
def test_money_in_a_type_that_rounds_is_refused_by_name(kind: pa.DataType) -> None:
    with pytest.raises(BadInput, match=r"annual_income: .*decimal128\(18, 2\)"):
        read("household.annual_income", None, kind=kind)


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("household.household_id", pa.int64()),
        ("household.dishonest_flag", pa.int64()),
        ("household.consent_expiry", pa.int64()),
        ("household.known_at", pa.int64()),
        ("household.sex", pa.int64()),
        ("household.title_share", pa.bool_()),
    ],
)
def test_a_column_of_the_wrong_type_is_refused_by_name(place: str, kind: pa.DataType) -> None:
    with pytest.raises(BadInput, match=place.partition(".")[2]):
        read(place, None, kind=kind)


def test_decimals_of_another_scale_are_taken_where_they_fit() -> None:
    cells = read("household.annual_income", Decimal("1.230"), Decimal("1.234"), None)
    assert cells.values.to_pylist() == [Decimal("1.23"), None, None]
    assert list(cells.faults) == [NOT_MONEY]


def test_typed_values_meet_the_same_bounds() -> None:
    assert "不得小于 0" in rule_of("household.annual_income", Decimal("-1.00"))
    assert rule_of("household.title_share", float("inf")) == NOT_FINITE


def test_timestamps_become_days_of_shanghai() -> None:
    moment = datetime(2026, 3, 30, 20, tzinfo=UTC)
    assert read_one("household.consent_expiry", moment) == date(2026, 3, 31)
    clock = pa.array([datetime(2026, 3, 31, 4, tzinfo=UTC)]).cast(pa.timestamp("us"))[0].as_py()
    assert read_one("household.consent_expiry", clock) == date(2026, 3, 31)
    assert read_one("household.known_at", clock) == moment


def test_dictionary_encoded_and_null_columns_are_read() -> None:
    encoded = pa.array(["household", None]).dictionary_encode()
    column = load_dictionary().table("application").columns["segment"]
    assert read_cells(column, encoded).values.to_pylist() == ["household", None]
    assert read_cells(column, pa.nulls(2)).values.to_pylist() == [None, None]
