"""Organisations: firms, farmer cooperatives, village collectives, project companies, developers.

A few developers are predatory: young shells with little capital paid in that hoard resources and
live on subsidies. The label stands in the truth folder alone; records show its marks, and some
honest firms show one of them too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.frame import Floats
from features.simulate.draws import Flags, Ints, happens
from features.simulate.settings import (
    COUNTY_CODE,
    HOUSEHOLDS_PER_ORGANISATION,
    MIN_DEVELOPERS,
    MIN_ORGANISATIONS,
    PREDATORY_SHARE,
)

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ENTITIES = ("enterprise", "合作社", "村集体", "developer", "project_company")
ENTITY_SHARE = (0.34, 0.28, 0.14, 0.14, 0.10)
COLLECTIVE, DEVELOPER, PROJECT_COMPANY = 2, 3, 4
SURE_PREDATORS = 2
"""Of the first developers, so that the smallest county has some; as many after them are honest."""
YEARS = 5


@dataclass(frozen=True)
class Organisations:
    """o organisations over `YEARS` years; amounts in yuan, (o, years), last year last.

    Attributes
    ----------
    founded
        Day of registration.
    quality
        Latent strength, about standard normal.
    capital, paid_share
        Capital subscribed, and the share of it that is paid in.
    """

    org_id: pa.Array
    entity: Ints
    predatory: Flags
    founded: Ints
    quality: Floats
    capital: Floats
    paid_share: Floats
    revenue: Floats
    profit: Floats
    assets: Floats
    liabilities: Floats
    debt: Floats

    def __len__(self) -> int:
        return len(self.entity)

    @property
    def developers(self) -> Ints:
        """Return the rows that are developers."""
        return np.flatnonzero(self.entity == DEVELOPER)


def social_credit_code(body: str) -> str:
    """Return a 17-character body with its GB 32100 check character.

    Examples
    --------
    >>> social_credit_code("91330899MA0000001")
    '91330899MA00000011'
    """
    total = sum(ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(body))
    return body + ALPHABET[(31 - total % 31) % 31]


def _codes(rng: np.random.Generator, count: int) -> pa.Array:
    """Return distinct codes of organisations of the invented county."""
    numbers = rng.permutation(max(10 * count, 1000))[:count]
    return pa.array([social_credit_code(f"91{COUNTY_CODE}MA{number:07d}") for number in numbers])


def founded(rng: np.random.Generator, households: int, last_day: int) -> Organisations:
    """Return the organisations of a county of so many households."""
    count = max(MIN_ORGANISATIONS, households // HOUSEHOLDS_PER_ORGANISATION)
    entity = rng.choice(len(ENTITIES), count, p=ENTITY_SHARE)
    entity[:MIN_DEVELOPERS] = DEVELOPER
    developer = entity == DEVELOPER
    predatory = developer & happens(rng, PREDATORY_SHARE, count)
    predatory[:SURE_PREDATORS] = True
    predatory[SURE_PREDATORS : 2 * SURE_PREDATORS] = False
    age = np.where(predatory, rng.integers(150, 700, count), rng.integers(500, 6000, count))
    quality = rng.standard_normal(count) - 1.2 * predatory
    size = np.exp(rng.normal(14.6, 1.0, count)) * np.where(developer, 4, 1)
    honest = np.where(happens(rng, 0.7, count), 1.0, rng.beta(5.0, 2.0, count))
    steps = rng.standard_normal((count, YEARS)).cumsum(axis=1)
    capital = np.round(size, -4) + 10_000
    revenue = capital[:, None] * np.exp(0.3 + 0.3 * quality[:, None] + 0.15 * steps)
    margin = 0.05 + 0.035 * quality[:, None] + 0.03 * rng.standard_normal((count, YEARS))
    assets = revenue * np.exp(0.4 + 0.3 * rng.standard_normal((count, 1)))
    leverage = 0.48 - 0.09 * quality + 0.12 * rng.standard_normal(count)
    liabilities = assets * np.clip(leverage, 0.05, 0.97)[:, None]
    return Organisations(
        org_id=_codes(rng, count),
        entity=entity,
        predatory=predatory,
        founded=last_day - age,
        quality=quality,
        capital=capital,
        paid_share=np.where(predatory, rng.beta(1.2, 7.0, count), honest),
        revenue=revenue,
        profit=revenue * margin,
        assets=assets,
        liabilities=liabilities,
        debt=liabilities * rng.uniform(0.3, 0.7, (count, 1)),
    )
