"""Tenants: the bodies that share an installation, and what kind each is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import IntegrityError

from features.errors import BadInput
from service.store.database import reading, writing
from service.store.tables import tenant
from service.trust.roles import Role, TenantKind, bodies_of
from service.trust.subjects import refuse_number_in_words

OF_A_COUNTY = frozenset({TenantKind.COOPERATIVE, TenantKind.COUNTY})


@dataclass(frozen=True)
class Body:
    """A tenant.

    Attributes
    ----------
    owner
        The name under which it keeps its rows.
    county_code
        Its county, where it is of one.
    label
        What people call it.
    """

    owner: str
    kind: TenantKind
    county_code: str | None
    label: str

    def __post_init__(self) -> None:
        for field in ("owner", "label"):
            value = getattr(self, field)
            if not value.strip() or not value.isprintable():
                raise BadInput("须为可见文字 · must be printable text", field=field, value=value)
            refuse_number_in_words(value, field)
        if self.kind in OF_A_COUNTY and not self.county_code:
            rule = f"{self.kind.value} 须有所在县 · needs its county"
            raise BadInput(rule, field="county_code")

    def document(self) -> dict[str, str]:
        """Return what is answered of it."""
        said = {"owner": self.owner, "kind": self.kind.value, "label": self.label}
        return said if self.county_code is None else said | {"county_code": self.county_code}


class Tenants:
    """Know the bodies that share an installation.

    Parameters
    ----------
    engine
        The store's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, body: Body) -> None:
        """Register a tenant.

        Raises
        ------
        BadInput
            When the owner is registered: what kind it is decides what others see, so it stays.
        """
        row = vars(body) | {"kind": body.kind.value}
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(tenant), row)
        except IntegrityError as fault:
            rule = "已登记 · is registered already"
            raise BadInput(rule, field="owner", value=body.owner) from fault

    def all(self) -> list[Body]:
        """Return every registered tenant by owner."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(tenant).order_by(tenant.c.owner)).all()
        return [Body(row.owner, TenantKind(row.kind), row.county_code, row.label) for row in rows]

    def knows(self, owner: str) -> bool:
        """Return whether a tenant is registered."""
        with reading(self._engine) as connection:
            return _kind(connection, owner) is not None

    def kind(self, owner: str) -> TenantKind:
        """Return what kind of body a tenant is; a house where nobody registered it."""
        with reading(self._engine) as connection:
            return kind_of(connection, owner)


def kind_of(connection: Connection, owner: str) -> TenantKind:
    """Return what kind of body a tenant is; a house where nobody registered it."""
    kind = _kind(connection, owner)
    return TenantKind.HOUSE if kind is None else TenantKind(kind)


def refuse_out_of_place(role: Role, kind: TenantKind) -> None:
    """Refuse a role in a body that has none such: a cooperative employs no loan officer.

    Raises
    ------
    BadInput
        Naming the role and the kinds of body that have it.
    """
    if kind not in bodies_of(role):
        told = ", ".join(sorted(bodies_of(role)))
        rule = f"{kind.value} 没有此角色 · a {kind.value} has no such role; only: {told}"
        raise BadInput(rule, field="role", value=role.value)


def _kind(connection: Connection, owner: str) -> str | None:
    found = connection.execute(select(tenant.c.kind).where(tenant.c.owner == owner))
    kind: str | None = found.scalar()
    return kind
