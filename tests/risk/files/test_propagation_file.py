"""Propagation and admission are read as strictly as every other file of policy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from risk.files import load_policy
from risk.files.admission import read_admission
from risk.files.catalogue import feature_graph
from risk.files.load import SHIPPED
from risk.files.propagation import read_propagation
from risk.files.strict_yaml import Node, PolicyFault, read_yaml

POLICY = load_policy()
READERS: dict[str, Callable[[Node], object]] = {
    "propagation.yaml": lambda node: read_propagation(
        node, POLICY.red_lines, POLICY.products, feature_graph()
    ),
    "admission.yaml": lambda node: read_admission(node, POLICY.red_lines),
}
STOP = """\
stops:
  one:
    - of: resource
      lines: [RL-52]
      products: [credit]
      only_with: [enhancer_kind__农担]
      stops: {zh: 停, en: stopped}
      goes_on: {zh: 续, en: goes on}
      on_breach: {outcome: refer, zh: "缺{doc}", en: "no {doc}"}
      on_unknown: {outcome: refer, zh: 不明, en: unknown}
      papers: {RL-52/t1: {zh: 甲, en: a}, RL-52/t2: {zh: 乙, en: b}}
      from: 2024-01-01
      basis: EXPERT
      source: panel
      approved_by: board
"""
PROPAGATION = [
    ("of: resource", "of: firm", "must be one of application"),
    ("of: resource", "of: project", "judges a resource, not a project"),
    ("[RL-52]", "[RL-99]", "no such red line"),
    ("[RL-52]", "[]", "at least one entry"),
    ("lines: [RL-52]", "severity: R", "no such test of these lines"),
    ("lines: [RL-52]\n", "lines: [RL-52]\n      severity: R\n", "names its lines, or"),
    ("      lines: [RL-52]\n", "", "names its lines, or"),
    ("[credit]", "[gold]", "no such product"),
    ("[credit]", "{credit: [RL-52/t9]}", "no such test"),
    ("[credit]", "[]", "unknown key"),
    ("enhancer_kind__农担", "enhancer_kind__x", "no such column"),
    ("enhancer_kind__农担", "amount", "must be a flag"),
    ("{outcome: refer, zh: \"缺", "{outcome: decline, zh: \"缺", "never declines it"),
    ("{outcome: refer, zh: 不明", "{outcome: decline, zh: 不明", "never declines it"),
    ("{outcome: refer, zh: 不明", "{outcome: approve, zh: 不明", "must be one of refer"),
    (", RL-52/t2: {zh: 乙, en: b}", "", "no paper is named for RL-52/t2"),
    ("\"缺{doc}\", en: \"no {doc}\"", "缺, en: none", "no words have a place"),
    ("zh: 不明, ", "", "missing"),
    ("basis: EXPERT", "basis: HOPE", "must be one of LAW"),
    ("goes_on:", "goes:", "unknown key"),
    ("approved_by: board", "approved_by: board\n      author: board", "another than the author"),
]  # fmt: skip
ADMISSION = [
    ("RL-22, RL-24", "RL-99, RL-24", "no such red line"),
    ("RL-22, RL-24", "RL-27, RL-24", "judges a developer, not a project"),
    ("developer:", "firm:", "unknown key"),
    ("    must_be_known: []\n", "", "missing"),
]


def read(path: str, text: str, folder: Path) -> object:
    target = folder / "file.yaml"
    target.write_text(text, encoding="utf-8")
    return READERS[path](read_yaml(target, path))


def test_the_file_to_break_is_sound(tmp_path: Path) -> None:
    read("propagation.yaml", STOP, tmp_path)


@pytest.mark.parametrize(("old", "new", "reason"), PROPAGATION)
def test_a_mistake_in_a_stop_is_refused_with_its_line(
    old: str, new: str, reason: str, tmp_path: Path
) -> None:
    assert old in STOP
    with pytest.raises(PolicyFault, match=reason) as caught:
        read("propagation.yaml", STOP.replace(old, new, 1), tmp_path)
    assert "propagation.yaml:" in str(caught.value)


@pytest.mark.parametrize(("line", "reason"), [("RL-35a", "which no request has")])
def test_a_request_is_judged_only_by_what_it_has(line: str, reason: str, tmp_path: Path) -> None:
    text = STOP.replace("of: resource", "of: application").replace("[RL-52]", f"[{line}]")
    with pytest.raises(PolicyFault, match=reason):
        read("propagation.yaml", text, tmp_path)


@pytest.mark.parametrize(("old", "new", "reason"), ADMISSION)
def test_a_mistake_in_admission_is_refused_with_its_line(
    old: str, new: str, reason: str, tmp_path: Path
) -> None:
    text = (SHIPPED / "admission.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(PolicyFault, match=reason) as caught:
        read("admission.yaml", text.replace(old, new, 1), tmp_path)
    assert "admission.yaml:" in str(caught.value)


def test_a_stop_holds_between_its_dates(tmp_path: Path) -> None:
    ended = STOP.replace("from: 2024-01-01", "from: 2024-01-01\n      to: 2025-01-01")
    target = tmp_path / "file.yaml"
    target.write_text(ended, encoding="utf-8")
    stops = read_propagation(
        read_yaml(target, "propagation.yaml"), POLICY.red_lines, POLICY.products, feature_graph()
    )
    days = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 1))
    assert [len(stops.on(day)) for day in days] == [0, 1, 1, 0]


def test_an_installations_own_file_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "propagation.yaml").write_text(STOP, encoding="utf-8")
    day = date(2026, 3, 31)
    own = load_policy(tmp_path).effective(day)
    assert [stop.id for stop in own.stops or ()] == ["one"]
    assert own.sha256 != POLICY.effective(day).sha256
