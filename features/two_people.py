"""Author and approver of one change are never one person: decided here and nowhere else.

Policy rows, corrections, models and overrides all ask.
"""

from __future__ import annotations

import unicodedata

from features.errors import BadInput

RULE = "批准人须另有其人 · the approver must be another person than the author"


class SamePerson(BadInput):
    """Somebody approves what he made himself."""


def are_one_person(author: str, approver: str) -> bool:
    """Return whether two names are one person's, however they are written.

    Examples
    --------
    >>> are_one_person("Wang Fang", " wang  FANG"), are_one_person("王芳", "李四")
    (True, False)
    """
    return _plain(author) == _plain(approver)


def refuse_same_person(author: str, approver: str, field: str = "approved_by") -> None:
    """Refuse an approver who is the author.

    Raises
    ------
    SamePerson
        Naming the field and the person.
    """
    if are_one_person(author, approver):
        raise SamePerson(RULE, field=field, value=approver)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
