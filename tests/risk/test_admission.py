"""A breach refuses a project's admission, whatever the score; a gap does not admit it."""

from __future__ import annotations

from datetime import date

import pytest

from features.canonical import canonical_json
from risk.admission import Admission, admission_of
from risk.files import EffectivePolicy, load_policy
from risk.red_lines import Verdict, judge_one
from risk.red_lines.subjects import table_of_subject
from tests.risk.touched import frame

NOW = load_policy().effective(date(2026, 3, 31))
PROJECT = ("project", "J1")
REFUSE = {
    "project": ["RL-22", "RL-24", "RL-25", "RL-34", "RL-39", "RL-42", "RL-51"],
    "developer": ["RL-27", "RL-30", "RL-31"],
    "resource": ["RL-49", "RL-52"],
}
MUST_BE_KNOWN = ["RL-22", "RL-24", "RL-25", "RL-51", "RL-27"]
CLEAR = {
    "RL-22": {
        "gep_gain_upper": 1, "gep_gain_point": 1, "gep_reg_gain_upper": 1,
        "gep_reg_gain_point": 1, "gep_band": 0,
    },
    "RL-24": {"core_area": 0, "redline_unpermitted_area": 0},
    "RL-25": {"basic_farmland_area": 0, "converted_area": 0},
    "RL-51": {"banned_area": 0, "protected_unpermitted_area": 0},
    "RL-27": {"is_developer": 1, "serious_entries": 0, "abnormal_entries": 0},
    "RL-49": {"claims_conflicting": 0},
}  # fmt: skip


def verdict(rule: str, **changes: float) -> Verdict:
    table = table_of_subject(NOW.red_lines[rule].subject)
    return judge_one(frame(table, {**CLEAR[rule], **changes}), NOW, [rule])[0]


def admitted(**changed: Verdict) -> Admission:
    found = {rule: verdict(rule) for rule in CLEAR}
    found |= {rule.replace("_", "-"): made for rule, made in changed.items()}
    admission = admission_of(NOW, PROJECT, list(found.values()))
    assert admission is not None
    return admission


def test_a_clear_project_is_admitted() -> None:
    assert admitted().document() == {
        "subject": {"kind": "project", "id": "J1"},
        "admission": "admit",
        "because": [],
    }


def test_the_lists_are_those_of_the_domain_page() -> None:
    assert NOW.admission is not None
    assert {subject: list(rule.refuse) for subject, rule in NOW.admission.items()} == REFUSE
    needed = [id for rule in NOW.admission.values() for id in rule.must_be_known]
    assert sorted(needed) == sorted(MUST_BE_KNOWN)


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("RL-24", {"core_area": 101.0}),
        ("RL-27", {"serious_entries": 1.0}),
        ("RL-49", {"claims_conflicting": 1.0}),
    ],
)
def test_a_breach_of_its_own_its_developer_or_its_resource_refuses(
    rule: str, change: dict[str, float]
) -> None:
    made = verdict(rule, **change)
    admission = admitted(**{rule.replace("-", "_"): made})
    assert admission.admission == "refuse"
    (because,) = admission.because
    assert (because.rule, because.subject) == (rule, made.row.subject)


def test_a_line_that_must_be_known_and_is_not_admits_nothing() -> None:
    gap = verdict("RL-24", core_area=float("nan"))
    assert admitted(RL_24=gap).admission == "unknown"
    assert admission_of(NOW, PROJECT, [verdict("RL-27")]) == Admission(
        PROJECT,
        "unknown",
        tuple(
            because
            for because in (admission_of(NOW, PROJECT, []) or admitted()).because
            if because.rule in ("RL-22", "RL-24", "RL-25", "RL-51")
        ),
    )


def test_a_breach_goes_before_a_gap_and_both_are_told() -> None:
    admission = admitted(
        RL_24=verdict("RL-24", core_area=float("nan")),
        RL_27=verdict("RL-27", serious_entries=1.0),
    )
    assert admission.admission == "refuse"
    assert [because.rule for because in admission.because] == ["RL-27", "RL-24"]


def test_a_gap_in_a_claim_register_does_not_keep_a_project_out() -> None:
    assert admitted(RL_49=verdict("RL-49", claims_conflicting=float("nan"))).admission == "admit"


def test_a_policy_older_than_admission_has_no_word_on_it() -> None:
    content = {k: v for k, v in NOW.document.items() if k != "admission"}
    old = EffectivePolicy.from_content(canonical_json(content))
    assert admission_of(old, PROJECT, []) is None
