"""An installation's own folder: files it adds, and what a county may change."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from features.frame import Frame
from risk.files import EffectivePolicy, load_policy
from risk.files.strict_yaml import PolicyFault
from risk.red_lines import judge_one
from tests.risk.files.sheets import SOUND, broken

DAY = date(2026, 3, 31)
COUNTY = "330825"
WHO = "source: 县府办会议纪要, reason: 本县收储周期较长, author: 张, approved_by: 李"


def override(folder: Path, *rows: str) -> None:
    (folder / "counties").mkdir(exist_ok=True)
    text = f'county: "{COUNTY}"\noverrides:\n' + "".join(f"  - {{{row}}}\n" for row in rows)
    (folder / "counties" / f"{COUNTY}.yaml").write_text(text, encoding="utf-8")


def add(folder: Path, text: str, name: str = "RL-90") -> None:
    (folder / "red_lines").mkdir(exist_ok=True)
    (folder / "red_lines" / f"{name}.yaml").write_text(text, encoding="utf-8")


def warn_of(policy: EffectivePolicy, rule: str = "RL-05") -> str:
    return str(policy.red_lines[rule].content["tests"][0]["limits"][0]["at"])


def test_file_dropped_into_the_folder_is_judged_and_explained(tmp_path: Path) -> None:
    add(tmp_path, SOUND)
    policy = load_policy(tmp_path).effective(DAY)
    columns = {"cash_unrestricted": np.array([60.0]), "short_debt_total": np.array([100.0])}
    frame = Frame("cooperative", ["C1"], np.array([20543]), columns)
    verdict = judge_one(frame, policy, ["RL-90"])[0].document()
    assert (verdict["rule"], verdict["state"]) == ("RL-90", "warn")


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


def law(text: str) -> str:
    return text.replace("basis: EXPERT", "basis: LAW")


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
    with pytest.raises(PolicyFault, match="only be stricter"):
        load_policy(tmp_path)


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


def test_county_moves_a_cut_off(tmp_path: Path) -> None:
    override(
        tmp_path, f'limit: credit/approve, at: "0.04", from: 2026-01-01, basis: EXPERT, {WHO}'
    )
    policy = load_policy(tmp_path)
    assert str(policy.effective(DAY, COUNTY).products["credit"].approve_up_to) == "0.04"


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


def test_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyFault, match="is not a folder"):
        load_policy(tmp_path / "nowhere")
    (tmp_path / "redlines").mkdir()
    with pytest.raises(PolicyFault, match="known folders"):
        load_policy(tmp_path)
