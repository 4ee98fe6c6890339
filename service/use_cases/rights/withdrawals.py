"""Withdraw a consent: a document in the chain, and from then on nothing is decided under it.

What happens to decisions that run is said in `service.use_cases.assessing.consents`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from features.errors import BadInput
from service.store.consents import withdraw, withdrawn_among
from service.store.decisions import draft
from service.store.people import Held, held
from service.store.store import Store
from service.trust.identity import Caller
from service.use_cases.members import only, text_of

WITHDRAWAL = "withdrawal"
SAID = ("evidence_doc_id", "reason")
LONGEST = 2000


class NoSuchPerson(BadInput):
    """The caller's tenant holds nothing of such a household."""


class Withdrawer:
    """Keeps that people withdrew their consent.

    Parameters
    ----------
    store
        Records, decisions, consents.
    clock
        Now, in Asia/Shanghai.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def withdraw(self, id: str, body: Mapping[str, Any], caller: Caller) -> bytes:
        """Withdraw every consent of a person and return the document that says so.

        Parameters
        ----------
        id
            The household; of somebody who only ever came with a request, the subject token.
        body
            {evidence_doc_id, reason}, both optional: nobody need say why (PIPL 15).

        Returns
        -------
        bytes
            The new document, or the last one where all consents were withdrawn already.

        Raises
        ------
        NoSuchPerson
            Where the tenant holds nothing of that person.
        """
        said = texts(body, SAID)
        with self._store.decisions.following(caller.owner) as (connection, append):
            found = held(connection, caller.owner, id)
            refuse_unknown(found)
            earlier = [one for one in found.log if one.kind == WITHDRAWAL]
            consents = set(found.consents)
            consents -= withdrawn_among(connection, caller.owner, consents)
            if earlier and not consents:
                return earlier[-1].document
            now = self._clock()
            document = {
                "kind": WITHDRAWAL,
                "at": now.isoformat(timespec="microseconds"),
                "by": caller.name,
                "household": id,
                "consents": sorted(consents),
                **said,
            }
            kept = append(draft(document, caller.owner, kind=WITHDRAWAL, about=id))
            withdraw(connection, caller.owner, consents, kept.id, now)
        return kept.document


def refuse_unknown(found: Held) -> None:
    """Refuse to act on a person of whom the caller's tenant holds nothing.

    Raises
    ------
    NoSuchPerson
        Then.
    """
    if not found.anything:
        rule = "没有此农户 · no such household"
        raise NoSuchPerson(rule, field="household_id", value=found.id)


def texts(body: Mapping[str, Any], names: Collection[str]) -> dict[str, str]:
    """Return the members of a body, each of which may be left out and is a text.

    Raises
    ------
    BadInput
        Naming the member that is unknown, no text, too long or holds an identity number.
    """
    only(body, names)
    return {name: text_of(body, name, LONGEST) for name in body}
