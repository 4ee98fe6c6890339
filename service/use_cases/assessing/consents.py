"""Consent at the door of a decision: an id, a purpose, an expiry, and that it was not withdrawn.

A borrower's consent stands on his household's latest record, or in the request. The application
and consent form (借款申请与授权书) is given for the assessment of loan applications, so a record
that names no purpose has that one; one that names a product is good for that product alone.

It must hold on the day that the application is judged as of (design 11.6). A new application on
a household of the book is asked for today, so there it must hold today too, however it is dated.

When consent is withdrawn (PIPL 15):

- nothing new is decided under it: assessments, what-ifs and the open lines of a batch are refused
  from that moment, as is a decision that was computed before and not yet kept;
- decisions that were kept stand, and can be read, explained and replayed, since a withdrawal does
  not undo what was lawful before it (PIPL 15.2) and the lender must be able to answer for them;
- they serve no new purpose: an override or an approval of one is refused, and an export of the
  book, which is what training and batch scoring read, leaves the household and its applications
  out;
- a loan that runs goes on, on the ground of its contract (PIPL 13.2), and is supervised as before;
- a new consent is a new consent id: with it the borrower may be assessed again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from features.book import Book
from features.errors import BadInput
from features.frame import Frame
from risk.decision import consent_holds
from risk.files import Product
from service.store.consents import Withdrawals

ASSESSMENT = "assessment"
"""The purpose that covers every loan product; the others are the products' own ids."""

INLINE = "inline"
"""The key of a household that came with a request and has none."""

NAMES = ("household_id", "subject_token", "consent_id", "consent_purpose", "consent_expiry")


class ConsentMissing(BadInput):
    """The borrower's consent is absent, past or for another purpose; nothing was kept."""


@dataclass(frozen=True)
class Consent:
    """What a household's record says of its consent; None where it does not say.

    Attributes
    ----------
    household, token
        Whose it is.
    expiry
        The first day on which it holds no more.
    """

    household: str | None
    token: str | None
    id: str | None
    purpose: str | None
    expiry: date | None

    def document(self) -> dict[str, object]:
        """Return what a decision says of the consent that it rests on."""
        expiry = None if self.expiry is None else self.expiry.isoformat()
        return {"id": self.id, "purpose": self.purpose or ASSESSMENT, "expiry": expiry}


def consent_of(book: Book) -> Consent:
    """Return the consent of the household in a book of one application."""
    households = book.tables.get("household")
    if households is None or not households.num_rows:
        return Consent(None, None, None, None, None)
    rows = households.select([*NAMES, "as_of", "known_at"]).to_pylist()
    latest: dict[str, Any] = max(rows, key=lambda row: (row["as_of"], row["known_at"]))
    return Consent(*(latest[name] for name in NAMES))


def covering(
    application: Frame, book: Book, product: Product, day: date, withdrawals: Withdrawals
) -> Consent | None:
    """Return the consent that covers a decision for `product` as of a day; a firm needs none.

    Raises
    ------
    ConsentMissing, ConsentWithdrawn
        As `require_consent`.
    """
    if application.columns[f"segment__{product.segment}"][0] == 0:
        return None
    return require_consent(consent_of(book), product.id, day, withdrawals)


def about_person(consent: Consent | None) -> str | None:
    """Return by what a person's decisions are found: his household's id, else his token."""
    if consent is None:
        return None
    return consent.token if consent.household in (None, INLINE) else consent.household


def require_consent(
    consent: Consent, product: str, day: date, withdrawals: Withdrawals
) -> Consent:
    """Return a consent that covers an assessment for `product` as of a day.

    Raises
    ------
    ConsentMissing
        Naming what is absent, past or for something else.
    ConsentWithdrawn
        When it was withdrawn.
    """
    if not consent.id:
        raise _missing("没有授权书 · there is no consent", "consent_id")
    if not consent_holds(consent.expiry, day):
        raise _missing("授权缺失或已到期 · consent is missing or past", "consent_expiry")
    if (consent.purpose or ASSESSMENT) not in (ASSESSMENT, product):
        raise _missing(
            "授权用于其他目的 · consent was given for another purpose", "consent_purpose"
        )
    withdrawals.refuse(consent.id)
    return consent


def of_other_purpose(book: Book, product: str) -> frozenset[str]:
    """Return the applications of a book whose borrower consented to something else."""
    households = book.tables.get("household")
    if households is None or "consent_purpose" not in households.column_names:
        return frozenset()
    latest = dict(zip(*_listed(households, "household_id", "consent_purpose"), strict=True))
    other = [key for key, said in latest.items() if said not in (None, ASSESSMENT, product)]
    applications = book.tables["application"]
    meant = applications.filter(
        pc.is_in(applications["household_id"], pa.array(other, pa.string()))
    )
    return frozenset(meant["application_id"].to_pylist())


def without_withdrawn(book: Book, withdrawals: Withdrawals) -> Book:
    """Return a book without the households whose consent was withdrawn, and their applications."""
    households = book.tables.get("household")
    if households is None:
        return book
    latest = dict(zip(*_listed(households, "household_id", "consent_id"), strict=True))
    gone = withdrawals.among([id for id in latest.values() if id])
    people = pa.array([key for key, id in latest.items() if id in gone], pa.string())
    return Book({name: _without(name, rows, book, people) for name, rows in book.tables.items()})


def _without(name: str, rows: pa.Table, book: Book, people: pa.Array) -> pa.Table:
    table = name.partition("__")[0]
    if table == "household" or name == "application":
        return rows.filter(_not_in(rows["household_id"], people))
    if table == "application":
        applications = book.tables["application"]
        theirs = applications.filter(pc.is_in(applications["household_id"], people))
        return rows.filter(_not_in(rows["application_id"], theirs["application_id"]))
    return rows


def _not_in(values: pa.ChunkedArray, gone: pa.Array | pa.ChunkedArray) -> pa.Array:
    listed = gone.combine_chunks() if isinstance(gone, pa.ChunkedArray) else gone
    return pc.invert(pc.is_in(values, listed))


def _listed(rows: pa.Table, *names: str) -> list[list[Any]]:
    return [rows[name].to_pylist() for name in names]


def _missing(rule: str, field: str) -> ConsentMissing:
    return ConsentMissing(rule, where="household", field=field)
