"""The book of one request: what the caller sent inline, beside what the store knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, partial
from typing import Any

import pyarrow as pa

from features.book import Book
from features.contracts import Faults
from features.errors import BadInput
from features.graph import catalogue
from features.needs import Path
from features.records import book_from_rows
from risk.files import Policy
from service.store.records import SHANGHAI
from service.store.store import Store, Wanted
from service.trust.identity import Caller
from service.use_cases.assessing.touching import needed_for

SUBJECT = "subject"
TABLES = ("application", "household", "organisation")
RESOURCES = "resources"
INLINE_ID = "inline"
WantedOn = Callable[[date], Wanted]
REPORTED = "reported"


class BadRows(BadInput):
    """Several things wrong with a request, each with its field, value and rule."""

    def __init__(self, faults: Sequence[BadInput]) -> None:
        first = faults[0]
        super().__init__(first.rule, where=first.where, field=first.field, value=first.value)
        self.faults = tuple(faults)


class NoSuchSubject(BadInput):
    """The book of the caller has no such subject on that day."""


@dataclass(frozen=True)
class Request:
    """One application to be assessed.

    Attributes
    ----------
    book
        All that its features can reach.
    key
        Its application_id.
    as_of
        The day it is judged on.
    """

    book: Book
    key: str
    as_of: date


def request_of(
    store: Store,
    body: Mapping[str, Any],
    caller: Caller,
    now: datetime,
    product: str,
    policy: Policy,
) -> Request:
    """Return the book that `body` is or names (design 10.7).

    Parameters
    ----------
    body
        {subject: {kind: application, id}} or {application, household, resources}.
    now
        The service's clock, in Asia/Shanghai.
    product
        What an inline application asks for where it does not say so.
    policy
        Says what a decision on the product reads.

    Raises
    ------
    BadRows
        On unknown fields, wrong types and impossible values, all of them.
    NoSuchSubject
        When the book does not have the application.
    """
    if SUBJECT in body:
        return _from_store(store, body, caller, now, partial(_wanted, policy, product))
    return _inline(store, body, caller, now, product, partial(_wanted, policy, product))


def _wanted(policy: Policy, product: str, day: date) -> Wanted:
    """Return what is read on a day; of a product not offered then, the application alone."""
    effective = policy.effective(day)
    if product not in effective.products:
        return {(): ("amount",)}
    return needed_for(effective, product)


@cache
def judged_from(subject: str) -> Wanted:
    """Return what a subject is judged on: all its features, and its county."""
    names = catalogue()
    has_county = "county" in names.table(subject).relations
    paths = [(), *([("county",)] if has_county else [])]
    return {path: tuple(names.features(_end(subject, path))) for path in paths}


def _end(table: str, path: Path) -> str:
    """Return the table at the end of some relations."""
    for name in path:
        table = catalogue().relation(table, name).table
    return table


def exact_input(body: object) -> Any:
    """Return a request as a document may hold it: numbers with a fraction as decimal strings."""
    if isinstance(body, float):
        return repr(body)
    if isinstance(body, Mapping):
        return {str(key): exact_input(value) for key, value in body.items()}
    if isinstance(body, list | tuple):
        return [exact_input(value) for value in body]
    return body


def _from_store(
    store: Store, body: Mapping[str, Any], caller: Caller, now: datetime, wanted: WantedOn
) -> Request:
    beside = sorted(set(body) - {SUBJECT})
    if beside:
        raise BadInput("subject 旁不得有其他字段 · nothing may stand beside it", field=beside[0])
    subject = body[SUBJECT]
    if not isinstance(subject, Mapping) or set(subject) != {"kind", "id"}:
        raise BadInput('应为 · expected {"subject": {"kind": "application", "id": "…"}}')
    if subject["kind"] != "application":
        raise BadInput("应为 · must be application", field="kind", value=str(subject["kind"]))
    key = str(subject["id"])
    latest = store.latest_day("application", key, caller.tenant)
    if latest is None:
        raise NoSuchSubject("没有此申请 · no such application", field="id", value=key)
    as_of = min(latest, now.date())
    book = store.book_of("application", key, as_of, caller.tenant, wanted(as_of))
    return Request(book, key, as_of)


def _inline(
    store: Store,
    body: Mapping[str, Any],
    caller: Caller,
    now: datetime,
    product: str,
    wanted: WantedOn,
) -> Request:
    rows = _rows(body, caller, now, product)
    checked = book_from_rows(rows, now.date())
    refuse_faults(checked.faults)
    application = rows["application"][0]
    as_of = date.fromisoformat(str(application["as_of"]))
    key = str(application["application_id"])
    known = store.book_beside(rows, "application", as_of, caller.tenant, wanted(as_of))
    return Request(_joined([checked.book, known]), key, as_of)


def _rows(
    body: Mapping[str, Any], caller: Caller, now: datetime, product: str
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each table, with ids and stamps where the caller left them out."""
    unknown = sorted(set(body) - {*TABLES, RESOURCES})
    if unknown:
        raise BadInput("未知字段 · unknown field", field=unknown[0])
    if "application" not in body:
        raise BadInput("缺少 · is needed", field="application")
    application = dict(_row(body, "application"))
    as_of = application.setdefault("as_of", now.date().isoformat())
    stamps = stamped(as_of, now, caller)
    resources = [dict(row) for row in _listed(body, RESOURCES)]
    for place, row in enumerate(resources, 1):
        row.setdefault("resource_id", f"{INLINE_ID}-{place}")
    application.setdefault("application_id", INLINE_ID)
    application.setdefault("product", product)
    application.setdefault(RESOURCES, [{"resource_id": row["resource_id"]} for row in resources])
    rows = {"application": [application]}
    for table, key in (("household", "household_id"), ("organisation", "org_id")):
        if table in body:
            row = dict(_row(body, table))
            row.setdefault(key, application.get(key, INLINE_ID))
            application.setdefault(key, row[key])
            rows[table] = [row]
    if resources:
        rows["resource"] = resources
    return {table: [stamps | row for row in listed] for table, listed in rows.items()}


def stamped(as_of: date | str, now: datetime, caller: Caller) -> dict[str, Any]:
    """Return what a row sent inline has where it does not say otherwise (design 10.7).

    What is sent for a past day counts as known on it: else nothing beside it would be.
    """
    day = as_of if isinstance(as_of, date) else _day(as_of)
    known_at = now if day is None else min(now, datetime.combine(day, time.max, SHANGHAI))
    return {
        "as_of": str(as_of),
        "known_at": known_at.isoformat(timespec="microseconds"),
        "source": caller.name,
        "quality": REPORTED,
    }


def _day(said: str) -> date | None:
    """Return the day that was sent; None of a text that is none, which its row's check refuses."""
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        return None


def _row(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    row = body[name]
    if not isinstance(row, Mapping):
        raise BadInput("应为对象 · an object is expected", field=name)
    return row


def _listed(body: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    listed = body.get(name, [])
    if not isinstance(listed, list) or not all(isinstance(row, Mapping) for row in listed):
        raise BadInput("应为对象的数组 · a list of objects is expected", field=name)
    return listed


def refuse_faults(faults: Faults) -> None:
    """Refuse rows of which any is faulty, with every fault.

    Raises
    ------
    BadRows
        Where there is a fault.
    """
    if len(faults):
        raise BadRows(
            [
                BadInput(
                    row["rule"],
                    where=row["table"],
                    field=row["field"] or "",
                    value=row["value"],
                )
                for row in faults.rows.to_pylist()
            ]
        )


def _joined(books: Sequence[Book]) -> Book:
    """Return one book of several; of a record that two hold, the first one's counts."""
    tables: dict[str, list[pa.Table]] = {}
    for book in books:
        for name, rows in book.tables.items():
            tables.setdefault(name, []).append(rows)
    return Book({name: pa.concat_tables(parts) for name, parts in tables.items()})
