"""Identifiers with a check digit: social credit codes of firms, identity numbers of persons."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.typed import APART

Flags = NDArray[np.bool_]

_LENGTH = 18
_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = np.array([pow(3, i, 31) for i in range(17)])
_PERSON_WEIGHTS = tuple(pow(2, 17 - i, 11) for i in range(17))
_PERSON_CHECKS = "10X98765432"
_SPACE = f"{APART}{{0,2}}"
_LIKELY = f"[0-9０-９](?:{_SPACE}[0-9０-９]){{16}}{_SPACE}[0-9０-９XxＸｘ]"
"""What may hold a number, found in columns of any length; few texts are looked at closely."""

_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff]")
_GAP = "[ _\u2010-\u2015\u2212-]?"
_PERSON = re.compile(
    f"(?<![0-9])(?=([1-8](?:{_GAP}[0-9]){{5}}{_GAP}(?:1{_GAP}[89]|2{_GAP}0)(?:{_GAP}[0-9]){{2}}"
    f"{_GAP}(?:0{_GAP}[1-9]|1{_GAP}[0-2]){_GAP}(?:0{_GAP}[1-9]|[12]{_GAP}[0-9]|3{_GAP}[01])"
    f"(?:{_GAP}[0-9]){{3}}{_GAP}[0-9X])(?![0-9]))"
)
_YEAR = slice(6, 10)
_TOO_YOUNG = "2020"
"""Of digits that stand apart: a county, a day of these years and a serial is a paper's number."""


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

    However it is typed: in full width, its digits apart, beside others. A number of 15 digits,
    void since 2013, has no check digit to be known by and is not looked for.

    Examples
    --------
    >>> identity_numbers(pa.array(["张三 11010519491231002X", "110105194912310021", None]))
    array([ True, False, False])
    >>> identity_numbers(pa.array(["110105 19491231 002x", "110105194912310０２X"]))
    array([ True,  True])
    """
    likely = pc.fill_null(pc.match_substring_regex(texts, _LIKELY), False)
    flags: Flags = likely.to_numpy(zero_copy_only=False)
    if flags.any():
        flags = flags.copy()
        flags[flags] = [_holds_number(text) for text in texts.filter(likely).to_pylist()]
    return flags


def _holds_number(text: str) -> bool:
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
    return any(_is_persons(found[1]) for found in _PERSON.finditer(plain))


def _is_persons(typed: str) -> bool:
    """Return whether 18 characters, perhaps apart, end in their check digit."""
    number = re.sub(_GAP, "", typed)
    if number != typed and number[_YEAR] >= _TOO_YOUNG:
        return False
    products = (
        int(digit) * weight for digit, weight in zip(number, _PERSON_WEIGHTS, strict=False)
    )
    return number[-1] == _PERSON_CHECKS[sum(products) % len(_PERSON_CHECKS)]


def _digits(texts: pa.Array, alphabet: str) -> NDArray[np.int64]:
    """Return the places in `alphabet` of n texts of 18 letters, as (n, 18)."""
    letters = np.array(texts.to_numpy(zero_copy_only=False), dtype=f"S{_LENGTH}")
    places = np.zeros(256, dtype=np.int64)
    places[np.frombuffer(alphabet.encode(), dtype=np.uint8)] = np.arange(len(alphabet))
    return places[letters.view(np.uint8).reshape(-1, _LENGTH)]
