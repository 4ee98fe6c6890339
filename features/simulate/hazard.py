"""From a log-hazard to the true PD, and to what happens.

The monthly hazard of a loan is e^(log-hazard) times a seasoning curve times the county's stress.
The true PD averages over futures of the county that start from the shocks in force when the
request was made; what then happens is drawn on the county's own path. Both see the same hazard,
so labels agree with the true PD but for the one path that came true.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from features.frame import Floats
from features.simulate.calendar import Calendar
from features.simulate.draws import Ints
from features.simulate.settings import FUTURES, TERMS, TRADES
from features.simulate.shocks import Shocks, futures

Cell = tuple[Ints, Ints, Ints, Ints]
"""Index of start month, trade, insurance class and term of each request."""

YEAR = 12
GRACE = 3
"""Months from maturity to 90 days past due: a default counts to the later of it and 12 months."""
HORIZON = TERMS[-1] + GRACE
SENSITIVITY = np.array((0.30, 0.55, 0.85))
"""Log-hazard per unit of stress of a well, a partly and a hardly insured household."""
INSURED_CLASSES = (0.8, 0.3)
TERM_POWER = 0.45
"""How the hazard of a whole life grows with the term."""


def seasoning(term: int) -> Floats:
    """Return how the hazard of a loan's whole life falls on its months, (HORIZON,).

    Nothing before a first due date is 90 days old; then it grows, and the months after maturity,
    when a bullet is due, carry the most. A loan of a year carries 1 in all, longer ones more.

    Examples
    --------
    >>> seasoning(12)[:3].tolist(), round(float(seasoning(12).sum()), 9), seasoning(12)[15:].sum()
    ([0.0, 0.0, 0.0], 1.0, np.float64(0.0))
    """
    month = np.arange(1, HORIZON + 1)
    due = (month > GRACE) & (month <= term + GRACE)
    weight = due * (0.6 + 0.4 * month / term) * np.where(month > term, 2.6, 1.0)
    return np.asarray(weight / weight.sum() * (term / YEAR) ** TERM_POWER)


SEASONING = np.stack([seasoning(term) for term in TERMS])


def insurance_class(insured: Floats) -> Ints:
    """Return 0 for well insured, 1 for partly, 2 for hardly."""
    well, partly = INSURED_CLASSES
    return (insured < well).astype(np.int64) + (insured < partly)


@dataclass(frozen=True)
class Exposure:
    """Cumulated hazard of a loan of log-hazard 0.

    Attributes
    ----------
    lived
        On the county's own path, (starts, trades, classes, terms, months elapsed).
    whole, year
        On each future, over the loan's life and over 12 months, (starts, trades, classes, terms,
        futures).
    """

    lived: Floats
    whole: Floats
    year: Floats


def exposure(rng: np.random.Generator, shocks: Shocks, calendar: Calendar) -> Exposure:
    """Return the cumulated hazards for every month in which a loan may start."""
    starts = range(calendar.opening, calendar.months)
    ahead = [
        _cumulated(futures(rng, shocks, calendar, start, HORIZON, FUTURES)) for start in starts
    ]
    lived = [_cumulated(_own_path(shocks, calendar, start))[0] for start in starts]
    return Exposure(
        np.stack(lived),
        np.stack([np.moveaxis(path[..., -1], 0, -1) for path in ahead]),
        np.stack([np.moveaxis(path[..., YEAR - 1], 0, -1) for path in ahead]),
    )


def _own_path(shocks: Shocks, calendar: Calendar, start: int) -> Floats:
    """Return the county's stress after a month, (1, trades, HORIZON); calm beyond the last day."""
    stress = np.zeros((1, len(TRADES), HORIZON))
    left = min(HORIZON, calendar.months - 1 - start)
    stress[0, :, :left] = shocks.stress[:, start + 1 : start + 1 + left]
    return stress


def _cumulated(stress: Floats) -> Floats:
    """Return hazards to each month: (paths, trades, months) → (…, classes, terms, months)."""
    relative = np.exp(SENSITIVITY[:, None] * stress[:, :, None, :])
    return np.asarray((relative[:, :, :, None, :] * SEASONING).cumsum(axis=-1))


@dataclass(frozen=True)
class TruePd:
    """Probability of default within the window and within 12 months, (r,)."""

    window: Floats
    year: Floats


def true_pd(log_hazard: Floats, cell: Cell, exposed: Exposure) -> TruePd:
    """Return the probabilities over all futures."""
    scale = np.exp(log_hazard)[:, None]
    return TruePd(
        1 - np.exp(-scale * exposed.whole[cell]).mean(axis=1),
        1 - np.exp(-scale * exposed.year[cell]).mean(axis=1),
    )


def default_month(
    rng: np.random.Generator, log_hazard: Floats, cell: Cell, exposed: Exposure
) -> Ints:
    """Return the month after grant in which each loan defaults on the county's path, 0 = never.

    Months after the book's last day are drawn too; who asks cuts them off.
    """
    bound = rng.exponential(size=len(log_hazard)) / np.exp(log_hazard)
    reached = exposed.lived[cell] > bound[:, None]
    return np.where(reached.any(axis=1), reached.argmax(axis=1) + 1, 0)
