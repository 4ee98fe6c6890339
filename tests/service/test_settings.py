"""Settings: environment before files before defaults; what is wrong is named, secrets are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from features.errors import BadInput
from features.plan import plans_folder
from models.record import ModelOfRecord
from service.demo import fresh_folder
from service.settings import Settings, settle
from service.store.store import Store
from service.trust.demo_keys import mark_as_demo, refuse_demo_keys
from service.wiring import open_services


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "SECRETS", "SETTINGS", "METRICS", "ISSUER"):
        monkeypatch.delenv(f"LIANGSHAN_{name}", raising=False)


@pytest.fixture
def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "settings.yaml"
    monkeypatch.setenv("LIANGSHAN_SETTINGS", str(path))
    return path


def test_the_environment_holds_before_a_value_file_before_the_settings_file(
    settings_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_file.write_text("database_url: postgresql://from/yaml\nissuer: https://from.yaml\n")
    assert Settings().database_url == "postgresql://from/yaml"
    (tmp_path / "url").write_text("postgresql://from/file\n")
    monkeypatch.setenv("LIANGSHAN_DATABASE_URL_FILE", str(tmp_path / "url"))
    assert Settings().database_url == "postgresql://from/file"
    monkeypatch.setenv("LIANGSHAN_DATABASE_URL", "postgresql://from/environment")
    assert Settings().database_url == "postgresql://from/environment"
    assert Settings(database_url="sqlite:///x").database_url == "sqlite:///x"
    assert Settings().issuer == "https://from.yaml"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("databse_url: x", "no such setting.*databse_url|databse_url.*no such setting"),
        ("- home", "no such setting"),
        ("home: [", "no YAML"),
        ("metrics: everybody", "LIANGSHAN_METRICS"),
        ("connections: 0", "LIANGSHAN_CONNECTIONS"),
        ("proxies: '*'", "LIANGSHAN_PROXIES"),
        ("proxies: 10.0.0.5/8", "LIANGSHAN_PROXIES"),
        ("proxies: 127.0.0.1, proxy.example", "LIANGSHAN_PROXIES"),
        ("policy: {a: 1}", "LIANGSHAN_POLICY"),
    ],
)
def test_a_mistake_in_the_settings_file_is_named(
    settings_file: Path, content: str, said: str
) -> None:
    settings_file.write_text(content)
    with pytest.raises(BadInput, match=said):
        Settings()


def test_a_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGSHAN_DATABASE_URL_FILE", "/nowhere/url")
    with pytest.raises(BadInput, match=r"LIANGSHAN_DATABASE_URL_FILE.*No such file"):
        Settings()


def test_a_value_is_not_repeated_in_the_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGSHAN_METRICS", "geheim")
    with pytest.raises(BadInput) as fault:
        Settings()
    assert "geheim" not in str(fault.value)


def test_a_slip_in_a_name_is_refused_and_foreign_names_are_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LIANGSHAN_WORKER_NAME_OF_OURS", "x")
    Settings()
    monkeypatch.setenv("LIANGSHAN_DATABSE_URL", "x")
    with pytest.raises(BadInput, match=r"LIANGSHAN_DATABSE_URL.*LIANGSHAN_DATABASE_URL"):
        Settings()


def test_keys_lie_where_they_are_told_to(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", secrets=tmp_path / "keys")
    Store.open(settings).decisions.append({}, "bank")
    assert (tmp_path / "keys" / "chain.key").exists()
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0
    again = Store.open(settings).decisions.append({}, "bank")
    assert again.sequence == 2


def test_keys_in_two_places_are_refused(tmp_path: Path) -> None:
    Store.open(Settings(home=tmp_path)).decisions.append({}, "bank")
    with pytest.raises(BadInput, match="LIANGSHAN_SECRETS"):
        Settings(home=tmp_path, secrets=tmp_path / "elsewhere").made_home()
    assert (tmp_path / "secrets" / "chain.key").exists()


def test_a_service_does_not_start_with_the_keys_of_a_demonstration(tmp_path: Path) -> None:
    mark_as_demo(tmp_path)
    with pytest.raises(BadInput, match="keys of a demonstration are for"):
        open_services(Settings(home=tmp_path, database_url=""))
    assert open_services(Settings(home=tmp_path, database_url=""), demo=True).demo


def test_a_service_does_not_start_with_keys_that_others_can_read(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url="")
    Store.open(settings).decisions.append({}, "bank")
    (tmp_path / "secrets" / "chain.key").chmod(0o644)
    open_services(settings)  # the folder lets nobody else in
    (tmp_path / "secrets").chmod(0o755)
    with pytest.raises(BadInput, match=r"chain\.key.*0o644.*chmod o-rwx"):
        open_services(settings)


def test_a_service_has_scored_before_it_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scored: list[str] = []

    def score(model: ModelOfRecord, values: object) -> None:
        scored.append(model.product)

    monkeypatch.setattr(ModelOfRecord, "score", score)
    open_services(Settings(home=tmp_path, database_url=""))
    assert sorted(scored) == ["credit", "deposit"]


def test_what_lies_below_is_told_where_home_is(
    settings_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANGSHAN_HOME", "")
    monkeypatch.delenv("LIANGSHAN_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.delenv("XDG_CACHE_HOME")
    settings_file.write_text(f"home: {tmp_path / 'here'}\n")
    settle(Settings())
    assert plans_folder() == tmp_path / "here" / "plans"
    assert os.environ["XDG_CACHE_HOME"] == str(tmp_path / "here" / "cache")


def test_a_fresh_folder_holds_no_keys_of_a_demonstration(tmp_path: Path) -> None:
    mark_as_demo(tmp_path / "home")
    refuse_demo_keys(fresh_folder(tmp_path / "home"))
