"""Security: what a resource stands behind, how it is insured and how long its right lasts."""

from features.arrays import (
    Amount,
    Date,
    Flag,
    Months,
    Rows,
    both,
    choose,
    given,
    highest,
    least,
    lowest_where,
    months_between,
    share_of,
    spread,
    total,
    where_positive,
)


def secures_a_loan(loan__secured_and_open: Flag, loan: Rows) -> Flag:
    """Return the flag that an open, secured loan names the resource.

    Missing where the book has no applications or loans. Source: domain 7.2 (RL-50).
    """
    return highest(loan__secured_and_open, loan)


def insurance_due(insurable: Flag, secures_a_loan: Flag) -> Flag:
    """Return the flag that the resource can be insured and secures a loan.

    Source: domain 7.2 (RL-50), 2.2.
    """
    return both(insurable, secures_a_loan)


def secured_balance(
    valuation: Amount,
    loan__secured_balance: Amount,
    loan__valuation: Amount,
    loan__secured_and_open: Flag,
    loan: Rows,
) -> Amount:
    """Return what the resource answers for in its open, secured loans (分).

    Of each loan secured_balance × valuation ÷ the valuation of all that secures it, so that
    several resources need not each be insured for the whole; all of it where the loan states no
    valuation. Missing where a part is. Source: domain 7.2 (RL-50).
    """
    part = least(spread(valuation, loan) / where_positive(loan__valuation), 1.0)
    own = choose(
        given(loan__valuation), share_of(loan__secured_balance, part), loan__secured_balance
    )
    return total(choose(loan__secured_and_open, own, 0.0), loan)


def lease_months_after_loan(
    right_expiry: Date, loan__maturity: Date, loan__secured_and_open: Flag, loan: Rows
) -> Months:
    """Return whole months from maturity to right_expiry, the least over its open, secured loans.

    In months; negative where the right ends first, infinite over no loan. Missing where a day is.
    Source: domain 7.1 (RL-50).
    """
    after = months_between(loan__maturity, spread(right_expiry, loan))
    return lowest_where(after, loan__secured_and_open, loan)
