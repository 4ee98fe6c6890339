"""What the `cure` key of a red-line file may say, and what it refuses."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from risk.files import load_policy
from risk.files.cures import CURES, read_cures, shipped
from risk.files.strict_yaml import PolicyFault, read_yaml
from tests.risk.files.installation import COUNTY, WHO, add, override
from tests.risk.files.sheets import SOUND


def read(folder: Path, text: str, subject: str = "cooperative") -> list[dict[str, Any]]:
    path = folder / "cure.yaml"
    path.write_text(f"cure:\n  - {text}\n", encoding="utf-8")
    return read_cures(read_yaml(path, "cure.yaml").section(("cure",))["cure"], subject)


def test_a_word_comes_out_with_its_postings_and_their_sums(tmp_path: Path) -> None:
    (act,) = read(tmp_path, "inject_equity")
    cash, equity, parent = act["parts"][0]["own"]
    assert cash == {
        "more": [
            {
                "column": "cash_total",
                "in": ["current_assets", "total_assets"],
                "keeps": ["cash_restricted"],
            }
        ]
    }
    assert equity == {"more": [{"column": "equity"}]}
    assert parent["memo"] is True


def test_a_word_without_postings_of_that_subject_is_shown_all_the_same(tmp_path: Path) -> None:
    assert read(tmp_path, "repay", "project") == [{"act": "repay", "parts": []}]
    assert read(tmp_path, "release") == [{"act": "release", "parts": []}]


def test_every_general_act_is_a_known_word() -> None:
    assert {word for words in shipped().acts.values() for word in words} <= {*CURES}


def test_rows_of_a_register_are_read_as_the_dictionary_has_them(tmp_path: Path) -> None:
    (act,) = read(
        tmp_path,
        "{act: undo, each: associates, where: {control: false, decision_doc_id: missing,"
        ' dpd: {up_to: "30"}}, row: [{less: [loan]}], own: [{more: [cash_total], alone: true}]}',
    )
    (part,) = act["parts"]
    assert part["where"] == {
        "control": False,
        "decision_doc_id": "missing",
        "dpd": {"up_to": "30"},
    }
    assert part["row"] == [{"less": [{"column": "loan", "in": ["all_shareholder_funding"]}]}]
    assert part["own"] == [{"more": [{"column": "cash_total", "keeps": ["cash_restricted"]}]}]


def test_an_act_may_have_several_parts_and_new_rows(tmp_path: Path) -> None:
    (act,) = read(
        tmp_path,
        "{act: add_co_sharer, parts: [{each: guarantees, row: [{less: [own_share], least: "
        '"0.2"}], of: balance}, {each: undertakings, set: {own_share: "0.2"}, add: {rows: '
        "co_sharers, entries: [{resource_id: {as: resource_id}, party_id: given, kind: bank, "
        'share: "0.4", contract_doc_id: given}]}}]}',
    )
    first, second = act["parts"]
    assert first["row"] == [{"less": [{"column": "own_share"}], "least": "0.2"}]
    assert first["of"] == "balance"
    assert second["set"] == {"own_share": "0.2"}
    assert second["add"]["entries"][0]["resource_id"] == {"as": "resource_id"}


SHARING = "{act: add_co_sharer, each: guarantees, row: [{less: [own_share], least: %s}]}"


def kept(folder: Path, day: date, county: str | None = None) -> str:
    """Return what is left at least on the rows that RL-90 shares."""
    (act,) = load_policy(folder).effective(day, county).red_lines["RL-90"].content["cure"]
    (side,) = act["parts"][0]["row"]
    return str(side["least"])


def with_sharing(least: str) -> str:
    return SOUND.replace("cure: [inject_equity]", f"cure: [{SHARING % least}]")


def test_what_is_left_at_least_may_be_a_dated_number_of_a_line(tmp_path: Path) -> None:
    add(tmp_path, with_sharing("own_share_kept"))
    row = 'limit: RL-15/parameters/own_share_kept, at: "0.3", from: 2026-01-01, basis: EXPERT'
    override(tmp_path, f"{row}, {WHO}")
    assert kept(tmp_path, date(2026, 3, 31)) == "0.2"
    assert kept(tmp_path, date(2026, 3, 31), COUNTY) == "0.3"
    assert kept(tmp_path, date(2025, 12, 31), COUNTY) == "0.2"


def test_a_number_that_no_line_holds_is_refused(tmp_path: Path) -> None:
    add(tmp_path, with_sharing("share_nobody_holds"))
    with pytest.raises(PolicyFault, match="no policy file owns the parameter share_nobody_holds"):
        load_policy(tmp_path)


OWN = "{act: undo, own: [%s]}"
ROWS = "{act: undo, each: associates, row: [{less: [loan]}]%s}"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("pray", "one of repay"),
        ("{act: pray, set: {investment_type: true}}", "one of repay"),
        ("{act: undo}", "posts nothing"),
        ("{act: undo, sett: {investment_type: true}}", "unknown key"),
        ("{act: undo, set: {dpd: given}}", "no such column dpd"),
        ("{act: undo, set: {investment_type: given}}", "true, false"),
        ("{act: undo, set: {guarantee_licence_no: as_of}}", "one of given"),
        ("{act: undo, set: {revenue_12m: 5}}", "quoted"),
        ("{act: undo, set: {revenue_12m: given}}", "decimal"),
        ("{act: undo, set: {level: 省}}", "one of 市, 县, 乡"),
        ('{act: undo, set: {cash_total: "5"}}', "post an amount"),
        ('{act: undo, set: {total_liabilities: "5"}}', "post an amount"),
        ("{act: undo, where: {control: true}, own: [{more: [equity]}]}", "needs each"),
        ("{act: undo, each: county, set: {dpd: given}}", "one of debt_due_by_month"),
        (OWN % "{less: [cash_total], more: [equity]}", "either less or more"),
        (OWN % "{more: [cash_total, equity]}", "put on one column"),
        (OWN % "{more: [cash_total]}", "does not balance"),
        (OWN % "{less: [cash_total]}, {more: [equity]}", "does not balance"),
        (OWN % "{more: [cash_total]}, {more: [long_debt]}", "borrows"),
        (OWN % "{more: [cash_total]}, {more: [equity], memo: true}", "cannot be a memo"),
        (OWN % "{less: [cash_total, short_debt]}", "stand in the same sums"),
        (OWN % "{less: [investment_type]}", "no such column"),
        (ROWS % ", of: dpd", "no such column dpd"),
        (ROWS % ", where: {control: given}", "true, false"),
        (ROWS % ", where: {loan: given}, own: [{less: [equity]}]", "does not balance"),
        (ROWS % ", ledgers: [{rows: debt_due_by_month, less: amount}]", "missing"),
        (
            ROWS % ", ledgers: [{rows: debt_due_by_month, more: amount, at: {loan: '3'}}]",
            "no such",
        ),
        ("{act: undo, parts: [{each: associates, row: [{less: [loan, dpd]}]}]}", "of one kind"),
        (
            "{act: undo, each: guarantees, set: {party_kind: {as: giver_kind}}}",
            "no such column giver_kind",
        ),
        (
            "{act: undo, add: {rows: co_sharers, entries: [{kind: village}]}}",
            "one of bank, guarantee_body",
        ),
    ],
)
def test_a_mistake_is_refused_with_its_line(text: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyFault, match=fault) as refused:
        read(tmp_path, text)
    assert str(refused.value.where) == "cure.yaml:2"
