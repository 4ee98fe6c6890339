"""What a household is for years on end: people, land, papers, ecological credit, public record."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.households import Flags, Households, Ints

HOMESTAY = 3
TREES = (0, 1, 2, 4)
MU = 666.6667
"""㎡ of a 亩."""
ECO_SCALE = 1000.0


@dataclass(frozen=True)
class Profiles:
    """Lasting facts of n households; areas in ㎡, money in yuan, NaN where the household has none."""

    size: Ints
    labour: Ints
    dependants: Ints
    birth_year: Ints
    female: Flags
    married: Flags
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


def _people(rng: np.random.Generator, count: int) -> dict[str, Ints]:
    size = 1 + np.minimum(rng.poisson(2.4, count), 7)
    labour = np.clip(np.rint(size * rng.beta(4.0, 2.6, count)), 1, None).astype(np.int64)
    age = np.clip(np.rint(rng.normal(50, 10.5, count)), 22, 74).astype(np.int64)
    return {"size": size, "labour": labour, "dependants": size - labour, "age": age}


def _event_month(rng: np.random.Generator, chance: Floats, months: int) -> Ints:
    """Return the month index in which a rare lasting event begins; `months` = never."""
    happens = rng.random(len(chance)) < chance
    return np.where(happens, rng.integers(0, months, len(chance)), months)


def drawn(rng: np.random.Generator, homes: Households, year: int, months: int) -> Profiles:
    """Return the profiles of all households; `year` is the calendar year of the last month."""
    count = len(homes)
    people = _people(rng, count)
    homestay = homes.trade == HOMESTAY
    mu = np.exp(rng.normal(2.1, 0.8, (2, count)))
    eco = 1 / (1 + np.exp(-(0.55 + 0.55 * homes.prudence + 0.75 * rng.standard_normal(count))))
    restless = np.exp(-0.6 * homes.prudence)
    return Profiles(
        size=people["size"],
        labour=people["labour"],
        dependants=people["dependants"],
        birth_year=year - people["age"],
        female=rng.random(count) < 0.27,
        married=rng.random(count) < 0.81,
        experience_at_opening=np.clip(rng.gamma(1.7, 6.0, count), 0.0, people["age"] - 18.0),
        land_area=np.where(homestay, np.nan, np.rint(mu[0] * 0.35 * MU)),
        forest_area=np.where(
            homes.trade == 1, np.rint(mu[1] * 3.0 * MU), np.rint(mu[1] * 0.9 * MU)
        ),
        title_share=np.where(
            rng.random(count) < 0.55, 1.0, np.round(rng.beta(4.0, 1.6, count), 3)
        ),
        eco_pct=np.round(eco, 3),
        eco_member=rng.random(count) < 0.58,
        village_grade=np.clip(np.rint(1.2 + 1.5 * _village_mean(homes)), 0, 3).astype(np.int64),
        carbon_label=np.clip(
            np.rint(1.6 + 0.5 * homes.prudence + rng.standard_normal(count)), 0, 3
        ).astype(np.int64),
        real_estate=np.round(homes.base_income * np.exp(rng.normal(1.1, 0.5, count)), -3),
        homestay_insured=homestay & (rng.random(count) < 0.55 + 0.1 * np.tanh(homes.prudence)),
        subsidy_share=np.where(
            rng.random(count) < 0.7, rng.beta(1.3, 14.0, count), rng.beta(2.0, 5.0, count)
        ),
        eco_compensation=np.where(homes.trade == 1, np.rint(mu[1] * 3.0 * 40), 0.0),
        guarantee_ratio=(rng.random(count) < 0.24)
        * np.exp(rng.normal(-0.9, 0.8, count) - 0.15 * homes.prudence),
        lenders=homes.indebted
        * (1 + np.minimum(rng.poisson(0.55 * np.exp(-0.35 * homes.prudence)), 7)),
        utilisation=1
        / (1 + np.exp(-(-0.1 + 1.3 * rng.standard_normal(count) - 0.55 * homes.prudence))),
        dishonest_from=_event_month(rng, 0.004 * restless, months),
        enforcement_ratio=(rng.random(count) < 0.018 * restless)
        * np.exp(rng.normal(-2.0, 0.9, count)),
        restructured_from=_event_month(rng, 0.02 * restless * homes.indebted, months),
    )


def _village_mean(homes: Households) -> Floats:
    total = np.bincount(homes.village, homes.prudence)
    size = np.maximum(np.bincount(homes.village), 1)
    return (total / size)[homes.village]
