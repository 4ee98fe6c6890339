"""matrix.yaml says cell by cell what domain 14 says, which is typed here by hand."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
import yaml

from service.trust.roles import READABLE, Role, TenantKind, all_scopes, level_of, scopes_of

FULL, OWN_ONES, COUNTS, NOTHING = "full", "own", "aggregate", "none"
OWN_COUNTY, INPUTS, MASKED = "county", "inputs", "masked"

COLUMNS = ("bank", "guarantee", "cooperative", "county", "province")
DOMAIN_14 = {
    # ◐ | ◐ | – | Σ | Σ
    "household": (OWN_ONES, OWN_ONES, NOTHING, COUNTS, COUNTS),
    # ●, holder only if offered | as bank | ● own county | ● | Σ
    "resource": (FULL, FULL, OWN_COUNTY, FULL, COUNTS),
    # verdict inputs | verdict inputs | ● own | ● | ●
    "statement": (INPUTS, INPUTS, OWN_ONES, FULL, FULL),
    # ● | ● | ● own | ● | ●
    "project": (FULL, FULL, OWN_ONES, FULL, FULL),
    # ● | ● | ● own | ● | ●
    "verdict": (FULL, FULL, OWN_ONES, FULL, FULL),
    # ◐ | ◐ | – | Σ | Σ
    "loan_verdict": (OWN_ONES, OWN_ONES, NOTHING, COUNTS, COUNTS),
    # own | own | – | ● | ●
    "partner_line": (OWN_ONES, OWN_ONES, NOTHING, FULL, FULL),
}
AUDITOR = {
    # Issue 12: reads everything but raw borrower data.
    "household": NOTHING,
    "resource": FULL,
    "statement": FULL,
    "project": FULL,
    "verdict": FULL,
    "loan_verdict": MASKED,
    "partner_line": FULL,
    "policy": FULL,
    "model": FULL,
    "access": FULL,
}
AT_HOME = {
    Role.OFFICER: "bank",
    Role.COMMITTEE: "cooperative",
    Role.SUPERVISOR: "county",
    Role.ACCOUNTANT: "cooperative",
    Role.AUTHOR: "cooperative",
    Role.APPROVER: "bank",
}
BODIES = tuple(AT_HOME)


def file(name: str) -> Any:
    source = files("service.trust").joinpath(name).read_text(encoding="utf-8")
    return yaml.safe_load(source)


@pytest.mark.parametrize("data", DOMAIN_14)
@pytest.mark.parametrize("column", COLUMNS)
def test_each_cell_is_domain_14s(data: str, column: str) -> None:
    expected = DOMAIN_14[data][COLUMNS.index(column)]
    assert file("matrix.yaml")["data"][data][column] == expected
    for role in BODIES:
        assert level_of(data, role, TenantKind(column)) == expected


@pytest.mark.parametrize("role", AT_HOME)
def test_where_one_body_is_alone_a_role_counts_as_the_body_it_serves(role: Role) -> None:
    at_home = COLUMNS.index(AT_HOME[role])
    for data, cells in DOMAIN_14.items():
        assert level_of(data, role, TenantKind.HOUSE) == cells[at_home]


@pytest.mark.parametrize("kind", TenantKind)
def test_auditors_and_administrators_have_their_own_columns_in_every_body(
    kind: TenantKind,
) -> None:
    assert {data: level_of(data, Role.AUDITOR, kind) for data in AUDITOR} == AUDITOR
    administrator = {data: level_of(data, Role.ADMINISTRATOR, kind) for data in AUDITOR}
    assert {data for data, level in administrator.items() if level in READABLE} == {
        "policy",
        "access",
    }


def test_nobody_but_who_keeps_access_sees_people_and_clients() -> None:
    for kind in TenantKind:
        readers = {role for role in Role if level_of("access", role, kind) in READABLE}
        assert readers == {Role.AUDITOR, Role.ADMINISTRATOR}


def test_borrowers_are_seen_singly_by_lenders_alone() -> None:
    readers = {
        (role, kind)
        for role in BODIES
        for kind in TenantKind
        if kind is not TenantKind.HOUSE and level_of("household", role, kind) in READABLE
    }
    assert {kind for _, kind in readers} == {TenantKind.BANK, TenantKind.GUARANTEE}


def test_the_file_has_every_cell_once_and_no_other_word() -> None:
    matrix = file("matrix.yaml")
    words = {FULL, OWN_ONES, COUNTS, NOTHING, OWN_COUNTY, INPUTS, MASKED}
    assert {*READABLE} == words - {COUNTS, NOTHING}
    assert set(matrix["data"]) == {*AUDITOR}
    for cells in matrix["data"].values():
        assert list(cells) == matrix["kinds"] == [*COLUMNS, "audit", "none"]
        assert set(cells.values()) <= words


def test_a_role_has_scopes_that_are_told_and_an_auditor_changes_nothing() -> None:
    told = set(all_scopes())
    assert set().union(*(scopes_of(role) for role in Role)) == told
    changing = {"score:write", "score:review", "fact:write", "consent:write", "policy:write"}
    changing |= {"change:approve", "access:admin", "redline:judge"}
    assert changing < told
    assert not scopes_of(Role.AUDITOR) & changing
    assert scopes_of(Role.ADMINISTRATOR) == {"access:admin", "metrics:read"}
