"""Each mistake in a policy file is refused with its file, its line and the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from risk.files.strict_yaml import PolicyFault, read_yaml
from tests.risk.files.sheets import SOUND, STANDS, broken, read

RELATIVE = 'at: {add: "0.05", to: county__sector_benchmark}'
TWICE = f'      - {{level: warn, at: "1.0", {STANDS}}}\n'

FLAT = f'{{level: warn, at: "2", {STANDS}}}'
TEST = "tests:\n  - id: t1\n"

MISTAKES = {
    "unknown key": ("severity: R", "severity: R\ncolour: red", 5, "unknown key"),
    "unknown key in a limit": ('at: "1.0",', 'at: "1.0", till: x,', 12, "unknown key"),
    "duplicate key": ("severity: R", "severity: R\nseverity: O", 5, "duplicate key"),
    "undated limit": ("from: 2024-01-01, ", "", 12, "missing"),
    "no date": ("from: 2024-01-01", "from: soon", 12, "must be a date"),
    "unquoted limit": ('at: "1.0"', "at: 1.0", 12, "quoted"),
    "unquoted whole limit": ('at: "1.0"', "at: 1", 12, "quoted"),
    "limit that is no number": ('at: "1.0"', 'at: "1,0"', 12, "decimal number"),
    "warn not milder than breach": ('at: "1.0"', 'at: "0.5"', 12, "must be milder"),
    "warn harder than breach": ('at: "1.0"', 'at: "0.4"', 12, "must be milder"),
    "two limits of one day": (TWICE, TWICE + TWICE.replace("1.0", "1.1"), 13, "second row"),
    "missing basis": ("basis: EXPERT, ", "", 12, "basis: missing"),
    "missing source": ("source: panel, ", "", 12, "source: missing"),
    "missing approver": (", approved_by: board", "", 12, "approved_by: missing"),
    "unknown basis": ("basis: EXPERT", "basis: CUSTOM", 12, "must be one of LAW"),
    "author approves": ("approved_by: board", "approved_by: board, author: board", 12, "another"),
    "missing clause": (
        "clause: {document: 指导意见, article: 二（五）}\n",
        "",
        1,
        "clause: missing",
    ),
    "clause without article": (", article: 二（五）", "", 5, "article: missing"),
    "no limits": (
        SOUND[SOUND.index("    limits:") : SOUND.index("cure:")],
        "",
        7,
        "limits: missing",
    ),
    "missing cases": (SOUND[SOUND.index("cases:") :], "", 1, "cases: missing"),
    "empty cases": (SOUND[SOUND.index("cases:") :], "cases: []\n", 16, "at least one entry"),
    "unknown column": ("over: cash_unrestricted", "over: cash_in_hand", 8, "no such column"),
    "column of another subject": ("subject: cooperative", "subject: county", 8, "no such column"),
    "column that is no figure": ("over: cash_unrestricted", "over: coop_id", 8, "is a text"),
    "reference that is no ratio": (
        'at: "1.0"',
        'at: {add: "0.05", to: total_assets}',
        12,
        "must be one of ratio",
    ),
    "flag that is none": (
        "tests:",
        "applies_when: total_assets\ntests:",
        6,
        "must be one of flag",
    ),
    "unknown subject": ("subject: cooperative", "subject: village", 3, "must be one of"),
    "unknown severity": ("severity: R", "severity: X", 4, "must be one of R, O, Y"),
    "unknown cure": ("cure: [inject_equity]", "cure: [pray]", 14, "must be one of"),
    "unquoted id": ("id: RL-90", "id: 90", 1, "quote it"),
    "id that is none": ("id: RL-90", "id: RL/90", 1, "an id is capitals"),
    "duplicate test id": (
        TEST,
        f"tests:\n  - {{id: t1, value: loss_years, bad: high, limits: [{FLAT}]}}\n{TEST[7:]}",
        8,
        "two tests of one id",
    ),
    "reported that is no column": (
        "    bad: low",
        "    bad: low\n    reported: {over: cash_in_hand, under: short_debt}",
        11,
        "no such column",
    ),
    "reported without a base": (
        "    bad: low",
        "    bad: low\n    reported: {over: cash_total}",
        11,
        "under: missing",
    ),
    "reported in another unit": (
        "    bad: low",
        "    bad: low\n    reported: {over: loss_years, under: short_debt}",
        11,
        "counted in fen",
    ),
    "reported beside a value": (
        TEST,
        f"tests:\n  - {{id: t0, value: loss_years, bad: high, reported: {{over: cash_total,"
        f" under: short_debt}}, limits: [{FLAT}]}}\n{TEST[7:]}",
        7,
        "a value has no reported figures",
    ),
    "inside of a number": ("severity: R", "severity: R\ninside: 15", 5, "quote it"),
    "yes for true": ("under_is: burden", "under_is: yes", 9, "must be one of"),
    "two kinds in one test": ("    bad: low", "    bad: low\n    flag: is_lgfv", 7, "is one of"),
    "ratio without the kind of base": ("    under_is: burden\n", "", 7, "under_is: missing"),
    "ratio without a direction": ("    bad: low\n", "", 7, "bad: missing"),
    "limit that no column can reach": (
        'at: "1.0"',
        'at: "1000000000000000"',
        12,
        "15 digits before its point",
    ),
    "limit finer than a share can mean": ('at: "1.0"', 'at: "1.0000000000001"', 12, "12 after it"),
    "column of child rows": (
        "over: cash_unrestricted",
        "over: associates__loan",
        8,
        "no such column or feature",
    ),
    "parameter that is not in the file": (
        'at: "1.0"',
        "at: {parameter: area_tolerance}",
        12,
        "no parameter",
    ),
    "case of another column": ("{cash_unrestricted: 60, ", "{total_assets: 60, ", 17, "no such"),
    "case with a float": ("cash_unrestricted: 60", "cash_unrestricted: 60.5", 17, "quoted"),
    "case that fails": ("expect: warn", "expect: pass", 17, "answers warn"),
    "case of no state": ("expect: warn", "expect: amber", 17, "must be one of"),
    "state that no case reaches": (
        "short_debt_total: 0}, as_of: 2026-03-31, expect: not_applicable",
        "short_debt_total: 1}, as_of: 2026-03-31, expect: pass",
        7,
        "no case reaches not_applicable of test t1",
    ),
    "no bad case told": (
        SOUND[SOUND.index("  - {name: warned") : SOUND.index("  - {name: no debt")],
        "",
        1,
        "no told case reaches warn or breach",
    ),
    "not YAML": ("severity: R", "severity: [R", 5, "is not YAML"),
}


def test_sound_file_loads(tmp_path: Path) -> None:
    assert read(tmp_path, SOUND).id == "RL-90"


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_mistake_is_refused_with_file_line_and_reason(mistake: str, tmp_path: Path) -> None:
    old, new, line, reason = MISTAKES[mistake]
    with pytest.raises(PolicyFault) as caught:
        read(tmp_path, broken(old, new))
    assert f"red_lines/RL-90.yaml:{line}" in str(caught.value)
    assert reason in str(caught.value)


def test_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "RL-90.yaml").write_bytes("标题".encode("gbk"))
    with pytest.raises(PolicyFault, match="UTF-8"):
        read_yaml(tmp_path / "RL-90.yaml", "RL-90.yaml")


def test_relative_limits_with_one_reference_are_ordered_too(tmp_path: Path) -> None:
    text = broken('at: "1.0"', RELATIVE).replace('at: "0.5"', RELATIVE)
    with pytest.raises(PolicyFault, match="must be milder"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    "at", ['{add: "0.0500001", to: county__sector_benchmark}', '{add: "0.05"}']
)
def test_relative_limit_is_whole_and_fine_enough(at: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyFault):
        read(tmp_path, broken('at: "1.0"', f"at: {at}"))
