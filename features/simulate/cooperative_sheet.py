"""The table `cooperative`: quarterly statements with their registers."""

from __future__ import annotations

import numpy as np

from features.frame import Floats
from features.simulate.calendar import instant, office_hour
from features.simulate.cooperative_filing import Statements, filed
from features.simulate.cooperative_registers import BASELINE_DAY, registers
from features.simulate.cooperatives import TOWNSHIP, Cooperatives
from features.simulate.draws import Ints, happens, one_in, when
from features.simulate.organisations import Organisations
from features.simulate.pledges import Pledges
from features.simulate.requests import Requests
from features.simulate.settings import COUNTY_CODE
from features.simulate.sheets import Cells, Sheet, blank, constant, ids, words

LEVELS = ("市", "县", "乡")
LAST_QUARTER = 3
QUARTERS_A_YEAR = 4
GROUP = 1
"""The cooperative that reports as a group and has a licence to give guarantees for a fee."""
NEVER = ("is_lgfv", "buyback_equity")
FISCAL_SHARE, OF_THE_BACKED = 0.05, 0.45
"""Share of debt service that fiscal cash pays, at every third cooperative and at `backed` ones."""
LINES = 0.03
"""Undrawn lines of banks over assets; none for the overpromised."""
STRAYED, FEE = 0.09, 0.002
"""Drawn debt that `undocumented` ones spend elsewhere; fees of `fundraiser`s over assets."""


def trailing(values: Floats) -> Floats:
    """Return sums over four quarters, (j, q); the first three are scaled up to a year."""
    total = np.cumsum(values, axis=1)
    total[:, QUARTERS_A_YEAR:] -= total[:, :-QUARTERS_A_YEAR].copy()
    short = np.arange(1, min(QUARTERS_A_YEAR, total.shape[1]))
    total[:, : len(short)] = np.rint(total[:, : len(short)] * QUARTERS_A_YEAR / short)
    return total


def year_to_date(values: Floats, quarter_of_year: Ints) -> Floats:
    """Return sums since January, (j, q); the quarters before the first are taken to be alike."""
    out = values.copy()
    out[:, 0] *= quarter_of_year[0] + 1
    for quarter in range(1, values.shape[1]):
        if quarter_of_year[quarter] > 0:
            out[:, quarter] += out[:, quarter - 1]
    return out


def sheet(
    rng: np.random.Generator,
    coops: Cooperatives,
    quarter_ends: Ints,
    quarter_of_year: Ints,
    pledges: Pledges,
    requests: Requests,
    orgs: Organisations,
    as_of: int,
) -> Sheet:
    """Return all statements known by `as_of`."""
    filing = filed(rng, coops, quarter_ends, as_of)
    count = len(filing)
    full_year = quarter_of_year[filing.quarter] == LAST_QUARTER
    at = (filing.coop, filing.quarter)
    township = coops.level[filing.coop] == TOWNSHIP
    columns: dict[str, Cells] = {
        "coop_id": ids("K", filing.coop, 3),
        "county_code": constant(COUNTY_CODE, count),
        "parent_id": blank(constant("K000", count), ~township),
        "level": words(coops.level[filing.coop], LEVELS),
        "reporting_scope": words(filing.coop == GROUP, ("entity", "group")),
        "investment_type": filing.coop == GROUP,
        "audited": full_year,
        "operating_since": coops.opened_on[filing.coop],
        "hidden_debt_baseline_date": np.full(count, BASELINE_DAY),
        **{name: values[at] for name, values in coops.balance.items()},
        **_flows(coops, filing, quarter_of_year),
        **{name: np.zeros(count) for name in NEVER},
        **_licence(coops, filing),
        **_optional(rng, coops, filing),
    }
    learnt = instant(filing.known_day, office_hour(rng, count))
    quality = words(full_year, ("reported", "audited"))
    children = registers(rng, coops, filing, pledges, requests, orgs)
    return Sheet("cooperative", filing.day, learnt, quality, columns, children)


def _flows(coops: Cooperatives, filing: Statements, quarter_of_year: Ints) -> dict[str, Cells]:
    at = (filing.coop, filing.quarter)
    flows = {name: trailing(values)[at] for name, values in coops.flows.items()}
    revenue, service = flows["revenue"], flows["service"]
    fiscal = np.where(
        coops.troubled("backed", *at), OF_THE_BACKED, FISCAL_SHARE * one_in(3, at[0])
    )
    strayed = np.rint(service * STRAYED * coops.troubled("undocumented", *at))
    return {
        "revenue_12m": revenue,
        "ebit_12m": flows["ebit"],
        "subsidies_12m": flows["subsidies"],
        "interest_expensed_12m": flows["interest"] - flows["capitalised"],
        "interest_capitalised_12m": flows["capitalised"],
        "net_profit": year_to_date(coops.flows["profit"], quarter_of_year)[at],
        "cfo": year_to_date(coops.flows["cfo"], quarter_of_year)[at],
        "debt_service_12m": service,
        "fiscal_debt_service_12m": np.rint(service * fiscal),
        "drawn_debt_12m": np.rint(service * 1.1),
        "off_purpose_payments_12m": flows["off_purpose"] + strayed,
        "resources_activated": np.rint(revenue * 1.4),
        "industry_revenue": np.rint(revenue * 2.2),
        "green_finance_drawn": np.rint(revenue * 0.5),
        "farmer_income_gain": np.rint(revenue * 0.12),
    }


def _licence(coops: Cooperatives, filing: Statements) -> dict[str, Cells]:
    """Return who takes fees for guarantees: the group by its licence, fundraisers without one."""
    at, count = (filing.coop, filing.quarter), len(filing)
    group = filing.coop == GROUP
    without = coops.troubled("fundraiser", *at)
    return {
        "restricted_name": without & (filing.coop % 2 == 0),
        "guarantee_licence_no": blank(constant("浙融担0009", count), ~group),
        "guarantee_licence_to": when(group, filing.day + 700),
        "guarantee_fee_income_12m": np.rint(
            coops.balance["total_assets"][at] * FEE * (group | without)
        ),
    }


def _optional(
    rng: np.random.Generator, coops: Cooperatives, filing: Statements
) -> dict[str, Cells]:
    """Return columns that every fourth township cooperative leaves empty, others now and then."""
    count, at = len(filing), (filing.coop, filing.quarter)
    small = (coops.level[filing.coop] == TOWNSHIP) & one_in(4, filing.coop, 3)
    given = ~(small | happens(rng, 0.02, count))
    nothing = when(given, np.zeros(count))
    lines = LINES * ~coops.troubled("overpromised", *at)
    return {
        "factoring_recourse": nothing,
        "sale_leaseback": nothing,
        "perpetual_equity": nothing,
        "minority_interests": nothing,
        "net_assets_parent": when(
            filing.coop == GROUP, np.rint(coops.balance["equity"][at] * 0.97)
        ),
        "committed_lines": when(given, np.rint(coops.balance["total_assets"][at] * lines)),
    }
