"""Books in and out: the folder, the quarantine file, and what the commands answer."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson
import pytest
import typer
from typer.testing import CliRunner

from features.book import read_book
from features.errors import BadInput
from features.records import rows_from_book
from service.doors.cli.db import upgrade
from service.doors.cli.export import export
from service.doors.cli.load import load
from service.store import migrate
from service.store.store import Store
from service.use_cases.book.books import HOME_OWNER, export_folder, instant, load_folder

BODY: Mapping[str, object] = {
    "body_id": "B1",
    "licence_no": "浙0001",
    "leverage_cap": "10",
    "weighted_liability": "100.00",
    "source": "test",
    "as_of": "2026-02-28",
    "known_at": "2026-03-01T09:00:00+08:00",
    "quality": "reported",
}

WriteBook = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> WriteBook:
    """Return how to write a book of guarantee bodies as CSV."""

    def book(*rows: Mapping[str, object]) -> Path:
        folder = tmp_path / "book"
        folder.mkdir(exist_ok=True)
        with (folder / "guarantee_body.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(
                file, list(dict.fromkeys(name for row in rows for name in row))
            )
            writer.writeheader()
            writer.writerows(rows)
        return folder

    return book


def quarantine(folder: Path) -> list[dict[str, str]]:
    text = (folder / "_quarantine.csv").read_text("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_a_folder_goes_in_and_comes_out(store: Store, write: WriteBook, tmp_path: Path) -> None:
    report = load_folder(store, write(BODY))
    assert (report.new, report.same, report.quarantine) == (1, 0, None)
    counts = export_folder(store, tmp_path / "out", date(2026, 3, 1))
    assert counts == {"guarantee_body": 1}
    assert list(rows_from_book(read_book(tmp_path / "out"))) == [("guarantee_body", dict(BODY))]


def test_a_folder_may_be_loaded_again(sqlite_store: Store, write: WriteBook) -> None:
    folder = write(BODY)
    load_folder(sqlite_store, folder)
    report = load_folder(sqlite_store, folder)
    assert (report.new, report.same) == (0, 1)


def test_bad_rows_and_silent_changes_are_listed_in_one_file(
    sqlite_store: Store, write: WriteBook
) -> None:
    load_folder(sqlite_store, write(BODY))
    changed = {**BODY, "weighted_liability": "120.00", "known_at": "2026-03-02T09:00:00+08:00"}
    bad = {**BODY, "body_id": "B2", "weighted_liability": "-1"}
    report = load_folder(sqlite_store, write(changed, bad))
    assert (report.new, report.faulty, report.refused) == (
        0,
        {"guarantee_body": 1},
        {"guarantee_body": 1},
    )
    by_check, by_store = quarantine(write(changed, bad))
    assert (by_check["row"], by_check["field"]) == ("2", "weighted_liability")
    assert by_store["field"] == "correction_reason"
    assert by_store["value"] == "B1 2026-02-28 2026-03-02T09:00:00+08:00"
    assert "approved_by" in by_store["rule"]


def test_the_list_of_an_earlier_load_does_not_stay(sqlite_store: Store, write: WriteBook) -> None:
    load_folder(sqlite_store, write({**BODY, "body_id": "B2", "weighted_liability": "-1"}, BODY))
    folder = write(BODY)
    assert (folder / "_quarantine.csv").exists()
    load_folder(sqlite_store, folder)
    assert not (folder / "_quarantine.csv").exists()


def test_known_at_fills_only_rows_that_have_none(
    sqlite_store: Store, write: WriteBook, tmp_path: Path
) -> None:
    silent = {**BODY, "body_id": "B2", "known_at": ""}
    load_folder(sqlite_store, write(BODY, silent), known_at=instant("2026-03-05"))
    assert export_folder(sqlite_store, tmp_path / "a", date(2026, 3, 4)) == {"guarantee_body": 1}
    assert export_folder(sqlite_store, tmp_path / "b", date(2026, 3, 5)) == {"guarantee_body": 2}


def test_nothing_is_known_in_the_future(sqlite_store: Store, write: WriteBook) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    report = load_folder(
        sqlite_store, write(BODY, {**BODY, "body_id": "B2", "known_at": tomorrow})
    )
    assert (report.new, sum(report.faulty.values())) == (1, 1)


def test_an_unusable_table_keeps_nothing(sqlite_store: Store, write: WriteBook) -> None:
    folder = write(BODY)
    (folder / "bank.csv").write_text("bank_code,nonsense\nX,1\n", "utf-8")
    with pytest.raises(BadInput, match="nonsense"):
        load_folder(sqlite_store, folder)
    assert sqlite_store.export(date(2026, 3, 31), HOME_OWNER).tables == {}


def test_an_export_does_not_write_beside_older_files(
    sqlite_store: Store, write: WriteBook
) -> None:
    folder = write(BODY)
    load_folder(sqlite_store, folder)
    with pytest.raises(BadInput, match="new or empty folder"):
        export_folder(sqlite_store, folder, date(2026, 3, 31))


def test_an_export_of_nothing_is_said(sqlite_store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nothing was known"):
        export_folder(sqlite_store, tmp_path / "out", date(2026, 3, 31))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "03/01/2026"])
def test_what_is_no_instant_is_named(text: str) -> None:
    with pytest.raises(BadInput, match="known_at"):
        instant(text)


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> typer.Typer:
    """Return the three commands on a home of their own."""
    monkeypatch.setenv("LIANGSHAN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LIANGSHAN_DATABASE_URL", raising=False)
    app = typer.Typer()
    app.command()(load)
    app.command()(export)
    app.command("db-upgrade")(upgrade)
    return app


def run(app: typer.Typer, *arguments: str) -> tuple[int, dict[str, object], str]:
    result = CliRunner().invoke(app, [*arguments, "--json"])
    said = " ".join(result.stderr.split())
    return result.exit_code, orjson.loads(result.stdout or "{}"), said


def test_the_commands_load_and_export(
    commands: typer.Typer, write: WriteBook, tmp_path: Path
) -> None:
    assert run(commands, "load", str(write(BODY))) == (
        0,
        {"new": 1, "same": 0, "quarantined": {"check": {}, "store": {}}, "quarantine": None},
        "",
    )
    out = str(tmp_path / "out")
    code, document, _ = run(commands, "export", out, "--known-at", "2026-03-31")
    assert (code, document) == (0, {"known_at": "2026-03-31", "rows": {"guarantee_body": 1}})


def test_the_store_is_upgraded_by_a_command(commands: typer.Typer) -> None:
    newest = migrate.head()
    assert run(commands, "db-upgrade")[:2] == (0, {"before": None, "revision": newest})
    assert run(commands, "db-upgrade")[:2] == (0, {"before": newest, "revision": newest})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("load", "/nowhere"), "/nowhere"),
        (("load", ".", "--owner", " "), "every record has an owner"),
        (("load", ".", "--known-at", "soon"), "soon"),
        (("export", "/dev/null/x", "--known-at", "2026-03-31"), "nothing was known"),
        (("db-upgrade", "--grant-to", "clerk"), "only PostgreSQL has roles"),
    ],
)
def test_bad_input_is_said_in_one_line_and_exits_3(
    commands: typer.Typer, arguments: tuple[str, ...], said: str
) -> None:
    code, document, stderr = run(commands, *arguments)
    assert (code, document) == (3, {})
    assert said in stderr


def test_a_wrong_address_exits_3(commands: typer.Typer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGSHAN_DATABASE_URL", "mysql://x")
    code, _, stderr = run(commands, "db-upgrade")
    assert code == 3
    assert "only SQLite and PostgreSQL" in stderr
