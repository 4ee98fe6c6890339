"""Identity numbers: which are taken, what is kept of them, who may open it, rotation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from features.errors import BadInput
from service.settings import Settings
from service.store.store import Store
from service.trust.clients import Clients
from service.trust.identity import Identity
from service.trust.roles import Role, TenantKind
from service.trust.subjects import Subjects, checked_number, key_id_of, refuse_number_in_words
from service.trust.tenants import Body
from tests.service.people import citizen

NUMBER = "11010519491231002X"
TODAY = date(2026, 6, 30)


@pytest.fixture
def subjects(tmp_path: Path) -> Subjects:
    ticks = count()
    start = datetime(2026, 6, 30, tzinfo=UTC)
    return Subjects(tmp_path, lambda: start + timedelta(seconds=next(ticks)))


@pytest.mark.parametrize(
    "number", [NUMBER, NUMBER.lower(), "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_one_number_is_one_person_however_it_is_typed(number: str) -> None:
    assert checked_number(number, TODAY) == NUMBER


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        (NUMBER[:-1], "18 characters"),
        (NUMBER + "0", "18 characters"),
        (f" {NUMBER}", "18 characters"),
        ("110105491231002", "18 characters"),
        ("91330100799655058B", "18 characters"),
        (110105194912310021, "18 characters"),
        (None, "18 characters"),
        ("110105194902310022", "birth date"),
        ("110105209912310021", "birth date"),
        ("110105194912310021", "check digit"),
        ("110105194912320020", "birth date"),
    ],
)
def test_what_is_no_number_is_refused_and_not_repeated(number: object, rule: str) -> None:
    with pytest.raises(BadInput, match=rule) as refused:
        checked_number(number, TODAY)
    assert (refused.value.where, refused.value.field) == ("household", "id_number")
    assert str(number)[2:] not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"核对{NUMBER}无误",
        "核对110105 19491231 002x",
        "旧证１１０１０５４９１２３１００２",
    ],
)
def test_what_somebody_writes_holds_no_number(text: str) -> None:
    with pytest.raises(BadInput, match="identity number") as refused:
        refuse_number_in_words(text, "reason")
    assert "1231" not in str(refused.value)


@pytest.mark.parametrize("text", ["110105491231002", "材料齐全，2026-11-30", "合同330922"])
def test_what_is_no_number_may_be_written(text: str) -> None:
    refuse_number_in_words(text, "evidence_doc_id")


def test_nobody_and_nothing_is_named_by_a_number(tmp_path: Path) -> None:
    store = Store.open(Settings(home=tmp_path, database_url=""))
    name = "张110105 19491231 002X"
    with pytest.raises(BadInput, match="identity number"):
        Identity(store.engine).add_person(name, "bank", Role.OFFICER, "青山绿水-green-hills")
    with pytest.raises(BadInput, match="identity number"):
        Clients(store.engine, lambda: datetime.now(UTC)).add("bank", Role.OFFICER, name)
    with pytest.raises(BadInput, match="identity number"):
        Body("bank", TenantKind.BANK, None, name)


def test_a_token_says_nothing_and_is_the_same_for_every_tenant(subjects: Subjects) -> None:
    bank, guarantee = (subjects.sealed(NUMBER, owner) for owner in ("bank", "guarantee"))
    assert bank.token == guarantee.token == subjects.sealed(NUMBER.lower(), "bank").token
    assert bank.cipher != guarantee.cipher
    for kept in (bank.token, bank.cipher):
        assert NUMBER[:6] not in kept


def test_another_installation_has_other_tokens(subjects: Subjects, tmp_path: Path) -> None:
    other = Subjects(tmp_path / "other", lambda: datetime(2026, 6, 30, tzinfo=UTC))
    assert other.token(NUMBER) != subjects.token(NUMBER)
    again = Subjects(tmp_path, lambda: datetime(2026, 6, 30, tzinfo=UTC))
    assert again.token(NUMBER) == subjects.token(NUMBER)


def test_a_cipher_opens_for_its_tenant_and_person_alone(subjects: Subjects) -> None:
    kept = subjects.sealed(NUMBER, "bank")
    assert subjects.number(kept, "bank") == NUMBER
    with pytest.raises(BadInput, match="another key or place"):
        subjects.number(kept, "guarantee")
    moved = subjects.sealed(citizen(1), "bank")
    with pytest.raises(BadInput, match="another key or place"):
        subjects.number(type(kept)(moved.token, kept.cipher), "bank")
    for cipher in ("", "plain", "sm4-gcm:none:AAAA", "sm4-gcm:x", kept.cipher + "!"):
        with pytest.raises(BadInput):
            subjects.number(type(kept)(kept.token, cipher), "bank")


def test_the_newest_key_enciphers_and_the_older_ones_still_open(
    subjects: Subjects, tmp_path: Path
) -> None:
    kept = subjects.sealed(NUMBER, "bank")
    drawn = subjects.keys.rotate()
    assert key_id_of(kept.cipher) != drawn
    assert subjects.number(kept, "bank") == NUMBER
    renewed = subjects.renewed(kept, "bank")
    assert (key_id_of(renewed.cipher), renewed.token) == (drawn, kept.token)
    (tmp_path / "secrets" / "fields" / f"{key_id_of(kept.cipher)}.key").unlink()
    without = Subjects(tmp_path, lambda: datetime(2026, 6, 30, tzinfo=UTC))
    assert without.number(renewed, "bank") == NUMBER
    with pytest.raises(BadInput, match="no such field key"):
        without.number(kept, "bank")


def test_the_keys_are_files_that_nobody_else_reads(subjects: Subjects, tmp_path: Path) -> None:
    subjects.sealed(NUMBER, "bank")
    files = [path for path in (tmp_path / "secrets").rglob("*") if path.is_file()]
    assert len(files) == 2
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
