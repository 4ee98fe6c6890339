"""The feature graph refuses what it cannot read, and answers what others ask."""

from __future__ import annotations

from types import ModuleType

import pytest

from features.arrays import Unit
from features.catalogue import Catalogue, Source
from features.dictionary import load_dictionary
from features.errors import BadInput
from features.feature import features_of
from features.graph import catalogue

WORDS = "from features.arrays import Amount, Flag, Months, Ratio, Rows, where_positive\n"


def names_in(text: str) -> list[str]:
    return text.split()


CREDIT = names_in("""
    annual_income op_cash_dscr deposits_avg_3m_to_loan experience_years months_since_overdue
    credit_history_m land_forest_area_titled title_share agri_insured_share homestay_insured
    debt_service_to_income total_debt_to_income loan_to_income income_cv_12m seasonality_gap_months
    lender_count credit_utilisation guarantees_given_to_income max_dpd_24m overdue_count_24m
    inquiries_6m restructured_24m enforcement_amount_to_income admin_penalties_24m
    env_penalties_24m term_m income_source_count subsidy_share_of_income labour_to_dependant_ratio
    eco_credit_pct eco_positive_12m carbon_label_rank credit_village_grade purpose_green_match
    dishonest_flag current_overdue_amount""")
DEPOSIT = names_in("""
    op_cash_dscr experience_years title_confirmed_share right_remaining_minus_term_m
    coop_rent_paid_on_time_share insurance_cover_to_balance debt_service_to_income max_dpd_24m
    inquiries_6m lender_count env_penalties_24m ltv_at_origination valuation_age_months
    valuation_spread liquidity_class_rank price_volatility_24m idle_months
    single_item_share_of_pool term_m subsidy_share_of_income payout_to_borrower_income
    eco_credit_pct purpose_green_match dishonest_flag redline_overlap_share""")
SIDES = names_in("""
    liabilities_adjusted assets_adjusted net_debt net_assets current_assets_free
    current_liabilities quick_assets cash_unrestricted short_debt_total interest_bearing_debt
    ebit_clean_12m interest_total_12m loss_years investment_type county__sector_benchmark""")


def module(source: str, name: str = "tests.made_up") -> ModuleType:
    made = ModuleType(name)
    exec(WORDS + source, made.__dict__)
    return made


def made_of(subject: str, source: str) -> Catalogue:
    return Catalogue(load_dictionary(), {subject: features_of(subject, [module(source)])})


@pytest.mark.parametrize(
    ("subject", "names"),
    [("application", CREDIT), ("application", DEPOSIT), ("cooperative", SIDES)],
)
def test_every_name_that_a_product_or_a_red_line_reads_is_one_value(
    subject: str, names: list[str]
) -> None:
    assert not any(catalogue().resolve(subject, name).by_row for name in names)


def test_a_bare_name_that_an_application_lacks_is_its_households() -> None:
    found = catalogue().resolve("application", "experience_years")
    assert (found.source, found.group, found.inner) == (
        Source.RELATED,
        "household",
        "experience_years",
    )
    assert catalogue().resolve("application", "term_m").group == ""
    with pytest.raises(BadInput, match="no feature, column, child or relation"):
        catalogue().resolve("household", "term_m")


def test_units_are_known_of_features_columns_and_joined_names() -> None:
    unit = catalogue().unit
    assert unit("cooperative", "net_debt") is Unit.FEN
    assert unit("cooperative", "county__sector_benchmark") is Unit.RATIO
    assert unit("application", "max_dpd_24m") is Unit.DAYS
    assert unit("application", "term_m") is Unit.MONTHS
    assert unit("application", "land_forest_area_titled") is Unit.AREA
    assert unit("resource", "liquidity_class") is Unit.RANK
    assert unit("resource", "title_state__confirmed") is Unit.FLAG
    assert unit("resource", "overlaps__area") is Unit.AREA
    assert unit("resource", "judged_on") is Unit.DATE
    assert unit("cooperative", "past__net_assets") is Unit.FEN


def test_an_unordered_enumeration_is_no_number() -> None:
    with pytest.raises(BadInput, match="name one code as column__code"):
        catalogue().unit("resource", "title_state")


def test_raw_inputs_are_the_columns_at_the_ends() -> None:
    assert catalogue().raw_inputs("cooperative", "net_assets") == (
        ("cooperative", "buyback_equity_unbooked"),
        ("cooperative", "perpetual_equity"),
        ("cooperative", "public_good_capital"),
        ("cooperative", "total_assets"),
        ("cooperative", "total_liabilities"),
    )
    assert ("project__payouts", "paid_on") in catalogue().raw_inputs(
        "application", "coop_rent_paid_on_time_share"
    )


def test_required_is_what_rests_on_required_columns_alone() -> None:
    required = catalogue().required
    assert required("application", "loan_to_income")
    assert required("application", "max_dpd_24m")
    assert required("application", "liquidity_class_rank")
    assert not required("application", "op_cash_dscr"), "op_cash_12m may be left out"
    assert not required("application", "income_cv_12m"), "the child may be undeclared"
    assert not required("application", "experience_years")
    assert not required("cooperative", "net_debt"), "lease_liab may be left out"


def test_order_puts_each_feature_after_those_it_reads() -> None:
    for subject in catalogue().subjects:
        order = catalogue().order(subject)
        for name in order:
            for read in catalogue().features(subject)[name].inputs:
                assert read not in order or order.index(read) < order.index(name)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("def a(nowhere: Amount) -> Amount: ...", "no feature, column, child or relation"),
        ("def a(amount: Ratio) -> Ratio: ...", "is annotated ratio, its source is fen"),
        ("def a(amount) -> Amount: ...", "carry a unit"),
        ("def a(amount: Amount): ...", "carry a unit"),
        ("def amount(term_m: Months) -> Amount: ...", "is a raw column of that subject"),
        ("def a(b: Amount) -> Amount: ...\ndef b(a: Amount) -> Amount: ...", "in a circle"),
        ("def a(product: Flag) -> Flag: ...", "name one code as column__code"),
    ],
)
def test_a_feature_that_cannot_be_read_is_refused_by_name(source: str, fault: str) -> None:
    with pytest.raises(BadInput, match=fault):
        made_of("application", source)


def test_a_name_with_two_owners_is_refused() -> None:
    one, two = (
        module("def a(amount: Amount) -> Amount: ...", f"tests.{name}") for name in ("one", "two")
    )
    for owner in (one, two):
        owner.a.__module__ = owner.__name__
    with pytest.raises(BadInput, match=r"tests\.two: a: also stands in tests\.one"):
        features_of("application", [one, two])


def test_private_and_imported_functions_are_no_features() -> None:
    made = features_of("application", [module("def _a(amount: Amount) -> Amount: ...")])
    assert made == {}
