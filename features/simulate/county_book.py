"""The whole simulated county: every part in order, bound to the dictionary's tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from features.book import Book, table_names, write_book, write_table
from features.dictionary import load_dictionary
from features.errors import BadInput
from features.simulate import (
    cooperative_sheet,
    cooperatives,
    county_sheets,
    estate_sheet,
    estates,
    hazard,
    household_sheet,
    households,
    loan_sheet,
    organisation_sheet,
    organisations,
    profiles,
    project_sheet,
    projects,
    request_sheets,
    resource_sheet,
    reviews,
    shocks,
)
from features.simulate.borrowers import looked_at
from features.simulate.calendar import Calendar
from features.simulate.cooperative_kinds import NAMES
from features.simulate.corrections import corrected
from features.simulate.lending import Lending, lent
from features.simulate.organisation_requests import with_organisations
from features.simulate.requests import World
from features.simulate.settings import (
    APPLICATION_MONTHS,
    DEFAULT_AS_OF,
    HISTORY_MONTHS,
    QUARTERS,
)
from features.simulate.sheets import Sheet, bound, ids, stacked, tokens, words
from features.simulate.stacking import concatenated
from features.simulate.streams import Streams

TRUTH = "truth"
SURVEY_DAYS = 25
"""Days after a quarter's end by which the yearly look at every household is known."""


@dataclass(frozen=True)
class SimulatedCounty:
    """A book and what only its maker knows.

    Attributes
    ----------
    book
        Tables of the dictionary.
    truth
        "application" (application_id, pd_window, pd_12m), "developer" (org_id, predatory) and
        "cooperative" (coop_id, kind).
    """

    book: Book
    truth: Mapping[str, pa.Table]


@dataclass(frozen=True)
class County:
    """The county before any record of it: its world, its households after lending, their loans."""

    world: World
    lending: Lending
    projects: projects.Projects
    quarter_ends: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    quarter_of_year: np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def simulate(households: int, seed: int, as_of: date | None = None) -> SimulatedCounty:
    """Return the county of `households` households as its book stood on `as_of`.

    Parameters
    ----------
    households
        How many households live in it, at least 1.
    seed
        Same seed, size, day and version: the same bytes.
    as_of
        Last day of the book; a fixed day of the settings if it is not given.

    Raises
    ------
    BadInput
        For fewer than one household or a negative seed.
    """
    if households < 1:
        rule = "至少要有一户 · at least one household"
        raise BadInput(rule, field="households", value=str(households))
    if seed < 0:
        raise BadInput("种子不能为负 · a seed is not negative", field="seed", value=str(seed))
    county = lived(households, seed, as_of or DEFAULT_AS_OF)
    streams, last_day = county.world.streams, county.world.calendar.as_of
    dictionary = load_dictionary()
    tables: dict[str, pa.Table] = {}
    for sheet in _sheets(county):
        rng = streams.of(f"{sheet.table} corrections")
        tables.update(bound(corrected(rng, sheet, last_day), dictionary))
    ordered = {name: tables[name] for name in table_names(dictionary) if name in tables}
    return SimulatedCounty(Book(ordered), _truth(county.lending, county.world, county.projects))


def write(county: SimulatedCounty, folder: Path) -> None:
    """Write the book into `folder` and the truth into its folder `truth`."""
    write_book(county.book, folder)
    (folder / TRUTH).mkdir(exist_ok=True)
    for name, table in county.truth.items():
        write_table(table, folder / TRUTH / f"{name}.parquet")


def lived(count: int, seed: int, as_of: date) -> County:
    """Return the county of `count` households after all that happened to it until `as_of`."""
    streams = Streams(seed)
    calendar = Calendar.ending(as_of, HISTORY_MONTHS, APPLICATION_MONTHS)
    quarters = calendar.quarter_ends(QUARTERS, calendar.as_of)
    quarter_ends, quarter_of_year = calendar.end(quarters), calendar.month_of_year[quarters] // 3
    path = shocks.realised(streams.of("shocks"), calendar)
    villages = households.Villages.founded(streams.of("villages"), count)
    homes = households.born(streams.of("households"), calendar, path, villages, count)
    orgs = organisations.founded(streams.of("organisations"), count, calendar.as_of)
    coops = cooperatives.run(
        streams.of("cooperatives"),
        cooperatives.count_of(count),
        quarter_ends,
        quarter_of_year,
        count,
    )
    world = World(
        streams=streams,
        calendar=calendar,
        shocks=path,
        profiles=profiles.drawn(streams.of("profiles"), homes, as_of.year, calendar.months),
        coops=coops,
        orgs=orgs,
        exposed=hazard.exposure(streams.of("futures"), path, calendar),
    )
    return County(
        world=world,
        lending=with_organisations(lent(world, homes), world),
        projects=projects.planned(streams.of("projects"), coops, orgs, calendar.as_of),
        quarter_ends=quarter_ends,
        quarter_of_year=quarter_of_year,
    )


def _sheets(county: County) -> Iterator[Sheet]:
    """Return one table after another, each from its own stream."""
    world, lending = county.world, county.lending
    of, calendar, orgs = world.streams.of, world.calendar, world.orgs
    requests, pledges, homes = lending.requests, lending.pledges, lending.homes
    ends, as_of = county.quarter_ends, calendar.as_of
    people = tokens(of("household tokens"), len(homes))
    holders = pa.concat_arrays([people, tokens(of("organisation tokens"), len(orgs))])
    yield _household_sheet(county, people)
    year_ends = ends[county.quarter_of_year == cooperative_sheet.LAST_QUARTER][-2:]
    works = county.projects
    stopped_on = works.stopped_on(len(orgs))
    yield organisation_sheet.sheet(of("organisation"), orgs, year_ends, as_of, stopped_on)
    price = county_sheets.prices(of("prices"), world.shocks, calendar)
    readings = reviews.read(of("reviews"), pledges, requests, price, calendar)
    deposited = resource_sheet.sheet(of("resource"), lending, readings, homes, holders, orgs)
    villages = int(homes.village.max()) + 1
    given = estates.given(of("estates"), works, orgs, villages)
    used = estate_sheet.sheet(of("estate"), given, price, calendar, ends)
    yield stacked([deposited, used])
    yield cooperative_sheet.sheet(
        of("cooperative"),
        world.coops,
        ends,
        county.quarter_of_year,
        pledges,
        requests,
        orgs,
        as_of,
    )
    yield project_sheet.sheet(of("project"), works, given, ends, as_of, orgs)
    yield request_sheets.applications(of("application"), lending, holders, orgs)
    book = loan_sheet.kept(of("loans"), requests, homes, calendar)
    yield loan_sheet.sheet(of("loan"), book, pledges, len(requests), calendar)
    quality = loan_sheet.quality(book, requests.product, calendar)
    yield county_sheets.county(of("county"), calendar, price, quality, works)
    covered = float(requests.amount[requests.granted].sum())
    yield county_sheets.guarantee_bodies(ends, as_of, covered)
    yield county_sheets.banks(ends, as_of)


def _household_sheet(county: County, people: pa.Array) -> Sheet:
    """Return a record at each request, and one of every household at the last known quarter."""
    world, lending = county.world, county.lending
    calendar, homes = world.calendar, lending.homes
    rng = world.streams.of("household")
    asked = lending.requests.day[: len(lending.borrowers)]
    last = county.quarter_ends[county.quarter_ends <= calendar.as_of - SURVEY_DAYS][-1]
    seen = asked - rng.integers(1, 9, len(asked))
    everyone = np.arange(len(homes))
    month = np.full(len(everyone), calendar.index_of(last) + 1)
    now = looked_at(rng, homes, world.profiles, everyone, month, calendar.opening)
    known = last + rng.integers(3, SURVEY_DAYS, len(now))
    return household_sheet.sheet(
        rng,
        homes,
        world.profiles,
        concatenated([lending.borrowers, now]),
        np.concatenate([seen - (seen == last), np.full(len(now), last)]),
        np.concatenate([asked, known]),
        calendar,
        people,
    )


def _truth(lending: Lending, world: World, works: projects.Projects) -> dict[str, pa.Table]:
    requests, orgs, coops = lending.requests, world.orgs, world.coops
    application = {
        "application_id": ids("A", np.arange(len(requests))),
        "pd_window": requests.pd_window,
        "pd_12m": requests.pd_12m,
    }
    named = np.isin(np.arange(len(orgs)), works.developer)
    who = np.flatnonzero(named | (orgs.entity == organisations.DEVELOPER))
    developer = {
        "org_id": orgs.org_id.take(pa.array(who)),
        "predatory": orgs.predatory[who],
    }
    cooperative = {"coop_id": ids("K", np.arange(len(coops)), 3), "kind": words(coops.kind, NAMES)}
    return {
        "application": pa.table(application),
        "developer": pa.table(developer),
        "cooperative": pa.table(cooperative),
    }
