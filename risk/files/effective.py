"""The policy of an installation, and what of it is in force for one county on one day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import orjson

from features.canonical import canonical_json, sha256_hex
from features.frame import Days, Floats
from risk.files.admission import AdmissionFile, AdmissionRule
from risk.files.cure_numbers import with_numbers
from risk.files.dated import Row, in_force
from risk.files.default_definition import DefinitionFile
from risk.files.overrides import CountyFile
from risk.files.product import ProductFile
from risk.files.propagation import PropagationFile, StopRule
from risk.files.red_line import RedLineFile
from risk.files.scorecard import CardFile, ExpertCard
from risk.red_lines.grain import GRAINS
from risk.red_lines.rule import RedLine

Sign = Literal[1, -1, 0, "R"]
SIGNS: Mapping[str, Sign] = {"+1": 1, "-1": -1, "U": 0, "R": "R"}
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Product:
    """A loan product as it stands on one day.

    Attributes
    ----------
    features
        Feature to its sign: +1 raises the PD, -1 lowers it, 0 unsigned, "R" reward-only.
    stop
        Columns each of which declines when above 0.
    anchor
        Long-run PD of the product.
    approve_up_to, decline_above
        Cut-offs on the 6-place PD.
    units
        Unit of each feature and stop.
    """

    id: str
    label: Mapping[str, str]
    segment: str
    borrower_kinds: tuple[str, ...]
    features: Mapping[str, Sign]
    stop: tuple[str, ...]
    scorecard: str
    red_lines: tuple[str, ...]
    anchor: Decimal
    approve_up_to: Decimal
    decline_above: Decimal
    units: Mapping[str, str]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Product:
        """Read a product of the effective policy."""
        return cls(
            content["id"],
            content["label"],
            content["segment"],
            tuple(content["borrower_kinds"]),
            {row["name"]: SIGNS[row["sign"]] for row in content["features"]},
            tuple(row["name"] for row in content["stop"]),
            content["scorecard"],
            tuple(content["red_lines"]),
            Decimal(content["anchor"]["at"]),
            Decimal(content["cut_offs"]["approve"]["at"]),
            Decimal(content["cut_offs"]["decline"]["at"]),
            {row["name"]: row["unit"] for row in (*content["features"], *content["stop"])},
        )

    def shown(self, name: str, value: Decimal | None) -> Decimal | None:
        """Return a value of a frame in the unit people read: 分 as yuan."""
        if value is None:
            return None
        grain = GRAINS[self.units[name]]
        return value * grain.multiplier / grain.scale


@dataclass(frozen=True)
class EffectivePolicy:
    """What is in force for one county on one day, from its canonical JSON alone."""

    content: bytes

    @classmethod
    def from_content(cls, content: bytes) -> EffectivePolicy:
        """Return the policy that stored bytes hold: a decision replays after files changed."""
        return cls(content)

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """Return the content as values."""
        return MappingProxyType(orjson.loads(self.content))

    @cached_property
    def sha256(self) -> str:
        """Return the hash that every verdict and decision carries."""
        return sha256_hex(self.content)

    @cached_property
    def red_lines(self) -> Mapping[str, RedLine]:
        """Return the lines by id."""
        return {id: RedLine.of(row) for id, row in self.document["red_lines"].items()}

    @cached_property
    def products(self) -> Mapping[str, Product]:
        """Return the products by id."""
        return {id: Product.of(row) for id, row in self.document["products"].items()}

    @cached_property
    def scorecards(self) -> Mapping[str, ExpertCard]:
        """Return the expert cards by id."""
        return {id: ExpertCard.of(row) for id, row in self.document["scorecards"].items()}

    @cached_property
    def grades(self) -> tuple[tuple[str, Decimal | None], ...]:
        """Return grade and highest PD, the best first; the last has no bound."""
        return tuple(
            (row["grade"], None if row["pd_up_to"] is None else Decimal(row["pd_up_to"]))
            for row in self.document["grades"]
        )

    def grade(self, default_probability: Decimal) -> str:
        """Return the grade that a PD of 6 places falls in."""
        return next(
            name for name, bound in self.grades if bound is None or default_probability <= bound
        )

    @property
    def reason_codes(self) -> Mapping[str, Mapping[str, str]]:
        """Return reason codes with their sentences."""
        codes: Mapping[str, Mapping[str, str]] = self.document["reason_codes"]
        return codes

    @property
    def default_definition(self) -> Mapping[str, Any]:
        """Return the definition of default."""
        definition: Mapping[str, Any] = self.document["default_definition"]
        return definition

    @property
    def grace_days(self) -> int:
        """Return the days after its next reading was due on which a reading is stale."""
        return int(self.document["grace_days"])

    @property
    def longest_override_days(self) -> int:
        """Return the days an override may hold; 0, none, in a content older than reviews.yaml."""
        return int(self.document.get("longest_override_days", "0"))

    @cached_property
    def stops(self) -> tuple[StopRule, ...] | None:
        """Return whose breach stops which loan; None in a content older than propagation."""
        rows = self.document.get("propagation")
        return None if rows is None else tuple(map(StopRule.of, rows))

    @cached_property
    def admission(self) -> Mapping[str, AdmissionRule] | None:
        """Return what bears on admission by kind of subject; None in a content older than it."""
        rows = self.document.get("admission")
        return None if rows is None else {of: AdmissionRule.of(row) for of, row in rows.items()}

    def may_try_trees(self, defaults: int) -> bool:
        """Return whether a model on so many defaults may be tried in place of the card."""
        beyond = self.document["trees_beyond_defaults"]
        return beyond is not None and defaults > Decimal(beyond)


@dataclass(frozen=True)
class Policy:
    """Every file of an installation, strictly read."""

    red_lines: Mapping[str, RedLineFile]
    products: Mapping[str, ProductFile]
    scorecards: Mapping[str, CardFile]
    master_scale: tuple[Row, ...]
    reason_codes: Mapping[str, Mapping[str, str]]
    default_definition: DefinitionFile
    grace_days: tuple[Row, ...]
    trees_beyond_defaults: tuple[Row, ...]
    longest_override_days: tuple[Row, ...]
    propagation: PropagationFile
    admission: AdmissionFile
    counties: Mapping[str, CountyFile]
    _of_day: dict[tuple[date, str | None], EffectivePolicy] = field(
        default_factory=dict, compare=False, repr=False
    )
    _of_content: dict[bytes, EffectivePolicy] = field(
        default_factory=dict, compare=False, repr=False
    )

    def effective(self, day: date, county: str | None = None) -> EffectivePolicy:
        """Return what is in force on a day; without a county, ours alone."""
        own = county if county in self.counties else None
        if (day, own) not in self._of_day:
            content = canonical_json(self._content(day, own))
            same = self._of_content.setdefault(content, EffectivePolicy(content))
            self._of_day[day, own] = same
        return self._of_day[day, own]

    def _content(self, day: date, county: str | None) -> dict[str, Any]:
        own = self.counties[county] if county else CountyFile("")
        products = {
            id: file.on(day, own.products.get(id, {})) for id, file in self.products.items()
        }
        lines = {id: file.on(day, own.lines.get(id, {})) for id, file in self.red_lines.items()}
        held = {
            name: value for line in lines.values() for name, value in line["parameters"].items()
        }
        return {
            "red_lines": {
                id: {**line, "cure": with_numbers(line["cure"], held)}
                for id, line in lines.items()
            },
            "products": {id: content for id, content in products.items() if content is not None},
            "scorecards": {
                id: {"id": id, "label": file.label, **value}
                for id, file in self.scorecards.items()
                if (value := _value(file.rows, day)) is not None
            },
            "propagation": self.propagation.on(day),
            "admission": self.admission.on(day),
            "grades": (_value(self.master_scale, day) or {"grades": []})["grades"],
            "reason_codes": self.reason_codes,
            "default_definition": _value(self.default_definition.rows, day) or {},
            "grace_days": _at(self.grace_days, day, "0"),
            "trees_beyond_defaults": _at(self.trees_beyond_defaults, day, None),
            "longest_override_days": _at(self.longest_override_days, day, "0"),
        }

    def parameters(self, county: str | None = None) -> Mapping[str, Callable[[Days], Floats]]:
        """Return each policy parameter as a step function of the day (since 1970-01-01).

        Parameters
        ----------
        county
            Its own rows go before ours while they hold; None = ours alone.
        """
        own = self.counties.get(county or "", CountyFile(""))
        found: dict[str, Callable[[Days], Floats]] = {}
        for id, line in self.red_lines.items():
            changed = own.lines.get(id, {}).get("parameters", {})
            for name, rows in line.parameters.items():
                found[name] = steps(rows, changed.get(name, ()))
        for id, product in self.products.items():
            changed = own.products.get(id, {})
            for name in product.parameters:
                found[name] = steps(product.numbers[name], changed.get(name, ()))
        return found


def _value(rows: tuple[Row, ...], day: date) -> Mapping[str, Any] | None:
    row = in_force(rows, day)
    return None if row is None else row.value


def _at(rows: tuple[Row, ...], day: date, otherwise: str | None) -> str | None:
    """Return the number in force on a day; `otherwise` where there is none."""
    value = _value(rows, day)
    return otherwise if value is None else str(value["at"])


def steps(rows: tuple[Row, ...], own: tuple[Row, ...] = ()) -> Callable[[Days], Floats]:
    """Return the number in force on each day, a county's own before ours.

    It is NaN before the first row and while repealed.
    """
    changes = sorted({d for row in (*rows, *own) for d in (row.begins, row.ends) if d is not None})
    days = np.array([(day - EPOCH).days for day in changes], dtype=np.int64)
    held = [in_force(own, day) or in_force(rows, day) for day in changes]
    table = np.array([float("nan"), *map(_number, held)], dtype=np.float64)

    def on(day: Days) -> Floats:
        found: Floats = table[np.searchsorted(days, day, side="right")]
        return found

    return on


def _number(row: Row | None) -> float:
    return float("nan") if row is None or row.value is None else float(str(row.value["at"]))
