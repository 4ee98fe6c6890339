"""What evaluating some names takes: the subject itself, and which other tables' rows beside it.

A store that holds a whole county reads no more than this for one subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from features.catalogue import PAST, Catalogue, Source

Path = tuple[str, ...]
"""Relations one after another, the first of the subject's table; () is the subject itself."""


@dataclass(eq=False)
class Need:
    """A table's rows that are needed, and by which of its relations others are.

    Attributes
    ----------
    table
        Name of the table.
    others
        Relation of the table, never a chain, to what is needed there.
    history
        Whether earlier readings are needed too; else the latest that is known will do.
    """

    table: str
    others: dict[str, Need] = field(default_factory=dict)
    history: bool = False


def needs(catalogue: Catalogue, subject: str, wanted: Mapping[Path, Iterable[str]]) -> Need:
    """Return what it takes to evaluate names of a subject and of the subjects it leads to.

    Parameters
    ----------
    wanted
        Relations to the names that are wanted there: {(): …, ("resource", "cooperative"): …}.
    """
    root = Need(subject, history=True)
    for path, names in wanted.items():
        _add(catalogue, _along(catalogue, root, path), names)
    return root


def _along(catalogue: Catalogue, need: Need, path: Iterable[str]) -> Need:
    """Return the need at the end of some relations, each chain taken step by step."""
    for name in path:
        relation = catalogue.relation(need.table, name)
        if relation.chain:
            need = _along(catalogue, need, relation.chain)
        else:
            need = need.others.setdefault(name, Need(relation.table))
    return need


def _add(catalogue: Catalogue, need: Need, names: Iterable[str]) -> None:
    """Add what names of a table take, and what the features they are made from take."""
    table, wanted = need.table, list(names)
    features = catalogue.features(table)
    closure = catalogue.closure(table, wanted)
    read = {*wanted, *(i for made in closure for i in features[made].inputs)}
    inner: dict[str, set[str]] = {}
    for name in read:
        found = catalogue.resolve(table, name)
        if found.source in (Source.RELATED, Source.GROUP) and found.group:
            inner.setdefault(found.group, set()).update({found.inner} - {""})
    for group, theirs in sorted(inner.items()):
        if group == PAST:
            need.history = True
            _add(catalogue, need, theirs)
        elif group in catalogue.table(table).relations:
            end = _along(catalogue, need, (group,))
            if catalogue.relation(table, group).child is None:
                _add(catalogue, end, theirs)
