"""The cures of a red line: words, and postings on raw columns (for the format: policy/cures.yaml).

What a line says comes out whole: a word with its postings, every column with the sums it stands
in, so that the effective policy alone says what a cure does.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from features.dictionary import load_dictionary
from features.schema import Column, Kind, Table
from risk.files.cure_numbers import read_least
from risk.files.double_entry import Account, refuse_debt, refuse_imbalance
from risk.files.strict_yaml import TAG, Node, Section, read_yaml
from risk.red_lines.subjects import table_of_subject

CURES = (
    "repay",
    "inject_equity",
    "sell_asset",
    "net_off",
    "release",
    "add_co_sharer",
    "obtain_paper",
    "re_term",
    "undo",
)
FILE = Path(__file__).parents[1] / "policy" / "cures.yaml"
PART = ("each", "where", "row", "own", "set", "add", "ledgers", "whole", "drop", "of")
NUMERIC = (Kind.MONEY, Kind.RATIO, Kind.AREA, Kind.COUNT, Kind.NUMBER)
WORDS = {
    Kind.TEXT: ("given", "new"),
    Kind.DATE: ("given", "today", "as_of"),
}

Document = dict[str, Any]
Accounts = Mapping[str, Mapping[str, Account]]


@dataclass(frozen=True)
class Book:
    """What the words of a cure may name: the tables, their sums, and the acts by subject."""

    accounts: Accounts
    acts: Mapping[str, Mapping[str, Document]]


@functools.cache
def shipped() -> Book:
    """Return the accounts and the general acts that are shipped.

    Raises
    ------
    PolicyFault
        With file, line and reason.
    """
    file = read_yaml(FILE, FILE.name).section(("accounts", "acts"))
    accounts = {
        name: {column: _account(node, name, column) for column, node in columns.pairs()}
        for name, columns in file["accounts"].pairs()
    }
    acts = {
        name: {
            word: {"act": word, "parts": [Reader(name, accounts).part(node, ())]}
            for word, node in words.pairs()
        }
        for name, words in file["acts"].pairs()
    }
    return Book(accounts, acts)


def _account(node: Node, table: str, column: str) -> Account:
    section = node.section((), ("in", "keeps", "debt"))
    columns = load_dictionary().table(table).columns
    named = {key: _names(section, key) for key in ("in", "keeps")}
    for name in (column, *named["in"], *named["keeps"]):
        if name not in columns or columns[name].kind is not Kind.MONEY:
            raise node.fault(f"{table} has no money column {name}")
    return Account(named["in"], named["keeps"], section.maybe("debt", Node.flag) or False)


def _names(section: Section, key: str) -> tuple[str, ...]:
    return tuple(node.text() for node in section.maybe(key, Node.items) or ())


def read_cures(node: Node, subject: str) -> list[Document]:
    """Return what a line says of its cures: each act with its parts.

    A word without postings for this subject has no parts: it is shown, nothing is computed.

    Raises
    ------
    PolicyFault
        With file, line and reason, on anything the format does not allow.
    """
    table = table_of_subject(subject)
    return [_entry(entry, table) for entry in node.items()]


def _entry(node: Node, table: str) -> Document:
    book = shipped()
    if not node.is_mapping():
        word = node.word(CURES)
        return book.acts.get(table, {}).get(word, {"act": word, "parts": []})
    entries = dict(node.pairs())
    several = "parts" in entries
    section = node.section(("act", *(("parts",) if several else ())), ("table", *PART))
    act: Document = {"act": section["act"].word(CURES)}
    if "table" in section:
        act["table"] = table = section["table"].word(tuple(load_dictionary().tables))
    reader = Reader(table, book.accounts)
    parts = section["parts"].items() if several else [node]
    beside = () if several else ("act", "table")
    for key in PART if several else ():
        if key in section:
            raise section[key].fault("stands in a part, beside parts")
    return {**act, "parts": [reader.part(part, beside) for part in parts]}


class Reader:
    """Reads the parts of an act on one table."""

    def __init__(self, table: str, accounts: Accounts) -> None:
        self.table = load_dictionary().table(table)
        self.accounts = accounts

    def part(self, node: Node, beside: Sequence[str]) -> Document:
        """Return one part, strictly read and balanced."""
        section = node.section((), (*beside, *PART))
        each = section.maybe("each", lambda at: at.word(tuple(self.table.children)))
        posted = self.table if each is None else self.table.children[each]
        for key in ("where", "row", "whole", "drop", "of") if each is None else ():
            if key in section:
                raise section[key].fault("needs each: the child whose rows are posted")
        if not any(key in section for key in ("row", "own", "set", "add", "drop")):
            raise node.fault("posts nothing: row, own, set, add or drop")
        if "drop" in section and any(r.through == each for r in self.table.relations.values()):
            raise section["drop"].fault("other tables are read row by row beside it")
        part: Document = {} if each is None else {"each": each}
        for key, read in (
            ("where", lambda at: self._where(at, posted)),
            ("row", lambda at: [self._side(side, posted) for side in at.items()]),
            ("own", lambda at: [self._side(side, self.table) for side in at.items()]),
            ("set", lambda at: self._set(at, posted)),
            ("add", lambda at: self._add(at, posted)),
            ("ledgers", lambda at: [self._ledger(ledger) for ledger in at.items()]),
            ("whole", Node.flag),
            ("drop", Node.flag),
            ("of", lambda at: _column(at, at.text(), posted, (Kind.MONEY,)).name),
        ):
            if key in section:
                part[key] = read(section[key])
        refuse_imbalance(node, self.table, part.get("own", []))
        refuse_debt(node, part.get("own", []), self.accounts.get(self.table.name, {}))
        return part

    # ------------------------------------------------------------------ amounts

    def _side(self, node: Node, table: Table) -> Document:
        section = node.section((), ("less", "more", "memo", "alone", "least"))
        words = [word for word in ("less", "more") if word in section]
        if len(words) != 1:
            raise node.fault("a side is either less or more")
        named = [(at, at.text()) for at in section[words[0]].items()]
        if words == ["more"] and len(named) != 1:
            raise section["more"].fault("more is put on one column")
        kinds = {_column(at, name, table, (*NUMERIC, Kind.DATE)).kind for at, name in named}
        if len(kinds) != 1:
            raise node.fault("the columns of a side must be of one kind")
        alone = section.maybe("alone", Node.flag) or False
        accounts = self.accounts.get(table.name, {})
        side: Document = {words[0]: [_account_of(accounts, name, alone) for _, name in named]}
        if section.maybe("memo", Node.flag):
            side["memo"] = True
        if "least" in section:
            side["least"] = read_least(section["least"])
        return side

    def _ledger(self, node: Node) -> Document:
        word = "less" if "less" in dict(node.pairs()) else "more"
        section = node.section(("rows", word, "by" if word == "less" else "at"))
        rows = section["rows"].word(tuple(self.table.children))
        child = self.table.children[rows]
        column = _column(section[word], section[word].text(), child, (Kind.MONEY,)).name
        if word == "less":
            by = _column(section["by"], section["by"].text(), child, (*NUMERIC, Kind.DATE)).name
            return {"rows": rows, "less": column, "by": by}
        at = {
            name: _number(value, _column(value, name, child, NUMERIC))
            for name, value in section["at"].pairs()
        }
        return {"rows": rows, "more": column, "at": at}

    # ------------------------------------------------------------------ values

    def _set(self, node: Node, table: Table) -> Document:
        accounts = self.accounts.get(table.name, {})
        sums = {*accounts, *(name for account in accounts.values() for name in account.sums)}
        values: Document = {}
        for name, value in node.pairs():
            if name in sums:
                raise value.fault("is a sum or stands in one: post an amount on it")
            values[name] = _value(value, _column(value, name, table), table)
        return values

    def _add(self, node: Node, beside: Table) -> Document:
        section = node.section(("rows", "entries"))
        rows = section["rows"].word(tuple(self.table.children))
        child = self.table.children[rows]
        entries = [
            {
                name: _value(value, _column(value, name, child), beside, is_new=True)
                for name, value in entry.pairs()
            }
            for entry in section["entries"].items()
        ]
        return {"rows": rows, "entries": entries}

    def _where(self, node: Node, table: Table) -> Document:
        return {name: _sought(at, _column(at, name, table)) for name, at in node.pairs()}


def _account_of(accounts: Mapping[str, Account], name: str, alone: bool) -> Document:
    account = accounts.get(name, Account())
    said: Document = {"column": name}
    if account.sums and not alone:
        said["in"] = list(account.sums)
    if account.keeps:
        said["keeps"] = list(account.keeps)
    return said


def _column(node: Node, name: str, table: Table, kinds: Sequence[Kind] = tuple(Kind)) -> Column:
    column = table.columns.get(name)
    if column is None or column.kind not in kinds:
        raise node.fault(f"{table.name} has no such column {name}")
    return column


def _number(node: Node, column: Column) -> str:
    if column.kind not in NUMERIC:
        raise node.fault(f"{column.name} is no number")
    return f"{node.decimal():f}"


def _value(node: Node, column: Column, beside: Table, *, is_new: bool = False) -> Any:
    """Return what a column is set to, of the kinds that its own allows."""
    if node.is_mapping():
        return _mapped(node, column, beside, is_new)
    if column.kind is Kind.FLAG:
        return node.flag()
    if column.kind in WORDS:
        return node.word(WORDS[column.kind])
    if column.kind is Kind.ENUM and not column.ordered:
        return node.word(tuple(code.name for code in column.codes))
    if is_new and node.raw.value == "posted":
        return "posted"
    return _number(node, column)


def _mapped(node: Node, column: Column, beside: Table, is_new: bool) -> Document:
    """Return another column's value, a day some months on, or a part of what was posted."""
    section = node.section((), ("as", "in_months", "posted"))
    if list(section.entries) == ["as"]:
        other = section["as"]
        return {"as": _column(other, other.text(), beside, (column.kind,)).name}
    if list(section.entries) == ["in_months"] and column.kind is Kind.DATE:
        return {"in_months": f"{section['in_months'].decimal():f}"}
    if list(section.entries) == ["posted"] and is_new:
        return {"posted": _number(section["posted"], column)}
    raise node.fault("one of as: a column, in_months: of a day, posted: a part, on a new row")


def _sought(node: Node, column: Column) -> Any:
    """Return what a column must be on a row that is posted."""
    if node.is_mapping():
        return {"up_to": _number(node.section(("up_to",))["up_to"], column)}
    if column.kind is Kind.FLAG:
        return node.flag()
    if column.kind is Kind.ENUM and not column.ordered:
        codes = tuple(code.name for code in column.codes)
        listed = node.items() if node.raw.tag == f"{TAG}seq" else [node]
        return [code.word(codes) for code in listed]
    return node.word(("given", "missing"))
