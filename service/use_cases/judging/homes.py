"""Which county each subject of a book is in, for the county's own policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from features.book import Book
from features.dictionary import load_dictionary
from risk.red_lines.subjects import table_of_subject

Homes = Mapping[str, str]


def homes_of(book: Book, subject: str) -> Homes:
    """Return the county of each subject by key; "" where it has none, or several.

    A project is at home with its cooperative, a developer where all its projects are, a loan and
    an application with their household; a guarantee body and a bank are of no county.
    """
    return {key: home or "" for key, home in _READ.get(subject, _own)(book, subject).items()}


def _column(book: Book, table: str, column: str) -> dict[str, str | None]:
    """Return a column of the last row of each key; empty where the book lacks either."""
    rows = book.tables.get(table)
    if rows is None or column not in rows.column_names:
        return {}
    keys = rows[load_dictionary().table(table).key].to_pylist()
    return dict(zip(keys, rows[column].to_pylist(), strict=True))


def _own(book: Book, subject: str) -> dict[str, str | None]:
    return _column(book, table_of_subject(subject), "county_code")


def _of_project(book: Book, subject: str) -> dict[str, str | None]:
    cooperatives = homes_of(book, "cooperative")
    owner = _column(book, "project", "coop_id")
    return {key: cooperatives.get(coop or "") for key, coop in owner.items()}


def _of_developer(book: Book, subject: str) -> dict[str, str | None]:
    projects = homes_of(book, "project")
    seen: dict[str, set[str]] = {}
    for project, developer in _column(book, "project", "developer_id").items():
        if developer:
            seen.setdefault(developer, set()).add(projects.get(project, ""))
    return {key: next(iter(homes)) if len(homes) == 1 else "" for key, homes in seen.items()}


def _of_application(book: Book, subject: str) -> dict[str, str | None]:
    households = homes_of(book, "household")
    borrower = _column(book, "application", "household_id")
    return {key: households.get(household or "") for key, household in borrower.items()}


def _of_loan(book: Book, subject: str) -> dict[str, str | None]:
    applications = homes_of(book, "application")
    asked = _column(book, "loan", "application_id")
    return {key: applications.get(application or "") for key, application in asked.items()}


_READ: Mapping[str, Callable[[Book, str], dict[str, str | None]]] = {
    "project": _of_project,
    "developer": _of_developer,
    "application": _of_application,
    "loan": _of_loan,
}
