"""An expert scorecard file: bins and points that score before any default is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from risk.files.dated import ASIDE, DATED, Row, ordered, read_row
from risk.files.strict_yaml import Node, bilingual

WORST = ("high", "low")


Bins = tuple[tuple[Decimal | None, int], ...]


@dataclass(frozen=True)
class ExpertCard:
    """A card as it stands on one day: plain data that `models.expert` takes.

    Attributes
    ----------
    base
        Points before any feature speaks; need not be whole.
    half_width
        Half of the 90 % interval, in log-odds.
    bins
        Per feature (bound, points), the best first, each bound inside its bin; the last takes the
        rest and has no bound.
    signs
        +1 where a high value is bad and a bin holds values up to its bound, else -1.
    """

    id: str
    base: Decimal
    half_width: Decimal
    bins: Mapping[str, Bins]
    signs: Mapping[str, int]

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> ExpertCard:
        """Read a card of the effective policy."""
        rows = content["features"]
        return cls(
            content["id"],
            Decimal(content["base"]),
            Decimal(content["half_width"]),
            {row["name"]: tuple(map(_bin_of, row["bins"])) for row in rows},
            {row["name"]: 1 if row["bad"] == "high" else -1 for row in rows},
        )


def _bin_of(row: Mapping[str, Any]) -> tuple[Decimal | None, int]:
    return (None if row["bound"] is None else Decimal(row["bound"]), row["points"])


@dataclass(frozen=True)
class CardFile:
    """One scorecard file: a card a date."""

    id: str
    label: Mapping[str, str]
    rows: tuple[Row, ...]
    node: Node


def read_scorecard(node: Node) -> CardFile:
    """Read one scorecard file.

    Raises
    ------
    PolicyFault
        With file, line and reason, on anything the format does not allow.
    """
    file = node.section(("id", "label", "cards"))
    rows = ordered([_card(entry) for entry in file["cards"].items()])
    return CardFile(file["id"].text(), bilingual(file["label"]), rows, node)


def _card(node: Node) -> Row:
    card = node.section(("base", "half_width", "features", *DATED), ASIDE)
    half_width = card["half_width"].decimal()
    if half_width <= 0:
        raise card["half_width"].fault("must be above 0")
    value = {
        "base": str(card["base"].decimal()),
        "half_width": str(half_width),
        "features": [_feature(name, entry) for name, entry in card["features"].pairs()],
    }
    return read_row(card, value)


def _feature(name: str, node: Node) -> dict[str, object]:
    feature = node.section(("bad", "bins"))
    bad = feature["bad"].word(WORST)
    entries = feature["bins"].items()
    bins = [_bin(entry, is_last=entry is entries[-1]) for entry in entries]
    for entry, (better, worse) in zip(entries[1:], pairwise(bins), strict=True):
        if better["points"] <= worse["points"]:
            raise entry.fault("bins stand from the best to the worst", field="points")
        if worse["bound"] is not None:
            rises = Decimal(str(worse["bound"])) > Decimal(str(better["bound"]))
            if rises != (bad == "high"):
                raise entry.fault("bounds do not go from good to bad", field="bound")
    return {"name": name, "bad": bad, "bins": bins}


def _bin(node: Node, *, is_last: bool) -> dict[str, Any]:
    entry = node.section(("points",) if is_last else ("bound", "points"))
    bound = None if is_last else str(entry["bound"].decimal())
    return {"bound": bound, "points": entry["points"].integer()}
