"""Organisations: firms, farmer cooperatives, village collectives, project companies, developers.

A few developers are predatory: shells with little capital paid in that hoard resources, harvest
subsidies or sit on both sides of a deal. The label stands in the truth folder alone; records show
some of its marks, and some honest firms show one of them too. Small collectives develop as well:
their capital is thin and many live on subsidies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.frame import Floats
from features.simulate.developer_marks import Marks, marked
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
FARMERS, COLLECTIVE, DEVELOPER, PROJECT_COMPANY = 1, 2, 3, 4
DEVELOPING_SHARE, PREDATORY_FARMERS = 0.25, 0.05
"""Farmers' cooperatives and village collectives that develop; false ones of the former."""
SHELL_AGE, PREDATOR_AGE, HONEST_AGE = (150, 330), (400, 1_500), (500, 6_000)
"""Days since registration."""
SURE_PREDATORS = 2
"""Of the first developers, so that the smallest county has some; as many after them are honest."""
YEARS = 5


@dataclass(frozen=True)
class Organisations:
    """o organisations over `YEARS` years; amounts in yuan, (o, years), last year last.

    Attributes
    ----------
    developing, marks
        Who may develop a project, and the marks of a predator that it bears.
    founded
        Day of registration.
    quality
        Latent strength, about standard normal.
    capital, due_share, paid_share
        Capital subscribed, and the shares of it that are due by now and paid in.
    """

    org_id: pa.Array
    entity: Ints
    predatory: Flags
    developing: Flags
    marks: Marks
    founded: Ints
    quality: Floats
    capital: Floats
    due_share: Floats
    paid_share: Floats
    revenue: Floats
    profit: Floats
    assets: Floats
    liabilities: Floats
    debt: Floats

    def __len__(self) -> int:
        return len(self.entity)

    @property
    def small(self) -> Flags:
        """Return which organisations are farmers' cooperatives or village collectives."""
        return np.asarray((self.entity == FARMERS) | (self.entity == COLLECTIVE))


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
    small = (entity == FARMERS) | (entity == COLLECTIVE)
    developing = developer | (small & happens(rng, DEVELOPING_SHARE, count))
    predatory = developer & happens(rng, PREDATORY_SHARE, count)
    predatory |= developing & (entity == FARMERS) & happens(rng, PREDATORY_FARMERS, count)
    predatory[:SURE_PREDATORS] = True
    predatory[SURE_PREDATORS : 2 * SURE_PREDATORS] = False
    marks = marked(rng, developing, predatory, small)
    age = np.where(predatory, rng.integers(*PREDATOR_AGE, count), rng.integers(*HONEST_AGE, count))
    age = np.where(marks["shell"], rng.integers(*SHELL_AGE, count), age)
    quality = rng.standard_normal(count) - 1.2 * predatory
    size = np.exp(rng.normal(14.6, 1.0, count)) * np.where(developer, 4, np.where(small, 0.3, 1))
    due = np.where(happens(rng, 0.7, count), 1.0, rng.beta(5.0, 2.0, count))
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
        developing=developing,
        marks=marks,
        founded=last_day - age,
        quality=quality,
        capital=capital,
        due_share=due,
        paid_share=due * _paid(rng, marks, predatory),
        revenue=revenue,
        profit=revenue * margin,
        assets=assets,
        liabilities=liabilities,
        debt=liabilities * rng.uniform(0.3, 0.7, (count, 1)),
    )


def _paid(rng: np.random.Generator, marks: Marks, predatory: Flags) -> Floats:
    """Return the share of the capital due that is paid in: all of it without a mark."""
    count = len(predatory)
    behind = np.where(predatory, rng.uniform(0.15, 0.55, count), rng.uniform(0.72, 0.97, count))
    paid = np.where(marks["unpaid"], behind, 1.0)
    return np.where(marks["shell"], rng.beta(1.6, 12.0, count), paid)
