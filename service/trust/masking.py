"""Mask what points at a person, or opens a door, in whatever is logged or shown in an error.

Numbers are found by their shape and not by word borders, which Chinese text without spaces does
not have: identity numbers, telephones, bank cards; of them enough is left to find a case, not to
know a person. Of secrets nothing is left.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from features.typed import APART

HIDDEN = "***"
DEEPEST = 12

SECRET_NAMES = frozenset(
    {
        "api_key",
        "authorization",
        "client_assertion",
        "client_secret",
        "code_verifier",
        "cookie",
        "csrf",
        "id_cipher",
        "id_number",
        "password",
        "refresh_token",
        "secret",
        "set_cookie",
        "spouse_token",
        "subject_token",
        "token",
        "access_token",
        "id_token",
    }
)
"""Names under which nothing is shown, in any case and with - for _."""

_D = "[0-9０-９]"
_GAP = rf"(?:{APART}|\\x[0-9a-f]{{2}}|\\u[0-9a-f]{{4}}){{0,2}}"
"""What may stand between digits, also as `repr` writes it."""
_N = f"{_D}{_GAP}"
_FREE = f"(?<!{_D})"
_ENDS = f"(?!{_D})"
_DAY = f"(?:[0０]{_GAP}[1-9１-９]|[1-2１-２]{_GAP}[0-9０-９]|[3３]{_GAP}[01０１])"
_MONTH = f"(?:[0０]{_GAP}[1-9１-９]|[1１]{_GAP}[0-2０-２])"
_CENTURY = f"(?:[1１]{_GAP}[8-9８-９]|[2２]{_GAP}[0０])"
_HASH = "(?<![0-9A-Za-z])(?=[0-9]*[a-f])(?:[0-9a-f]{16}){1,8}(?![0-9A-Za-z])"
_IDENTITY = (
    f"{_FREE}[1-8１-８]{_GAP}(?:{_N}){{5}}{_CENTURY}{_GAP}(?:{_N}){{2}}{_MONTH}{_GAP}{_DAY}{_GAP}"
    f"(?:{_N}){{3}}[0-9０-９XxＸｘ]{_ENDS}"
)
_OLD_IDENTITY = (
    f"{_FREE}[1-8１-８]{_GAP}(?:{_N}){{7}}{_MONTH}{_GAP}{_DAY}{_GAP}(?:{_N}){{2}}{_D}{_ENDS}"
)
_TELEPHONE = f"{_FREE}[1１][3-9３-９]{_D}{_GAP}{_D}{{4}}{_GAP}{_D}{{4}}{_ENDS}"
_CARD = f"{_FREE}(?:62[0-9]{{2}}|[45][0-9]{{3}}){_GAP}(?:[0-9]{{4}}{_GAP}){{2}}[0-9]{{4,8}}{_ENDS}"
_BEARER = r"(?i:bearer|basic)[ ]+[A-Za-z0-9._~+/=-]{8,}"
_KEY = "ls_[0-9a-f]{8}_[A-Za-z0-9_-]{8,}"
_JWT = r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
_IN_ADDRESS = "(?<=://)[^/@: ]+:[^/@ ]+(?=@)"
_FOUND = re.compile(
    f"(?P<hash>{_HASH})|(?P<secret>{_BEARER}|{_KEY}|{_JWT}|{_IN_ADDRESS})"
    f"|(?P<identity>{_IDENTITY}|{_OLD_IDENTITY})|(?P<telephone>{_TELEPHONE})|(?P<card>{_CARD})"
)
_LEFT = {"identity": (6, 1), "telephone": (3, 4), "card": (4, 4)}
"""How many characters at the beginning and at the end are left."""
_LUHN = 10


def mask(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask a log event, nested values included: a structlog processor.

    It stands last before the renderer, so that it sees the traceback as text too.
    """
    return {
        mask_text(str(name)): _under(str(name), value, DEEPEST) for name, value in event.items()
    }


def mask_text(text: str) -> str:
    """Return text without numbers that point at a person and without secrets.

    Examples
    --------
    >>> mask_text("借款人33092219900307123X的电话是13800138000。")
    '借款人330922***X的电话是138***8000。'
    >>> mask_text("Authorization: Bearer eyJhbGciOiJFUzI1NiJ9.e30.c2ln")
    'Authorization: Bearer ***'
    >>> mask_text("sha256:" + "13800138000abcde" * 4)
    'sha256:13800138000abcde13800138000abcde13800138000abcde13800138000abcde'
    """
    return _FOUND.sub(_left_of, text)


def masked(value: object) -> object:
    """Return a value, nested ones included, as it may be logged."""
    return _masked(value, DEEPEST)


def _under(name: str, value: object, room: int) -> object:
    """Return what may be shown under a name."""
    if name.lower().replace("-", "_") in SECRET_NAMES and value is not None:
        return HIDDEN
    return _masked(value, room)


def _masked(value: object, room: int) -> object:
    if value is None or isinstance(value, bool):
        return value
    if room == 0:
        return HIDDEN
    match value:
        case int() | float():
            text = mask_text(str(value))
            return value if text == str(value) else text
        case str():
            return mask_text(value)
        case bytes():
            return mask_text(value.decode("utf-8", "replace"))
        case Mapping():
            return {mask_text(str(k)): _under(str(k), v, room - 1) for k, v in value.items()}
        case Sequence() | set() | frozenset():
            return [_masked(item, room - 1) for item in value]
    return mask_text(repr(value))


def _left_of(found: re.Match[str]) -> str:
    """Return what is left of a finding."""
    kind, text = found.lastgroup or "", found.group()
    if kind == "secret":
        scheme, gap, _ = text.partition(" ")
        return f"{scheme}{gap}{HIDDEN}" if gap else HIDDEN
    if kind == "hash" or (kind == "card" and not _is_card(text)):
        return text
    head, tail = _LEFT[kind]
    return f"{text[:head]}{HIDDEN}{text[-tail:]}"


def _is_card(text: str) -> bool:
    """Return whether the digits have a bank card's check digit (Luhn, ISO 7812)."""
    digits = [int(letter) for letter in reversed(text) if letter.isdigit()]
    doubled = (sum(divmod(2 * digit, _LUHN)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % _LUHN == 0
