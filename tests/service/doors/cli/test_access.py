"""`liangshan tenants | people | clients | keys | retention`, from the terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from service.doors.cli import application
from service.settings import Settings
from service.store.decisions import draft
from service.store.store import Store
from service.trust.clients import Clients
from service.trust.federation import Federation
from service.trust.identity import Identity
from service.trust.openid import Subject
from service.trust.roles import Role, TenantKind
from service.trust.subjects import key_id_of
from service.wiring import now
from tests.service.people import citizen

Run = Callable[..., Any]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIANGSHAN_HOME", str(tmp_path))
    monkeypatch.setenv("LIANGSHAN_DATABASE_URL", "")
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    """Returns what a command prints as JSON, or its result where it is refused."""

    def command(*words: str, refused: bool = False) -> Any:
        result = CliRunner().invoke(application(words[0]), [*words])
        assert result.exit_code == (3 if refused else 0), result.output
        if refused:
            return result.stderr.replace("\n", "")
        return orjson.loads(result.stdout) if "--json" in words else result.stdout

    return command


def store() -> Store:
    return Store.open(Settings())


def test_a_bank_with_an_officer_and_a_core_system(run: Run) -> None:
    run("tenants", "add", "bank-a", "--kind", "bank", "--label", "甲银行")
    (body,) = run("tenants", "list", "--json")
    assert body == {"owner": "bank-a", "kind": "bank", "label": "甲银行"}
    person = run("people", "add", "王芳", "--role", "officer", "--owner", "bank-a", "--json")
    signed_in = Identity(store().engine).sign_in("王芳", person["password"])
    assert signed_in is not None
    assert (signed_in.owner, signed_in.kind) == ("bank-a", TenantKind.BANK)
    made = run("clients", "add", "核心系统", "--role", "officer", "--owner", "bank-a", "--json")
    clients = Clients(store().engine, now)
    caller = clients.authenticated(made["id"], made["client_secret"])
    assert caller is not None
    assert caller.role is Role.OFFICER
    run("clients", "revoke", made["id"], "--owner", "bank-a")
    assert clients.authenticated(made["id"], made["client_secret"]) is None
    (listed,) = run("clients", "list", "--owner", "bank-a", "--json")
    assert "revoked_at" in listed


def test_a_person_is_disabled_and_let_in_again(run: Run) -> None:
    run("people", "add", "王芳", "--role", "officer")
    run("people", "disable", "王芳")
    (listed,) = run("people", "list", "--json")
    assert "disabled_at" in listed
    assert "停用" in run("people", "list")
    run("people", "enable", "王芳")
    drawn = run("people", "password", "王芳", "--json")["password"]
    assert Identity(store().engine).sign_in("王芳", drawn) is not None


def test_an_account_at_the_provider_is_linked_and_unlinked(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Subject("https://sso.example", "wangfang")
    run("people", "add", "王芳", "--role", "officer")
    assert "--issuer" in run("people", "link", "王芳", "wangfang", refused=True)
    monkeypatch.setenv("LIANGSHAN_OIDC_ISSUER", account.issuer)
    run("people", "link", "王芳", "wangfang")
    assert "linked already" in run("people", "link", "王芳", "wangfang", refused=True)
    assert run("people", "accounts", "王芳", "--json") == [
        {"issuer": account.issuer, "subject": "wangfang"}
    ]
    federation = Federation(store().engine)
    linked = federation.person(account)
    assert linked is not None
    assert linked.name == "王芳"
    run("people", "unlink", "王芳", "wangfang", "--issuer", account.issuer)
    assert run("people", "accounts", "王芳") == ""
    assert federation.person(account) is None
    said = [orjson.loads(kept.content) for kept in store().decisions.about("person:王芳", "home")]
    assert {"person-linked", "person-unlinked"} <= {document["action"] for document in said}


def test_the_terminal_is_named_in_the_log(run: Run) -> None:
    run("people", "add", "王芳", "--role", "officer")
    (kept,) = store().decisions.about("person:王芳", "home")
    assert orjson.loads(kept.content)["by"].startswith("terminal:")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("people", "add", "王芳", "--role", "officer", "--owner", "nobody"), "not registered"),
        (("people", "disable", "nobody"), "no such person"),
        (("people", "link", "nobody", "x", "--issuer", "https://x"), "no such person"),
        (("clients", "revoke", "0123abcd"), "no such client"),
        (("tenants", "add", "coop", "--kind", "cooperative"), "needs its county"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, words: tuple[str, ...], said: str) -> None:
    assert said in run(*words, refused=True)


def test_keys_rotate(run: Run, home: Path) -> None:
    first = run("keys", "rotate", "--json")
    second = run("keys", "rotate", "--json")
    assert second["verifying"] == [second["signing"], first["signing"]]
    third = run("keys", "rotate", "--at-once", "--json")
    assert third["verifying"] == [third["signing"]] == run("keys", "list", "--json")
    assert [file.stem for file in (home / "secrets" / "tokens").iterdir()] == third["verifying"]


def test_kept_numbers_are_enciphered_again_with_a_new_key(run: Run) -> None:
    run("tenants", "add", "bank-a", "--kind", "bank", "--label", "甲银行")
    kept = store()
    for owner in ("bank-a", "home"):
        entry = draft({"outcome": "refer"}, owner)
        kept.decisions.append_all([replace(entry, sealed=kept.subjects.sealed(citizen(1), owner))])
    said = run("keys", "rotate-fields", "--json")
    assert said["renewed"] == {"bank-a": 1, "home": 1}
    assert len(said["keys"]) == 2
    sealed = kept.identities("bank-a").get(kept.subjects.token(citizen(1)))
    assert sealed is not None
    assert key_id_of(sealed.cipher) == said["enciphering"] == said["keys"][-1]
    assert kept.subjects.number(sealed, "bank-a") == citizen(1)


def test_a_term_that_nobody_confirmed_is_marked(home: Path) -> None:
    words = ["retention", "--as-of", "2026-01-01", "--dry-run"]
    told = CliRunner().invoke(application("retention"), words).stderr.replace("\n", "")
    assert told.count("依据待核") == 2
    assert told.index("借款人") < told.index("依据待核") < told.index("未借款者")
    assert told.index("已结束批次") < told.rindex("依据待核")


def test_what_is_past_is_told_before_it_is_erased(run: Run) -> None:
    said = run("retention", "--as-of", "2026-01-01", "--dry-run", "--json")
    nothing = {"borrower": 0, "applicant": 0, "history": 0, "identity": 0, "batch": 0}
    told = {"as_of": "2026-01-01", "owner": "home", "erased": False, "past": nothing}
    rules = said.pop("classes")
    assert said == told
    assert list(rules) == list(nothing)
    assert {name for name, rule in rules.items() if not rule["confirmed"]} == {
        "borrower",
        "batch",
    }
    assert run("retention", "--as-of", "2026-01-01", "--json")["erased"] is True
    refused = run("retention", "--as-of", "2999-01-01", refused=True)
    assert "lies in the future" in refused
