"""The words that features are written in: units, and functions that know what missing means.

A feature body is arithmetic and calls of this package, so the same body works on a number, on an
array and inside the compiled plan. Every value is float64 with NaN for missing; money is whole 分,
a date is days since 1970-01-01, a flag is 0 or 1, an ordered code its rank (design 10.2).
"""

from features.arrays.calendar import months_before, months_between, year_of
from features.arrays.child_rows import count_rows, highest, lowest, spread, total, where_any
from features.arrays.chosen_rows import later_total, lowest_where
from features.arrays.claims import clashing_pairs
from features.arrays.deals import floor_of_worst, floor_prices, price_of_worst
from features.arrays.exposures import guaranteed, undertaken
from features.arrays.groups import (
    largest_owned_sum,
    largest_stocked_sum,
    largest_sum,
    where_given,
)
from features.arrays.matches import any_match
from features.arrays.numbers import (
    at_least,
    both,
    choose,
    either,
    exceeds,
    given,
    is_negative,
    least,
    most,
    negate,
    no_later,
    prorated,
    same,
    share_of,
    where_positive,
    within,
    zero_if_missing,
)
from features.arrays.readings import month_end_mean
from features.arrays.registers import (
    any_row,
    any_within,
    in_force,
    latest_years,
    names_another,
    pairs_across,
    value_on,
)
from features.arrays.series import (
    distinct,
    month_mean,
    month_sd,
    months_below,
    yearly_log_sd,
    years_in_a_row,
)
from features.arrays.signs import enough_signs
from features.arrays.standing_debt import new_money_run, quarters_mean
from features.arrays.units import (
    Amount,
    Area,
    Count,
    Date,
    Days,
    Flag,
    Floats,
    Months,
    Number,
    Rank,
    Ratio,
    Rows,
    Text,
    Unit,
)

__all__ = [
    "Amount",
    "Area",
    "Count",
    "Date",
    "Days",
    "Flag",
    "Floats",
    "Months",
    "Number",
    "Rank",
    "Ratio",
    "Rows",
    "Text",
    "Unit",
    "any_match",
    "any_row",
    "any_within",
    "at_least",
    "both",
    "choose",
    "clashing_pairs",
    "count_rows",
    "distinct",
    "either",
    "enough_signs",
    "exceeds",
    "floor_of_worst",
    "floor_prices",
    "given",
    "guaranteed",
    "highest",
    "in_force",
    "is_negative",
    "largest_owned_sum",
    "largest_stocked_sum",
    "largest_sum",
    "later_total",
    "latest_years",
    "least",
    "lowest",
    "lowest_where",
    "month_end_mean",
    "month_mean",
    "month_sd",
    "months_before",
    "months_below",
    "months_between",
    "most",
    "names_another",
    "negate",
    "new_money_run",
    "no_later",
    "pairs_across",
    "price_of_worst",
    "prorated",
    "quarters_mean",
    "same",
    "share_of",
    "spread",
    "total",
    "undertaken",
    "value_on",
    "where_any",
    "where_given",
    "where_positive",
    "within",
    "year_of",
    "yearly_log_sd",
    "years_in_a_row",
    "zero_if_missing",
]
