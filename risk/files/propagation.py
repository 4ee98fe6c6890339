"""Which subject's breach stops which loan, with which outcome and in which words (domain 15).

A stop names how its subject touches the loan, the lines whose breach counts, and the products it
stops; a product may be named with the tests that concern it. Another subject's breach may send a
loan to a person, never decline it: a decline stands on the request itself and on the borrower's
own loans.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from risk.files.catalogue import Known
from risk.files.dated import ASIDE, DATED, Row, in_force, ordered, read_row
from risk.files.product import SUBJECT, ProductFile
from risk.files.red_line import SEVERITIES, RedLineFile
from risk.files.strict_yaml import Node, Section, bilingual
from risk.red_lines.rule import RedLine

TOUCHES: Mapping[str, str] = {
    "application": "loan",
    "loan": "loan",
    "cooperative": "cooperative",
    "resource": "resource",
    "project": "project",
    "developer": "developer",
    "county": "county",
    "guarantee_body": "guarantee_body",
    "bank": "bank",
}
"""How a subject touches a loan, to the subject of the lines that judge it: before there is a loan
the request itself is judged by lines of loans; `loan` is each running loan of the borrower."""

OWN = ("application", "loan")
OUTCOMES = ("refer", "decline")
PAPER = "{doc}"
REQUIRED = ("of", "products", "on_breach", "stops", "goes_on")
OPTIONAL = ("lines", "severity", "only_with", "on_unknown", "papers", "to")

Words = Mapping[str, str]
Lines = Mapping[str, RedLineFile]
Products = Mapping[str, ProductFile]


@dataclass(frozen=True)
class Answer:
    """What a stop does and says; no outcome where it stops no loan."""

    outcome: str
    zh: str
    en: str

    @classmethod
    def of(cls, row: Mapping[str, str]) -> Answer:
        """Read an answer of the effective policy."""
        return cls(row["outcome"], row["zh"], row["en"])


@dataclass(frozen=True)
class StopRule:
    """A row of section 15 as it stands on one day.

    Attributes
    ----------
    subject
        How the subject touches the loan, a key of `TOUCHES`.
    lines
        Ids of the lines; empty where every line of `severity` counts.
    products
        Product to the tests that concern it, as `RL-35c/t1_credit`; no test = the whole line.
    only_with
        Flags of the application of which one must hold.
    on_unknown
        None: an unknown line stops nothing and is only shown.
    papers
        Test to what would cure it, for the place of `{doc}`.
    goes_on
        What the breach does not touch.
    """

    id: str
    subject: str
    lines: tuple[str, ...]
    severity: str
    products: Mapping[str, tuple[str, ...]]
    only_with: tuple[str, ...]
    on_breach: Answer
    on_unknown: Answer | None
    papers: Mapping[str, Words]
    goes_on: Words

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> StopRule:
        """Read a stop of the effective policy."""
        unknown = row["on_unknown"]
        return cls(
            row["id"],
            row["of"],
            tuple(row["lines"]),
            row["severity"],
            {product: tuple(tests) for product, tests in row["products"].items()},
            tuple(row["only_with"]),
            Answer.of(row["on_breach"]),
            None if unknown is None else Answer.of(unknown),
            row["papers"],
            row["goes_on"],
        )

    def lines_in(self, red_lines: Mapping[str, RedLine]) -> tuple[str, ...]:
        """Return the ids of the lines in force that count."""
        if self.lines:
            return self.lines
        judged = TOUCHES[self.subject]
        return tuple(
            id
            for id, line in sorted(red_lines.items())
            if (line.subject, line.severity) == (judged, self.severity)
        )


@dataclass(frozen=True)
class PropagationFile:
    """The stops, each with its dated rows, in the order of the file."""

    rows: Mapping[str, tuple[Row, ...]]

    def on(self, day: date) -> list[Mapping[str, Any]]:
        """Return the stops in force on a day."""
        held = (in_force(rows, day) for rows in self.rows.values())
        return [row.value for row in held if row is not None and row.value is not None]


def read_propagation(
    node: Node, lines: Lines, products: Products, known: Known
) -> PropagationFile:
    """Read the file.

    Raises
    ------
    PolicyFault
        Where a line, test, product or flag is not there or of another subject, where another
        subject's breach would decline, or where words ask for a paper that nobody names.
    """
    rows: dict[str, tuple[Row, ...]] = {}
    for id, entry in node.section(("stops",))["stops"].pairs():
        rows[id] = ordered([_row(id, at, lines, products, known) for at in entry.items()])
    return PropagationFile(rows)


def _row(id: str, node: Node, lines: Lines, products: Products, known: Known) -> Row:
    row = node.section((*REQUIRED, *DATED), (*OPTIONAL, *ASIDE))
    subject = row["of"].word(tuple(TOUCHES))
    if ("lines" in row) == ("severity" in row):
        raise node.fault("a stop names its lines, or the severity of them all", field="lines")
    named = [_line(entry, subject, lines) for entry in row.maybe("lines", Node.items) or ()]
    if subject == SUBJECT:
        _refuse_blind(row, named, known)
    tests = {f"{line.id}/{test.id}" for line in named for test in line.tests}
    stopped = _products(row["products"], products, tests)
    unknown = row.maybe("on_unknown", lambda at: _answer(at, subject, bool(stopped)))
    value = {
        "id": id,
        "of": subject,
        "lines": [line.id for line in named],
        "severity": row.maybe("severity", lambda at: at.word(SEVERITIES)) or "",
        "products": stopped,
        "only_with": [_flag(entry, known) for entry in row.maybe("only_with", Node.items) or ()],
        "on_breach": _answer(row["on_breach"], subject, bool(stopped)),
        "on_unknown": unknown,
        "papers": row.maybe("papers", lambda at: _papers(at, tests)) or {},
        "stops": bilingual(row["stops"]),
        "goes_on": bilingual(row["goes_on"]),
    }
    _refuse_nameless_papers(row, value, tests)
    return read_row(row, value)


def _line(node: Node, subject: str, lines: Lines) -> RedLineFile:
    line = lines.get(node.text())
    if line is None:
        raise node.fault("no such red line")
    if line.fixed["subject"] != TOUCHES[subject]:
        raise node.fault(f"judges a {line.fixed['subject']}, not a {TOUCHES[subject]}")
    return line


def _refuse_blind(row: Section, named: Sequence[RedLineFile], known: Known) -> None:
    """Refuse a line that reads of a loan what its request does not have yet."""
    if not named:
        raise row.node.fault("a request is judged by named lines alone", field="lines")
    for line in named:
        for name in line.fixed["inputs"]:
            try:
                known.unit(SUBJECT, name.removeprefix(f"{SUBJECT}__"))
            except KeyError:
                raise row["lines"].fault(f"{line.id} reads {name}, which no request has") from None


def _products(node: Node, products: Products, tests: set[str]) -> dict[str, list[str]]:
    """Return each product stopped with the tests that concern it, none for the whole line."""
    if not node.is_mapping():
        return {_product(entry.text(), entry, products): [] for entry in node.listed()}
    return {
        _product(name, entry, products): [_test(at.text(), at, tests) for at in entry.items()]
        for name, entry in node.pairs()
    }


def _product(name: str, node: Node, products: Products) -> str:
    if name not in products:
        raise node.fault("no such product")
    return name


def _test(path: str, node: Node, tests: set[str]) -> str:
    if path not in tests:
        raise node.fault("no such test of these lines; write it as RL-50/t1")
    return path


def _flag(node: Node, known: Known) -> str:
    try:
        unit = known.unit(SUBJECT, node.text())
    except KeyError:
        raise node.fault(f"{SUBJECT} has no such column or feature") from None
    if unit != "flag":
        raise node.fault(f"is a {unit}, and must be a flag")
    return node.text()


def _answer(node: Node, subject: str, stops_a_loan: bool) -> dict[str, str]:
    """Return outcome and words; a stop of no product has words alone."""
    row = node.section(("zh", "en", *(("outcome",) if stops_a_loan else ())))
    outcome = row["outcome"].word(OUTCOMES) if stops_a_loan else ""
    if outcome == "decline" and subject not in OWN:
        raise row["outcome"].fault("another subject's breach refers a loan, it never declines it")
    return {"outcome": outcome, "zh": row["zh"].text(), "en": row["en"].text()}


def _papers(node: Node, tests: set[str]) -> dict[str, dict[str, str]]:
    return {_test(path, entry, tests): bilingual(entry) for path, entry in node.pairs()}


def _refuse_nameless_papers(row: Section, value: Mapping[str, Any], tests: set[str]) -> None:
    """Refuse words that ask for a paper where some test has none, and papers nobody asks for."""
    asked = any(PAPER in word for word in _words(value))
    silent = sorted(tests - value["papers"].keys()) if value["lines"] else ["every test"]
    if asked and silent:
        raise row.node.fault(f"no paper is named for {', '.join(silent)}", field="papers")
    if value["papers"] and not asked:
        raise row["papers"].fault(f"no words have a place for it: {PAPER}")


def _words(value: Mapping[str, Any]) -> Iterator[str]:
    answers: Sequence[Mapping[str, str] | None] = (value["on_breach"], value["on_unknown"])
    for answer in answers:
        if answer is not None:
            yield from (answer["zh"], answer["en"])
