"""What if: the same decision on other inputs, by its own model and policy; kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from operator import itemgetter
from typing import Any

import orjson

from features.book import Book
from features.canonical import canonical_json
from features.dictionary import load_dictionary
from features.errors import BadInput
from features.graph import plan_digest
from features.records import book_from_rows, rows_from_book
from models.record import ModelOfRecord
from risk.files import EffectivePolicy, Policy
from service.store.consents import Withdrawals
from service.store.store import Store
from service.trust.identity import Caller
from service.use_cases.assessing.conclude import Case, conclude
from service.use_cases.assessing.consents import covering
from service.use_cases.assessing.facts import frame_of
from service.use_cases.assessing.gather import gather
from service.use_cases.assessing.request_book import Request, refuse_faults, request_of
from service.use_cases.decided.in_force import Document, NotNow
from service.use_cases.decided.reviews import Reviewer
from service.use_cases.judging.supervise import Tables, changed, tables_of
from service.use_cases.members import only

FIXED = frozenset(
    {
        *("as_of", "known_at", "recorded_at", "source", "quality", "owner"),
        *("correction_reason", "approved_by", "product", "segment"),
        *("consent_id", "consent_purpose", "consent_expiry", "subject_token", "id_cipher"),
    }
)
"""Columns that say who, when and by what right: another value of these is another application."""

TOLD = ("outcome", "reasons", "grounds", "stops", "unknown", "verdicts", "score", "policy")


class WhatIf:
    """Decides again on changed inputs.

    Parameters
    ----------
    store
        Facts, models and policies.
    policy
        Policy of the installation, for how features are read.
    reviewer
        Knows the decisions.
    """

    def __init__(self, store: Store, policy: Policy, reviewer: Reviewer) -> None:
        self._store = store
        self._policy = policy
        self._reviewer = reviewer

    def what_if(self, id: str, body: Mapping[str, Any], caller: Caller) -> dict[str, object]:
        """Return what a decision would have been with other inputs.

        Parameters
        ----------
        body
            {changes: {table: row or rows}}: columns of the application, its household or
            organisation, its resources or another subject that was read. A row of another table
            than these two names its key; a child that is listed is the whole child.

        Returns
        -------
        dict
            Each input that changed, the features that moved with it, and the decision's content
            as it would be. The day, the model and the policy are the decision's own.

        Raises
        ------
        BadInput
            Naming what cannot be changed; `NoSuchDecision`; `ConsentMissing`,
            `ConsentWithdrawn`; `NotNow` where features are computed otherwise since.
        """
        decision = self._reviewer.reviews(id, caller).decision
        if decision["plan"] != plan_digest():
            rule = "特征算法已更新，请重新评估 · features are computed otherwise: assess again"
            raise NotNow(rule, field="id", value=id)
        asked = self._asked(decision, caller)
        before = tables(asked.book)
        wished = with_keys(changes_of(body), before, asked.key)
        book = checked(changed(before, wished), date.fromisoformat(decision["as_of"]))
        withdrawals = self._store.withdrawals(caller.owner)
        case = self._case(decision, replace(asked, book=book), withdrawals)
        content = orjson.loads(canonical_json(conclude(case)))
        return {
            "decision": id,
            "application": decision["application"],
            "as_of": decision["as_of"],
            "kept": False,
            "changed": list(differing(before, tables(book))),
            "moved": moved(decision["facts"], case.facts),
            "before": {name: decision[name] for name in TOLD if name in decision},
            "after": {name: content[name] for name in TOLD if name in content},
        }

    def _asked(self, decision: Document, caller: Caller) -> Request:
        """Return what was asked then, as it was known then."""
        now = datetime.fromisoformat(decision["at"])
        author = replace(caller, name=decision["by"])
        product = decision["product"]
        return request_of(self._store, decision["input"], author, now, product, self._policy)

    def _case(self, decision: Document, asked: Request, withdrawals: Withdrawals) -> Case:
        policy = EffectivePolicy.from_content(self._blob(decision["policy"]))
        product, score = decision["product"], decision["score"]
        gathered = gather(asked, self._policy, product, policy)
        if gathered is None:
            rule = "此日未提供 · not offered that day"
            raise NotNow(rule, field="product", value=product)
        application, offered = frame_of(gathered.facts[0]), policy.products[product]
        covering(application, asked.book, offered, asked.as_of, withdrawals)
        model = None
        if score is not None:
            model = ModelOfRecord.from_bytes(self._blob(score["model"]["version"]))
        return Case(product, gathered.facts, policy, model, decision["mode"])

    def _blob(self, name: str) -> bytes:
        content = self._store.blobs.get(name.removeprefix("sha256:"))
        if content is None:
            raise BadInput("库中没有 · not in the store", field="blob", value=name)
        return content


def changes_of(body: Mapping[str, Any]) -> Tables:
    """Return the changed rows of a request; at least one column changes.

    Raises
    ------
    BadInput
        Naming an unknown member, a table or a column that cannot be changed.
    """
    only(body, ("changes",))
    wished = tables_of(body, "changes")
    if not any(wished.values()):
        raise BadInput("须有改动 · a change is needed", field="changes")
    for table, rows in wished.items():
        for name in (name for row in rows for name in row):
            if name in FIXED:
                raise BadInput("不可改动 · cannot be changed", where=table, field=name)
    return wished


def with_keys(wished: Tables, known: Tables, application: str) -> Tables:
    """Return changed rows with their keys: the application's, and its borrower's, are known.

    Raises
    ------
    BadInput
        Where a row names a subject that the decision did not read.
    """
    own = next(
        row for row in reversed(known["application"]) if row["application_id"] == application
    )
    keyed: Tables = {}
    for table, rows in wished.items():
        key = load_dictionary().table(table).key
        rows = [({key: own[key]} if key in own else {}) | row for row in rows]
        there = {row[key] for row in known.get(table, ())}
        for row in rows:
            if row.get(key) not in there:
                rule = "决定未用到此主体 · the decision did not read such a subject"
                raise BadInput(rule, where=table, field=key, value=str(row.get(key)))
        keyed[table] = rows
    return keyed


def checked(rows: Tables, day: date) -> Book:
    """Return the book of some rows.

    Raises
    ------
    BadRows
        Naming every value that cannot be.
    """
    found = book_from_rows(rows, day)
    refuse_faults(found.faults)
    return found.book


def tables(book: Book) -> Tables:
    """Return the rows of a book by table."""
    found: Tables = {}
    for table, row in rows_from_book(book):
        found.setdefault(table, []).append(row)
    return found


def differing(before: Tables, after: Tables) -> Iterator[dict[str, object]]:
    """Yield each input that differs: table, key, column, from and to."""
    for table, rows in after.items():
        key = load_dictionary().table(table).key
        version = itemgetter(key, "as_of", "known_at")
        was = {version(row): row for row in before.get(table, ())}
        for row in rows:
            old = was.get(version(row), {})
            for name in sorted({*old, *row} - FIXED):
                if old.get(name) != row.get(name):
                    yield {
                        "table": table,
                        "id": row[key],
                        "input": name,
                        "from": old.get(name),
                        "to": row.get(name),
                    }


def moved(before: Sequence[Document], after: Sequence[Document]) -> list[dict[str, object]]:
    """Return each value that a decision reads and that differs: subject, name, from and to."""
    was = {(facts["subject"], facts["id"]): facts["values"] for facts in before}
    return [
        {
            "subject": {"kind": facts["subject"], "id": facts["id"]},
            "name": name,
            "from": was.get((facts["subject"], facts["id"]), {}).get(name),
            "to": value,
        }
        for facts in after
        for name, value in facts["values"].items()
        if was.get((facts["subject"], facts["id"]), {}).get(name) != value
    ]
