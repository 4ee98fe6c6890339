"""Promises of a government and new hidden debt, by hand (money in 分)."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest

from features.arrays import Floats, Rows
from features.cooperative import hidden_debt

KINDS = ("commitment", "guarantee", "buyback", "return_promise", "风险补偿", "purchase", "other")
PROMISES = KINDS[:4]


def col(*values: float) -> Floats:
    return np.array(values, dtype=np.float64)


def days(*texts: str) -> Floats:
    return np.array(texts, dtype="datetime64[D]").astype(np.int64).astype(np.float64)


def promises(
    kind: str | None,
    *,
    government: float = 1,
    capped: float = 1,
    guaranteed: float = 0,
    budget: float = 7,
) -> float:
    """Return how many promises one document is."""
    flags = {code: col(nan if kind is None else float(code == kind)) for code in KINDS}
    return float(
        counted(flags, col(government), col(capped), col(guaranteed), col(budget), rows(1))[0]
    )


def counted(
    kinds: dict[str, Floats],
    government: Floats,
    capped: Floats,
    guaranteed: Floats,
    budget: Floats,
    documents: Rows,
) -> Floats:
    return hidden_debt.gov_promises(
        documents__issuer_kind__government=government,
        documents__capped=capped,
        documents__return_guaranteed=guaranteed,
        documents__budget_doc_id=budget,
        documents=documents,
        **{f"documents__kind__{kind}": flags for kind, flags in kinds.items()},
    )


def rows(*counts: int | None) -> Rows:
    offsets = np.cumsum([0, *(count or 0 for count in counts)])
    return Rows(offsets, np.array([count is not None for count in counts]))


@pytest.mark.parametrize("kind", [*PROMISES, "风险补偿"])
def test_a_promise_is_none_where_it_is_capped_and_budgeted(kind: str) -> None:
    assert promises(kind) == 0
    assert promises(kind, capped=0) == 1
    assert promises(kind, budget=nan) == 1
    assert promises(kind, guaranteed=1) == 1


@pytest.mark.parametrize("kind", ["purchase", "other"])
def test_another_document_promises_only_a_guaranteed_return(kind: str) -> None:
    assert promises(kind, capped=0, budget=nan) == 0
    assert promises(kind, guaranteed=1) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_others_promise_is_no_promise_of_a_government(kind: str) -> None:
    assert promises(kind, government=0, capped=0, guaranteed=1, budget=nan) == 0


def test_a_flag_that_is_left_out_is_unknown_only_where_it_decides() -> None:
    assert np.isnan(promises("commitment", capped=nan))
    assert promises("commitment", capped=nan, budget=nan) == 1
    assert promises("commitment", capped=nan, guaranteed=1) == 1
    assert np.isnan(promises("commitment", guaranteed=nan))
    assert promises("commitment", guaranteed=nan, capped=0) == 1
    assert np.isnan(promises("purchase", guaranteed=nan))
    assert np.isnan(promises("风险补偿", capped=nan))
    assert promises("风险补偿", guaranteed=nan) == 0, "nobody asks whether a pool yields a return"
    assert np.isnan(promises(None, capped=0))
    assert promises(None, government=0) == 0


def test_documents_are_counted_and_undeclared_ones_are_not_known() -> None:
    kinds = dict.fromkeys(KINDS, col(0, 0, 0)) | {"commitment": col(1, 1, 1)}
    seen = counted(
        kinds, col(1, 1, 0), col(0, 1, 0), col(0, 0, 0), col(nan, 3, nan), rows(3, 0, None)
    )
    assert np.array_equal(seen, col(1, 0, nan), equal_nan=True)


def new_debt(first_seen: Floats, balance: Floats, declared: bool = True) -> float:
    items = rows(len(balance) if declared else None)
    return float(hidden_debt.hidden_debt_new(first_seen, balance, items, days("2023-07-01"))[0])


def test_hidden_debt_is_new_after_the_baseline_day() -> None:
    seen = days("2023-06-30", "2023-07-01", "2023-07-02", "2025-01-01")
    assert new_debt(seen, col(1000, 100, 10, 1)) == 11
    assert new_debt(col(), col()) == 0
    assert np.isnan(new_debt(col(), col(), declared=False))


def test_an_item_of_the_old_stock_need_not_say_its_balance() -> None:
    seen = days("2020-01-01", "2025-01-01")
    assert new_debt(seen, col(nan, 5)) == 5
    assert np.isnan(new_debt(seen, col(5, nan)))
    assert np.isnan(new_debt(col(nan), col(5)))
