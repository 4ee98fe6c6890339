"""Which table of a book a policy's subject stands in, and which of its rows are judged."""

from __future__ import annotations

from types import MappingProxyType

TABLES = MappingProxyType({"developer": "organisation"})
"""Subjects that are not the table of their own name."""

JUDGED_WHERE = MappingProxyType({"developer": "is_developer", "loan": "is_open"})
"""Flag of the rows that a subject's lines judge, where they are not all of its table's."""

_SUBJECTS = {table: subject for subject, table in TABLES.items()}


def table_of_subject(subject: str) -> str:
    """Return the table whose rows a subject's lines judge.

    Examples
    --------
    >>> table_of_subject("developer"), table_of_subject("project")
    ('organisation', 'project')
    """
    return TABLES.get(subject, subject)


def subject_of_table(table: str) -> str:
    """Return the subject that the rows of a table stand for.

    Examples
    --------
    >>> subject_of_table("organisation")
    'developer'
    """
    return _SUBJECTS.get(table, table)


def kind_of(table: str, subject: str) -> str:
    """Return what a verdict calls a row of a table that is judged by a subject's lines.

    Examples
    --------
    >>> kind_of("organisation", "developer"), kind_of("application", "loan")
    ('developer', 'application')
    """
    return subject if table_of_subject(subject) == table else table
