"""The tests of a red-line file: what is compared, and the columns that takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from risk.files.catalogue import Known
from risk.files.limits import Limits, read_limits
from risk.files.strict_yaml import Node, Section, bilingual

ASIDES = ("applies_when", "conditions")
KINDS = ("ratio", "value", "flag")
COMPARABLE = ("fen", "ratio", "number", "area", "count", "days", "months", "rank")
UNITS = {
    "元": "fen",
    "㎡": "area",
    "天": "days",
    "d": "days",
    "月": "months",
    "m": "months",
}


@dataclass(frozen=True)
class TestFile:
    """One test with its dated limits; `fixed` is what the effective policy says besides."""

    __test__ = False

    id: str
    fixed: Mapping[str, Any]
    limits: Limits
    node: Node


def clause(node: Node) -> dict[str, str]:
    """Return the document and article a line stands on."""
    said = node.section(("document", "article"))
    return {key: said[key].text() for key in ("document", "article")}


def read_test(node: Node, file: Section) -> TestFile:
    """Return one test; what the file says for all its tests holds where it says nothing itself."""
    optional = (*KINDS, "under_is", "bad", "reported", "clause", *ASIDES)
    test = node.section(("id", "limits"), optional)
    kinds = [kind for kind in KINDS if kind in test]
    if len(kinds) != 1:
        raise node.fault("a test is one of " + ", ".join(KINDS))
    kind = kinds[0]
    _refuse_needless(test, kind)
    fixed: dict[str, Any] = {"id": test["id"].text(), "kind": kind, **_sides(test, kind)}
    if "clause" in test:
        fixed["clause"] = clause(test["clause"])
    asides = test if "applies_when" in test else file
    if "applies_when" in asides:
        fixed["applies_when"] = asides["applies_when"].text()
    asides = test if "conditions" in test else file
    fixed["conditions"] = [
        _condition(entry) for entry in asides.maybe("conditions", Node.items) or ()
    ]
    limits = read_limits(
        test["limits"], is_flag=kind == "flag", high_is_bad=fixed.get("bad", "high") == "high"
    )
    return TestFile(fixed["id"], fixed, limits, node)


def _refuse_needless(test: Section, kind: str) -> None:
    if kind != "ratio" and "reported" in test:
        raise test["reported"].fault(f"a {kind} has no reported figures")
    needed = {"ratio": ("under_is", "bad"), "value": ("bad",), "flag": ()}[kind]
    for key in ("under_is", "bad"):
        if key in needed and key not in test:
            raise test.node.fault(f"missing: a {kind} needs it", field=key)
        if key in test and key not in needed:
            raise test[key].fault(f"a {kind} has no {key}")


def _sides(test: Section, kind: str) -> dict[str, Any]:
    if kind == "flag":
        return {"over": test["flag"].text()}
    bad = test["bad"].word(("high", "low"))
    if kind == "value":
        return {"over": test["value"].text(), "bad": bad}
    ratio = test["ratio"].section(("over", "under"))
    sides: dict[str, Any] = {
        "over": ratio["over"].text(),
        "under": ratio["under"].text(),
        "under_is": test["under_is"].word(("burden", "capacity")),
        "bad": bad,
    }
    if "reported" in test:
        reported = test["reported"].section(("over", "under"))
        sides["reported"] = {side: reported[side].text() for side in ("over", "under")}
    return sides


def _condition(node: Node) -> dict[str, Any]:
    entry = node.section(("when", "text"), ("expiry",))
    expiry = entry.maybe("expiry", Node.text)
    said: dict[str, Any] = {"when": entry["when"].text(), "text": bilingual(entry["text"])}
    return said if expiry is None else {**said, "expiry": expiry}


def inputs_of(
    file: Node, tests: Sequence[Node], subject: str, known: Known
) -> dict[str, dict[str, Any]]:
    """Return every column that a file reads, with its unit and its records.

    Raises
    ------
    PolicyFault
        Where the feature graph has no such column, or its unit cannot be used there.
    """
    inputs: dict[str, dict[str, Any]] = {}
    for named, units in _named([file, *tests]):
        name = named.text()
        try:
            unit = known.unit(subject, name)
        except KeyError:
            raise named.fault(f"{subject} has no such column or feature") from None
        if units and unit not in units:
            raise named.fault(f"is a {unit}, and must be one of {', '.join(units)} here")
        inputs[name] = {"unit": unit, "records": dict(known.records(subject, name))}
    _check_units(tests, inputs)
    return inputs


def _named(nodes: Sequence[Node]) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Yield each value that names a column, with the units it may have."""
    for entry in (dict(node.pairs()) for node in nodes):
        for key in ("ratio", "reported"):
            if key in entry:
                yield from ((side, COMPARABLE) for _, side in entry[key].pairs())
        if "value" in entry:
            yield entry["value"], COMPARABLE
        for key in ("flag", "applies_when"):
            if key in entry:
                yield entry[key], ("flag",)
        yield from _named_in_limits(entry.get("limits"))
        yield from _named_in_conditions(entry.get("conditions"))


def _named_in_limits(limits: Node | None) -> Iterator[tuple[Node, tuple[str, ...]]]:
    for row in limits.items() if limits else ():
        at = dict(row.pairs()).get("at")
        bound = dict(at.pairs()) if at and at.is_mapping() else {}
        if "to" in bound:
            yield bound["to"], ("ratio",)
        for fallback in bound["else"].items() if "else" in bound else ():
            when = dict(fallback.pairs()).get("when")
            if when:
                yield when, ("flag",)


def _named_in_conditions(conditions: Node | None) -> Iterator[tuple[Node, tuple[str, ...]]]:
    for row in conditions.items() if conditions else ():
        entry = dict(row.pairs())
        yield entry["when"], ()
        if "expiry" in entry:
            yield entry["expiry"], ("date",)


def _check_units(tests: Sequence[Node], inputs: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse a limit or a figure beside it whose unit is not that of the value."""
    for entry in (dict(test.pairs()) for test in tests):
        if "reported" in entry:
            sides = dict(entry["ratio"].pairs())
            for key, named in entry["reported"].pairs():
                own = inputs[sides[key].text()]["unit"]
                if inputs[named.text()]["unit"] != own:
                    raise named.fault(f"the side it stands beside is counted in {own}")
        for row in entry["limits"].items():
            unit = dict(row.pairs()).get("unit")
            if unit is None:
                continue
            value = entry.get("value")
            own = inputs[value.text()]["unit"] if value else "ratio"
            if UNITS.get(unit.text()) != own:
                raise unit.fault(f"the value is counted in {own}")
