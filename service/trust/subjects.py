"""From a person's identity number to what the house keeps of it: a token and a cipher.

The token (HMAC-SM3, a key of its own) is what records and documents name; equal numbers have equal
tokens on one installation, and nobody without the key can try numbers against it. The cipher
(SM4-GCM) is what gives the number back where the law asks for it.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from features.contracts.identifiers import identity_numbers
from features.errors import BadInput
from service.store.secret_files import FOLDER, kept_key
from service.trust.ciphers import HMAC_KEY_BYTES, hmac_sm3, seal, unseal
from service.trust.field_keys import FieldKeys
from service.trust.masking import HIDDEN, mask_text

FIELD = "id_number"
SCHEME = "sm4-gcm"
TOKEN_KEY = "subject.key"

_SHAPE = re.compile(r"[1-8]\d{5}(\d{8})\d{3}[\dX]", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9_.:/-]*")
_OLD_NUMBER = re.compile(
    r"(?<![0-9])(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])[0-9]{6}"
    r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}(?![0-9])"
)
NO_NUMBER = "不得含身份证号 · must not hold an identity number"
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECKS = "10X98765432"
_LONG_AGO = date(1900, 1, 1)


@dataclass(frozen=True)
class Sealed:
    """What is kept of an identity number.

    Attributes
    ----------
    token
        The subject token, 64 hexadecimal digits.
    cipher
        `sm4-gcm:<key id>:<nonce, ciphertext, tag in base64url>`.
    """

    token: str
    cipher: str


class Subjects:
    """Turn identity numbers into tokens and ciphers, and back.

    Parameters
    ----------
    home
        $LIANGSHAN_HOME, in whose secrets the keys lie.
    clock
        The time.
    """

    def __init__(self, home: Path, clock: Callable[[], datetime]) -> None:
        self.keys = FieldKeys(home, clock)
        self._clock = clock
        self._token_key = kept_key(home / FOLDER / TOKEN_KEY, HMAC_KEY_BYTES)

    def sealed(self, number: object, owner: str) -> Sealed:
        """Return what `owner` keeps of an identity number, in clear or from `closed`.

        Raises
        ------
        BadInput
            When it is none; the refusal does not repeat it.
        """
        if isinstance(number, str) and number.startswith(f"{SCHEME}:"):
            number = self.decipher(number, _waiting_place(owner))
        found = checked_number(number, self._clock().date())
        token = self.token(found)
        return Sealed(token, self.encipher(found, _place(owner, token)))

    def closed(self, number: object, owner: str) -> str:
        """Return a number as it may wait in a file until its line is read by `sealed`.

        One that is no number is hidden: `sealed` refuses what is left of it.
        """
        try:
            found = checked_number(number, self._clock().date())
        except BadInput:
            return HIDDEN
        return self.encipher(found, _waiting_place(owner))

    def token(self, number: str) -> str:
        """Return the subject token of a checked number."""
        return hmac_sm3(self._token_key, number.encode()).hex()

    def number(self, kept: Sealed, owner: str) -> str:
        """Return the number of which `owner` keeps this.

        Raises
        ------
        BadInput
            When the cipher is another tenant's or person's, was changed, or its key is gone.
        """
        return self.decipher(kept.cipher, _place(owner, kept.token))

    def renewed(self, kept: Sealed, owner: str) -> Sealed:
        """Return the same number enciphered with the newest key."""
        return Sealed(
            kept.token, self.encipher(self.number(kept, owner), _place(owner, kept.token))
        )

    def encipher(self, text: str, place: str) -> str:
        """Return text enciphered for one place, with the id of its key."""
        id = self.keys.newest()
        content = seal(self.keys.key(id), text.encode(), place.encode())
        return f"{SCHEME}:{id}:{base64.urlsafe_b64encode(content).decode()}"

    def decipher(self, cipher: str, place: str) -> str:
        """Return the text of a cipher, at its place alone.

        Raises
        ------
        BadInput
            When it is no cipher of this installation, or one for another place.
        """
        scheme, _, rest = cipher.partition(":")
        id, _, encoded = rest.partition(":")
        if scheme != SCHEME:
            raise BadInput("不是密文 · is no cipher of this house", field="id_cipher")
        try:
            content = base64.b64decode(encoded, altchars=b"-_", validate=True)
        except ValueError as fault:
            raise BadInput("不是密文 · is no cipher of this house", field="id_cipher") from fault
        return unseal(self.keys.key(id), content, place.encode()).decode()


def key_id_of(cipher: str) -> str:
    """Return the id of the key that a cipher was made with."""
    return cipher.split(":")[1]


def checked_number(number: object, today: date) -> str:
    """Return a citizen's identity number (GB 11643-1999) with an upper-case X.

    Raises
    ------
    BadInput
        When it is none: 18 characters, a birth date that has been, the check digit. What was sent
        is not repeated, since a number with one slip still points at its person.

    Examples
    --------
    >>> checked_number("11010519491231002x", date(2026, 1, 1))
    '11010519491231002X'
    """
    text = unicodedata.normalize("NFKC", number).upper() if isinstance(number, str) else ""
    shaped = _SHAPE.fullmatch(text)
    if shaped is None:
        raise _refused("应为 18 位公民身份号码 · a citizen's number of 18 characters is expected")
    if not _has_been(shaped[1], today):
        raise _refused("出生日期不存在 · its birth date is none")
    if _check_digit(text) != text[-1]:
        raise _refused("校验码不符 · its check digit does not fit")
    return text


def refuse_number_in(text: str, field: str) -> None:
    """Refuse a text that will be kept and that holds an identity number in clear.

    Raises
    ------
    BadInput
        Naming the field, not the number.
    """
    if identity_numbers(pa.array([text]))[0]:
        raise BadInput(NO_NUMBER, field=field, value=mask_text(text))


def refuse_number_in_words(text: str, field: str) -> None:
    """Refuse what `refuse_number_in` does, and a number of 15 digits in a sentence.

    Those are void since 2013 but point at their person still. They have no check digit, so in a
    text that is one code they cannot be told from other codes.

    Raises
    ------
    BadInput
        Naming the field, not the number.
    """
    refuse_number_in(text, field)
    plain = unicodedata.normalize("NFKC", text)
    if not _CODE.fullmatch(plain) and _OLD_NUMBER.search(plain):
        raise BadInput(NO_NUMBER, field=field, value=mask_text(text))


def _check_digit(text: str) -> str:
    products = (int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return _CHECKS[sum(products) % len(_CHECKS)]


def _has_been(digits: str, today: date) -> bool:
    try:
        born = datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return False
    return _LONG_AGO <= born <= today


def _refused(rule: str) -> BadInput:
    return BadInput(rule, where="household", field=FIELD, value=HIDDEN)


def _place(owner: str, token: str) -> str:
    """Return what a kept cipher is bound to: table, column, tenant, row."""
    return f"household:id_cipher:{owner}:{token}"


def _waiting_place(owner: str) -> str:
    return f"batch:{FIELD}:{owner}:"
