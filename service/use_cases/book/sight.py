"""Which subjects of the book a caller may see: what the levels of domain 14 mean.

A county's supervisor sees all that the matrix gives him inside his county; a subject whose county
nobody stated is in none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property

from features.book import Book
from features.needs import Path
from risk.red_lines.subjects import table_of_subject
from service.store.store import Store, Wanted
from service.trust.identity import Caller
from service.trust.roles import READABLE, TenantKind
from service.use_cases.judging.homes import homes_of

COOPERATIVE, COUNTY = "cooperative", "county"
VERDICT = "verdict"
DATA: Mapping[str, str] = {
    "household": "household",
    "application": "loan_verdict",
    "loan": "loan_verdict",
    "guarantee_body": "partner_line",
    "bank": "partner_line",
}
"""What of matrix.yaml a subject is; any other is a verdict."""

HOMES: Mapping[str, Path] = {
    COOPERATIVE: (),
    "resource": (),
    "project": (COOPERATIVE,),
    "developer": ("project", COOPERATIVE),
}
"""Relations from a subject to the rows that say which county it is in."""

HOME_TABLES = dict.fromkeys(HOMES, COOPERATIVE) | {"resource": "resource"}


class Sight:
    """What one caller may see of the book on a day.

    Parameters
    ----------
    store
        The book; its repository shows no other tenant's private rows in the first place.
    caller
        Who looks.
    day
        As the book was known by the end of it.
    """

    def __init__(self, store: Store, caller: Caller, day: date) -> None:
        self._store = store
        self._caller = caller
        self._day = day

    def of(self, kind: str, key: str) -> bool:
        """Return whether the caller may see a subject: a cooperative, a loan, a bank."""
        data = DATA.get(kind, VERDICT)
        level = self._caller.level(data)
        if level not in READABLE:
            return False
        if data != VERDICT:
            return True
        if level == "own":
            return self._is_own(kind, key)
        return not self._ends_at_the_border(level) or self._is_at_home(kind, key)

    def cooperatives(self) -> Sequence[str]:
        """Return the cooperatives whose verdicts the caller may see."""
        level = self._caller.level(VERDICT)
        if level not in READABLE:
            return []
        own = level == "own"
        keys = self._store.keys(COOPERATIVE, self._day, self._caller.tenant, own=own)
        if not self._ends_at_the_border(level):
            return keys
        homes = homes_of(self._read(COOPERATIVE, keys), COOPERATIVE)
        return [key for key in keys if self._county and homes.get(key) == self._county]

    def states(self, cooperative: str) -> bool:
        """Return whether a cooperative is the caller's to state: his already, or nobody's yet."""
        if self._caller.level("statement") != "own":
            return False
        stated_by = self._store.writers(COOPERATIVE, cooperative, self._caller.tenant)
        return stated_by <= {self._caller.owner}

    def _is_own(self, kind: str, key: str) -> bool:
        if kind == COUNTY:
            return self._is_at_home(kind, key) or self._states(kind, key)
        return self._states(kind, key)

    def _states(self, kind: str, key: str) -> bool:
        tenant = self._caller.tenant
        return tenant.owner in self._store.writers(table_of_subject(kind), key, tenant)

    def _ends_at_the_border(self, level: str) -> bool:
        of_a_county = level == "county" or self._caller.kind is TenantKind.COUNTY
        return of_a_county and self._caller.kind is not TenantKind.HOUSE

    def _is_at_home(self, kind: str, key: str) -> bool:
        if kind == COUNTY:
            return key == self._county
        if kind not in HOMES:
            return False
        rows = self._read(kind, [key]).tables.get(HOME_TABLES[kind])
        return rows is not None and self._county in rows["county_code"].drop_null().to_pylist()

    def _read(self, kind: str, keys: Sequence[str]) -> Book:
        """Return the subjects with the rows that say where they are."""
        wanted: Wanted = {HOMES[kind]: ("as_of",)}
        table = table_of_subject(kind)
        return self._store.book_of(table, keys, self._day, self._caller.tenant, wanted)

    @cached_property
    def _county(self) -> str | None:
        return self._store.county_of(self._caller.owner)
