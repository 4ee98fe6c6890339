"""Identifiers with a check digit: social credit codes of firms, identity numbers of persons."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Flags = NDArray[np.bool_]

_LENGTH = 18
_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = np.array([pow(3, i, 31) for i in range(17)])
_PERSON_WEIGHTS = np.array([pow(2, 17 - i, 11) for i in range(17)])
_PERSON_CHECKS = "10X98765432"
_PERSON = (
    r"(?:^|[^0-9])(?P<number>[1-8][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])"
    r"(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx])(?:[^0-9]|$)"
)


def social_credit_codes(texts: pa.Array) -> Flags:
    """Return whether each text is a 统一社会信用代码 with its check digit (GB 32100-2015).

    Examples
    --------
    >>> social_credit_codes(pa.array(["91330100799655058B", "91330100799655058C", "X", None]))
    array([ True, False, False, False])
    """
    shaped = pc.fill_null(pc.match_substring_regex(texts, f"^[{_CODE_ALPHABET}]{{18}}$"), False)
    flags: Flags = shaped.to_numpy(zero_copy_only=False).copy()
    digits = _digits(texts.filter(shaped), _CODE_ALPHABET)
    modulus = len(_CODE_ALPHABET)
    check = -(digits[:, :-1] @ _CODE_WEIGHTS) % modulus
    flags[flags] = digits[:, -1] == check
    return flags


def social_credit_check_digit(body: str) -> str:
    """Return the check digit of the first 17 characters of a social credit code.

    Examples
    --------
    >>> social_credit_check_digit("91330100799655058")
    'B'
    """
    digits = np.array([_CODE_ALPHABET.index(letter) for letter in body])
    return _CODE_ALPHABET[int(-(digits @ _CODE_WEIGHTS) % len(_CODE_ALPHABET))]


def identity_numbers(texts: pa.Array) -> Flags:
    """Return whether each text holds a person's identity number in clear (GB 11643-1999).

    Examples
    --------
    >>> identity_numbers(pa.array(["张三 11010519491231002X", "110105194912310021", None]))
    array([ True, False, False])
    """
    shaped = pc.fill_null(pc.match_substring_regex(texts, _PERSON), False)
    flags: Flags = shaped.to_numpy(zero_copy_only=False)
    if flags.any():
        found = pc.struct_field(pc.extract_regex(texts.filter(shaped), _PERSON), "number")
        digits = _digits(pc.utf8_upper(found), "0123456789X")
        checks = _digits_of(_PERSON_CHECKS, "0123456789X")
        expected = checks[(digits[:, :-1] @ _PERSON_WEIGHTS) % len(checks)]
        flags = flags.copy()
        flags[flags] = digits[:, -1] == expected
    return flags


def _digits_of(text: str, alphabet: str) -> NDArray[np.int64]:
    return np.array([alphabet.index(letter) for letter in text])


def _digits(texts: pa.Array, alphabet: str) -> NDArray[np.int64]:
    """Return the places in `alphabet` of n texts of 18 letters, as (n, 18)."""
    letters = np.array(texts.to_numpy(zero_copy_only=False), dtype=f"S{_LENGTH}")
    places = np.zeros(256, dtype=np.int64)
    places[np.frombuffer(alphabet.encode(), dtype=np.uint8)] = np.arange(len(alphabet))
    return places[letters.view(np.uint8).reshape(-1, _LENGTH)]
