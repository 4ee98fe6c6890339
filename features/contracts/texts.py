"""Texts: cells as people type them, read into the dictionary's types.

Accepted beside the plain form: full-width digits, 1,234.56, ¥ and 元, 35%, 12.5亩, 2026/3/31,
2026年3月31日, a code's label in either language, 是/否. Whole columns at a time.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.book import MONEY
from features.contracts.identifiers import Flags
from features.contracts.moments import read_dates, read_instants
from features.dictionary import Column, Kind, load_dictionary

NOT_FINITE = "不是有限数 · not a finite number"
NOT_MONEY = "金额以元填写，最多两位小数，如 1234.56 · yuan with at most two decimals is expected"
NOT_NUMBER = "不是数 · not a number"
NOT_AREA = "面积以㎡、亩或公顷填写，如 12.5亩 · an area in ㎡, 亩 or 公顷 is expected"
NOT_COUNT = "不是整数 · not a whole number"
NOT_DATE = "不是有效日期，如 2026-03-31 · not a date such as 2026-03-31"
NOT_INSTANT = "不是有效时间，如 2026-03-31 08:00:00 · not an instant such as 2026-03-31 08:00:00"
NOT_FLAG = "只能填 是/否 · a flag is true or false"
UNPRINTABLE = "含有控制字符 · control characters inside"

_MONEY = r"^[+-]?0*[0-9]{1,14}(\.[0-9]{1,2}0*)?$"
_NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?$"
_COUNT = r"^[+-]?0*[0-9]{1,15}(\.0+)?$"
_GROUPED = r"^[+-]?[¥]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)(\.[0-9]+)?元?$"
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_INFINITE = r"(?i)^[+-]?(nan|inf|infinity)$"
_NULL_TEXT = pa.scalar(None, pa.string())


def read_texts(column: Column, raw: pa.Array) -> tuple[pa.Array, dict[str, Flags]]:
    """Return texts as the column's type, and for each rule the rows that break it."""
    texts = pc.utf8_trim_whitespace(raw.cast(pa.string()))
    if column.kind is not Kind.TEXT or column.is_identifier:
        texts = _narrow(texts)
    missing = pc.is_in(texts, value_set=_missing(column.missing_codes))
    texts = pc.if_else(missing, _NULL_TEXT, texts)
    read, rule = _READERS[column.kind]
    values = read(column, texts)
    if values.null_count == texts.null_count:
        return values, {}
    unread = np.asarray(values.is_null()) & np.asarray(texts.is_valid())
    infinite = unread & flags_of(pc.match_substring_regex(texts, _INFINITE))
    if column.kind is Kind.ENUM:
        rule = f"{rule} {', '.join(code.name for code in column.codes)}"
    return values, {rule: unread & ~infinite, NOT_FINITE: infinite}


def flags_of(mask: pa.Array) -> Flags:
    """Return a nullable Arrow boolean as NumPy, null as False."""
    flags: Flags = pc.fill_null(mask, False).to_numpy(zero_copy_only=False)
    return flags


@functools.cache
def _missing(codes: frozenset[str]) -> pa.Array:
    return pa.array(sorted(codes), pa.string())


def _narrow(texts: pa.Array) -> pa.Array:
    """Return texts with full-width letters, digits and signs made narrow."""
    if pc.all(pc.string_is_ascii(texts)).as_py() in (True, None):
        return texts
    return pc.utf8_trim_whitespace(pc.utf8_normalize(texts, form="NFKC"))


def _matching(pattern: str, texts: pa.Array) -> pa.Array:
    """Return the texts that match, null elsewhere."""
    return pc.if_else(pc.match_substring_regex(texts, pattern), texts, _NULL_TEXT)


def _bare(pattern: str, texts: pa.Array) -> pa.Array:
    """Return the texts that match once separators, ¥ and 元 are gone; null elsewhere."""
    plain = _matching(pattern, texts)
    if plain.null_count == texts.null_count:
        return plain
    bare = pc.replace_substring_regex(_matching(_GROUPED, texts), "[,¥元]", "")
    return pc.coalesce(plain, _matching(pattern, bare))


def _money(_: Column, texts: pa.Array) -> pa.Array:
    return pc.cast(_bare(_MONEY, texts), MONEY)


def _number(_: Column, texts: pa.Array) -> pa.Array:
    return pc.cast(_bare(_NUMBER, texts), pa.float64())


def _ratio(column: Column, texts: pa.Array) -> pa.Array:
    """Read a fraction; 35% is 0.35, rounded once."""
    return _number(column, pc.replace_substring_regex(texts, r"^([0-9.+-]+)\s*%$", r"\1e-2"))


def _area(column: Column, texts: pa.Array) -> pa.Array:
    values = _number(column, texts)
    if values.null_count == texts.null_count:
        return values
    for unit, square_metres in _area_units().items():
        bare = pc.replace_substring_regex(_matching(f"{unit}$", texts), rf"\s*{unit}$", "")
        values = pc.coalesce(values, pc.multiply(_number(column, bare), square_metres))
    return values


@functools.cache
def _area_units() -> Mapping[str, float]:
    units = load_dictionary().area_units
    return {_plain(unit): float(square_metres) for unit, square_metres in units.items()}


def _count(_: Column, texts: pa.Array) -> pa.Array:
    return pc.cast(pc.replace_substring_regex(_bare(_COUNT, texts), r"^\+|\.0+$", ""), pa.int64())


def _date(_: Column, texts: pa.Array) -> pa.Array:
    return read_dates(texts)


def _instant(_: Column, texts: pa.Array) -> pa.Array:
    return read_instants(texts)


def _text(_: Column, texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.match_substring_regex(texts, _CONTROL), _NULL_TEXT, texts)


def _code(column: Column, texts: pa.Array) -> pa.Array:
    return _looked_up(texts, _code_words(column), pa.string())


@functools.cache
def _code_words(column: Column) -> Mapping[str, str]:
    """Return each accepted word, the code itself before any label, to its code."""
    words = {_plain(label): c.name for c in column.codes for label in (c.en, c.zh)}
    return words | {_plain(c.name): c.name for c in column.codes}


def _flag(_: Column, texts: pa.Array) -> pa.Array:
    return _looked_up(texts, load_dictionary().flags, pa.bool_())


def _plain(word: str) -> str:
    return str(pc.utf8_normalize(pa.scalar(word), form="NFKC").as_py()).lower()


def _looked_up(texts: pa.Array, known: Mapping[str, object], kind: pa.DataType) -> pa.Array:
    """Return what each text stands for, null where it is not known; case does not matter."""
    coded = texts.dictionary_encode()
    meant = [known.get(text.lower()) for text in coded.dictionary.to_pylist()]
    return pa.array(meant, kind).take(coded.indices)


_READERS: Mapping[Kind, tuple[Callable[[Column, pa.Array], pa.Array], str]] = {
    Kind.MONEY: (_money, NOT_MONEY),
    Kind.RATIO: (_ratio, NOT_NUMBER),
    Kind.AREA: (_area, NOT_AREA),
    Kind.COUNT: (_count, NOT_COUNT),
    Kind.NUMBER: (_number, NOT_NUMBER),
    Kind.DATE: (_date, NOT_DATE),
    Kind.TEXT: (_text, UNPRINTABLE),
    Kind.ENUM: (_code, "未知代码，应为其一 · unknown code, one of:"),
    Kind.FLAG: (_flag, NOT_FLAG),
    Kind.INSTANT: (_instant, NOT_INSTANT),
}
