"""No identity number in clear, at rest or told: a real service is sent them wherever a text fits.

People are sent inline, in batches, in wrong fields, in addresses, header fields, forms, reasons
and broken bodies; afterwards every file of the installation, every row, the log, every answer,
the metrics, a copy, an exported book and a backup are searched for them.
"""

from __future__ import annotations

import io
import subprocess
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pyarrow.parquet as pq
import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import URL

from features.simulate import simulate
from service.doors.http.schemas import requests
from service.store.records import SHANGHAI
from service.store.store import Store
from service.trust.clients import Clients
from service.trust.identity import Identity
from service.trust.roles import Role
from service.use_cases.book.books import HOME_OWNER
from service.wiring import now
from tests.service.conftest import POSTGRES_IF_LONG, Postgres
from tests.service.doors.served import COMMAND, Served, environment, settings_of
from tests.service.people import citizen

CREDIT = "/v1/products/credit/assessments"
PASSWORD = "青山绿水-green-hills"
Json = dict[str, Any]


@dataclass
class Talk:
    """A running service, and all that it ever said."""

    store: Store
    served: Served
    client: httpx2.Client
    people: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def person(self) -> str:
        """Return the number of somebody new."""
        self.people.append(citizen(500 + len(self.people)))
        return self.people[-1]

    def send(self, method: str, path: str, **options: Any) -> httpx2.Response:
        answer = self.client.request(method, path, **options)
        self.said += [answer.text, str(answer.headers.items())]
        assert answer.status_code < 500, answer.text
        return answer

    def assess(self, household: Json, **options: Any) -> httpx2.Response:
        example = requests()["inline"]["value"]
        body = {**example, "household": example["household"] | household}
        return self.send("POST", CREDIT, json=body, **options)


@pytest.fixture
def talk(store: Store, tmp_path: Path) -> Iterator[Talk]:
    today = datetime.now(SHANGHAI)
    store.load(simulate(20, 5, today.date()).book, HOME_OWNER, today)
    Identity(store.engine).add_person("王芳", HOME_OWNER, Role.OFFICER, PASSWORD)
    made = Clients(store.engine, now).add(HOME_OWNER, Role.OFFICER, "core")
    served = Served(settings_of(store), tmp_path / "serve.log")
    try:
        with httpx2.Client(base_url=served.address, timeout=60) as client:
            form = {"grant_type": "client_credentials"}
            token = client.post("/oauth/token", data=form, auth=(made.id, made.secret)).json()
            client.headers["authorization"] = f"Bearer {token['access_token']}"
            yield Talk(store, served, client)
    finally:
        served.stop()


@pytest.mark.parametrize("store", POSTGRES_IF_LONG, indirect=True)
def test_no_number_stays_or_comes_out(
    talk: Talk, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    sent_as_meant(talk)
    sent_where_it_does_not_belong(talk)
    sent_in_a_batch(talk)
    sent_while_something_fails(talk)
    talk.said.append(httpx2.get(f"{talk.served.address}/metrics").text)
    exported = taken_out(talk, tmp_path, address_of_all(talk.store, request))
    talk.served.stop()
    places = {"answers": "\n".join(talk.said), "log": talk.served.log.read_text()}
    places |= exported | files_of(talk.store._home) | rows_of(talk.store, request)
    assert "/v1/products/{product}/assessments" in places["log"]
    assert sum("sm4-gcm:" in text for text in places.values()) >= 1
    for place, found in places.items():
        for number in talk.people:
            shapes = (number, number.lower(), number[6:17], number[:14])
            for shape in (*shapes, apart(number)[7:], wide(number)[6:]):
                assert shape not in found, (place, shape)


def apart(number: str) -> str:
    return f"{number[:6]} {number[6:14]} {number[14:]}"


def wide(number: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) for letter in number)


def sent_as_meant(talk: Talk) -> None:
    for _ in range(3):
        person = {"id_number": talk.person(), "consent_id": f"C-{len(talk.people)}"}
        assert talk.assess(person).status_code == 201
    token = talk.store.subjects.token(talk.people[0])
    made = talk.assess({"subject_token": token, "consent_id": "C-1"}).json()
    for path in ("explanation", "reviews"):
        assert talk.send("GET", f"/v1/assessments/{made['id']}/{path}").status_code == 200
    copy = talk.send("GET", f"/v1/households/{token}/export")
    assert "***" in copy.json()["identity"][0]["id_number"]
    talk.send("POST", f"/v1/households/{token}/consent-withdrawal", json={})
    assert talk.assess({"id_number": talk.people[0], "consent_id": "C-1"}).status_code == 403


def sent_where_it_does_not_belong(talk: Talk) -> None:
    number = talk.person()
    inline = requests()["inline"]["value"]
    for household in (
        {"id_number": number[:-1]},
        {"id_number": f" {number}"},
        {"id_number": [number]},
        {"id_number": {number: number}},
        {"household_id": number},
        {"village_code": f"村{number}"},
        {"village_code": apart(number)},
        {"source": wide(number)},
        {"subject_token": number},
        {"id_cipher": number},
        {"annual_income": number},
        {"operator_type": number},
        {"consent_expiry": number},
        {number: 1},
    ):
        assert talk.assess(household).status_code == 422, household
    for body in (
        {**inline, "application": {"id_number": number}},
        {**inline, "application": inline["application"] | {"application_id": number}},
        {**inline, number: {}},
        {"subject": {"kind": number, "id": "A000001"}},
        {"subject": {"kind": "application", "id": number}},
    ):
        assert talk.send("POST", CREDIT, json=body).status_code in (404, 422)
    broken = f'{{"household": {{"id_number": "{number}"'
    json = {"content-type": "application/json"}
    talk.send("POST", CREDIT, content=broken, headers=json)
    talk.send("POST", CREDIT, content=f'"{number}"', headers=json)
    talk.send("POST", CREDIT, content=number, headers={"content-type": f"text/{number}"})
    talk.assess({}, headers={"idempotency-key": f"k-{number}"})
    talk.send("GET", f"/v1/assessments/{number}")
    talk.send("GET", f"/{number}?id={number}", headers={"accept": "text/html"})
    talk.send("GET", f"/v1/assessments?cursor={number}&limit={number}")
    talk.send("POST", f"/v1/products/{number}/assessments", json=inline)
    talk.send("POST", "/oauth/token", data={"grant_type": number, "scope": number})
    talk.send("GET", "/health/live", headers={"x-request-id": number, "authorization": number})
    talk.send("POST", "/v1/red-lines/evaluations", json={"facts": {"household": number}})
    for path in ("review", "what-if"):
        body = {"action": "confirm", "reason": number, "changes": {"household": {number: number}}}
        made = talk.assess({"consent_id": "C-review"}).json()["id"]
        talk.send("POST", f"/v1/assessments/{made}/{path}", json=body)
    for said in (number, apart(number), wide(number)):
        only = {"action": "confirm", "reason": f"已核对{said}"}
        assert talk.send("POST", f"/v1/assessments/{made}/review", json=only).status_code == 422
    for path in ("consent-withdrawal", "erasure"):
        talk.send("POST", f"/v1/households/H000001/{path}", json={"reason": number})
    talk.send("POST", "/login", data={"name": number, "password": number})


def sent_in_a_batch(talk: Talk) -> None:
    inline = requests()["inline"]["value"]
    lines = []
    for place in range(4):
        number = talk.person()
        person = {"id_number": number[: 18 - place % 2], "consent_id": f"C-b{place}"}
        lines.append({**inline, "household": inline["household"] | person})
    content = b"\n".join(orjson.dumps(line) for line in lines) + b'\n{"id_number": "'
    content += talk.person().encode() + b'"\n'
    taken = talk.send(
        "POST",
        "/v1/batches?product=credit",
        content=content,
        headers={"content-type": "application/x-ndjson"},
    )
    assert taken.status_code == 202, taken.text
    address = f"/v1/batches/{taken.json()['id']}"
    deadline = time.monotonic() + 90
    while talk.send("GET", address).json()["state"] != "finished":
        assert time.monotonic() < deadline, talk.said[-2]
        time.sleep(0.2)
    result = talk.send("GET", f"{address}/result")
    assert sum("decision" in orjson.loads(line) for line in result.text.splitlines()) >= 2


def sent_while_something_fails(talk: Talk) -> None:
    """The policies' table is away for a moment, so that a fault with its traceback is logged."""
    url = talk.store.engine.url
    if url.get_backend_name() != "sqlite":
        return
    rename = "ALTER TABLE {} RENAME TO {}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(rename.format("withdrawn", "away")))
    example = requests()["inline"]["value"]
    person = {"id_number": talk.person(), "consent_id": "C-fault"}
    body = {**example, "household": example["household"] | person}
    answer = talk.client.post(CREDIT, json=body)
    talk.said.append(answer.text)
    with engine.begin() as connection:
        connection.execute(text(rename.format("away", "withdrawn")))
    engine.dispose()
    assert answer.status_code >= 500


def address_of_all(store: Store, request: pytest.FixtureRequest) -> URL:
    """Return the address of a store's database for somebody who reads every tenant's rows."""
    url = store.engine.url
    if url.get_backend_name() != "postgresql":
        return url
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.superuser.set(database=url.database, drivername="postgresql+psycopg")


def taken_out(talk: Talk, folder: Path, everything: URL) -> dict[str, str]:
    """Return an exported book and a backup as text."""
    ours = environment(settings_of(talk.store))
    all_rows = {"LIANGSHAN_DATABASE_URL": everything.render_as_string(False)}
    words = (
        (["export", str(folder / "book"), "--known-at", str(now().date())], ours),
        (["backup", str(folder / "backup.zip"), "--with-secrets"], ours | all_rows),
    )
    for command, env in words:
        run = subprocess.run(
            [*COMMAND, *command],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        talk.said += [run.stdout, run.stderr]
    book = {
        path.name: str(pq.read_table(path).to_pylist()) for path in (folder / "book").iterdir()
    }
    return book | opened(folder / "backup.zip")


def opened(archive: Path) -> dict[str, str]:
    """Return each member of a backup as text."""
    with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as found:
        return {name: found.read(name).decode("latin-1") for name in found.namelist()}


def files_of(home: Path) -> dict[str, str]:
    """Return every file of an installation as text: database, its log, keys, batches."""
    files = (path for path in home.rglob("*") if path.is_file() and "plans" not in path.parts)
    return {str(path): path.read_bytes().decode("latin-1") for path in files}


def rows_of(store: Store, request: pytest.FixtureRequest) -> dict[str, str]:
    """Return every row of every table as text, whoever owns it."""
    engine = create_engine(address_of_all(store, request))
    with engine.connect() as connection:
        rows = {
            f"table {name}": str(
                [
                    [bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]
                    for row in connection.execute(text(f'SELECT * FROM "{name}"'))
                ]
            )
            for name in inspect(engine).get_table_names()
        }
    engine.dispose()
    return rows
