"""Strict YAML: every value knows its file and line, and a mistake is refused where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import yaml

from features.errors import BadInput

T = TypeVar("T")

TAG = "tag:yaml.org,2002:"
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
MOST_DIGITS, MOST_PLACES = 15, 12
"""Of a number before and after its point: as much as a column can hold, and a share can mean."""

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class PolicyFault(BadInput):
    """A mistake in a policy file, with file, line and reason."""


@dataclass(frozen=True)
class Node:
    """One value of a policy file.

    Attributes
    ----------
    file
        Path as it is shown to people, relative to the policy folder.
    path
        Keys that lead to the value, as `tests[0].limits[1].at`.
    raw
        The value as PyYAML composed it.
    """

    file: str
    path: str
    raw: yaml.Node

    @property
    def line(self) -> int:
        """Return the line the value begins on, counted from 1."""
        return int(self.raw.start_mark.line) + 1

    def fault(self, rule: str, *, field: str | None = None) -> PolicyFault:
        """Return the error that says what is wrong with this value."""
        seen = str(self.raw.value) if isinstance(self.raw, yaml.ScalarNode) else None
        name = self.path if field is None else f"{self.path}.{field}".lstrip(".")
        return PolicyFault(
            rule,
            where=f"{self.file}:{self.line}",
            field=name,
            value=seen if field is None else None,
        )

    def section(self, required: Sequence[str], optional: Sequence[str] = ()) -> Section:
        """Return the mapping, refusing unknown, repeated and missing keys.

        Raises
        ------
        PolicyFault
            With the line of the offending key.
        """
        entries = dict(self.pairs())
        for key, node in entries.items():
            if key not in required and key not in optional:
                raise node.fault("unknown key; known: " + ", ".join((*required, *optional)))
        for key in required:
            if key not in entries:
                raise self.fault("missing", field=key)
        return Section(self, entries)

    def pairs(self) -> Iterator[tuple[str, Node]]:
        """Yield the keys of a mapping of any names; a repeated key is refused."""
        if not isinstance(self.raw, yaml.MappingNode):
            raise self.fault("must be a mapping")
        seen: set[str] = set()
        for key, value in self.raw.value:
            node = Node(self.file, f"{self.path}.{key.value}".lstrip("."), value)
            if not isinstance(key, yaml.ScalarNode):
                raise node.fault("a key must be a word")
            if key.value in seen:
                raise Node(self.file, node.path, key).fault("duplicate key")
            seen.add(key.value)
            yield key.value, node

    def items(self) -> list[Node]:
        """Return the entries of a list that is not empty."""
        if not (found := self.listed()):
            raise self.fault("must be a list with at least one entry")
        return found

    def listed(self) -> list[Node]:
        """Return the entries of a list, which may have none."""
        if not isinstance(self.raw, yaml.SequenceNode):
            raise self.fault("must be a list")
        return [
            Node(self.file, f"{self.path}[{at}]", value) for at, value in enumerate(self.raw.value)
        ]

    def is_mapping(self) -> bool:
        """Return whether the value is a mapping."""
        return isinstance(self.raw, yaml.MappingNode)

    def is_null(self) -> bool:
        """Return whether the value is an explicit null."""
        return self.raw.tag == TAG + "null"

    def text(self) -> str:
        """Return a text that is not empty; a bare number, date or flag must be quoted."""
        if self.raw.tag != TAG + "str" or not isinstance(self.raw, yaml.ScalarNode):
            raise self.fault("must be a text; quote it")
        if not self.raw.value.strip():
            raise self.fault("must not be empty")
        return str(self.raw.value)

    def word(self, words: Sequence[str]) -> str:
        """Return one of the given words."""
        if not isinstance(self.raw, yaml.ScalarNode) or self.raw.value not in words:
            raise self.fault("must be one of " + ", ".join(words))
        return str(self.raw.value)

    def decimal(self) -> Decimal:
        """Return a quoted decimal, so that no digit passes through a float."""
        if self.raw.tag in (TAG + "float", TAG + "int"):
            raise self.fault("a limit must be quoted: a bare number would become a float")
        if not NUMBER.fullmatch(self.text()):
            raise self.fault("must be a decimal number such as '0.65'")
        number = Decimal(self.text())
        places = -int(number.as_tuple().exponent)
        if abs(number) >= 10**MOST_DIGITS or places > MOST_PLACES:
            rule = f"has more than {MOST_DIGITS} digits before its point or {MOST_PLACES} after it"
            raise self.fault(rule)
        return number

    def integer(self) -> int:
        """Return a whole number."""
        if self.raw.tag != TAG + "int" or not NUMBER.fullmatch(str(self.raw.value)):
            raise self.fault("must be a whole number")
        return int(self.raw.value)

    def number(self) -> Decimal:
        """Return a whole number, bare, or a decimal, quoted."""
        return Decimal(self.integer()) if self.raw.tag == TAG + "int" else self.decimal()

    def flag(self) -> bool:
        """Return true or false; yes, no, on and off are refused."""
        return self.word(("true", "false")) == "true"

    def day(self) -> date:
        """Return a date written as 2026-03-31."""
        try:
            return date.fromisoformat(str(self.raw.value))
        except ValueError:
            raise self.fault("must be a date such as 2026-03-31") from None


@dataclass(frozen=True)
class Section:
    """A mapping whose keys were checked."""

    node: Node
    entries: Mapping[str, Node]

    def __getitem__(self, key: str) -> Node:
        """Return a value that is there."""
        return self.entries[key]

    def __contains__(self, key: object) -> bool:
        return key in self.entries

    def maybe(self, key: str, read: Callable[[Node], T]) -> T | None:
        """Return a value read by `read`, None where the key is absent."""
        return read(self.entries[key]) if key in self.entries else None


def read_yaml(path: Path, shown: str) -> Node:
    """Return the root of one file.

    Raises
    ------
    PolicyFault
        Where the file is not UTF-8, is empty or is not YAML, with the line.
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=LOADER)
    except UnicodeDecodeError:
        raise PolicyFault("must be UTF-8", where=shown) from None
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise PolicyFault(f"is not YAML: {fault.problem}", where=f"{shown}:{line}") from None
    except yaml.YAMLError as fault:
        raise PolicyFault(f"is not YAML: {fault}", where=shown) from None
    if root is None:
        raise PolicyFault("is empty", where=shown)
    return Node(shown, "", root)


def bilingual(node: Node) -> dict[str, str]:
    """Return a text in Chinese and English."""
    text = node.section(("zh", "en"))
    return {"zh": text["zh"].text(), "en": text["en"].text()}
