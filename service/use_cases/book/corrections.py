"""Correct what is known: one proposes, another approves, then it is kept and judged.

A correction is a new version of a row of its own period, known later, with its reason and its
approver; nothing that was known before is lost. It names the version that its author saw: where
another correction came first, it must be proposed again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import orjson

from features.canonical import canonical_json, sha256_hex
from features.dictionary import load_dictionary
from features.errors import BadInput
from features.two_people import refuse_same_person
from risk.files import Policy
from risk.red_lines.subjects import table_of_subject
from service.store.database import reading, writing
from service.store.decisions import Overtaken, new_id
from service.store.latest import latest_row
from service.store.proposals import Proposal, State
from service.store.store import Store
from service.store.versions import Row, version_of
from service.trust.identity import Caller
from service.use_cases.assessing.request_book import NoSuchSubject, exact_input, judged_from
from service.use_cases.book.wishes import KIND, STATED, Wish, canonical, differing, document, stamp
from service.use_cases.decided.in_force import NotNow
from service.use_cases.judging.red_lines import Judged, changes, judge_book
from service.use_cases.members import day_of, object_of, one_of, only, text_of

LONGEST_REASON, LONGEST_ID = 2000, 200

DATA = {
    "cooperative": "statement",
    "project": "project",
    "resource": "resource",
    "county": "verdict",
    "guarantee_body": "partner_line",
    "bank": "partner_line",
}
"""What of matrix.yaml a table is; the others are data of households."""


class NoSuchCorrection(BadInput):
    """The caller's tenant has no such correction."""


class Corrections:
    """Keeps proposals of corrections, and what becomes of them.

    Parameters
    ----------
    store
        Facts and proposals.
    policy
        Judges the subject before and after.
    clock
        Now, in Asia/Shanghai.
    """

    def __init__(self, store: Store, policy: Policy, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock

    def propose(
        self, body: Mapping[str, Any], caller: Caller, key: str | None = None
    ) -> dict[str, object]:
        """Keep a proposal and return its document.

        Parameters
        ----------
        body
            {table, id, as_of, changes: {column: value}, reason}: laid over the latest known
            version of the caller's own row of that period; null takes a value away, a child that
            is listed is the whole child.
        key
            Idempotency key.

        Raises
        ------
        BadInput
            Naming what is wrong; `NoSuchSubject` where the caller states no such row.
        """
        only(body, ("table", "id", "as_of", "changes", "reason"))
        request = sha256_hex(canonical_json(exact_input(body)))
        earlier = self._store.proposals(caller.owner).repeated(key, request)
        if earlier is not None:
            return document(earlier)
        table = one_of(body, "table", sorted(load_dictionary().tables))
        self._refuse_unreadable(table, caller)
        id, as_of = text_of(body, "id", LONGEST_ID), day_of(body, "as_of")
        wished = object_of(body, "changes")
        for name in wished:
            if name in (*STATED, load_dictionary().table(table).key):
                raise BadInput("不可更正 · cannot be corrected", where=table, field=name)
        known = self._latest(caller, table, id, as_of)
        if known is None:
            raise NoSuchSubject("没有此期数据 · no such row", where=table, field="id", value=id)
        stale = {f"{name}_rows" for name in wished}
        base = {name: value for name, value in known.items() if name not in stale}
        laid = {name: value for name, value in {**base, **wished}.items() if value is not None}
        return self.ask(table, laid, reason_of(body), caller, key, request)

    def ask(
        self,
        table: str,
        row: Row,
        reason: str,
        caller: Caller,
        key: str | None = None,
        request: str | None = None,
    ) -> dict[str, object]:
        """Keep the proposal that a known row should stand as `row`, and return its document.

        Parameters
        ----------
        key, request
            Idempotency key and digest of the request it came with.

        Raises
        ------
        BadInput
            Naming what is wrong with the row, or that it says what is known already.
        """
        now = self._clock()
        wish = self._wish(table, row, reason, caller, now)
        asked = Proposal(
            caller.owner,
            new_id(),
            KIND,
            f"{table}/{wish.key}"[:LONGEST_ID],
            caller.name,
            now,
            wish.content(),
            idempotency_key=key,
            request_digest=request,
        )
        return document(self._store.proposals(caller.owner).keep(asked))

    def read(self, id: str, caller: Caller) -> dict[str, object]:
        """Return the document of a proposal of the caller's tenant.

        Raises
        ------
        NoSuchCorrection
            Where there is none.
        """
        return document(self._proposal(id, caller))

    def page(
        self, caller: Caller, limit: int, before: str | None, state: str | None
    ) -> list[dict[str, object]]:
        """Return proposals of the caller's tenant, the newest first.

        Raises
        ------
        BadInput
            Where `state` is none.
        """
        if state is not None:
            one_of({"state": state}, "state", list(State))
        listed = self._store.proposals(caller.owner).page(KIND, limit, before, state)
        return [document(one) for one in listed]

    def decide(self, id: str, body: Mapping[str, Any], caller: Caller) -> dict[str, object]:
        """Approve or reject a proposal; what is approved is kept and judged.

        Parameters
        ----------
        body
            {action: approve | reject, reason}.

        Returns
        -------
        dict
            The correction; after an approval also the verdicts on its subject, and which of them
            it changed.

        Raises
        ------
        BadInput
            `SamePerson` where the approver proposed it; `NotNow` where it is decided already;
            `Overtaken` where the row was corrected meanwhile; `NoSuchCorrection`.
        """
        only(body, ("action", "reason"))
        approves = one_of(body, "action", ("approve", "reject")) == "approve"
        why = reason_of(body)
        asked = self._proposal(id, caller)
        wished = orjson.loads(asked.content)
        self._refuse_unreadable(wished["table"], caller)
        refuse_same_person(asked.by, caller.name, "by")
        before = self._judged(wished, caller) if approves else None
        self._settle(asked, wished, caller, State.APPROVED if approves else State.REJECTED, why)
        answer: dict[str, object] = {"correction": self.read(id, caller)}
        after = self._judged(wished, caller) if approves else None
        if before is None or after is None:
            return answer
        return answer | {"red_lines": after.document(), "changes": changes(before, after)}

    def _settle(
        self, asked: Proposal, wished: Mapping[str, Any], caller: Caller, state: State, why: str
    ) -> None:
        """Decide a proposal and, where it is approved, keep its row: both or neither."""
        now, owner = self._clock(), caller.tenant
        proposals, records = self._store.proposals(owner.owner), self._store.records(owner.owner)
        with writing(self._store.engine, owner) as connection:
            if not proposals.decide(connection, asked.id, state, caller.name, now, why):
                raise NotNow("已有决定 · it is decided already", field="id", value=asked.id)
            if state is State.REJECTED:
                return
            said = {"correction_reason": wished["reason"], "approved_by": caller.name}
            row = canonical(
                wished["table"], {**wished["row"], **said, "known_at": stamp(now)}, now
            )
            version = version_of(wished["table"], row)
            known = latest_row(connection, owner, version.table, version.key, version.as_of)
            if known is None or version_of(version.table, known).digest != wished["base"]:
                rule = "其间已有更正，请重新提出 · it was corrected meanwhile: propose again"
                raise Overtaken(rule, field="id", value=asked.id)
            for refused in records.append_in(connection, [version], now).quarantined:
                raise BadInput(refused.rule, where=refused.table, field=refused.field)

    def _wish(self, table: str, row: Row, reason: str, caller: Caller, now: datetime) -> Wish:
        """Return what is asked for: checked, and different from what is known."""
        plain = {name: value for name, value in row.items() if name not in STATED[1:]}
        wished = canonical(table, {**plain, "known_at": stamp(now)}, now)
        new = version_of(table, wished)
        known = self._latest(caller, table, new.key, new.as_of)
        if known is None:
            rule = "没有此期数据 · no such row"
            raise NoSuchSubject(rule, where=table, field="id", value=new.key)
        base = version_of(table, known).digest
        if new.digest == base:
            raise BadInput("与已知内容相同 · says what is known already", field="changes")
        changes = list(differing(known, wished))
        row = {name: value for name, value in wished.items() if name != "known_at"}
        return Wish(table, new.key, new.as_of, reason, row, base, changes)

    def _latest(self, caller: Caller, table: str, key: str, as_of: date) -> Row | None:
        with reading(self._store.engine, caller.tenant) as connection:
            return latest_row(connection, caller.tenant, table, key, as_of)

    def _proposal(self, id: str, caller: Caller) -> Proposal:
        found = self._store.proposals(caller.owner).read(id, KIND)
        if found is None:
            raise NoSuchCorrection("没有此更正 · no such correction", field="id", value=id)
        return found

    def _judged(self, wished: Mapping[str, Any], caller: Caller) -> Judged | None:
        """Return the verdicts on the subject of a row today; None where no line judges it."""
        today, table = self._clock().date(), wished["table"]
        lines = self._policy.effective(today).red_lines.values()
        kinds = [line.subject for line in lines if table_of_subject(line.subject) == table]
        if not kinds:
            return None
        wanted = judged_from(table)
        book = self._store.book_of(table, wished["key"], today, caller.tenant, wanted)
        return judge_book(book, self._policy, today, only=(kinds[0], wished["key"]))

    def _refuse_unreadable(self, table: str, caller: Caller) -> None:
        if not caller.reads(DATA.get(table, "household")):
            rule = "不得更正此类数据 · this role may not correct such data"
            raise BadInput(rule, field="table", value=table)


def reason_of(body: Mapping[str, Any]) -> str:
    """Return the reason of a correction or a decision on one."""
    return text_of(body, "reason", LONGEST_REASON)
