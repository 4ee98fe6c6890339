"""The door of identity numbers: one comes in beside its household, a token goes on.

Everything behind the door (document, idempotency, book, log) sees the token alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from features.errors import BadInput
from service.trust.subjects import FIELD, Sealed, Subjects

HOUSEHOLD = "household"
TOKEN, CIPHER = "subject_token", "id_cipher"


@dataclass(frozen=True)
class Admitted:
    """A request behind the door.

    Attributes
    ----------
    body
        The request with a subject token in the place of an identity number.
    sealed
        What is kept of the number, if there was one.
    """

    body: Mapping[str, Any]
    sealed: Sealed | None


def admit(body: Mapping[str, Any], subjects: Subjects, owner: str) -> Admitted:
    """Return a request without its identity number.

    Raises
    ------
    BadInput
        When `household.id_number` is none, when a subject token beside it is somebody else's, or
        when a cipher is sent, which the house alone makes.
    """
    household = body.get(HOUSEHOLD)
    if not isinstance(household, Mapping):
        return Admitted(body, None)
    if CIPHER in household:
        rule = "由本系统加密，请送 id_number · made here alone: send id_number"
        raise BadInput(rule, where=HOUSEHOLD, field=CIPHER)
    if FIELD not in household:
        return Admitted(body, None)
    sealed = subjects.sealed(household[FIELD], owner)
    if household.get(TOKEN) not in (None, sealed.token):
        rule = "与 id_number 不是同一人 · is not the token of this id_number"
        raise BadInput(rule, where=HOUSEHOLD, field=TOKEN)
    rest = {name: value for name, value in household.items() if name != FIELD}
    return Admitted({**body, HOUSEHOLD: {**rest, TOKEN: sealed.token}}, sealed)


def at_rest(body: Mapping[str, Any], subjects: Subjects, owner: str) -> Mapping[str, Any]:
    """Return a request as it may wait on disk for `admit`: its identity number enciphered."""
    household = body.get(HOUSEHOLD)
    if not isinstance(household, Mapping) or FIELD not in household:
        return body
    closed = subjects.closed(household[FIELD], owner)
    return {**body, HOUSEHOLD: {**household, FIELD: closed}}
