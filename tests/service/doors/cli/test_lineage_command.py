"""`liangshan lineage`, as a person and as a program sees it."""

from __future__ import annotations

import orjson
import pytest
import typer

from service.doors.cli.lineage import lineage


def test_the_tree_names_columns_in_chinese_and_english(capsys: pytest.CaptureFixture[str]) -> None:
    lineage("total_debt_to_income")
    shown = " ".join(capsys.readouterr().out.split())
    assert "household.total_debt! fen 负债总额 · Total debt" in shown
    assert "Source: domain 10.1" in shown


def test_json_is_one_document(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    lineage("price_volatility_24m", as_json=True)
    document = orjson.loads(capfdbinary.readouterr().out)
    assert document["feature"] == "price_volatility_24m"
    assert [tree["subject"] for tree in document["lineage"]] == ["resource", "application"]


def test_a_subject_narrows_it(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    lineage("experience_years", "application", as_json=True)
    (tree,) = orjson.loads(capfdbinary.readouterr().out)["lineage"]
    assert (tree["table"], tree["kind"]) == ("household", "column")


@pytest.mark.parametrize(
    ("feature", "subject", "said"),
    [
        ("nonsense", None, "'nonsense'"),
        ("net_debt", "household", "net_debt"),
        ("net_debt", "village", "village"),
    ],
)
def test_what_is_not_there_is_named(
    feature: str, subject: str | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as stopped:
        lineage(feature, subject)
    assert stopped.value.exit_code == 3
    assert said in capsys.readouterr().err
