"""Assess an application: one explained decision, kept before it is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from features.book import Book
from features.canonical import canonical_json
from features.errors import BadInput
from risk.files import Policy
from service.store.decision_writer import DecisionWriter
from service.store.decisions import Draft, Stored, draft, new_id
from service.store.entries import DECISION
from service.store.search import Found
from service.store.store import Store, Wanted
from service.trust.identity import Caller
from service.use_cases.assessing.admit import Admitted, admit
from service.use_cases.assessing.conclude import DEMO, LIVE, Case, conclude
from service.use_cases.assessing.consents import Consent, about_person, covering
from service.use_cases.assessing.facts import frame_of
from service.use_cases.assessing.gather import gather
from service.use_cases.assessing.request_book import SUBJECT, exact_input, request_of
from service.use_cases.assessing.scoring import model_for
from service.use_cases.decided.masked import shown_to
from service.use_cases.decided.reviews import in_force_on

LISTED = 50


class UnknownProduct(BadInput):
    """No product of that name is offered on that day."""


@dataclass(frozen=True)
class ApplicationLine:
    """One application as a list shows it."""

    application_id: str
    household_id: str | None
    village_code: str | None
    product: str | None
    amount: str | None
    as_of: date
    outcome: str | None = None
    decision_id: str | None = None


@dataclass(frozen=True)
class _Decided:
    """A decision's content, and the consent it rests on; None where the borrower needs none."""

    content: dict[str, object]
    consent: Consent | None


class Assessor:
    """Makes decisions, and reads those that were made.

    Parameters
    ----------
    store
        Facts and decisions.
    policy
        Policy of the installation.
    home
        $LIANGSHAN_HOME, where the champions lie.
    clock
        Now, in Asia/Shanghai.
    demo
        Whether this is a demo, where a synthetic model may decide.
    """

    def __init__(
        self,
        store: Store,
        policy: Policy,
        home: Path,
        clock: Callable[[], datetime],
        *,
        demo: bool = False,
    ) -> None:
        self._store = store
        self._policy = policy
        self._home = home
        self._clock = clock
        self._mode = DEMO if demo else LIVE
        self._writer = DecisionWriter(store.decisions)
        self._kept: set[str] = set()

    async def assess(
        self,
        product: str,
        body: Mapping[str, Any],
        caller: Caller,
        idempotency_key: str | None = None,
    ) -> bytes:
        """Return the document of a new decision, once it is on disk.

        With a key that came before, the decision made then is returned.

        Raises
        ------
        BadInput
            `BadRows` on bad values, `NoSuchSubject`, `UnknownProduct`, `ConsentMissing`,
            `IdempotencyConflict`.
        """
        admitted = admit(body, self._store.subjects, caller.owner)
        if idempotency_key is not None:
            request = _request(product, admitted.body)
            earlier = self._store.decisions.repeated(idempotency_key, request, caller.owner)
            if earlier is not None:
                return earlier.document
        entry = self._entry(product, admitted, caller, idempotency_key)
        return (await self._writer.append(entry)).document

    def prepare(
        self,
        product: str,
        body: Mapping[str, Any],
        caller: Caller,
        idempotency_key: str | None = None,
    ) -> Draft:
        """Return a new decision as it will be kept, without keeping it."""
        admitted = admit(body, self._store.subjects, caller.owner)
        return self._entry(product, admitted, caller, idempotency_key)

    def decide(self, product: str, body: Mapping[str, Any], caller: Caller) -> dict[str, object]:
        """Return a decision's content without keeping it."""
        return self._decided(product, body, caller).content

    def _decided(self, product: str, body: Mapping[str, Any], caller: Caller) -> _Decided:
        now = self._clock()
        if product not in self._policy.products:
            raise UnknownProduct("没有此产品 · unknown product", field="product", value=product)
        asked = request_of(self._store, body, caller, now, product, self._policy)
        gathered = gather(asked, self._policy, product)
        if gathered is None:
            raise UnknownProduct(
                "此日未提供 · not offered that day", field="product", value=product
            )
        effective = gathered.policy
        if gathered.facts[0]["values"][f"product__{product}"] != "1":
            raise BadInput(
                f"此申请不是 {product} · the application is for another product", field="product"
            )
        covered = partial(
            covering,
            frame_of(gathered.facts[0]),
            product=effective.products[product],
            withdrawals=self._store.withdrawals(caller.owner),
        )
        consent = covered(book=asked.book, day=asked.as_of)
        if _dates_back_for_a_known_borrower(body, asked.as_of, now.date()):
            today = self._household_today(asked.book, caller, now.date())
            consent = covered(book=today, day=now.date())
        model = model_for(self._home, effective, effective.products[product])
        self._keep(effective.sha256, effective.content)
        self._keep(model.version, model.to_bytes())
        content = {
            **conclude(Case(product, gathered.facts, effective, model, self._mode)),
            "id": new_id(),
            "at": now.isoformat(timespec="microseconds"),
            "by": caller.name,
            "input": exact_input(body),
            "plan": gathered.plan,
        }
        if consent is not None:
            content["consent"] = consent.document()
        return _Decided(content, consent)

    def _household_today(self, book: Book, caller: Caller, today: date) -> Book:
        """Return the household of a book as it stands today, with what it consents to now."""
        households = book.tables.get("household")
        if households is None or not households.num_rows:
            return book
        key = households["household_id"][0].as_py()
        wanted: Wanted = {(): ("consent_expiry",)}
        return self._store.book_of("household", key, today, caller.tenant, wanted)

    def read(self, id: str, caller: Caller) -> bytes | None:
        """Return a decision document of the caller's tenant as he may read it; None if none."""
        stored = self._store.decisions.read(id, caller.owner)
        if stored is None or stored.kind != DECISION:
            return None
        return shown_to(caller, stored.document)

    def find(self, text: str, caller: Caller) -> list[ApplicationLine]:
        """Return the newest applications whose number, household or village begins with `text`.

        The outcome of one is what is in force on its latest decision.
        """
        found = self._store.find_applications(text, LISTED, caller.owner)
        names = [line.application_id for line in found]
        latest = self._store.decisions.latest(names, caller.owner)
        said = self._store.decisions.about_each([one.id for one in latest.values()], caller.owner)
        now = self._clock()
        return [
            _line(one, latest.get(one.application_id), partial(_outcome, said, now))
            for one in found
        ]

    async def close(self) -> None:
        """Write what waits and end the writer."""
        await self._writer.close()

    def _entry(
        self, product: str, admitted: Admitted, caller: Caller, idempotency_key: str | None
    ) -> Draft:
        decided = self._decided(product, admitted.body, caller)
        entry = draft(
            decided.content,
            caller.owner,
            application=str(decided.content["application"]),
            idempotency_key=idempotency_key,
            request=_request(product, admitted.body),
            about=about_person(decided.consent),
        )
        consent = None if decided.consent is None else decided.consent.id
        return replace(entry, sealed=admitted.sealed, consent=consent)

    def _keep(self, digest: str, content: bytes) -> None:
        """Keep what decisions name, once."""
        if digest not in self._kept:
            self._store.blobs.put(content)
            self._kept.add(digest)


def _request(product: str, body: Mapping[str, Any]) -> bytes:
    """Return the bytes that a request stands for: equal ones are the same request."""
    return canonical_json({"product": product, "body": exact_input(body)})


def _line(
    found: Found, decided: Stored | None, outcome_of: Callable[[Stored], str]
) -> ApplicationLine:
    line = ApplicationLine(**vars(found))
    if decided is None:
        return line
    return replace(line, outcome=outcome_of(decided), decision_id=decided.id)


def _outcome(said: Mapping[str, Sequence[Stored]], now: datetime, decided: Stored) -> str:
    """Return the outcome in force on a decision."""
    return in_force_on(decided, said[decided.id], now).outcome


def _dates_back_for_a_known_borrower(body: Mapping[str, Any], as_of: date, today: date) -> bool:
    """Return whether a new application on a household of the book is dated back."""
    return not {SUBJECT, "household"} & set(body) and as_of < today
