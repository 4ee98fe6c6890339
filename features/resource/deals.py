"""Deals: whether collective assets were dealt openly and at their price (guidance 二（五）)."""

from features.arrays import (
    Amount,
    Flag,
    Rows,
    Text,
    at_least,
    both,
    floor_of_worst,
    floor_prices,
    highest,
    negate,
    price_of_worst,
    spread,
)


def deal_off_exchange(
    deals__deal_price: Amount,
    deals__channel__open: Flag,
    deals: Rows,
    county__deal_limit: Amount,
) -> Flag:
    """Return the flag that a deal at or above the county's deal_limit was not made openly.

    Missing where the deals are undeclared, or a private one meets no known limit.
    Source: domain 7.1 (RL-52).
    """
    large = at_least(deals__deal_price, spread(county__deal_limit, deals))
    return highest(both(negate(deals__channel__open), large), deals)


def deal_price(
    deals__deal_price: Amount,
    deals__appraised: Amount,
    deals__reserve_price: Amount,
    deals__decision_doc_id: Text,
    deals: Rows,
) -> Amount:
    """Return the price of the deal that stands lowest against its own floor (分).

    Its floor is deal_floor_price. Missing where the deals are undeclared, a price is missing, or a
    deal without a decision has neither appraisal nor reserve price. Source: domain 7.1 (RL-52).
    """
    floors = floor_prices(
        deals__deal_price, deals__appraised, deals__reserve_price, deals__decision_doc_id
    )
    return price_of_worst(deals__deal_price, floors, deals)


def deal_floor_price(
    deals__deal_price: Amount,
    deals__appraised: Amount,
    deals__reserve_price: Amount,
    deals__decision_doc_id: Text,
    deals: Rows,
) -> Amount:
    """Return the floor beneath deal_price (分): the greater of appraised and reserve_price.

    One of the two is enough. Where the members decided to go lower (decision_doc_id) the price
    itself is the floor. Missing as deal_price is. Source: domain 7.1 (RL-52).
    """
    floors = floor_prices(
        deals__deal_price, deals__appraised, deals__reserve_price, deals__decision_doc_id
    )
    return floor_of_worst(deals__deal_price, floors, deals)
