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
from features.frame import Floats
from features.simulate import (
    cooperative_sheet,
    cooperatives,
    county_sheets,
    household_sheet,
    households,
    loans,
    organisation_sheet,
    organisations,
    profiles,
    projects,
    request_sheets,
    risk,
    shocks,
)
from features.simulate.borrowers import Borrowers, looked_at
from features.simulate.calendar import Calendar
from features.simulate.corrections import SLIPS, corrected

from features.simulate.lending import PRODUCTS, Lending, World, lent
from features.simulate.organisation_requests import with_organisations
from features.simulate.organisations import Organisations
from features.simulate.settings import (
    APPLICATION_MONTHS,
    DEFAULT_AS_OF,
    HISTORY_MONTHS,
    QUARTERS,
)
from features.simulate.sheets import Sheet, bound, ids, tokens
from features.simulate.stacking import concatenated
from features.simulate.streams import Streams

TRUTH = "truth"


@dataclass(frozen=True)
class SimulatedCounty:
    """A book and what only its maker knows.

    Attributes
    ----------
    book
        Tables of the dictionary.
    truth
        "application" (application_id, pd_window, pd_12m) and "developer" (org_id, predatory).
    """

    book: Book
    truth: Mapping[str, pa.Table]


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
        raise BadInput(
            "至少要有一户 · at least one household", field="households", value=str(households)
        )
    if seed < 0:
        raise BadInput("种子不能为负 · a seed is not negative", field="seed", value=str(seed))
    return _County(
        households,
        Streams(seed),
        Calendar.ending(as_of or DEFAULT_AS_OF, HISTORY_MONTHS, APPLICATION_MONTHS),
    ).county()


def write(county: SimulatedCounty, folder: Path) -> None:
    """Write the book into `folder` and the truth into its folder `truth`."""
    write_book(county.book, folder)
    (folder / TRUTH).mkdir(exist_ok=True)
    for name, table in county.truth.items():
        write_table(table, folder / TRUTH / f"{name}.parquet")


class _County:
    """The parts of one county on their way into its book."""

    def __init__(self, count: int, streams: Streams, calendar: Calendar) -> None:
        self.streams, self.calendar = streams, calendar
        quarters = calendar.quarter_ends(QUARTERS, calendar.as_of)
        self.quarter_ends = calendar.end(quarters)
        self.quarter_of_year = calendar.month_of_year[quarters] // 3
        self.shocks = shocks.realised(streams.of("shocks"), calendar)
        villages = households.Villages.founded(streams.of("villages"), count)
        self.born = households.born(
            streams.of("households"), calendar, self.shocks, villages, count
        )
        self.profiles = profiles.drawn(
            streams.of("profiles"), self.born, _year(calendar.as_of), calendar.months
        )
        self.coops = cooperatives.run(
            streams.of("cooperatives"),
            cooperatives.count_of(count),
            QUARTERS,
            self.quarter_of_year,
        )
        self.orgs = organisations.founded(streams.of("organisations"), count, calendar.as_of)
        self.projects = projects.planned(
            streams.of("projects"), self.coops, self.orgs, calendar.as_of
        )
        self.people = tokens(streams.of("subject tokens"), count)
        self.holders = pa.concat_arrays(
            [self.people, tokens(streams.of("organisation tokens"), len(self.orgs))]
        )

    def county(self) -> SimulatedCounty:
        """Return book and truth."""
        world = World(
            self.streams,
            self.calendar,
            self.shocks,
            self.profiles,
            self.coops,
            risk.exposure(self.streams.of("futures"), self.shocks, self.calendar),
            self.orgs,
        )
        lending = with_organisations(lent(world, self.born), world)
        dictionary = load_dictionary()
        tables: dict[str, pa.Table] = {}
        for sheet in self._sheets(lending):
            if sheet.table in SLIPS:
                sheet = corrected(
                    self.streams.of(f"{sheet.table} corrections"), sheet, self.calendar.as_of
                )
            tables.update(bound(sheet, dictionary))
        ordered = {name: tables[name] for name in table_names(dictionary) if name in tables}
        return SimulatedCounty(Book(ordered), _truth(lending, self.orgs))

    def _sheets(self, lending: Lending) -> Iterator[Sheet]:
        of, as_of = self.streams.of, self.calendar.as_of
        requests, pledges = lending.requests, lending.pledges
        security = _security(lending)
        caps = request_sheets.ltv_caps(pledges, len(requests))
        yield self._household_sheet(lending)
        yield organisation_sheet.sheet(
            of("organisation"), self.orgs, self.quarter_ends[self.quarter_of_year == 3][-2:], as_of
        )
        yield request_sheets.resources(of("resource"), lending, lending.homes, self.holders)
        filing = cooperative_sheet.filed(of("filing"), self.coops, self.quarter_ends, as_of)
        yield cooperative_sheet.sheet(
            of("cooperative"),
            self.coops,
            filing,
            self.quarter_of_year,
            pledges,
            requests,
            self.orgs,
            self.calendar,
        )
        yield projects.sheet(of("project"), self.projects, self.quarter_ends, as_of, self.orgs)
        yield request_sheets.applications(
            of("application"), lending, self.holders, self.orgs, security, caps
        )
        granted = loans.disbursed(of("loan"), requests, self.calendar)
        lent_out = loans.sheet(
            of("loan readings"), granted, requests, security, caps, lending.homes, self.calendar
        )
        yield lent_out
        price = county_sheets.prices(of("prices"), self.shocks, self.calendar)
        yield county_sheets.county(
            of("county"), self.calendar, price, self._quality(lending, granted, lent_out)
        )
        yield county_sheets.guarantee_bodies(
            self.quarter_ends, as_of, float(requests.amount[requests.granted].sum())
        )
        yield county_sheets.banks(self.quarter_ends, as_of)

    def _household_sheet(self, lending: Lending) -> Sheet:
        """Return a record at each request and one of every household at the last known quarter's end."""
        rng = self.streams.of("household")
        asked, day = lending.borrowers, lending.requests.day[: len(lending.borrowers)]
        last = self.quarter_ends[self.quarter_ends <= self.calendar.as_of - 25][-1]
        everyone = np.arange(len(self.born))
        month = np.full(len(everyone), int(self.calendar.index_of(np.array(last))) + 1)
        now = looked_at(rng, lending.homes, self.profiles, everyone, month, self.calendar.opening)
        seen = day - rng.integers(1, 9, len(day))
        seen = seen - (seen == last)
        looks: Borrowers = concatenated([asked, now])
        return household_sheet.sheet(
            rng,
            lending.homes,
            self.profiles,
            looks,
            np.concatenate([seen, np.full(len(now), last)]),
            np.concatenate([day, last + rng.integers(3, 24, len(now))]),
            self.calendar,
            self.people,
        )

    def _quality(self, lending: Lending, granted: loans.Loans, lent_out: Sheet) -> Floats:
        """Return balance, non-performing and over-90-day balance in yuan, (months, products, 3)."""
        balance = np.asarray(lent_out.columns["balance"]) / 100
        dpd = np.asarray(lent_out.columns["dpd"])
        loan = loans.read(granted, self.calendar).loan
        product = lending.requests.product[granted.request[loan]]
        cell = self.calendar.index_of(lent_out.as_of) * len(PRODUCTS) + product
        size = self.calendar.months * len(PRODUCTS)
        over = dpd >= 90
        doubtful = over | (
            (dpd == 0)
            & (granted.renewal[loan] == 2)
            & (lent_out.as_of >= granted.default_day[loan])
        )
        figures = [
            np.bincount(cell, weights, size)
            for weights in (balance, balance * doubtful, balance * over)
        ]
        return np.stack(figures, axis=1).reshape(self.calendar.months, len(PRODUCTS), 3)


def _year(day: int) -> int:
    return int(np.datetime64(day, "D").astype("datetime64[Y]").astype(np.int64)) + 1970


def _security(lending: Lending) -> Floats:
    """Return the valuation behind each request in yuan, NaN without."""
    total = np.bincount(lending.pledges.request, lending.pledges.valuation, len(lending.requests))
    return np.where(total > 0, total, np.nan)


def _truth(lending: Lending, orgs: Organisations) -> dict[str, pa.Table]:
    requests = lending.requests
    developers = orgs.developers
    return {
        "application": pa.table(
            {
                "application_id": ids("A", np.arange(len(requests))),
                "pd_window": requests.pd_window,
                "pd_12m": requests.pd_12m,
            }
        ),
        "developer": pa.table(
            {
                "org_id": orgs.org_id.take(pa.array(developers)),
                "predatory": orgs.predatory[developers],
            }
        ),
    }
