"""Hidden debt: what a government would have to pay, without a budget that says so (二（五））."""

from features.arrays import (
    Amount,
    Count,
    Date,
    Flag,
    Rows,
    Text,
    both,
    choose,
    either,
    exceeds,
    given,
    negate,
    spread,
    total,
    zero_if_missing,
)


def gov_promises(
    documents__issuer_kind__government: Flag,
    documents__kind__commitment: Flag,
    documents__kind__guarantee: Flag,
    documents__kind__buyback: Flag,
    documents__kind__return_promise: Flag,
    documents__kind__风险补偿: Flag,
    documents__kind__purchase: Flag,
    documents__kind__other: Flag,
    documents__capped: Flag,
    documents__return_guaranteed: Flag,
    documents__budget_doc_id: Text,
    documents: Rows,
) -> Count:
    """Return how many documents of a government body promise what no budget carries (count).

    A promise of repayment, buy-back or return, or risk compensation (风险补偿), counts unless it
    is capped, has its budget document and guarantees no return; of risk compensation a return is
    not asked for, one that is said to be guaranteed counts. Any other document counts where it
    guarantees a return. A flag that is left out and decides makes the number missing; an absent
    budget document is none. Source: domain 7.1 (RL-18).
    """
    repays = either(documents__kind__commitment, documents__kind__guarantee)
    returns = either(documents__kind__buyback, documents__kind__return_promise)
    carried = both(documents__capped, given(documents__budget_doc_id))
    bare = negate(both(carried, negate(documents__return_guaranteed)))
    promised = both(either(repays, returns), bare)
    lavish = negate(both(carried, negate(zero_if_missing(documents__return_guaranteed))))
    pooled = both(documents__kind__风险补偿, lavish)
    plain = either(documents__kind__purchase, documents__kind__other)
    dressed = both(plain, documents__return_guaranteed)
    counted = either(either(promised, pooled), dressed)
    return total(both(documents__issuer_kind__government, counted), documents)


def hidden_debt_new(
    hidden_debt_items__first_seen: Date,
    hidden_debt_items__balance: Amount,
    hidden_debt_items: Rows,
    hidden_debt_baseline_date: Date,
) -> Amount:
    """Return Σ balance of hidden debt first seen after hidden_debt_baseline_date (分).

    What was seen on that day itself belongs to the stock that is being run down.
    Source: domain 7.1 (RL-18).
    """
    new = exceeds(
        hidden_debt_items__first_seen, spread(hidden_debt_baseline_date, hidden_debt_items)
    )
    return total(choose(new, hidden_debt_items__balance, 0.0), hidden_debt_items)
