"""A book scored in vectors says of each application what one assessment says of it alone."""

from __future__ import annotations

from typing import Any

import pytest

from features.errors import BadInput
from service.use_cases.assessing.assess import UnknownProduct
from service.use_cases.assessing.consents import ConsentMissing
from service.use_cases.assessing.score import score_book
from tests.service.use_cases.conftest import County

COMPARED = 40


@pytest.mark.parametrize("product", ["credit", "deposit"])
def test_batch_and_single_agree_to_the_last_digit(county: County, product: str) -> None:
    rows = score_book(product, county.book, county.policy, county.home).to_pylist()
    step = max(len(rows) // COMPARED, 1)
    compared = [same(county, product, row) for row in rows[::step]]
    assert sum(compared) > COMPARED // 2


def same(county: County, product: str, row: dict[str, Any]) -> bool:
    subject = {"subject": {"kind": "application", "id": row["application_id"]}}
    try:
        document = county.assess(product, subject)
    except (ConsentMissing, UnknownProduct):
        assert row["outcome"] == "refer"
        assert row["points"] is None
        return False
    codes = [row[f"reason_{slot}"] for slot in range(1, 5)]
    assert [reason["code"] for reason in document["reasons"]] == [c for c in codes if c]
    assert document["outcome"] == row["outcome"]
    assert document["policy"] == row["policy"]
    assert {stop["rule"] for stop in document["stops"]} == set(row["stops"].split())
    score = document["score"]
    if score is None:
        assert row["points"] is None
        return False
    for name in ("pd", "pd_low", "pd_high"):
        assert f"{row[name]:.6f}" == score[name]
    for name in ("points", "base_points", "grade"):
        assert row[name] == score[name]
    assert {f"points_{c['feature']}": c["points"] for c in score["contributions"]} == {
        name: value for name, value in row.items() if name.startswith("points_")
    }
    assert row["model_version"] == score["model"]["version"]
    return True


def test_one_row_per_application_of_the_product(county: County) -> None:
    rows = score_book("credit", county.book, county.policy, county.home).to_pylist()
    keys = {row["application_id"] for row in rows}
    asked = {*county.applications("credit"), *county.applications("credit", "organisation")}
    assert keys == asked


def test_an_unknown_product_is_said(county: County) -> None:
    with pytest.raises(BadInput, match="unknown product"):
        score_book("carbon", county.book, county.policy, county.home)
