"""Claims: who else has a right on the parcel of a resource (guidance 二（五）)."""

from features.arrays import (
    Count,
    Date,
    Flag,
    Rows,
    Text,
    both,
    clashing_pairs,
    most,
    negate,
    no_later,
    same,
    spread,
    zero_if_missing,
)


def own_claims_conflicting(
    claims__parcel_id: Text,
    claims__kind__carbon: Flag,
    claims__kind__GEP: Flag,
    claims__kind__覆盖率: Flag,
    claims__kind__补: Flag,
    claims__kind__pledge: Flag,
    claims__kind__sale: Flag,
    claims__disclosed: Flag,
    claims__from: Date,
    claims__to: Date,
    claims__holder: Text,
    claims__registry_no: Text,
    claims__resource_id: Text,
    claims: Rows,
    judged_on: Date,
) -> Count:
    """Return the conflicting pairs among the resource's own claims in force today (count).

    As `claims_conflicting`. Missing where the claims are undeclared. Source: domain 7.1.
    """
    kinds = (
        claims__kind__carbon
        + 2.0 * claims__kind__GEP
        + 3.0 * claims__kind__覆盖率
        + 4.0 * claims__kind__补
        + 5.0 * claims__kind__pledge
        + 6.0 * claims__kind__sale
    )
    today = spread(judged_on, claims)
    over = zero_if_missing(no_later(claims__to, today))
    return clashing_pairs(
        claims__parcel_id,
        kinds,
        claims__disclosed,
        both(no_later(claims__from, today), negate(over)),
        claims__holder,
        claims__from,
        claims__registry_no,
        claims__resource_id,
        claims,
    )


def parcel_claims_conflicting(
    parcel_id: Text,
    parcel_claim__parcel_id: Text,
    parcel_claim__kind__carbon: Flag,
    parcel_claim__kind__GEP: Flag,
    parcel_claim__kind__覆盖率: Flag,
    parcel_claim__kind__补: Flag,
    parcel_claim__kind__pledge: Flag,
    parcel_claim__kind__sale: Flag,
    parcel_claim__disclosed: Flag,
    parcel_claim__from: Date,
    parcel_claim__to: Date,
    parcel_claim__holder: Text,
    parcel_claim__registry_no: Text,
    parcel_claim__resource_id: Text,
    parcel_claim: Rows,
    judged_on: Date,
) -> Count:
    """Return the conflicting pairs on its parcel among the claims of all resources there (count).

    As `claims_conflicting`; a claim that two of them list is one, one on another parcel is none.
    Missing where the resource has no parcel, or one on it has its claims undeclared.
    Source: domain 7.1.
    """
    kinds = (
        parcel_claim__kind__carbon
        + 2.0 * parcel_claim__kind__GEP
        + 3.0 * parcel_claim__kind__覆盖率
        + 4.0 * parcel_claim__kind__补
        + 5.0 * parcel_claim__kind__pledge
        + 6.0 * parcel_claim__kind__sale
    )
    today = spread(judged_on, parcel_claim)
    over = zero_if_missing(no_later(parcel_claim__to, today))
    runs = both(no_later(parcel_claim__from, today), negate(over))
    here = same(parcel_claim__parcel_id, spread(parcel_id, parcel_claim))
    pairs = clashing_pairs(
        parcel_claim__parcel_id,
        kinds,
        parcel_claim__disclosed,
        both(runs, here),
        parcel_claim__holder,
        parcel_claim__from,
        parcel_claim__registry_no,
        parcel_claim__resource_id,
        parcel_claim,
    )
    return pairs + 0.0 * parcel_id


def claims_conflicting(own_claims_conflicting: Count, parcel_claims_conflicting: Count) -> Count:
    """Return the pairs of claims on one parcel that exclude each other, in force today (count).

    Any two of carbon, GEP, 覆盖率 and 补; a pledge and a sale; two pledges of which one is not
    disclosed; 公益林 and 水权 exclude nothing. In force = from ≤ today < to, so their periods
    overlap. Those of the resource's own register, or those on its parcel in the registers of all
    resources there if more. Missing where either is. Source: domain 7.1 (RL-49).
    """
    return most(own_claims_conflicting, parcel_claims_conflicting)
