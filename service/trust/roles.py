"""Roles and what they may do; kinds of body and what they may read: two small files as values."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

READABLE = frozenset({"full", "county", "own", "inputs", "masked"})
"""Levels at which somebody may read single subjects, not only counts."""


class Role(StrEnum):
    """What somebody is to a county's cooperative, which decides what he may do."""

    OFFICER = "officer"
    COMMITTEE = "committee"
    SUPERVISOR = "supervisor"
    ACCOUNTANT = "accountant"
    AUTHOR = "author"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class TenantKind(StrEnum):
    """What kind of body a tenant is; a house is one body that runs an installation alone."""

    HOUSE = "house"
    BANK = "bank"
    GUARANTEE = "guarantee"
    COOPERATIVE = "cooperative"
    COUNTY = "county"
    PROVINCE = "province"


def scopes_of(role: Role) -> frozenset[str]:
    """Return all that a role may do.

    Examples
    --------
    >>> sorted(scopes_of(Role.ADMINISTRATOR))
    ['access:admin', 'metrics:read']
    """
    return frozenset(_file("roles.yaml")["roles"][role.value]["scopes"])


def bodies_of(role: Role) -> frozenset[TenantKind]:
    """Return the kinds of body that have a role.

    Examples
    --------
    >>> sorted(kind.value for kind in bodies_of(Role.ACCOUNTANT))
    ['cooperative', 'house']
    """
    return frozenset(map(TenantKind, _file("roles.yaml")["roles"][role.value]["bodies"]))


def all_scopes() -> Mapping[str, Mapping[str, str]]:
    """Return every scope with its meaning in both languages."""
    scopes: Mapping[str, Mapping[str, str]] = _file("roles.yaml")["scopes"]
    return scopes


def level_of(data: str, role: Role, kind: TenantKind) -> str:
    """Return how much of some data a role of a body may read (domain 14).

    Auditors and administrators are held to their own columns whatever body they belong to.

    Examples
    --------
    >>> level_of("loan_verdict", Role.COMMITTEE, TenantKind.BANK)
    'own'
    >>> level_of("loan_verdict", Role.COMMITTEE, TenantKind.HOUSE)
    'none'
    >>> level_of("loan_verdict", Role.AUDITOR, TenantKind.BANK)
    'masked'
    """
    at_home = _file("roles.yaml")["roles"][role.value]["at_home"]
    fixed = kind is TenantKind.HOUSE or at_home not in set(TenantKind)
    return _cell(data, at_home if fixed else kind.value)


def level_of_body(data: str, kind: TenantKind) -> str:
    """Return how much of some data a body may read and take away; a house alone, all of it.

    Examples
    --------
    >>> level_of_body("statement", TenantKind.BANK), level_of_body("statement", TenantKind.HOUSE)
    ('inputs', 'full')
    """
    return "full" if kind is TenantKind.HOUSE else _cell(data, kind.value)


def _cell(data: str, column: str) -> str:
    level: str = _file("matrix.yaml")["data"][data][column]
    return level


@cache
def _file(name: str) -> Mapping[str, Any]:
    source = files("service.trust").joinpath(name).read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.safe_load(source)
    return found
