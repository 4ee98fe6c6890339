"""Author and approver of one change are never one person: decided here and nowhere else.

Policy rows, corrections, models and overrides all ask.
"""

from __future__ import annotations

import unicodedata

from features.errors import BadInput

RULE = "批准人须另有其人 · the approver must be another person than the author"

UNSEEN = ("Cc", "Cf")
NOBODY = "起草人与批准人都须写明 · author and approver must both be named"


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
    """Refuse an approver who is the author, or an author or approver who is nobody.

    Raises
    ------
    BadInput
        Naming the field; `SamePerson` where it is one person.
    """
    if not (_plain(author) and _plain(approver)):
        raise BadInput(NOBODY, field=field, value=approver)
    if are_one_person(author, approver):
        raise SamePerson(RULE, field=field, value=approver)


def _plain(name: str) -> str:
    """Return a name without what a reader does not see in it."""
    seen = (letter for letter in name if unicodedata.category(letter) not in UNSEEN)
    return " ".join(unicodedata.normalize("NFKC", "".join(seen)).casefold().split())
