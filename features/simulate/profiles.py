"""What a household is for years on end: people, land, papers, ecological credit, public record."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.arrays.units import SQUARE_METRES_A_MU
from features.frame import Floats
from features.simulate.draws import Flags, Ints, happens, logistic
from features.simulate.households import Households
from features.simulate.settings import BAMBOO, HOMESTAY

COMPENSATION_PER_MU = 40.0
"""Yuan a year for a 亩 of public-welfare forest."""


@dataclass(frozen=True)
class Profiles:
    """Lasting facts of n households; areas in ㎡, money in yuan, months as indices.

    Attributes
    ----------
    land_area, forest_area, title_share
        Titled land, NaN where there is none, and the share of it that is titled.
    eco_pct, eco_member
        Ecological credit over its full marks, shown only by members.
    village_grade, carbon_label
        Ranks in the dictionary's order.
    subsidy_share, guarantee_ratio, enforcement_ratio
        Amounts over yearly income.
    dishonest_from, restructured_from
        Month index from which it stands in the record; beyond the last month = never.
    """

    size: Ints
    labour: Ints
    dependants: Ints
    birth_year: Ints
    female: Flags
    experience_at_opening: Floats
    land_area: Floats
    forest_area: Floats
    title_share: Floats
    eco_pct: Floats
    eco_member: Flags
    village_grade: Ints
    carbon_label: Ints
    real_estate: Floats
    homestay_insured: Flags
    subsidy_share: Floats
    eco_compensation: Floats
    guarantee_ratio: Floats
    lenders: Ints
    utilisation: Floats
    dishonest_from: Ints
    enforcement_ratio: Floats
    restructured_from: Ints


def drawn(rng: np.random.Generator, homes: Households, year: int, months: int) -> Profiles:
    """Return the profiles of all households; `year` is the calendar year of the last month."""
    count, prudence = len(homes), homes.prudence
    size = 1 + np.minimum(rng.poisson(2.4, count), 7)
    labour = np.clip(np.rint(size * rng.beta(4.0, 2.6, count)), 1, None).astype(np.int64)
    age = np.clip(np.rint(rng.normal(50, 10.5, count)), 22, 74).astype(np.int64)
    homestay, bamboo = homes.trade == HOMESTAY, homes.trade == BAMBOO
    land, forest = np.exp(rng.normal(2.1, 0.8, (2, count)))
    restless = np.exp(-0.6 * prudence)
    lasting = (rng.standard_normal(count) for _ in range(5))
    guarantor, enforced = happens(rng, 0.24, count), happens(rng, 0.018 * restless, count)
    enforcement = np.exp(rng.normal(-2.0, 0.9, count))
    guaranteed = np.exp(-0.9 + 0.8 * next(lasting) - 0.15 * prudence)
    return Profiles(
        size=size,
        labour=labour,
        dependants=size - labour,
        birth_year=year - age,
        female=happens(rng, 0.27, count),
        experience_at_opening=np.clip(rng.gamma(1.7, 6.0, count), 0.0, age - 18.0),
        land_area=np.where(homestay, np.nan, np.rint(land * 0.35 * SQUARE_METRES_A_MU)),
        forest_area=np.rint(forest * np.where(bamboo, 3.0, 0.9) * SQUARE_METRES_A_MU),
        title_share=np.where(happens(rng, 0.55, count), 1.0, rng.beta(4.0, 1.6, count).round(3)),
        eco_pct=logistic(0.55 + 0.55 * prudence + 0.75 * next(lasting)).round(3),
        eco_member=happens(rng, 0.58, count),
        village_grade=_ranked(1.2 + 1.5 * _village_mean(homes)),
        carbon_label=_ranked(1.6 + 0.5 * prudence + next(lasting)),
        real_estate=np.round(homes.base_income * np.exp(1.1 + 0.5 * next(lasting)), -3),
        homestay_insured=homestay & happens(rng, 0.55 + 0.1 * np.tanh(prudence), count),
        subsidy_share=_subsidy_share(rng, count),
        eco_compensation=np.where(bamboo, np.rint(forest * 3.0 * COMPENSATION_PER_MU), 0.0),
        guarantee_ratio=np.where(guarantor, guaranteed, 0.0),
        lenders=homes.indebted * (1 + np.minimum(rng.poisson(0.55 * np.exp(-0.35 * prudence)), 7)),
        utilisation=logistic(-0.1 + 1.3 * next(lasting) - 0.55 * prudence),
        dishonest_from=_begun(rng, 0.004 * restless, months),
        enforcement_ratio=np.where(enforced, enforcement, 0.0),
        restructured_from=_begun(rng, 0.02 * restless * homes.indebted, months),
    )


def _ranked(level: Floats) -> Ints:
    return np.clip(np.rint(level), 0, 3).astype(np.int64)


def _subsidy_share(rng: np.random.Generator, count: int) -> Floats:
    ordinary = happens(rng, 0.7, count)
    return np.where(ordinary, rng.beta(1.3, 14.0, count), rng.beta(2.0, 5.0, count))


def _begun(rng: np.random.Generator, chance: Floats, months: int) -> Ints:
    """Return the month index in which a rare lasting event begins; `months` = never."""
    begin = rng.integers(0, months, len(chance))
    return np.where(happens(rng, chance, len(chance)), begin, months)


def _village_mean(homes: Households) -> Floats:
    total = np.bincount(homes.village, homes.prudence)
    size = np.maximum(np.bincount(homes.village), 1)
    return np.asarray((total / size)[homes.village])
