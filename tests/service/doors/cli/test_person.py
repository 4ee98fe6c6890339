"""`liangshan person export | erase`: the same rights as over HTTP, by people who sign in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from features.simulate import simulate
from service.doors.cli import application
from service.settings import Settings
from service.store.store import Store
from service.trust.identity import Identity
from service.trust.roles import Role
from service.use_cases.book.books import HOME_OWNER

PASSWORD = "青山绿水-green-hills"
ASKED = ("--reason", "本人申请", "--paper", "D-1")
Command = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return how to run `person`, the password typed; what it says where it is refused."""
    monkeypatch.setenv("LIANGSHAN_HOME", str(tmp_path))
    monkeypatch.setenv("LIANGSHAN_DATABASE_URL", "")
    identity = Identity(Store.open(Settings()).engine)
    for role in (Role.OFFICER, Role.APPROVER, Role.ADMINISTRATOR):
        identity.add_person(role.value, HOME_OWNER, role, PASSWORD)

    def command(*words: str, password: str = PASSWORD, refused: bool = False) -> Any:
        given = ["person", *words]
        result = CliRunner().invoke(application("person"), given, input=f"{password}\n")
        assert result.exit_code == (3 if refused else 0), result.output
        if refused:
            assert not result.stdout.strip()
            return result.stderr.replace("\n", "")
        return orjson.loads(result.stdout) if "--json" in words else result.stdout

    return command


@pytest.fixture
def household(run: Command) -> dict[str, Any]:
    """Return a household that never had a loan, as a store holds it."""
    today = datetime.now(UTC)
    book = simulate(20, 5, date(2026, 6, 30)).book
    Store.open(Settings()).load(book, HOME_OWNER, today)
    borrowed = {row["application_id"] for row in book.tables["loan"].to_pylist()}
    lent = {
        row["household_id"]
        for row in book.tables["application"].to_pylist()
        if row["application_id"] in borrowed
    }
    rows = book.tables["household"].to_pylist()
    return next(row for row in rows if row["household_id"] not in lent)


def test_a_copy_is_found_by_the_token_as_by_the_household(
    run: Command, household: dict[str, Any]
) -> None:
    by_token = run("export", household["subject_token"], "--by", "officer", "--json")
    by_key = run("export", household["household_id"], "--by", "officer", "--json")
    assert by_token["records"] == by_key["records"]
    assert by_token["records"]["household"][0]["household_id"] == household["household_id"]
    assert f"household {len(by_key['records']['household'])}" in run(
        "export", household["household_id"], "--by", "officer"
    )


def test_an_erasure_takes_two_people(run: Command, household: dict[str, Any]) -> None:
    token = household["subject_token"]
    asked = run("erase", token, "--by", "officer", *ASKED, "--json")
    assert (asked["action"], asked["by"], asked["evidence_doc_id"]) == ("ask", "officer", "D-1")
    assert run("export", token, "--by", "officer", "--json")["records"]["household"]
    answer = ("erase", token, "--reason", "无在贷", "--approve")
    assert "may not do this" in run(*answer, "--by", "officer", refused=True)
    done = run(*answer, "--by", "approver", "--json")
    assert (done["action"], done["asked_by"], done["by"]) == ("erased", "officer", "approver")
    assert done["records"]["household"] >= 1
    copy = run("export", household["household_id"], "--by", "officer", "--json", refused=True)
    assert "no such household" in copy


def test_one_who_may_both_ask_and_approve_does_not_answer_himself(
    run: Command, household: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    run("erase", household["household_id"], "--by", "officer", *ASKED)
    monkeypatch.setattr("service.doors.cli.person.ANSWERS", "consent:write")
    answer = ("erase", household["household_id"], "--reason", "同意", "--approve")
    assert "officer" in run(*answer, "--by", "officer", refused=True)
    assert run("export", household["household_id"], "--by", "officer", "--json")["records"]


def test_who_runs_the_installation_sees_no_borrower(
    run: Command, household: dict[str, Any]
) -> None:
    key = household["household_id"]
    for words in (("export", key), ("erase", key, *ASKED)):
        assert "may not do this" in run(*words, "--by", "administrator", refused=True)
    copy = ("export", key, "--by")
    assert "do not belong together" in run(*copy, "officer", password="wrong", refused=True)
    assert "do not belong together" in run(*copy, "nobody", refused=True)
