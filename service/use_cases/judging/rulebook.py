"""What decides here: the red lines in force on a day, and the models that score each product."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path

from features.errors import BadInput
from models import shelf
from models.record import ModelOfRecord
from risk.files import EffectivePolicy, Policy, Product
from service.use_cases.assessing.scoring import card_of

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
COUNTY_DIGITS = 6


class Rulebook:
    """Reads the policy and the shelf of models.

    Parameters
    ----------
    policy
        Policy of the installation.
    home
        $LIANGSHAN_HOME, where the appointed models lie.
    clock
        Now, in Asia/Shanghai.
    """

    def __init__(self, policy: Policy, home: Path, clock: Callable[[], datetime]) -> None:
        self._policy = policy
        self._home = home
        self._clock = clock

    def red_lines(self, as_of: str | None, county: str | None) -> dict[str, object]:
        """Return the red lines in force on a day for a county, and the hash of its whole policy.

        Parameters
        ----------
        as_of
            YYYY-MM-DD; None = today.
        county
            County code of 6 digits; None = what holds where no county has its own.

        Raises
        ------
        BadInput
            Naming what is no day or no county.
        """
        day = self._clock().date() if as_of is None else _day(as_of)
        effective = self._policy.effective(day, None if county is None else _county(county))
        return {
            "as_of": day.isoformat(),
            "county": county,
            "policy": f"sha256:{effective.sha256}",
            "red_lines": list(effective.document["red_lines"].values()),
        }

    def directions(self) -> dict[tuple[str, str], bool]:
        """Return, by line and test in force today, whether it is the high values that are bad."""
        lines = self._policy.effective(self._clock().date()).red_lines
        return {
            (id, test.id): test.high_is_bad for id, line in lines.items() for test in line.tests
        }

    def models(self) -> list[dict[str, object]]:
        """Return, for each product offered today, its expert card and the appointed models.

        The one with `decides` scores; where no champion is appointed that is the card.
        """
        effective = self._policy.effective(self._clock().date())
        return [
            told
            for _, product in sorted(effective.products.items())
            for told in self._of(product, effective)
        ]

    def _of(self, product: Product, effective: EffectivePolicy) -> Iterator[dict[str, object]]:
        champion = shelf.index_of(self._home, product.id, "champion")
        roles: tuple[shelf.Alias, ...] = ("champion", "challenger")
        for role in roles:
            model = shelf.appointed(self._home, product.id, role)
            index = shelf.index_of(self._home, product.id, role)
            if model is not None and index is not None:
                yield _told(product, model, role, index, decides=role == "champion")
        card = card_of(effective, product)
        yield _told(product, card, "card", {}, decides=champion is None)


def _told(
    product: Product,
    model: ModelOfRecord,
    role: str,
    index: Mapping[str, object],
    *,
    decides: bool,
) -> dict[str, object]:
    """Return a model as a list tells it; a card has no number and no figures."""
    told = ("number", "figures", "by", "approved_by")
    kept = {name: index[name] for name in told if name in index}
    return {
        "product": product.id,
        "label": dict(product.label),
        "role": role,
        "decides": decides,
        "name": model.name,
        "version": f"sha256:{model.version}",
        "evidence": {"kind": model.evidence.kind, "defaults": model.evidence.defaults},
        "trained_on": model.evidence.trained_on,
        "features": [
            {
                "name": feature.name,
                "sign": feature.sign,
                "reference": product.shown(feature.name, feature.reference),
            }
            for feature in model.features
        ],
        **kept,
    }


def _day(text: str) -> date:
    rule = f"须为 {FIRST} 至 {LAST} 的日期 · must be a day from {FIRST} to {LAST}, YYYY-MM-DD"
    try:
        day = date.fromisoformat(text) if len(text) == len("2026-12-31") else None
    except ValueError:
        day = None
    if day is None or not FIRST <= day <= LAST:
        raise BadInput(rule, field="as_of", value=text)
    return day


def _county(text: str) -> str:
    if len(text) != COUNTY_DIGITS or not (text.isascii() and text.isdigit()):
        raise BadInput(
            "须为 6 位区划代码 · must be a code of 6 digits", field="county", value=text
        )
    return text
