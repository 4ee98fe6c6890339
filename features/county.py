"""County: GEP taken and restored, and the loans of each product (guidance 一（二）, 三（三）)."""

from features.arrays import (
    Amount,
    Date,
    Flag,
    Months,
    Rows,
    both,
    choose,
    either,
    exceeds,
    given,
    least,
    months_before,
    no_later,
    spread,
    total,
    within,
    zero_if_missing,
)


def gep_taken_due(
    gep_ledger__kind__占: Flag,
    gep_ledger__amount: Amount,
    gep_ledger__approved_on: Date,
    gep_ledger__offset_due: Date,
    gep_ledger: Rows,
    as_of: Date,
    *,
    offset_due_months: Months,
) -> Amount:
    """Return Σ GEP taken whose offset is due by the day of the record (分).

    Due on offset_due, and offset_due_months after approval at the latest.
    Source: domain 5, 7.1 (RL-23).
    """
    latest = months_before(gep_ledger__approved_on, -spread(offset_due_months, gep_ledger))
    agreed = choose(given(gep_ledger__offset_due), gep_ledger__offset_due, latest)
    due = no_later(least(agreed, latest), spread(as_of, gep_ledger))
    return total(choose(both(gep_ledger__kind__占, due), gep_ledger__amount, 0.0), gep_ledger)


def gep_taken_12m(
    gep_ledger__kind__占: Flag,
    gep_ledger__amount: Amount,
    gep_ledger__approved_on: Date,
    gep_ledger: Rows,
    as_of: Date,
) -> Amount:
    """Return Σ GEP taken that was approved in the 12 months to the day of the record (分).

    Source: domain 7.1 (RL-23).
    """
    start = spread(months_before(as_of, 12.0), gep_ledger) + 1.0
    recent = within(gep_ledger__approved_on, start, spread(as_of, gep_ledger) + 1.0)
    return total(choose(both(gep_ledger__kind__占, recent), gep_ledger__amount, 0.0), gep_ledger)


def gep_restored_accepted(
    gep_ledger__kind__补: Flag,
    gep_ledger__amount: Amount,
    gep_ledger__accepted_on: Date,
    gep_ledger: Rows,
    as_of: Date,
) -> Amount:
    """Return Σ GEP restored and accepted by the day of the record (分).

    Source: domain 7.1 (RL-23).
    """
    accepted = zero_if_missing(no_later(gep_ledger__accepted_on, spread(as_of, gep_ledger)))
    return total(choose(both(gep_ledger__kind__补, accepted), gep_ledger__amount, 0.0), gep_ledger)


def gep_restored_12m(
    gep_ledger__kind__补: Flag,
    gep_ledger__amount: Amount,
    gep_ledger__approved_on: Date,
    gep_ledger__accepted_on: Date,
    gep_ledger__funded: Flag,
    gep_ledger: Rows,
    as_of: Date,
) -> Amount:
    """Return Σ GEP restored, accepted or approved with funding in those 12 months (分).

    A row counts once, on either day. Source: domain 7.1 (RL-23).
    """
    start = spread(months_before(as_of, 12.0), gep_ledger) + 1.0
    end = spread(as_of, gep_ledger) + 1.0
    accepted = zero_if_missing(within(gep_ledger__accepted_on, start, end))
    funded = both(zero_if_missing(gep_ledger__funded), within(gep_ledger__approved_on, start, end))
    counted = both(gep_ledger__kind__补, either(accepted, funded))
    return total(choose(counted, gep_ledger__amount, 0.0), gep_ledger)


def loan_balance_credit(
    products__product__credit: Flag, products__loan_balance: Amount, products: Rows
) -> Amount:
    """Return the loans outstanding of 两山信用贷 (分).

    Source: domain 7.1, 9.7 (RL-35c).
    """
    return total(choose(products__product__credit, products__loan_balance, 0.0), products)


def npl_balance_credit(
    products__product__credit: Flag, products__npl_balance: Amount, products: Rows
) -> Amount:
    """Return the loans that are non-performing of 两山信用贷 (分).

    Source: domain 7.1, 9.7 (RL-35c).
    """
    return total(choose(products__product__credit, products__npl_balance, 0.0), products)


def overdue_90_balance_credit(
    products__product__credit: Flag, products__overdue_90_balance: Amount, products: Rows
) -> Amount:
    """Return the loans more than 90 days past due of 两山信用贷 (分).

    Source: domain 7.1, 9.7 (RL-35c).
    """
    return total(choose(products__product__credit, products__overdue_90_balance, 0.0), products)


def lends_credit(loan_balance_credit: Amount) -> Flag:
    """Return whether any loan of 两山信用贷 stands (flag). Source: domain 7.2 (RL-35c)."""
    return exceeds(loan_balance_credit, 0.0)


def loan_balance_deposit(
    products__product__deposit: Flag, products__loan_balance: Amount, products: Rows
) -> Amount:
    """Return the loans outstanding of 生态资源储蓄贷 (分).

    Source: domain 7.1, 9.7 (RL-35c).
    """
    return total(choose(products__product__deposit, products__loan_balance, 0.0), products)


def npl_balance_deposit(
    products__product__deposit: Flag, products__npl_balance: Amount, products: Rows
) -> Amount:
    """Return the loans that are non-performing of 生态资源储蓄贷 (分).

    Source: domain 7.1, 9.7 (RL-35c).
    """
    return total(choose(products__product__deposit, products__npl_balance, 0.0), products)


def overdue_90_balance_deposit(
    products__product__deposit: Flag, products__overdue_90_balance: Amount, products: Rows
) -> Amount:
    """Return the loans more than 90 days past due of 生态资源储蓄贷 (分).

    Source: domain 7.1, 9.7 (RL-35c).
    """
    return total(choose(products__product__deposit, products__overdue_90_balance, 0.0), products)


def lends_deposit(loan_balance_deposit: Amount) -> Flag:
    """Return whether any loan of 生态资源储蓄贷 stands (flag). Source: domain 7.2 (RL-35c)."""
    return exceeds(loan_balance_deposit, 0.0)


def loan_balance_carbon(
    products__product__carbon: Flag, products__loan_balance: Amount, products: Rows
) -> Amount:
    """Return the loans outstanding of 林业碳汇贷 (分).

    Source: domain 7.1, 9.7 (RL-35c).
    """
    return total(choose(products__product__carbon, products__loan_balance, 0.0), products)


def npl_balance_carbon(
    products__product__carbon: Flag, products__npl_balance: Amount, products: Rows
) -> Amount:
    """Return the loans that are non-performing of 林业碳汇贷 (分).

    Source: domain 7.1, 9.7 (RL-35c).
    """
    return total(choose(products__product__carbon, products__npl_balance, 0.0), products)


def overdue_90_balance_carbon(
    products__product__carbon: Flag, products__overdue_90_balance: Amount, products: Rows
) -> Amount:
    """Return the loans more than 90 days past due of 林业碳汇贷 (分).

    Source: domain 7.1, 9.7 (RL-35c).
    """
    return total(choose(products__product__carbon, products__overdue_90_balance, 0.0), products)


def lends_carbon(loan_balance_carbon: Amount) -> Flag:
    """Return whether any loan of 林业碳汇贷 stands (flag). Source: domain 7.2 (RL-35c)."""
    return exceeds(loan_balance_carbon, 0.0)
