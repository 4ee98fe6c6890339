"""Bodies and answers of the people and client routes: how they are read and described."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from features.errors import BadInput
from service.doors.http.wire.bodies import JSON
from service.doors.http.wire.tags import ETAG
from service.store.records import SHANGHAI
from service.trust.clients import Client, NewClient
from service.trust.identity import LONGEST_NAME
from service.trust.people import Change
from service.trust.roles import Role

Json = dict[str, Any]
ROLES = [role.value for role in Role]


def named_role(body: Json) -> tuple[str, Role]:
    """Return the name and the role of a person or client to be added.

    Raises
    ------
    BadInput
        Naming a field that is missing, unknown or of another kind.
    """
    _refuse_others(body, {"name", "role"})
    name = body.get("name")
    if not isinstance(name, str):
        raise BadInput("须为文字 · must be text", field="name", value=_shown(name))
    return name, _role(body.get("role"))


def change_of(body: Json) -> Change:
    """Return what is to become of a person.

    Raises
    ------
    BadInput
        Naming a field that is unknown or of another kind; or when there is none.
    """
    _refuse_others(body, {"role", "disabled", "new_password"})
    if not body:
        raise BadInput("至少一项 · say at least one thing to change", field="role")
    flags = {name: body[name] for name in ("disabled", "new_password") if name in body}
    for name, value in flags.items():
        if not isinstance(value, bool):
            rule = "须为 true 或 false · must be true or false"
            raise BadInput(rule, field=name, value=_shown(value))
    role = _role(body["role"]) if "role" in body else None
    return Change(role, flags.get("disabled"), flags.get("new_password", False))


def client_document(client: Client) -> Json:
    """Return what an administrator is answered of a client."""
    times = {"made_at": client.made_at, "revoked_at": client.revoked_at}
    said = {"id": client.id, "name": client.name, "role": client.role.value}
    known = {name: at.astimezone(SHANGHAI) for name, at in times.items() if at is not None}
    return said | {name: at.isoformat() for name, at in known.items()}


def new_client_document(made: NewClient, name: str, role: Role) -> Json:
    """Return what is answered once, when a client is made: with its secret."""
    return {"id": made.id, "name": name, "role": role.value, "client_secret": made.secret}


def _refuse_others(body: Json, known: Collection[str]) -> None:
    for name in body:
        if name not in known:
            raise BadInput("未知字段 · unknown field", field=name)


def _role(value: object) -> Role:
    if value not in ROLES:
        raise BadInput(
            f"须为 · must be one of: {', '.join(ROLES)}", field="role", value=_shown(value)
        )
    return Role(value)


def _shown(value: object) -> str | None:
    return None if value is None else str(value)[:LONGEST_NAME]


_TEXT: Json = {"type": "string"}
_INSTANT: Json = {"type": "string", "format": "date-time"}
_NAME: Json = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}
_ROLE: Json = {"type": "string", "enum": ROLES}
_FLAG: Json = {"type": "boolean"}


def _object(required: Collection[str], **properties: Json) -> Json:
    said = {"type": "object", "required": list(required), "properties": properties}
    return said | {"additionalProperties": False}


PERSON: Json = _object(("name", "role"), name=_NAME, role=_ROLE, disabled_at=_INSTANT)
NEW_PERSON: Json = _object(
    ("name", "role", "password"), name=_NAME, role=_ROLE, disabled_at=_INSTANT, password=_TEXT
)
CHANGED_PERSON: Json = {**NEW_PERSON, "required": ["name", "role"]}
CLIENT: Json = _object(
    ("id", "name", "role", "made_at"),
    id=_TEXT,
    name=_TEXT,
    role=_ROLE,
    made_at=_INSTANT,
    revoked_at=_INSTANT,
)
NEW_CLIENT: Json = _object(
    ("id", "name", "role", "client_secret"), id=_TEXT, name=_NAME, role=_ROLE, client_secret=_TEXT
)


def body_of(schema: Json, **examples: Json) -> Json:
    """Return a request body, with examples by name."""
    shown = {name: {"value": value} for name, value in examples.items()}
    return {"required": True, "content": {JSON: {"schema": schema, "examples": shown}}}


PERSON_BODY = body_of(
    _object(("name", "role"), name=_NAME, role=_ROLE), officer={"name": "王芳", "role": "officer"}
)
CLIENT_BODY = body_of(
    _object(("name", "role"), name=_NAME, role=_ROLE),
    core_system={"name": "核心系统", "role": "officer"},
)
CHANGE_BODY = body_of(
    _object((), role=_ROLE, disabled=_FLAG, new_password=_FLAG) | {"minProperties": 1},
    disable={"disabled": True},
    another_role={"role": "auditor"},
    new_password={"new_password": True},
)


def answer_of(schema: Json, description: str, *, tagged: bool = False) -> Json:
    """Return an answer, with an entity tag where what it shows can be changed."""
    said = {"description": description, "content": {JSON: {"schema": schema}}}
    return said | ({"headers": ETAG} if tagged else {})
