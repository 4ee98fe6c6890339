"""Who would come in: whether projects may be admitted, and who stands behind their developers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from features.book import Book
from features.dictionary import load_dictionary
from features.point_in_time import Parameters
from features.relatives import Relatives
from risk.admission import Admission, admission_of
from risk.connected import Connected, connected
from risk.files import EffectivePolicy
from risk.red_lines import Verdict

PROJECT, DEVELOPER, RESOURCE = "project", "developer", "resource"
PERSON = "person"
"""What a tie says of a party that is no organisation: its token is nobody's business here."""

EPOCH = date(1970, 1, 1)
Subject = tuple[str, str]


def admissions(
    book: Book, policy: EffectivePolicy, verdicts: Sequence[Verdict], day: date
) -> list[Admission]:
    """Return what the lines say of each judged project's admission (domain 7.4.5).

    Parameters
    ----------
    verdicts
        Of all subjects of the book: a project answers for its developer and its resources too.
    """
    by_subject: dict[Subject, list[Verdict]] = {}
    for verdict in verdicts:
        by_subject.setdefault(verdict.row.subject, []).append(verdict)
    found = []
    for project, others in _behind(book, day):
        subject = (PROJECT, project)
        if subject in by_subject:
            own = [one for other in (subject, *others) for one in by_subject.get(other, ())]
            found.append(admission_of(policy, subject, own))
    return [one for one in found if one is not None]


def _behind(book: Book, day: date) -> Iterator[tuple[str, list[Subject]]]:
    """Yield each project known on a day with its developer and the resources it lists."""
    relatives = Relatives(book.tables, load_dictionary())
    timeline = relatives.timeline(PROJECT)
    days = np.full(len(timeline.keys), (day - EPOCH).days, dtype=np.int64)
    places = timeline.latest(np.arange(len(timeline.keys), dtype=np.int64), days)
    places = places[places >= 0]
    columns = relatives.columns(PROJECT)
    developers = columns.array("developer_id").take(places).to_pylist()
    keys = columns.array("project_id").take(places).to_pylist()
    relation = relatives.spec(PROJECT).relations[RESOURCE]
    listed = relatives.many(PROJECT, relation, places, days[: len(places)])
    names = relatives.columns(RESOURCE).array("resource_id").to_pylist()
    offsets = listed.rows.offsets
    for row, (key, developer) in enumerate(zip(keys, developers, strict=True)):
        own = listed.places[offsets[row] : offsets[row + 1]]
        others = [(RESOURCE, names[place]) for place in own if place >= 0]
        yield key, [*([(DEVELOPER, developer)] if developer else []), *others]


def connected_groups(
    book: Book, day: date, parameters: Parameters, developers: Sequence[str]
) -> list[dict[str, object]]:
    """Return each group of several connected organisations with a developer among them.

    Returns
    -------
    list of dict
        `{members, developers, ties: [{party_a, party_b, kind}]}`.
    """
    at = np.array([(day - EPOCH).days], dtype=np.int64)
    shared, stake = (
        float(parameters[name](at)[0]) for name in ("link_shared_by_most", "connected_stake")
    )
    found = connected(book, day, shared_by_most=shared, stake=stake)
    seen: set[str] = set()
    groups: list[dict[str, object]] = []
    for developer in developers:
        members = found.members(developer)
        if len(members) > 1 and developer not in seen:
            seen.update(members)
            groups.append(
                {
                    "members": members,
                    "developers": [member for member in members if member in set(developers)],
                    "ties": list(_ties(found, developer)),
                }
            )
    return groups


def _ties(found: Connected, organisation: str) -> Iterator[dict[str, str]]:
    known = set(found.organisations.to_pylist())
    for *parties, kind in found.explanation(organisation):
        a, b = (party if party in known else PERSON for party in parties)
        yield {"party_a": a, "party_b": b, "kind": kind}
