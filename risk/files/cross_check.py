"""What only shows when all files lie side by side: names with two owners, names of nothing."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from risk.files.catalogue import Known
from risk.files.cure_numbers import names_in
from risk.files.product import SUBJECT, ProductFile
from risk.files.red_line import RedLineFile
from risk.files.scorecard import CardFile
from risk.files.strict_yaml import Node, PolicyFault

Codes = Mapping[str, Mapping[str, str]]


def refuse_shared_names(
    lines: Mapping[str, RedLineFile], products: Mapping[str, ProductFile], known: Known
) -> None:
    """Refuse a parameter that two files own, that is a column too, or that no file owns.

    Named by a feature or by a cure.
    """
    owners: dict[str, str] = {}
    for name, subject, node in _parameters(lines, products):
        if name in owners:
            raise node.fault(f"{owners[name]} owns {name} too", field="parameters")
        if _is_column(known, subject, name):
            raise node.fault(f"{name} is a column or feature too", field="parameters")
        owners[name] = node.file
    for name, feature in known.parameters().items():
        if name not in owners:
            raise PolicyFault("no policy file owns this parameter", where=feature, field=name)
    for line in lines.values():
        _refuse_ownerless(line, owners)


def _refuse_ownerless(line: RedLineFile, owners: Container[str]) -> None:
    for name in names_in(line.fixed["cure"]):
        if name not in owners:
            raise line.node.fault(f"no policy file owns the parameter {name}", field="cure")


def _parameters(
    lines: Mapping[str, RedLineFile], products: Mapping[str, ProductFile]
) -> Iterator[tuple[str, str, Node]]:
    for line in lines.values():
        yield from ((name, str(line.fixed["subject"]), line.node) for name in line.parameters)
    for product in products.values():
        yield from ((name, SUBJECT, product.node) for name in product.parameters)


def _is_column(known: Known, subject: str, name: str) -> bool:
    try:
        known.unit(subject, name)
    except KeyError:
        return False
    return True


def refuse_bad_parents(lines: Mapping[str, RedLineFile]) -> None:
    """Refuse a line inside another that is not there, judges another subject or is a child."""
    for line in lines.values():
        parent = line.fixed.get("inside")
        if parent is None:
            continue
        if parent not in lines or parent == line.id:
            raise line.node.fault(f"no other red line {parent}", field="inside")
        other = lines[parent].fixed
        if other["subject"] != line.fixed["subject"]:
            raise line.node.fault(f"{parent} judges a {other['subject']}", field="inside")
        if "inside" in other:
            raise line.node.fault(f"{parent} itself stands inside another line", field="inside")


def refuse_strangers(
    products: Mapping[str, ProductFile],
    cards: Mapping[str, CardFile],
    lines: Mapping[str, RedLineFile],
    codes: Codes,
) -> None:
    """Refuse a product whose card, red lines or reasons are not there, and codes of nothing."""
    spoken = {code["feature"] for code in codes.values() if "feature" in code}
    used: set[str] = set()
    for product in products.values():
        fixed = product.fixed
        if fixed["scorecard"] not in cards:
            raise product.node.fault("no such scorecard", field="scorecard")
        for id in fixed["red_lines"]:
            if id not in lines:
                raise product.node.fault(f"no red line {id}", field="red_lines")
        reasons = {row["name"] for row in fixed["features"] if row["sign"] in ("+1", "-1")}
        used |= reasons | {row["name"] for row in fixed["stop"]}
        for name in sorted(used - spoken):
            raise product.node.fault(f"no reason code speaks for {name}", field="features")
        _refuse_other_signs(product, cards[fixed["scorecard"]])
    for name in sorted(spoken - used):
        raise PolicyFault("no product uses it", where="reason_codes.yaml", field=name)


def _refuse_other_signs(product: ProductFile, card: CardFile) -> None:
    """Refuse a card with a feature that the product lacks or signs the other way."""
    signs = {row["name"]: row["sign"] for row in product.fixed["features"]}
    for row in card.rows:
        for feature in (row.value or {}).get("features", ()):
            allowed = ("+1",) if feature["bad"] == "high" else ("-1", "R")
            if signs.get(feature["name"]) not in allowed:
                raise row.node.fault(
                    f"{product.id} does not sign {feature['name']} as the card does",
                    field="features",
                )
