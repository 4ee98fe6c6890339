"""A scene gives what evaluate gives, and what evaluate would give after a change of the book."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from features.book import Book
from features.errors import BadInput
from features.frame import Frame
from features.point_in_time import evaluate
from features.scene import Scene, scenes
from features.simulate import simulate
from tests.features.conftest import BookOf

D = date(2026, 6, 30)
GRACE = {"loss_grace_years": lambda day: np.full(len(day), 3.0)}
WANTED = (
    "net_debt",
    "cash_unrestricted",
    "current_assets_free",
    "loss_years",
    "rent_paid_on_time_share",
    "resource_pool_value",
    "total_assets",
    "investment_type",
    "county__sector_benchmark",
    "judged_on",
)


@pytest.fixture(scope="module")
def county() -> Book:
    return simulate(300, 5, D).book


def assert_same(one: Frame, all_rows: Frame, row: int) -> None:
    assert (one.subject, one.keys[0]) == (all_rows.subject, all_rows.keys[row])
    assert one.as_of.tolist() == [all_rows.as_of[row]]
    assert list(one.columns) == list(all_rows.columns)
    for name, values in all_rows.columns.items():
        np.testing.assert_array_equal(one.columns[name], values[row : row + 1], err_msg=name)
    assert set(one.provenance) == set(all_rows.provenance)
    for name, read in all_rows.provenance.items():
        mine = one.provenance[name]
        assert mine.as_of.tolist() == [read.as_of[row]]
        assert mine.known_at.tolist() == read.known_at[row : row + 1].tolist()
        assert list(mine.source) == [read.source[row]]


@pytest.mark.parametrize("at", [D, None])
def test_a_scene_has_the_bits_that_evaluate_gives(county: Book, at: date | None) -> None:
    expected = evaluate(county, "cooperative", WANTED, at=at, parameters=GRACE)
    found = scenes(county, "cooperative", WANTED, at=at, parameters=GRACE)
    assert len(found) == len(expected) > 1
    for row, scene in enumerate(found):
        assert_same(scene.frame(), expected, row)
    some = found[0].frame(["loss_years", "total_assets"])
    assert list(some.columns) == ["loss_years", "total_assets"]


def test_only_the_subjects_asked_for(county: Book) -> None:
    every = scenes(county, "project", ["total_investment"], at=D)
    wanted = [every[2].key, every[0].key]
    found = scenes(county, "project", ["total_investment"], at=D, keys=wanted)
    assert [scene.key for scene in found] == [every[0].key, every[2].key]
    assert found[1].frame().columns == every[2].frame().columns


def coop(book_of: BookOf, **more: object) -> Book:
    sheet = {"coop_id": "c", "cash_total": 9, "cash_restricted": 2, "short_debt": 4}
    return book_of(cooperative=[{**sheet, "ltd_due_12m": 0, "notes_payable": 0, **more}])


def only(book: Book, *wanted: str, table: str = "cooperative") -> Scene:
    return scenes(book, table, wanted, at=date(2026, 3, 31))[0]


def test_a_change_is_what_evaluate_gives_of_the_changed_book(book_of: BookOf) -> None:
    before = only(coop(book_of), "cash_unrestricted", "short_debt_total", "short_debt")
    after = before.changed({"cash_total": 500.0, "short_debt": 0.0})
    expected = only(coop(book_of, cash_total=5, short_debt=0), *before.wanted)
    assert after.frame().columns == expected.frame().columns
    assert before.frame().columns["cash_unrestricted"].tolist() == [700]
    assert after.frame().columns["cash_unrestricted"].tolist() == [300]


def household(book_of: BookOf, *amounts: int) -> Book:
    months = [
        {"month": date(2025 + (i + 3) // 12, (i + 3) % 12 + 1, 1), "amount": amount}
        for i, amount in enumerate(amounts)
    ]
    return book_of(household=[{"household_id": "h", "income_monthly": months}])


def test_rows_of_a_child_change_and_grow(book_of: BookOf) -> None:
    amounts = [100] * 12
    before = only(household(book_of, *amounts), "income_mean_12m", table="household")
    columns = before.rows["income_monthly"].columns
    after = before.changed(rows={"income_monthly": {"amount": np.full(12, 30000.0)}})
    assert after.frame().columns["income_mean_12m"].tolist() == [30000]
    assert before.frame().columns["income_mean_12m"].tolist() == [10000]
    grown = before.added(
        "income_monthly", {"month": columns["month"][:1], "amount": np.array([120000.0])}
    )
    assert len(grown.rows["income_monthly"]) == 13
    assert grown.frame().columns["income_mean_12m"].tolist() == [20000]
    assert np.isnan(grown.rows["income_monthly"].columns["source_kind"]).all()


def test_what_no_feature_reads_is_there_too(book_of: BookOf) -> None:
    book = coop(book_of, acts=[{"kind": "stake", "amount": 5, "date": D}])
    scene = only(book, "short_debt_total")
    acts = scene.rows["acts"]
    assert (acts.columns["amount"].tolist(), acts.declared) == ([500], True)
    assert acts.columns["kind__stake"].tolist() == [1]
    assert np.isnan(acts.columns["decision_doc_id"]).tolist() == [True]
    assert not scene.rows["trades"].declared
    assert scene.own["quality__reported"] == 1


def test_a_table_without_features_has_scenes(book_of: BookOf) -> None:
    book = book_of(bank=[{"bank_code": "b", "bank_capital_net": 7}])
    scene = only(book, "bank_capital_net", table="bank").changed({"bank_capital_net": 900.0})
    assert scene.frame().columns["bank_capital_net"].tolist() == [900]


def test_rows_leave_a_child(book_of: BookOf) -> None:
    acts = [{"kind": "stake", "amount": amount, "date": D} for amount in (5, 6, 7)]
    scene = only(coop(book_of, acts=acts, undertakings=[]), "short_debt_total")
    left = scene.without("acts", np.array([False, True, False]))
    assert left.rows["acts"].columns["amount"].tolist() == [500, 700]
    with pytest.raises(BadInput, match="row by row"):
        scene.without("undertakings", np.zeros(0, dtype=np.bool_))
    with pytest.raises(BadInput, match="row by row"):
        scene.added("undertakings", {"cap": np.array([1.0])})


def test_own_rows_change_where_they_were_read_once_more(book_of: BookOf) -> None:
    def held(name: str, *kinds: str) -> dict[str, object]:
        claims = [
            {"parcel_id": "p", "holder": "x", "kind": kind, "from": date(2025, 1, 1)}
            for kind in kinds
        ]
        return {"resource_id": name, "parcel_id": "p", "claims": claims}

    def conflicts(scene: Scene) -> list[float]:
        return [float(value) for value in scene.frame().columns["claims_conflicting"]]

    book = book_of(resource=[held("a", "carbon", "GEP"), held("b", "补")])
    scene = only(book, "claims_conflicting", table="resource")
    assert (scene.key, conflicts(scene)) == ("a", [3])
    ended = scene.rows["claims"].columns["from"] + np.array([0.0, 10.0])
    ended[0] = np.nan
    assert conflicts(scene.changed(rows={"claims": {"to": ended}})) == [1]


def test_what_each_subject_declares_is_its_own(book_of: BookOf) -> None:
    rows = [{"coop_id": "c", "acts": []}, {"coop_id": "d"}, {"coop_id": "e", "acts": []}]
    found = scenes(book_of(cooperative=rows), "cooperative", ["as_of"], at=D)
    assert [scene.rows["acts"].declared for scene in found] == [True, False, True]


def test_names_that_are_not_there_are_refused(book_of: BookOf) -> None:
    book = coop(book_of, undertakings=[], associates=[])
    scene = only(book, "short_debt_total")
    with pytest.raises(BadInput, match="no raw column") as refused:
        scene.changed({"net_debt": 1.0})
    assert refused.value.field == "net_debt"
    with pytest.raises(BadInput, match="no raw column"):
        scene.changed(rows={"associates": {"lones": np.zeros(0)}})
    with pytest.raises(BadInput, match="several values per row"):
        scenes(book, "cooperative", ["associates__loan"], at=D)
