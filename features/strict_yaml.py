"""Strict YAML: every scalar is text, every key is taken once, every fault names its line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from features.errors import BadInput


def fault(node: yaml.Node, rule: str, field: str = "") -> BadInput:
    """Return the error that names the file and line of `node`."""
    mark = node.start_mark
    return BadInput(rule, where=f"{Path(mark.name).name} line {mark.line + 1}", field=field)


def scalar(node: yaml.Node) -> str:
    """Return the text of a scalar as it stands in the file."""
    if not isinstance(node, yaml.ScalarNode):
        raise fault(node, "a text is expected")
    return str(node.value)


def sequence(node: yaml.Node) -> tuple[str, ...]:
    """Return the texts of a list."""
    if not isinstance(node, yaml.SequenceNode):
        raise fault(node, "a list is expected")
    return tuple(scalar(item) for item in node.value)


class Entry:
    """A mapping: each key is taken once; `done` refuses what is left over.

    Raises
    ------
    BadInput
        On anything but a mapping, a duplicate key, a missing key or an unknown one.
    """

    def __init__(self, node: yaml.Node) -> None:
        if not isinstance(node, yaml.MappingNode):
            raise fault(node, "a mapping is expected")
        self.node = node
        self._left: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if scalar(key) in self._left:
                raise fault(key, "duplicate key", key.value)
            self._left[key.value] = value

    def __contains__(self, key: str) -> bool:
        return key in self._left

    def take(self, key: str) -> yaml.Node:
        """Return the node of a key that must be there."""
        if key not in self._left:
            raise fault(self.node, "key is missing", key)
        return self._left.pop(key)

    def text(self, key: str, default: str | None = None) -> str:
        """Return the text of a key, or the default where one is given."""
        return default if default is not None and key not in self else scalar(self.take(key))

    def maybe(self, key: str) -> str | None:
        """Return the text of a key, None where it is not there."""
        return scalar(self.take(key)) if key in self else None

    def choice(self, key: str, *allowed: str) -> str:
        """Return one of `allowed`; the first where the key is not there."""
        chosen = self.text(key, allowed[0])
        if chosen not in allowed:
            raise fault(self.node, f"one of {', '.join(allowed)} is expected, not {chosen}", key)
        return chosen

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts of a list, none where the key is not there."""
        return sequence(self.take(key)) if key in self else ()

    def nodes(self, key: str) -> list[yaml.Node]:
        """Return the items of a list, none where the key is not there."""
        if key not in self:
            return []
        node = self.take(key)
        if not isinstance(node, yaml.SequenceNode):
            raise fault(node, "a list is expected", key)
        return list(node.value)

    def pairs(self, key: str) -> Iterator[tuple[str, yaml.Node]]:
        """Yield name and node of a mapping, nothing where the key is not there."""
        if key in self:
            yield from Entry(self.take(key)).rest()

    def rest(self) -> Iterator[tuple[str, yaml.Node]]:
        """Yield every key that is left, with its node."""
        while self._left:
            key = next(iter(self._left))
            yield key, self._left.pop(key)

    def done(self) -> None:
        """Refuse what is left over."""
        for key, node in self._left.items():
            raise fault(node, "unknown key", key)


def read_yaml(path: Path) -> Entry:
    """Return the mapping that a YAML file holds.

    Raises
    ------
    BadInput
        On a file that is no YAML mapping, with its line.
    """
    with path.open("rb") as stream:
        loader = yaml.CSafeLoader(stream)
        try:
            node = loader.get_single_node()
        except yaml.YAMLError as error:
            raise BadInput(str(error), where=path.name) from error
        finally:
            loader.dispose()
    if node is None:
        raise BadInput("the file is empty", where=path.name)
    return Entry(node)
