"""An installation's own folder: files it adds, and what a county may change."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from features.frame import Frame
from risk.files import EffectivePolicy, load_policy
from risk.files.strict_yaml import PolicyFault
from risk.red_lines import State, judge, judge_one
from risk.red_lines.table import table_of
from tests.risk.files.installation import COUNTY, WHO, add, law, override
from tests.risk.files.sheets import SOUND, STANDS, broken

DAY = date(2026, 3, 31)


def warn_of(policy: EffectivePolicy, rule: str = "RL-05") -> str:
    return str(policy.red_lines[rule].content["tests"][0]["limits"][0]["at"])


def test_file_dropped_into_the_folder_is_judged_and_explained(tmp_path: Path) -> None:
    add(tmp_path, SOUND)
    policy = load_policy(tmp_path).effective(DAY)
    columns = {"cash_unrestricted": np.array([60.0]), "short_debt_total": np.array([100.0])}
    frame = Frame("cooperative", ["C1"], np.array([20543]), columns)
    verdict = judge_one(frame, policy, ["RL-90"])[0].document()
    assert (verdict["rule"], verdict["state"]) == ("RL-90", "warn")


@pytest.mark.parametrize(
    "name",
    ["RL-90.yaml", "red_lines/RL-90.yml", "red_lines/new/RL-90.yaml", "red_lines/RL-90.YAML"],
)
def test_a_file_that_nobody_would_read_is_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(SOUND, encoding="utf-8")
    with pytest.raises(PolicyFault, match="would not be read") as refused:
        load_policy(tmp_path)
    assert refused.value.where == name


def test_what_is_no_policy_is_passed_over(tmp_path: Path) -> None:
    add(tmp_path, SOUND)
    (tmp_path / "README.md").write_text("县政策")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config.yaml").write_text("x: 1")
    assert "RL-90" in load_policy(tmp_path).red_lines


def test_county_changes_an_expert_limit_for_itself_alone(tmp_path: Path) -> None:
    override(tmp_path, f'limit: RL-05/t1/warn, at: "0.9", from: 2026-01-01, basis: EXPERT, {WHO}')
    policy = load_policy(tmp_path)
    assert warn_of(policy.effective(DAY, COUNTY)) == "0.9"
    assert warn_of(policy.effective(date(2025, 12, 31), COUNTY)) == "1.0"
    assert warn_of(policy.effective(DAY)) == warn_of(policy.effective(DAY, "330802")) == "1.0"
    assert policy.effective(DAY, COUNTY).sha256 != policy.effective(DAY).sha256


def test_override_ends_before_its_last_day(tmp_path: Path) -> None:
    row = (
        f'limit: RL-05/t1/warn, at: "0.9", from: 2026-01-01, to: 2026-03-31, basis: EXPERT, {WHO}'
    )
    override(tmp_path, row)
    policy = load_policy(tmp_path)
    assert warn_of(policy.effective(date(2026, 3, 30), COUNTY)) == "0.9"
    assert warn_of(policy.effective(DAY, COUNTY)) == "1.0"


def test_delegated_number_needs_the_authoritys_document(tmp_path: Path) -> None:
    row = f'limit: RL-01/t1/breach, at: "0.70", from: 2026-01-01, basis: DELEGATED, {WHO}'
    override(tmp_path, row)
    with pytest.raises(PolicyFault, match="document_no"):
        load_policy(tmp_path)
    override(tmp_path, f"{row}, document_no: 常国资〔2026〕3号")
    content = load_policy(tmp_path).effective(DAY, COUNTY).red_lines["RL-01"].content
    assert content["tests"][0]["limits"][1]["document_no"] == "常国资〔2026〕3号"


@pytest.mark.parametrize("at", ['"0.4"', "null"])
def test_law_is_never_loosened(tmp_path: Path, at: str) -> None:
    add(tmp_path, law(SOUND))
    override(tmp_path, f"limit: RL-90/t1/breach, at: {at}, from: 2026-01-01, basis: LAW, {WHO}")
    with pytest.raises(PolicyFault, match="only be stricter") as caught:
        load_policy(tmp_path)
    assert f"counties/{COUNTY}.yaml:3" in str(caught.value)


def test_law_may_be_stricter(tmp_path: Path) -> None:
    add(tmp_path, law(SOUND))
    override(tmp_path, f'limit: RL-90/t1/warn, at: "1.2", from: 2026-01-01, basis: EXPERT, {WHO}')
    assert warn_of(load_policy(tmp_path).effective(DAY, COUNTY), "RL-90") == "1.2"


def test_law_that_begins_under_an_override_binds_it(tmp_path: Path) -> None:
    stands = "from: 2027-01-01, basis: LAW, source: x, approved_by: y"
    later = f'      - {{level: breach, at: "0.6", {stands}}}\n'
    add(tmp_path, broken("cure:", later + "cure:"))
    override(
        tmp_path, f'limit: RL-90/t1/breach, at: "0.4", from: 2026-01-01, basis: EXPERT, {WHO}'
    )
    policy = load_policy(tmp_path)

    def breach(year: int) -> str:
        content = policy.effective(date(year, 1, 1), COUNTY).red_lines["RL-90"].content
        return str(content["tests"][0]["limits"][1]["at"])

    assert [breach(year) for year in (2025, 2026, 2027)] == ["0.5", "0.4", "0.6"]
    assert (
        policy.effective(date(2027, 1, 1)).red_lines["RL-90"].content["tests"]
        == (policy.effective(date(2027, 1, 1), COUNTY).red_lines["RL-90"].content["tests"])
    )


def test_override_may_not_turn_the_levels_round(tmp_path: Path) -> None:
    override(tmp_path, f'limit: RL-05/t1/warn, at: "0.4", from: 2026-01-01, basis: EXPERT, {WHO}')
    with pytest.raises(PolicyFault, match="must be milder"):
        load_policy(tmp_path)


def test_approver_of_an_override_is_another_than_its_author(tmp_path: Path) -> None:
    row = f'limit: RL-05/t1/warn, at: "0.9", from: 2026-01-01, basis: EXPERT, {WHO}'
    override(tmp_path, row.replace("approved_by: 李", "approved_by: 张"))
    with pytest.raises(PolicyFault, match="another than the author"):
        load_policy(tmp_path)


@pytest.mark.parametrize(
    "gone", ["reason: 本县收储周期较长, ", "author: 张, ", "from: 2026-01-01, "]
)
def test_override_names_reason_author_and_day(tmp_path: Path, gone: str) -> None:
    row = f'limit: RL-05/t1/warn, at: "0.9", from: 2026-01-01, basis: EXPERT, {WHO}'
    override(tmp_path, row.replace(gone, ""))
    with pytest.raises(PolicyFault, match="missing"):
        load_policy(tmp_path)


@pytest.mark.parametrize("limit", ["RL-99/t1/warn", "RL-05/t9/warn", "RL-05/warn", "credit/prize"])
def test_override_of_nothing_is_refused(tmp_path: Path, limit: str) -> None:
    override(tmp_path, f'limit: {limit}, at: "0.9", from: 2026-01-01, basis: EXPERT, {WHO}')
    with pytest.raises(PolicyFault, match="limit"):
        load_policy(tmp_path)


@pytest.mark.parametrize(
    ("limit", "at", "reason"),
    [
        ("RL-07/parameters/loss_grace_years", '{add: "1", to: loss_years}', "a number or null"),
        ("credit/approve", "{parameter: x}", "a number or null"),
        ("RL-05/t1/warn", '{add: "0.05", to: county__sector_benchmark}', "RL-05 reads no county"),
        ("RL-05/t1/warn", "{parameter: loss_grace_years}", "RL-05 has no parameter"),
        ("RL-91/t1/breach", '"1"', "a flag has no number"),
    ],
)
def test_override_that_its_file_cannot_read_is_refused(
    tmp_path: Path, limit: str, at: str, reason: str
) -> None:
    add(tmp_path, DEVELOPER, "RL-91")
    override(tmp_path, f"limit: {limit}, at: {at}, from: 2026-01-01, basis: EXPERT, {WHO}")
    with pytest.raises(PolicyFault, match=reason) as caught:
        load_policy(tmp_path)
    assert f"counties/{COUNTY}.yaml:3" in str(caught.value)


def test_county_moves_a_cut_off(tmp_path: Path) -> None:
    override(
        tmp_path, f'limit: credit/approve, at: "0.04", from: 2026-01-01, basis: EXPERT, {WHO}'
    )
    policy = load_policy(tmp_path)
    assert str(policy.effective(DAY, COUNTY).products["credit"].approve_up_to) == "0.04"


def test_county_changes_a_parameter_for_itself_while_its_row_holds(tmp_path: Path) -> None:
    override(
        tmp_path,
        'limit: RL-07/parameters/loss_grace_years, at: "5", from: 2026-01-01, to: 2026-03-01, '
        f"basis: EXPERT, {WHO}",
    )
    policy = load_policy(tmp_path)
    days = ["2023-06-30", "2025-12-31", "2026-01-01", "2026-02-28", "2026-03-01"]
    numbers = np.array(days, dtype="datetime64[D]").astype(np.int64)
    own = policy.parameters(COUNTY)["loss_grace_years"](numbers)
    np.testing.assert_equal(own, [np.nan, 3, 5, 5, 3])
    for other in (None, "330802"):
        ours = policy.parameters(other)["loss_grace_years"](numbers)
        np.testing.assert_equal(ours, [np.nan, 3, 3, 3, 3])
    held = policy.effective(date(2026, 1, 1), COUNTY).red_lines["RL-07"].content["parameters"]
    assert held["loss_grace_years"]["at"] == "5"


def test_two_files_of_one_id_are_refused(tmp_path: Path) -> None:
    add(tmp_path, SOUND.replace("RL-90", "RL-05"), "RL-05")
    with pytest.raises(PolicyFault, match=r"stands in red_lines/RL-05\.yaml too"):
        load_policy(tmp_path)


def parameter(name: str) -> str:
    stands = "from: 2024-01-01, basis: EXPERT, source: x, approved_by: y"
    return f'parameters:\n  {name}: [{{at: "3", {stands}}}]\ncases:'


def test_parameter_has_one_owner(tmp_path: Path) -> None:
    add(tmp_path, broken("cases:", parameter("loss_grace_years")))
    with pytest.raises(PolicyFault, match=r"red_lines/RL-07\.yaml owns loss_grace_years too"):
        load_policy(tmp_path)


def test_parameter_is_no_feature(tmp_path: Path) -> None:
    add(tmp_path, broken("cases:", parameter("net_assets")))
    with pytest.raises(PolicyFault, match="is a column or feature too"):
        load_policy(tmp_path)


CHILD = SOUND.replace("severity: R", "severity: R\ninside: PARENT")


def test_line_stands_inside_another_of_its_subject(tmp_path: Path) -> None:
    add(tmp_path, CHILD.replace("PARENT", "RL-05"))
    content = load_policy(tmp_path).effective(DAY).red_lines["RL-90"].content
    assert content["inside"] == "RL-05"


@pytest.mark.parametrize("parent", ["RL-99", "RL-90"])
def test_line_inside_nothing_is_refused(tmp_path: Path, parent: str) -> None:
    add(tmp_path, CHILD.replace("PARENT", parent))
    with pytest.raises(PolicyFault, match=rf"RL-90\.yaml:1: inside: no other red line {parent}"):
        load_policy(tmp_path)


def test_line_inside_a_child_is_refused(tmp_path: Path) -> None:
    child = CHILD.replace("PARENT", "RL-05")
    add(tmp_path, child)
    grandchild = child.replace("id: RL-90", "id: RL-91").replace("RL-05", "RL-90")
    add(tmp_path, grandchild, "RL-91")
    with pytest.raises(PolicyFault, match="RL-90 itself stands inside another line"):
        load_policy(tmp_path)


DEVELOPER = f"""\
id: RL-91
title: {{zh: 名称受限, en: Restricted name}}
subject: developer
severity: R
clause: {{document: 指导意见, article: 二（五）}}
tests:
  - {{id: t1, flag: restricted_name, limits: [{{level: breach, {STANDS}}}]}}
action: {{zh: 停, en: stop}}
cases:
  - {{name: named, given: {{restricted_name: true}}, as_of: 2026-03-31, expect: breach}}
  - {{name: not named, given: {{restricted_name: false}}, as_of: 2026-03-31, expect: pass}}
"""


def test_line_inside_one_of_another_subject_is_refused(tmp_path: Path) -> None:
    add(tmp_path, DEVELOPER.replace("severity: R", "severity: R\ninside: RL-05"), "RL-91")
    with pytest.raises(PolicyFault, match="RL-05 judges a cooperative"):
        load_policy(tmp_path)


def test_line_of_developers_judges_organisations(tmp_path: Path) -> None:
    add(tmp_path, DEVELOPER, "RL-91")
    policy = load_policy(tmp_path).effective(DAY)
    records = policy.red_lines["RL-91"].inputs["restricted_name"].records
    assert list(records) == ["organisation"]
    organisation = Frame(
        "organisation", ["D1"], np.array([20543]), {"restricted_name": np.array([1.0])}
    )
    verdicts = judge(organisation, policy, ["RL-91"])
    assert State(verdicts.states("RL-91")[0]) is State.BREACH
    assert verdicts.verdict("RL-91", 0).document()["subject"] == {"kind": "developer", "id": "D1"}
    assert judge_one(organisation, policy, ["RL-91"])[0].row.subject == ("developer", "D1")
    assert table_of(verdicts)["subject_kind"].to_pylist() == ["developer"]


def test_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyFault, match="is not a folder"):
        load_policy(tmp_path / "nowhere")
    (tmp_path / "redlines").mkdir()
    with pytest.raises(PolicyFault, match="known folders"):
        load_policy(tmp_path)
