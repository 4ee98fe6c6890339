"""The JSON Schema of a row tells what the dictionary tells."""

from __future__ import annotations

import pytest

from features.dictionary import load_dictionary
from features.json_schema import json_schema

NAMES = [table.name for table in load_dictionary().tables.values()]


@pytest.mark.parametrize("name", NAMES)
def test_the_json_schema_names_every_column_and_child(name: str) -> None:
    table = load_dictionary().table(name)
    properties = json_schema(table)["properties"]
    assert isinstance(properties, dict)
    counts = {f"{child}_rows" for child in table.children}
    assert set(properties) == (set(table.columns) | set(table.children)) - counts


def test_the_json_schema_tells_codes_bounds_and_both_languages() -> None:
    properties = json_schema(load_dictionary().table("application"))["properties"]
    assert isinstance(properties, dict)
    assert properties["segment"]["enum"] == ["household", "organisation"]
    assert (properties["term_m"]["minimum"], properties["term_m"]["maximum"]) == (1, 600)
    assert properties["amount"]["title"] == "申请金额"
    assert "Amount asked" in properties["amount"]["description"]
