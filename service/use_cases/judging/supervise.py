"""Supervise: judge given facts, a planned act, and each statement that comes in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from features.book import Book
from features.dictionary import load_dictionary
from features.errors import BadInput
from features.records import book_from_rows, rows_from_book
from risk.files import Policy
from risk.files.red_line import SUBJECTS
from risk.red_lines.subjects import table_of_subject
from service.store.store import Store
from service.store.versions import Row, version_of
from service.trust.identity import Caller
from service.use_cases.assessing.request_book import (
    NoSuchSubject,
    judged_from,
    refuse_faults,
    stamped,
)
from service.use_cases.book.corrections import Corrections, reason_of
from service.use_cases.book.sight import Sight
from service.use_cases.judging.cooperatives import CooperativeLine, standing
from service.use_cases.judging.red_lines import Judged, changes, judge_book

KEYS = ("as_of", "county", "subject", "facts", "planned")
COOPERATIVE = "cooperative"
APPROVED_LATER = "-"
"""Stands for the approver while a correction is only proposed; nothing with it is kept."""
NOT_IN_THE_BOOK = "账本中没有 · not in the book"

Tables = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Asked:
    """What is to be judged without being kept.

    Attributes
    ----------
    subject
        Kind and key of a subject of the book; None = the facts alone.
    facts, planned
        Rows by table; a planned row names its key and what of it would change.
    """

    as_of: date
    county: str | None
    subject: tuple[str, str] | None
    facts: Tables
    planned: Tables


class Supervisor:
    """Judge red lines in front of the store.

    Parameters
    ----------
    clock
        Gives the time in Asia/Shanghai.
    """

    def __init__(self, store: Store, policy: Policy, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock
        self._corrections = Corrections(store, policy, clock)

    def evaluate(self, body: Mapping[str, Any], caller: Caller) -> dict[str, object]:
        """Return the verdicts on given facts, and on the same after a planned act; keep nothing.

        Parameters
        ----------
        body
            {as_of, county, subject: {kind, id}, facts: {table: row or rows}, planned: {…}}: at
            least a subject of the book or facts, which count as known on as_of where they do not
            say since when. A planned row is laid over the latest of its key; a child that it
            lists is the whole child as it would stand.

        Raises
        ------
        BadInput
            Naming every field that is wrong.
        NoSuchSubject
            When the book has no such subject on that day.
        """
        asked = self._asked(body, caller)
        rows = self._known(asked, caller)
        for table, some in asked.facts.items():
            rows.setdefault(table, []).extend(some)
        before = self._judged(rows, asked)
        answer = before.document()
        if not asked.planned:
            return answer
        after = self._judged(changed(rows, asked.planned), asked)
        return answer | {"after": after.document(), "changes": changes(before, after)}

    def _asked(self, body: Mapping[str, Any], caller: Caller) -> Asked:
        unknown = sorted(set(body) - set(KEYS))
        if unknown:
            raise BadInput("未知字段 · unknown field", field=unknown[0])
        now = self._clock()
        as_of = _day(body.get("as_of"), now.date())
        facts = tables_of(body, "facts")
        stamps = stamped(as_of, now, caller)
        subject = _subject(body.get("subject"))
        if subject is None and not {table_of_subject(kind) for kind in SUBJECTS} & set(facts):
            rule = "须有主体，或红线所判之表的事实 · a subject, or facts that a red line judges"
            raise BadInput(rule, field="facts")
        county = body.get("county")
        if county is not None and not isinstance(county, str):
            raise BadInput("应为文本 · a text is expected", field="county", value=str(county))
        return Asked(
            as_of,
            county,
            subject,
            {table: [stamps | row for row in rows] for table, rows in facts.items()},
            {
                table: [stamps | row for row in rows]
                for table, rows in tables_of(body, "planned").items()
            },
        )

    def _known(self, asked: Asked, caller: Caller) -> Tables:
        """Return the rows of the book that judging the subject takes."""
        if asked.subject is None:
            return {}
        kind, key = asked.subject
        if not Sight(self._store, caller, asked.as_of).of(kind, key):
            raise NoSuchSubject(NOT_IN_THE_BOOK, field=kind, value=key)
        rows = self._rows(table_of_subject(kind), key, asked.as_of, caller)
        if key not in {row[_key(kind)] for row in rows.get(table_of_subject(kind), ())}:
            raise NoSuchSubject(NOT_IN_THE_BOOK, field=kind, value=key)
        return rows

    def _rows(self, table: str, key: str, as_of: date, caller: Caller) -> Tables:
        book = self._store.book_of(table, key, as_of, caller.tenant, judged_from(table))
        found: Tables = {}
        for name, row in rows_from_book(book):
            found.setdefault(name, []).append(row)
        return found

    def _judged(self, rows: Mapping[str, Sequence[object]], asked: Asked) -> Judged:
        checked = book_from_rows(rows, self._clock().date())
        refuse_faults(checked.faults)
        return judge_book(
            checked.book, self._policy, asked.as_of, asked.county, only=asked.subject
        )

    def cooperative(self, key: str, caller: Caller) -> Judged | None:
        """Return the verdicts on a cooperative today; None where there is none he may read."""
        if not Sight(self._store, caller, self._clock().date()).of(COOPERATIVE, key):
            return None
        book = self._book_of(key, caller)
        return self._lines_of(key, book) if COOPERATIVE in book.tables else None

    def _book_of(self, cooperatives: str | Sequence[str], caller: Caller) -> Book:
        wanted = judged_from(COOPERATIVE)
        today = self._clock().date()
        return self._store.book_of(COOPERATIVE, cooperatives, today, caller.tenant, wanted)

    def _lines_of(self, key: str, book: Book) -> Judged:
        return judge_book(book, self._policy, self._clock().date(), only=(COOPERATIVE, key))

    def cooperatives(self, caller: Caller) -> list[CooperativeLine]:
        """Return how each cooperative of the book stands today, the gravest first."""
        today = self._clock().date()
        book = self._book_of(Sight(self._store, caller, today).cooperatives(), caller)
        if COOPERATIVE not in book.tables:
            return []
        return standing(judge_book(book, self._policy, today, only=(COOPERATIVE, None)))

    def post_statement(
        self, coop_id: str, body: Mapping[str, Any], caller: Caller
    ) -> dict[str, object]:
        """Keep a statement of a cooperative and return what its lines say now.

        Another statement of a period that is known already needs a `correction_reason`: it becomes
        a proposal that somebody else approves, and until then nothing changes. One that arrives
        late changes no newer verdict.

        Raises
        ------
        BadInput
            Naming every field that is wrong; nothing is kept then.
        NoSuchSubject
            Where another tenant states this cooperative.
        """
        now = self._clock()
        row = stamped(now.date(), now, caller) | dict(body)
        if row.setdefault("coop_id", coop_id) != coop_id:
            said = str(row["coop_id"])
            raise BadInput("与路径不符 · is not the path's", field="coop_id", value=said)
        if "as_of" not in body:
            raise BadInput("须有期末日期 · the period's end is needed", field="as_of")
        if not Sight(self._store, caller, now.date()).states(coop_id):
            raise NoSuchSubject(NOT_IN_THE_BOOK, field=COOPERATIVE, value=coop_id)
        if "approved_by" in row:
            rule = "由另一人在更正下批准 · another person approves it under /v1/corrections"
            raise BadInput(rule, field="approved_by", value=str(row["approved_by"]))
        reason = row.pop("correction_reason", None)
        alone = book_from_rows({COOPERATIVE: [row]}, now.date())
        refuse_faults(alone.faults)
        earlier = self._rows(COOPERATIVE, coop_id, now.date(), caller).get(COOPERATIVE, [])
        signed = {"correction_reason": reason, "approved_by": APPROVED_LATER} if reason else {}
        refuse_faults(book_from_rows({COOPERATIVE: [*earlier, row | signed]}, now.date()).faults)
        ((_, canonical),) = rows_from_book(alone.book)
        kept = self._store.records(caller.owner).append([version_of(COOPERATIVE, canonical)], now)
        proposed: dict[str, object] = {}
        for refused in kept.quarantined:
            if refused.field != "correction_reason" or reason is None:
                raise BadInput(refused.rule, where=COOPERATIVE, field=refused.field)
            said = reason_of({"reason": reason})
            proposed["correction"] = self._corrections.ask(COOPERATIVE, canonical, said, caller)
        return {
            **proposed,
            "cooperative": coop_id,
            "as_of": row["as_of"],
            "kept": "proposed" if proposed else "new" if kept.new else "same",
            "red_lines": self._lines_of(coop_id, self._book_of(coop_id, caller)).document(),
        }


def changed(rows: Mapping[str, Sequence[Row]], planned: Mapping[str, Sequence[Row]]) -> Tables:
    """Return the rows after an act: each planned row laid over the latest of its key."""
    after: Tables = {table: [dict(row) for row in some] for table, some in rows.items()}
    for table, some in planned.items():
        key = load_dictionary().table(table).key
        for row in some:
            if key not in row:
                raise BadInput("须有编号 · its key is needed", where=table, field=key)
            own = [old for old in after.get(table, ()) if old.get(key) == row[key]]
            latest = max(
                own, key=lambda old: (str(old["as_of"]), str(old["known_at"])), default={}
            )
            stale = [f"{child}_rows" for child in row]
            base = {name: value for name, value in latest.items() if name not in stale}
            after[table] = [old for old in after.get(table, ()) if old is not latest]
            after[table].append({**base, **row, "as_of": (latest or row)["as_of"]})
    return after


def _key(kind: str) -> str:
    return load_dictionary().table(table_of_subject(kind)).key


def _day(text: object, today: date) -> date:
    if text is None:
        return today
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise BadInput("应为日期 · a day is expected", field="as_of", value=str(text)) from None


def _subject(said: object) -> tuple[str, str] | None:
    if said is None:
        return None
    if not isinstance(said, Mapping) or set(said) != {"kind", "id"}:
        raise BadInput('应为 · expected {"kind": "cooperative", "id": "…"}', field="subject")
    kind, key = str(said["kind"]), str(said["id"])
    if kind not in SUBJECTS:
        rule = f"须为其一 · must be one of: {', '.join(SUBJECTS)}"
        raise BadInput(rule, field="subject.kind", value=kind)
    return kind, key


def tables_of(body: Mapping[str, Any], name: str) -> Tables:
    """Return rows by table, one or several as they were sent."""
    given = body.get(name, {})
    if not isinstance(given, Mapping):
        raise BadInput("应为以表名为键的对象 · rows by table are expected", field=name)
    found: Tables = {}
    for table, rows in given.items():
        if table not in load_dictionary().tables:
            raise BadInput("未知的表 · unknown table", where=name, field=str(table))
        listed: Iterable[object] = rows if isinstance(rows, list) else [rows]
        for row in listed:
            if not isinstance(row, Mapping):
                raise BadInput("应为对象 · an object is expected", where=name, field=str(table))
            found.setdefault(str(table), []).append(dict(row))
    return found
