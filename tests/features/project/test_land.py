"""Ground where a project may not lie, by hand numbers (㎡)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature
from math import nan

import numpy as np
import pytest

from features.arrays import Floats, Rows
from features.project import land

AS_OF = 100.0
Overlap = Mapping[str, str | float]


def same(seen: Floats, *expected: float) -> bool:
    return np.array_equal(seen, expected, equal_nan=True)


def cell(row: Overlap, column: str) -> float:
    """Return what one overlap holds in a column; a row with a day or number is attested."""
    if column.startswith("layer__"):
        return float(row["layer"] == column.removeprefix("layer__"))
    if column == "basis__attested":
        return float(not row.keys().isdisjoint({"attested_on", "attestation_doc_id"}))
    return float(row.get(column, nan))


def area_of(side: Callable[..., Floats], *overlaps: Overlap, declared: bool = True) -> Floats:
    """Return a side of one project, computed on day AS_OF."""
    given: dict[str, object] = {
        "overlaps": Rows(np.array([0, len(overlaps)]), np.array([declared])),
        "as_of": np.array([AS_OF]),
    }
    for name in set(signature(side).parameters) - set(given):
        column = name.removeprefix("overlaps__")
        given[name] = np.array([cell(row, column) for row in overlaps], dtype=np.float64)
    return side(**given)


PROTECTED = {"饮用水二级", "实验区", "河道", "湿地", "文物", "公益林"}
SIDES = [
    (land.core_area, {"核心保护区"}, "nothing"),
    (land.redline_unpermitted_area, {"生态保护红线"}, "listed activity and permit"),
    (land.basic_farmland_area, {"永久基本农田"}, "nothing"),
    (land.converted_area, {"其他农田"}, "permit"),
    (land.banned_area, {"饮用水一级", "保护区核心区", "保护区缓冲区"}, "nothing"),
    (land.protected_unpermitted_area, PROTECTED, "permit"),
]
MIRRORS = [
    (land.redline_permitted_area, land.redline_unpermitted_area, {"生态保护红线"}),
    (land.converted_permitted_area, land.converted_area, {"其他农田"}),
    (land.protected_permitted_area, land.protected_unpermitted_area, PROTECTED),
]
LAYERS = sorted({layer for _, layers, _ in SIDES for layer in layers})


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize(("side", "layers", "freed_by"), SIDES)
def test_each_layer_counts_on_its_own_side_only(
    side: Callable[..., Floats], layers: set[str], freed_by: str, layer: str
) -> None:
    counted = 12.5 if layer in layers else 0.0
    assert same(area_of(side, {"layer": layer, "area": 12.5}), counted)


@pytest.mark.parametrize(("side", "layers", "freed_by"), SIDES)
def test_what_frees_the_ground(
    side: Callable[..., Floats], layers: set[str], freed_by: str
) -> None:
    for layer in layers:
        ground: Overlap = {"layer": layer, "area": 9.0}
        permit = {**ground, "permit_doc_id": 7.0}
        assert same(area_of(side, permit), 0.0 if freed_by == "permit" else 9.0)
        both = {**permit, "activity_code": 8.0}
        assert same(area_of(side, both), 9.0 if freed_by == "nothing" else 0.0)
        assert same(area_of(side, {**ground, "activity_code": 8.0}), 9.0)


@pytest.mark.parametrize(("lawful", "unlawful", "layers"), MIRRORS)
def test_lawful_ground_is_the_rest_of_the_layer(
    lawful: Callable[..., Floats], unlawful: Callable[..., Floats], layers: set[str]
) -> None:
    for layer in layers:
        bare: Overlap = {"layer": layer, "area": 5.0}
        papers: Overlap = {
            "layer": layer,
            "area": 70.0,
            "permit_doc_id": 7.0,
            "activity_code": 8.0,
        }
        assert same(area_of(lawful, bare, papers), 70.0)
        assert same(area_of(unlawful, bare, papers), 5.0)


@pytest.mark.parametrize(("side", "layers", "freed_by"), SIDES)
def test_the_later_of_computed_and_attested_stands(
    side: Callable[..., Floats], layers: set[str], freed_by: str
) -> None:
    for layer in layers:
        computed: Overlap = {"layer": layer, "area": 300.0}
        attested: Overlap = {"layer": layer, "area": 20.0, "attestation_doc_id": 3.0}
        assert same(area_of(side, computed, {**attested, "attested_on": AS_OF + 1}), 20.0)
        assert same(area_of(side, computed, {**attested, "attested_on": AS_OF - 1}), 300.0)
        assert same(area_of(side, computed, attested), nan)
        numberless: Overlap = {"layer": layer, "area": 20.0, "attested_on": AS_OF + 1}
        assert same(area_of(side, computed, numberless), nan)


def test_a_document_on_one_layer_leaves_another_as_computed() -> None:
    river: Overlap = {"layer": "河道", "area": 300.0}
    document = {"attestation_doc_id": 3.0, "attested_on": AS_OF + 1}
    wetland: Overlap = {"layer": "湿地", "area": 20.0, **document}
    assert same(area_of(land.protected_unpermitted_area, river, wetland), 320.0)


def test_a_document_that_shows_the_permit_frees_the_ground() -> None:
    computed: Overlap = {"layer": "生态保护红线", "area": 300.0}
    document = {"attestation_doc_id": 3.0, "attested_on": AS_OF + 1}
    papers = {**computed, **document, "permit_doc_id": 7.0, "activity_code": 8.0}
    assert same(area_of(land.redline_unpermitted_area, computed, papers), 0.0)
    assert same(area_of(land.redline_permitted_area, computed, papers), 300.0)


@pytest.mark.parametrize(("side", "layers", "freed_by"), SIDES)
def test_no_overlap_is_no_area_and_undeclared_is_unknown(
    side: Callable[..., Floats], layers: set[str], freed_by: str
) -> None:
    assert same(area_of(side), 0.0)
    assert same(area_of(side, declared=False), nan)
    for layer in layers:
        assert same(area_of(side, {"layer": layer}), nan)
