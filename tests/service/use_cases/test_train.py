"""A trained champion is registered, marked synthetic, scores the same everywhere, and rewards."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pytest

from features.book import Book
from features.errors import BadInput
from features.point_in_time import evaluate
from features.simulate import simulate
from features.two_people import SamePerson
from models import shelf
from models.registry import promote
from risk.files import load_policy
from service.settings import Settings
from service.store.store import Store
from service.use_cases.assessing.score import score_book
from service.use_cases.book.books import HOME_OWNER
from service.use_cases.train import Trained, train
from tests.service.use_cases.assessing.test_score import same
from tests.service.use_cases.conftest import NOW, OFFICER, TODAY, County

HOUSEHOLDS = 18_000

pytestmark = pytest.mark.xdist_group("trained")


@pytest.fixture(scope="module")
def trained_county(tmp_path_factory: pytest.TempPathFactory) -> tuple[County, Trained]:
    home = tmp_path_factory.mktemp("trained")
    book = simulate(HOUSEHOLDS, 11, TODAY).book
    policy = load_policy()
    trained = train("credit", book, policy, home, TODAY)
    store = Store.open(Settings(home=home, database_url=""))
    small = simulate(150, 12, TODAY).book
    store.load(small, HOME_OWNER, NOW)
    return County(small, store, policy, home), trained


def test_it_is_marked_synthetic_and_beats_a_coin(trained_county: tuple[County, Trained]) -> None:
    _, trained = trained_county
    assert trained.evidence.trained_on == "synthetic"
    assert (trained.beats_card, trained.is_champion) == (True, True)
    assert set(trained.metrics) == {
        "champion",
        "challenger",
        "expert",
        "expert_shifted",
    }
    assert trained.metrics["champion"].auc > 0.6
    assert trained.document()["test"] == {"rows": trained.test[0], "bads": trained.test[1]}


def test_the_registered_champion_is_the_one_that_scores(
    trained_county: tuple[County, Trained],
) -> None:
    county, trained = trained_county
    champion = shelf.champion(county.home, "credit")
    assert champion is not None
    assert champion.version == trained.registration.version
    rows = score_book("credit", county.book, county.policy, county.home)
    assert set(rows["model_version"].drop_null().to_pylist()) == {f"sha256:{champion.version}"}


def test_batch_and_single_agree_with_a_model_too(trained_county: tuple[County, Trained]) -> None:
    county, _ = trained_county
    rows = score_book("credit", county.book, county.policy, county.home).to_pylist()
    compared = [same(county, "credit", row) for row in rows[::6]]
    assert any(compared)


def test_a_synthetic_model_decides_nothing_outside_a_demo(
    trained_county: tuple[County, Trained],
) -> None:
    county, _ = trained_county
    live = score_book("credit", county.book, county.policy, county.home)
    demo = score_book("credit", county.book, county.policy, county.home, demo=True)
    assert "approve" not in live["outcome"].to_pylist()
    assert "approve" in demo["outcome"].to_pylist()
    row = next(r for r in demo.to_pylist() if r["outcome"] == "approve")
    subject = {"subject": {"kind": "application", "id": row["application_id"]}}

    async def once() -> bytes:
        assessor = county.assessor(demo=True)
        document = await assessor.assess("credit", subject, OFFICER)
        await assessor.close()
        return document

    assert orjson.loads(asyncio.run(once()))["outcome"] == "approve"
    assert county.assess("credit", subject)["outcome"] == "refer"


def test_more_ecological_credit_never_costs_points(
    trained_county: tuple[County, Trained],
) -> None:
    county, _ = trained_county
    champion = shelf.champion(county.home, "credit")
    assert champion is not None
    frame = evaluate(
        county.book,
        "application",
        list(champion.names),
        at=None,
        parameters=county.policy.parameters(),
    )
    values = frame.matrix(list(champion.names))
    eco = list(champion.names).index("eco_credit_pct")
    without, best = values.copy(), values.copy()
    without[:, eco], best[:, eco] = 0.0, 1.0
    poorer, richer = champion.score(without), champion.score(best)
    assert (richer.points >= poorer.points).all()
    assert (richer.feature_points[:, eco] >= 0).all()
    assert (poorer.feature_points[:, eco] == 0).all()
    assert np.isfinite(values).any()


@pytest.mark.long
def test_a_model_of_real_data_waits_until_another_than_its_author_approves_it(
    trained_county: tuple[County, Trained], tmp_path: Path
) -> None:
    county, _ = trained_county
    tables = dict(simulate(HOUSEHOLDS, 11, TODAY).book.tables)
    real = pa.repeat(pa.scalar("core-banking"), tables["household"].num_rows)
    place = tables["household"].column_names.index("source")
    tables["household"] = tables["household"].set_column(place, "source", real)
    found = train("credit", Book(tables), county.policy, tmp_path, TODAY, by="王芳")
    assert found.evidence.trained_on == "observed"
    assert (found.beats_card, found.is_champion) == (True, False)
    assert shelf.champion(tmp_path, "credit") is None
    with pytest.raises(SamePerson):
        promote(tmp_path, "credit", "王芳")
    promote(tmp_path, "credit", "李强")
    champion = shelf.champion(tmp_path, "credit")
    assert champion is not None
    assert champion.version == found.registration.version


def test_a_county_without_defaults_keeps_its_card(county: County) -> None:
    with pytest.raises(BadInput, match="the expert card stays"):
        train("credit", county.book, county.policy, county.home, TODAY)
    with pytest.raises(BadInput, match="unknown product"):
        train("carbon", county.book, county.policy, county.home, TODAY)
