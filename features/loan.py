"""Loan: how it is paid, and what its request says of security and guarantee."""

from features.arrays import (
    Date,
    Flag,
    Text,
    both,
    given,
    negate,
    no_later,
    zero_if_missing,
)


def is_open(closed_on: Date, judged_on: Date) -> Flag:
    """Return the flag that the loan was not closed by today; never missing. Source: domain 9.6."""
    return negate(zero_if_missing(no_later(closed_on, judged_on)))


def secured_and_open(secured: Flag, is_open: Flag) -> Flag:
    """Return the flag that something secures the loan and it is not closed.

    Source: domain 7.2 (RL-35b, RL-50).
    """
    return both(secured, is_open)


def dpd_counts(deferral_doc_id: Text, is_open: Flag) -> Flag:
    """Return the flag that days past due count: not while a deferral stands, nor once closed.

    Never missing. Source: domain 6.2, 7.2 (RL-35a).
    """
    return both(negate(given(deferral_doc_id)), is_open)


def collective_security_for_others(application__collective_security_for_others: Flag) -> Flag:
    """Return the flag of its application that a collective secures another's debt.

    Source: domain 7.1 (RL-40).
    """
    return application__collective_security_for_others


def collective_undecided(application__collective_undecided: Flag) -> Flag:
    """Return the flag of its application that a collective borrows without its members' vote.

    Source: domain 7.1 (RL-40).
    """
    return application__collective_undecided


def lgfv_guarantee_route(application__lgfv_guarantee_route: Flag) -> Flag:
    """Return the flag of its application that a financing platform asks for a public guarantee.

    Source: domain 7.1 (RL-48).
    """
    return application__lgfv_guarantee_route
