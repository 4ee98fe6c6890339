"""Erase what is past: each class of retention.yaml, each erasure an entry of the chain.

Borrowers and applicants go whole, ten and five years after their last loan or application; of the
households that stay, readings older than five years go, but for the last one; an identity number
that no record names goes five years after it last came. A batch goes a year after its end, with
the problems of its lines. Decisions stay, also those on a batch's lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

import orjson

from features.errors import BadInput
from service.store import batches
from service.store.batches import Batches
from service.store.database import Tenant
from service.store.decisions import Draft, draft
from service.store.erased import Gone, erase, purge
from service.store.identities import forget
from service.store.people import HOUSEHOLD, Held, held
from service.store.records import SHANGHAI, wait_for_other_loads
from service.store.store import Store
from service.trust.retention import APPLICANT, BATCH, BORROWER, HISTORY, IDENTITY, classes
from service.use_cases.rights.erasures import forget_person, loans_of

RETENTION = "retention"
AT_ONCE = 200


@dataclass
class Past:
    """What is past on a day.

    Attributes
    ----------
    people
        Households that go whole, by class.
    history
        The last day whose readings go, of households that stay.
    numbers
        Subject tokens whose numbers no record names.
    batches
        Batches that ended.
    """

    people: dict[str, list[str]] = field(default_factory=lambda: {BORROWER: [], APPLICANT: []})
    history: dict[str, date] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    batches: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how much of each class is past."""
        people = {name: len(found) for name, found in self.people.items()}
        others = {HISTORY: self.history, IDENTITY: self.numbers, BATCH: self.batches}
        return people | {name: len(found) for name, found in others.items()}


class Retention:
    """Says what is past of one tenant's data, and erases it.

    Parameters
    ----------
    store
        Records, decisions, identity numbers.
    owner
        Whose.
    clock
        Now, in Asia/Shanghai.
    """

    def __init__(self, store: Store, owner: str, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._owner = owner
        self._clock = clock

    def past(self, as_of: date) -> Past:
        """Return what is past on a day.

        Raises
        ------
        BadInput
            For a day that has not come: nothing is past before its time.
        """
        if as_of > self._clock().date():
            raise BadInput("尚未到来 · lies in the future", field="--as-of", value=str(as_of))
        found, named = Past(), set()
        cutoff = classes()[HISTORY].last_past(as_of)
        for person in self._people():
            past = class_past(person, as_of)
            if past is not None:
                found.people[past].append(person.id)
                continue
            named.update(person.tokens)
            last = max(str(row["as_of"]) for row in person.rows[HOUSEHOLD])
            through = min(cutoff, date.fromisoformat(last) - timedelta(days=1))
            if any(str(row["as_of"]) <= through.isoformat() for row in person.rows[HOUSEHOLD]):
                found.history[person.id] = through
        before = start_of(classes()[IDENTITY].last_past(as_of))
        numbers = self._store.identities(self._owner).not_seen_since(before)
        found.numbers = [token for token in numbers if token not in named]
        ended = start_of(classes()[BATCH].last_past(as_of))
        found.batches = Batches(self._store.engine, Tenant(self._owner)).over_before(ended)
        return found

    def erase(self, as_of: date) -> Past:
        """Erase what is past on a day, some at a time, and return what it was."""
        found = self.past(as_of)
        for name, people in found.people.items():
            for some in chunks(people):
                self._erase_people(name, some, as_of)
        for some in chunks(list(found.history)):
            self._erase_history({id: found.history[id] for id in some}, as_of)
        for some in chunks(found.numbers):
            self._forget(some, as_of)
        for some in chunks(found.batches):
            self._forget_batches(some, as_of)
        purge(self._store.engine)
        return found

    def _people(self) -> Iterator[Held]:
        people = self._store.people(self._owner)
        return (people.held(id) for id in people.households())

    def _erase_people(self, name: str, ids: list[str], as_of: date) -> None:
        with self._store.decisions.following(self._owner) as (connection, append):
            wait_for_other_loads(connection)
            people = [held(connection, self._owner, id) for id in ids]
            still = [person for person in people if class_past(person, as_of) == name]
            entry = append(self._entry(name, as_of, [person.id for person in still]))
            for person in still:
                forget_person(connection, self._owner, person, entry, self._clock())

    def _erase_history(self, through: dict[str, date], as_of: date) -> None:
        with self._store.decisions.following(self._owner) as (connection, append):
            wait_for_other_loads(connection)
            entry = append(self._entry(HISTORY, as_of, sorted(through)))
            gone = [Gone(HOUSEHOLD, id, day) for id, day in through.items()]
            erase(connection, self._owner, entry.id, gone)

    def _forget(self, tokens: list[str], as_of: date) -> None:
        with self._store.decisions.following(self._owner) as (connection, append):
            append(self._entry(IDENTITY, as_of, tokens))
            forget(connection, self._owner, tokens)

    def _forget_batches(self, ids: list[str], as_of: date) -> None:
        with self._store.decisions.following(self._owner) as (connection, append):
            append(self._entry(BATCH, as_of, ids))
            batches.forget(connection, self._owner, ids)

    def _entry(self, name: str, as_of: date, about: list[str]) -> Draft:
        rule = classes()[name]
        document = {
            "kind": RETENTION,
            "class": name,
            "at": self._clock().isoformat(timespec="microseconds"),
            "by": "retention",
            "as_of": as_of.isoformat(),
            "years": rule.years,
            "source": rule.source,
            "about": about,
        }
        return draft(document, self._owner, kind=RETENTION)


def class_past(person: Held, as_of: date) -> str | None:
    """Return the class by which a whole person is past; None while one of them is not."""
    loans = loans_of(person)
    if loans:
        closed = [day for day in loans.values() if day is not None]
        running = len(closed) < len(loans)
        name, last = BORROWER, date.max if running else max(closed)
    else:
        name, last = APPLICANT, last_seen(person)
    return name if last <= classes()[name].last_past(as_of) else None


def last_seen(person: Held) -> date:
    """Return the last day on which a person was recorded, applied or was decided on."""
    recorded = [str(row["as_of"]) for rows in person.rows.values() for row in rows]
    decided = [orjson.loads(one.content)["at"] for one in person.log]
    days = [date.fromisoformat(text[:10]) for text in (*recorded, *decided)]
    return max(days)


def start_of(day: date) -> datetime:
    """Return the first instant after a day in Asia/Shanghai."""
    if day == date.min:
        return datetime.min.replace(tzinfo=SHANGHAI)
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), SHANGHAI)


def chunks(items: list[str]) -> Iterator[list[str]]:
    """Yield items some at a time, so that no transaction keeps the others waiting long."""
    source = iter(items)
    while some := list(islice(source, AT_ONCE)):
        yield some
