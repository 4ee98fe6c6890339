"""The catalogue: complete, used, bilingual."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from risk.files import load_policy
from service.doors.pages import rendering
from service.doors.pages.texts import catalogue, label, text

PAGES = Path(rendering.__file__).parent
SOURCES = "".join(
    path.read_text(encoding="utf-8")
    for pattern in ("*.py", "**/*.html")
    for path in PAGES.glob(pattern)
)
KEYS = {key for key in re.findall(r'"([a-z]+\.[a-z_]+)"', SOURCES) if not key.endswith(".html")}
CODES = {"feature", "side", "role", "outcome", "seal", "state", "level", "basis", "evidence"}
CODES |= {"product", "flag", "problem", "act", "posting", "severity", "kind", "held"}


def test_every_text_a_page_asks_for_is_there() -> None:
    groups = {key.partition(".")[0] for key in catalogue()}
    assert {key for key in KEYS if key.partition(".")[0] in groups} <= set(catalogue())


def test_no_text_is_left_that_no_page_asks_for() -> None:
    plain = {key for key in catalogue() if key.partition(".")[0] not in CODES}
    assert plain <= KEYS


def test_every_text_stands_in_both_languages() -> None:
    for key, both in catalogue().items():
        assert re.search(r"[\u4e00-\u9fff]", both.zh), key
        assert re.fullmatch(r"[\x20-\x7e]+", both.en), key


def test_a_seal_is_cut_from_four_characters() -> None:
    for code in ("approve", "approve_with_conditions", "refer", "decline"):
        assert len(label("seal", code).zh) == 4


def test_every_feature_of_a_product_and_every_side_of_a_line_has_a_name() -> None:
    policy = load_policy().effective(date(2026, 11, 24))
    for product in policy.products.values():
        for feature in (*product.features, *product.stop):
            assert f"feature.{feature}" in catalogue(), feature
    for line in policy.red_lines.values():
        for test in line.tests:
            for side in (test.over, test.under):
                assert side is None or f"side.{side.name}" in catalogue(), side


def test_every_act_subject_and_severity_of_a_line_has_a_name() -> None:
    for line in load_policy().effective(date(2026, 11, 24)).red_lines.values():
        codes = [f"kind.{line.subject}", f"severity.{line.severity}"]
        codes += [f"act.{cure['act']}" for cure in line.content["cure"]]
        assert set(codes) <= set(catalogue()), line.id


def test_html_in_a_text_is_escaped() -> None:
    assert "&lt;b&gt;" in label("feature", "<b>").__html__()
    assert text("login.title").zh == "登录"
