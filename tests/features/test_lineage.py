"""Lineage: the tree from a feature to raw columns, their source and clause."""

from __future__ import annotations

from features.graph import Lineage, catalogue


def names(tree: Lineage) -> set[str]:
    return {tree.name}.union(*(names(child) for child in tree.inputs))


def test_a_feature_leads_to_raw_columns_with_label_and_source() -> None:
    tree = catalogue().lineage("application", "debt_service_to_income")
    assert (tree.kind, tree.unit) == ("feature", "ratio")
    assert "domain 10.4" in tree.doc
    leaves = {(leaf.table, leaf.column): leaf for leaf in tree.leaves()}
    income = leaves["household", "annual_income"]
    assert (income.zh, income.en, income.unit, income.required) == (
        "家庭年收入",
        "Annual household income",
        "fen",
        True,
    )
    assert "account statements" in income.source


def test_features_of_other_subjects_are_followed() -> None:
    tree = catalogue().lineage("application", "coop_rent_paid_on_time_share")
    assert {"resource__coop_rent_paid_on_time_share", "payout__paid_on"} <= names(tree)


def test_policy_parameters_and_the_judged_day_are_leaves() -> None:
    loss = {
        leaf.name: leaf.kind for leaf in catalogue().lineage("cooperative", "loss_years").leaves()
    }
    assert loss["loss_grace_years"] == "parameter"
    assert loss["past__cfo"] == "column"
    idle = {
        leaf.name: leaf.kind for leaf in catalogue().lineage("resource", "idle_months").leaves()
    }
    assert idle["judged_on"] == "day"
    assert idle["type__毛竹"] == "column"


def test_a_raw_column_is_its_own_lineage() -> None:
    tree = catalogue().lineage("application", "max_dpd_24m")
    assert (tree.kind, tree.table, tree.column, tree.inputs) == (
        "column",
        "household",
        "max_dpd_24m",
        (),
    )


def test_the_document_leaves_out_what_is_empty() -> None:
    document = catalogue().lineage("cooperative", "cash_unrestricted").document()
    assert set(document) == {"subject", "name", "kind", "unit", "doc", "inputs"}
    inputs = document["inputs"]
    assert isinstance(inputs, list)
    assert inputs[0]["required"] is True
