"""JSON Schema of a row, made from the dictionary: what the HTTP door documents."""

from __future__ import annotations

from collections.abc import Mapping

from features.schema import Column, Kind, Table

_DECIMAL = r"^-?[0-9]+(\.[0-9]+)?$"
_SHAPES: Mapping[Kind, Mapping[str, object]] = {
    Kind.MONEY: {
        "type": "string",
        "pattern": r"^-?[0-9]{1,14}(\.[0-9]{1,2})?$",
        "examples": ["120000.00"],
    },
    Kind.RATIO: {"type": ["string", "number"], "pattern": _DECIMAL, "examples": ["0.35"]},
    Kind.AREA: {"type": ["string", "number"], "examples": ["8000.5", "12亩"]},
    Kind.COUNT: {"type": "integer", "examples": [3]},
    Kind.NUMBER: {"type": ["string", "number"], "pattern": _DECIMAL, "examples": ["12.5"]},
    Kind.DATE: {"type": "string", "format": "date", "examples": ["2026-03-31"]},
    Kind.TEXT: {"type": "string"},
    Kind.ENUM: {"type": "string"},
    Kind.FLAG: {"type": "boolean"},
    Kind.INSTANT: {
        "type": "string",
        "format": "date-time",
        "examples": ["2026-03-31T08:00:00+08:00"],
    },
}


def json_schema(table: Table) -> dict[str, object]:
    """Return the JSON Schema (2020-12) of a row with its children inside, nothing required.

    What is left out of an inline row has a default or is `unknown`; whether that matters is for
    the product and its red lines to say, so the schema requires nothing.

    Examples
    --------
    >>> from features.dictionary import load_dictionary
    >>> schema = json_schema(load_dictionary().table("cooperative"))
    >>> schema["properties"]["equity"]["type"]
    'string'
    """
    counts = {f"{name}_rows" for name in table.children}
    properties = {c.name: _property(c) for c in table.own_columns if c.name not in counts}
    for name, child in table.children.items():
        properties[name] = {
            "type": "array",
            "title": child.zh,
            "description": f"{child.en}. [] = 已申报为无 · declared empty",
            "items": json_schema(child),
        }
    return {
        "type": "object",
        "title": table.zh,
        "description": table.en,
        "properties": properties,
        "additionalProperties": False,
    }


def _property(column: Column) -> dict[str, object]:
    told = dict(_SHAPES[column.kind])
    told |= {"title": column.zh, "description": _description(column)}
    if column.kind is Kind.ENUM:
        told |= {"enum": [code.name for code in column.codes], "examples": [column.codes[0].name]}
    if column.kind is Kind.COUNT:
        bounds = {"minimum": column.minimum, "maximum": column.maximum}
        told |= {name: int(bound) for name, bound in bounds.items() if bound is not None}
    return told


def _description(column: Column) -> str:
    parts = [column.en]
    if column.kind is Kind.MONEY:
        parts.append("元 yuan")
    elif column.kind is Kind.AREA:
        parts.append("㎡，也可写亩、公顷 · or 亩, 公顷")
    elif column.unit not in ("1", "date"):
        parts.append(column.unit)
    if column.minimum is not None or column.maximum is not None:
        parts.append(f"[{_bound(column.minimum)}, {_bound(column.maximum)}]")
    parts += [f"{code.name} = {code.zh} {code.en}" for code in column.codes]
    return "; ".join(parts)


def _bound(value: object) -> str:
    return "" if value is None else str(value)
