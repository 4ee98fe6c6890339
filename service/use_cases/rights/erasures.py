"""Erase a person: one asks, another approves, the chain says so, the records are gone.

Erased are the household, its applications and loans in every version, and the enciphered identity
number; from then on a load that brings them again sets them aside, and every consent there was
counts as withdrawn. Decisions stay, with what they were made on: the lender must be able to
answer for them, and the chain would break (PIPL 47, retention.yaml). While the law wants a
borrower's records kept, the request is refused with the day on which it may be asked again; a
withdrawal of consent stops everything but storing at once.

What others state stays with them: another tenant's records of the person, and a land register's
holder in a cooperative's. A backup made before still holds the person: whoever restores one asks
again for the erasures that the log of the replaced store names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from features.errors import BadInput
from features.two_people import refuse_same_person
from service.store.consents import withdraw
from service.store.decisions import Draft, Stored, draft
from service.store.erased import Gone, erase, purge
from service.store.identities import forget
from service.store.people import LOAN, TABLES, Held, held
from service.store.records import wait_for_other_loads
from service.store.store import Store
from service.trust.identity import Caller
from service.trust.retention import BORROWER, classes
from service.use_cases.members import one_of, only, text_of
from service.use_cases.rights.withdrawals import LONGEST, SAID, refuse_unknown, texts

ERASURE = "erasure"
ASK, APPROVE, REJECT, ERASED = "ask", "approve", "reject", "erased"


class MustBeKept(BadInput):
    """The law wants the person's records kept for now."""


class NotAsked(BadInput):
    """Nobody asked for this erasure, or it was answered already."""


class Eraser:
    """Erases people.

    Parameters
    ----------
    store
        Records, decisions, identity numbers.
    clock
        Now, in Asia/Shanghai.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def ask(self, id: str, body: Mapping[str, Any], caller: Caller) -> bytes:
        """Keep that a person's erasure is asked for; return that document.

        Parameters
        ----------
        id
            The household; of somebody who only ever came with a request, the subject token.
        body
            {evidence_doc_id, reason}, both optional.

        Raises
        ------
        NoSuchPerson
            Where the tenant holds nothing of that person.
        MustBeKept
            Naming the loan and the day on which it may be asked again.
        """
        said = texts(body, SAID)
        with self._store.decisions.following(caller.owner) as (connection, append):
            found = held(connection, caller.owner, id)
            refuse_unknown(found)
            refuse_what_must_be_kept(found, self._clock().date())
            waiting = _waiting(found.log)
            if waiting is not None:
                return waiting.document
            return append(self._entry(id, caller, {"action": ASK, **said})).document

    def answer(self, id: str, body: Mapping[str, Any], caller: Caller) -> bytes:
        """Approve or reject an erasure; return the document, the erasure done.

        Parameters
        ----------
        body
            {action: approve | reject, reason}.

        Raises
        ------
        NotAsked
            Where none waits.
        SamePerson
            Where the caller asked for it.
        NoSuchPerson, MustBeKept
            As in `ask`.
        """
        only(body, ("action", "reason"))
        action = one_of(body, "action", (APPROVE, REJECT))
        reason = text_of(body, "reason", LONGEST)
        with self._store.decisions.following(caller.owner) as (connection, append):
            wait_for_other_loads(connection)
            found = held(connection, caller.owner, id)
            refuse_unknown(found)
            waiting = _waiting(found.log)
            if waiting is None:
                raise NotAsked("没有待批的删除申请 · no erasure waits", field="id", value=id)
            asked = orjson.loads(waiting.content)
            refuse_same_person(str(asked["by"]), caller.name, "by")
            said = {"ask": waiting.id, "asked_by": asked["by"], "reason": reason}
            if action == REJECT:
                return append(self._entry(id, caller, {"action": REJECT, **said})).document
            refuse_what_must_be_kept(found, self._clock().date())
            counts = {table: len(found.rows.get(table, ())) for table in TABLES}
            said |= {"action": ERASED, "records": counts, "decisions_kept": len(found.decisions)}
            kept = append(self._entry(id, caller, said))
            forget_person(connection, caller.owner, found, kept, self._clock())
        purge(self._store.engine)
        return kept.document

    def _entry(self, id: str, caller: Caller, said: Mapping[str, object]) -> Draft:
        document = {
            "kind": ERASURE,
            "at": self._clock().isoformat(timespec="microseconds"),
            "by": caller.name,
            "household": id,
            **said,
        }
        return draft(document, caller.owner, kind=ERASURE, about=id)


def forget_person(
    connection: Connection, owner: str, found: Held, entry: Stored, now: datetime
) -> None:
    """Delete what is held of a person, by an entry of the log, but for the log itself."""
    gone = [Gone(table, key) for table in TABLES for key in found.keys(table)]
    erase(connection, owner, entry.id, gone)
    forget(connection, owner, found.tokens)
    withdraw(connection, owner, found.consents, entry.id, now)


def refuse_what_must_be_kept(found: Held, today: date) -> None:
    """Refuse to erase a borrower whom the law wants kept.

    Raises
    ------
    MustBeKept
        Naming a loan, and the day on which it may be asked again where it is closed.
    """
    kept = classes()[BORROWER]
    for loan, closed in loans_of(found).items():
        if closed is None or closed > today:
            rule = "贷款未结清，合同履行所必需 · this loan runs: its contract needs the records"
            raise MustBeKept(rule, field=LOAN, value=loan)
        until = kept.kept_until(closed)
        if kept.binding and today < until:
            rule = f"依法保存至 {until} · the law wants it kept until {until} ({kept.ground})"
            raise MustBeKept(rule, field=LOAN, value=loan)


def loans_of(found: Held) -> dict[str, date | None]:
    """Return the day on which each loan was closed, as known last; None while it runs."""
    latest = sorted(
        found.rows.get(LOAN, ()), key=lambda row: (str(row["as_of"]), str(row["known_at"]))
    )
    closed = {str(row["loan_id"]): row.get("closed_on") for row in latest}
    return {
        loan: None if day is None else date.fromisoformat(str(day)) for loan, day in closed.items()
    }


def _waiting(log: Sequence[Stored]) -> Stored | None:
    """Return the request that nobody has answered; None where there is none."""
    last = [one for one in log if one.kind == ERASURE][-1:]
    waits = bool(last) and orjson.loads(last[0].content)["action"] == ASK
    return last[0] if waits else None
