"""Products, cards, reason codes, scales and the definition of default are read as strictly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from risk.files.catalogue import feature_graph
from risk.files.cross_check import refuse_shared_names, refuse_strangers
from risk.files.default_definition import read_default_definition
from risk.files.load import SHIPPED
from risk.files.product import read_product
from risk.files.scorecard import read_scorecard
from risk.files.simple import read_count, read_master_scale, read_reason_codes
from risk.files.strict_yaml import Node, PolicyFault, read_yaml

READERS: dict[str, Callable[[Node], object]] = {
    "products/credit.yaml": lambda node: read_product(node, feature_graph()),
    "scorecards/credit.yaml": read_scorecard,
    "reason_codes.yaml": read_reason_codes,
    "master_scale.yaml": read_master_scale,
    "default_definition.yaml": read_default_definition,
    "staleness.yaml": lambda node: read_count(node, "grace_days"),
    "hand_over.yaml": lambda node: read_count(node, "trees_beyond_defaults"),
    "reviews.yaml": lambda node: read_count(node, "longest_override_days"),
}
MISTAKES = [
    ("products/credit.yaml", "segment: household", "segment: firm", "must be one of household"),
    ("products/credit.yaml", "  annual_income: -1", "  yearly_income: -1", "no such column"),
    ("products/credit.yaml", "  annual_income: -1", "  annual_income: -2", "must be one of +1"),
    ("products/credit.yaml", "stop: [dishonest_flag", "stop: [dishonest", "no such column"),
    ("products/credit.yaml", 'at: "0.020"', "at: 0.020", "quoted"),
    ("products/credit.yaml", "red_lines: []", "red_lines: none", "must be a list"),
    ("products/credit.yaml", "expect: approve}", "expect: yes}", "must be one of approve"),
    ("products/credit.yaml", 'given: {pd: "0.05', 'given: {odds: "0.05', "unknown key"),
    ("scorecards/credit.yaml", 'half_width: "1.098612"', 'half_width: "0"', "above 0"),
    ("scorecards/credit.yaml", "points: 8}", "points: 19}", "best to the worst"),
    ("scorecards/credit.yaml", 'bound: "0.35"', 'bound: "0.15"', "from good to bad"),
    ("scorecards/credit.yaml", "points: 18}", "points: 18.5}", "whole number"),
    ("scorecards/credit.yaml", "{points: -50}", '{bound: "9", points: -50}', "unknown key"),
    ("reason_codes.yaml", "RC-101:", "RC-1:", "three digits"),
    (
        "reason_codes.yaml",
        "feature: annual_income",
        "feature: op_cash_dscr",
        "speaks for it already",
    ),
    ("reason_codes.yaml", "feature: annual_income, ", "", "one feature or one step"),
    ("reason_codes.yaml", "RC-102:", "RC-101:", "duplicate key"),
    ("master_scale.yaml", 'pd_up_to: "0.01"', 'pd_up_to: "0.004"', "best to the worst"),
    ("master_scale.yaml", "{grade: CC}", '{grade: CC, pd_up_to: "1"}', "unknown key"),
    ("staleness.yaml", 'at: "15"', 'at: "15.5"', "whole number"),
    ("hand_over.yaml", 'at: "100"', 'at: "-1"', "whole number"),
    ("reviews.yaml", "longest_override_days:", "longest_override:", "unknown key"),
    ("default_definition.yaml", "days: 90", 'days: "90"', "whole number"),
    ("default_definition.yaml", "credit: default", "credit: bad", "must be one of default"),
    ("default_definition.yaml", "    default_on: 2024-03-31\n", "", "stands beside a default"),
    ("default_definition.yaml", "dpd: 30", "days_late: 30", "unknown key"),
]


@pytest.mark.parametrize("path", READERS)
def test_shipped_file_is_sound(path: str) -> None:
    READERS[path](read_yaml(SHIPPED / path, path))


@pytest.mark.parametrize(("path", "old", "new", "reason"), MISTAKES)
def test_mistake_is_refused_with_its_line(
    path: str, old: str, new: str, reason: str, tmp_path: Path
) -> None:
    text = (SHIPPED / path).read_text(encoding="utf-8")
    assert old in text
    target = tmp_path / "file.yaml"
    target.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyFault) as caught:
        READERS[path](read_yaml(target, path))
    assert reason in str(caught.value)
    assert f"{path}:" in str(caught.value)


def test_parameter_of_a_feature_without_an_owner_is_refused() -> None:
    with pytest.raises(PolicyFault, match="no policy file owns this parameter"):
        refuse_shared_names({}, {}, feature_graph())


def test_product_without_its_card_or_its_codes_is_refused() -> None:
    product = read_product(
        read_yaml(SHIPPED / "products/credit.yaml", "products/credit.yaml"), feature_graph()
    )
    card = read_scorecard(read_yaml(SHIPPED / "scorecards/credit.yaml", "scorecards/credit.yaml"))
    codes = read_reason_codes(read_yaml(SHIPPED / "reason_codes.yaml", "reason_codes.yaml"))
    with pytest.raises(PolicyFault, match="no such scorecard"):
        refuse_strangers({"credit": product}, {}, {}, codes)
    with pytest.raises(PolicyFault, match="no reason code speaks for"):
        refuse_strangers({"credit": product}, {"credit": card}, {}, {})
    with pytest.raises(PolicyFault, match="no product uses it"):
        refuse_strangers({"credit": product}, {"credit": card}, {}, codes)


def test_card_with_another_sign_than_its_product_is_refused(tmp_path: Path) -> None:
    text = (SHIPPED / "products/credit.yaml").read_text(encoding="utf-8")
    target = tmp_path / "credit.yaml"
    target.write_text(text.replace("max_dpd_24m: +1", "max_dpd_24m: -1"), encoding="utf-8")
    product = read_product(read_yaml(target, "products/credit.yaml"), feature_graph())
    card = read_scorecard(read_yaml(SHIPPED / "scorecards/credit.yaml", "scorecards/credit.yaml"))
    codes = read_reason_codes(read_yaml(SHIPPED / "reason_codes.yaml", "reason_codes.yaml"))
    with pytest.raises(PolicyFault, match="does not sign max_dpd_24m as the card does"):
        refuse_strangers({"credit": product}, {"credit": card}, {}, codes)
