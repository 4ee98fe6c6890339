"""Whom a cooperative funds and answers for: associates and guarantees.

Healthy ones lend in step with their partners, and answer for firms they own a part of, or for
households. `entangled` ones fund their associates beyond that, `surety` ones answer for strangers
and for firms that cannot carry their debt, `lopsided` ones have one large stake.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.simulate.cooperative_filing import Statements
from features.simulate.cooperative_kinds import of_kind
from features.simulate.cooperatives import PLEDGED_AWAY, Cooperatives
from features.simulate.draws import Ints, apart, happens, when
from features.simulate.organisations import Organisations
from features.simulate.sheets import Cells, Child, constant, ids, repeated, words

MOST_ASSOCIATES, MOST_GUARANTEES = 3, 4
STAKE_SIZE, LENT, LENT_BEYOND, STEP = 0.03, 0.12, 0.55, 0.06
"""A stake over total assets; loans over it; those of the entangled, and their growth a quarter."""
PARTNERS_PART, HALF = 0.3, 0.5
"""What partners of an entangled one carry of their part; what others answer for with a surety."""
EARLY_ARREARS, LATE_ARREARS, ARREARS_GROW = 45, 120, 4
"""Days past due of an associate, and quarters after which they are late ones."""
FIRST, SECOND, THIRD = range(3)
ANSWERS, ANSWERS_BEYOND = (0.01, 0.045), (0.10, 0.14)
"""A guarantee over equity; the same of a surety."""
STAKE = 0.3
LOSSES = 3
"""Years of loss of a party that cannot carry its debt."""
PARTIES = ("associate", "household", "enterprise")
OWNED, PEOPLE, STRANGER = range(3)


def associates(
    rng: np.random.Generator, coops: Cooperatives, filing: Statements, orgs: Organisations
) -> Child:
    """Return the firms that each cooperative holds a stake in."""
    number = rng.integers(0, MOST_ASSOCIATES + 1, len(coops))
    number = np.maximum(number, of_kind(coops.kind, "lopsided"))
    number = np.where(of_kind(coops.kind, "entangled"), MOST_ASSOCIATES, number)
    parent, place = repeated(number[filing.coop])
    coop, quarter = filing.coop[parent], filing.quarter[parent]
    shape = (len(coops), MOST_ASSOCIATES)
    stake = rng.uniform(0.1, 0.49, shape).round(2)[coop, place]
    size = rng.uniform(0.5, 1.5, shape)[coop, place]
    lends = happens(rng, 0.45, shape)[coop, place]
    which = apart(rng.integers(0, len(orgs), shape), len(orgs))[coop, place]
    beyond = coops.troubled("entangled", coop, quarter)
    large = of_kind(coops.kind[coop], "lopsided") & (place == FIRST)
    equity = STAKE_SIZE * size + PLEDGED_AWAY * large
    equity = np.rint(coops.balance["total_assets"][coop, quarter] * equity)
    since = quarter - coops.begins[coop]
    loan = np.rint(equity * np.where(beyond, LENT_BEYOND + STEP * since, LENT * lends * ~large))
    arrears = np.where(since < ARREARS_GROW, EARLY_ARREARS, LATE_ARREARS)
    ahead = beyond & (place == FIRST)
    columns: dict[str, Cells] = {
        "associate_id": orgs.org_id.take(pa.array(which)),
        "stake": stake,
        "control": np.zeros(len(parent)),
        "loan": loan,
        "all_shareholder_funding": np.rint(loan / stake * np.where(ahead, PARTNERS_PART, 1.0)),
        "equity_paid": equity,
        "equity_paid_total": np.rint(equity / stake * np.where(ahead, HALF, 1.0)),
        "equity_as_loan": np.rint(equity * PARTNERS_PART * (beyond & (place == THIRD))),
        "partner_funded": np.rint(equity * PARTNERS_PART * ahead),
        "dpd": np.where(beyond & (place == SECOND), arrears, 0),
        "decision_doc_id": ids("DEC", coop * 10 + place, 5),
    }
    return Child(parent, columns)


def guarantees(
    rng: np.random.Generator, coops: Cooperatives, filing: Statements, orgs: Organisations
) -> Child:
    """Return the guarantees that run on each statement's day."""
    gives = happens(rng, 0.45, len(coops))
    number = np.where(gives, rng.integers(1, MOST_GUARANTEES, len(coops)), 0)
    number = np.where(of_kind(coops.kind, "surety"), MOST_GUARANTEES, number)
    parent, place = repeated(number[filing.coop])
    coop, quarter, count = filing.coop[parent], filing.quarter[parent], len(parent)
    shape = (len(coops), MOST_GUARANTEES)
    beyond = coops.troubled("surety", coop, quarter)
    people = happens(rng, 0.25, shape)[coop, place]
    party = np.where(people, PEOPLE, OWNED)
    party = np.where(beyond, np.where(place == FIRST, STRANGER, OWNED), party)
    linked, weak = party == OWNED, beyond & (place == SECOND)
    part = rng.uniform(*ANSWERS, shape)[coop, place]
    part = np.where(beyond, rng.uniform(*ANSWERS_BEYOND, shape)[coop, place], part)
    which = apart(rng.integers(0, len(orgs), shape), len(orgs))[coop, place]
    balance = np.rint(np.maximum(coops.balance["equity"][coop, quarter], 0) * part)
    alone = np.where(beyond & (place == THIRD), HALF, 1.0)
    columns: dict[str, Cells] = {
        "party_id": _parties(orgs, which, party),
        "party_kind": words(party, PARTIES),
        "kind": words(which % 3 == 0, ("连带", "一般")),
        "giver": constant("parent", count),
        "equity_link": linked,
        "party_insolvent": np.zeros(count),
        "party_cfo_negative": weak,
        "party_loss_years": np.where(weak, LOSSES, 0),
        "own_share": np.ones(count),
        "stake": when(linked, np.full(count, STAKE)),
        "balance": balance,
        "all_guarantees": np.rint(balance / STAKE * alone),
        "from": filing.day[parent] - 200,
        "to": filing.day[parent] + 400,
        "decision_doc_id": ids("DEC", 5000 + coop * 10 + place, 5),
    }
    return Child(parent, columns)


def _parties(orgs: Organisations, which: Ints, party: Ints) -> pa.Array:
    firms, people = orgs.org_id.take(pa.array(which)), ids("H", which)
    return pc.if_else(pa.array(party == PEOPLE), people, firms)
